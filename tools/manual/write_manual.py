#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Writes man pages and completions of programs, from what they say with --help.

    write_manual.py --output=DIR [--version=V] [--date=YYYY-MM-DD] [--extra=DIR] NAME=PROGRAM ...

makes man1/NAME.1, bash/NAME, zsh/_NAME and fish/NAME.fish in DIR, each named as its reader wants it. NAME is the name that the
program is installed by. The roff text in NAME.1.in of --extra, if it is there, ends the page: what the help cannot know, such
as the files of a package.
"""

import argparse
import pathlib

import completions
from man_page import man_page
from program_help import read_program


def write_manual(name, program, output, *, version, date, extra):
    read = read_program(name, program)
    ending = extra / f"{name}.1.in" if extra else None
    roff = ending.read_text(encoding="ascii") if ending and ending.exists() else ""
    for file, text in {
            f"man1/{name}.1": man_page(read, version=version, date=date, extra=roff),
            f"bash/{name}": completions.bash(read),
            f"zsh/_{name}": completions.zsh(read),
            f"fish/{name}.fish": completions.fish(read),
    }.items():
        (output / file).parent.mkdir(parents=True, exist_ok=True)
        (output / file).write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--version", default="")
    parser.add_argument("--date", default="")
    parser.add_argument("--extra", type=pathlib.Path)
    parser.add_argument("programs", metavar="NAME=PROGRAM", nargs="+")
    arguments = parser.parse_args()
    for program in arguments.programs:
        name, equals, path = program.partition("=")
        if not equals:
            parser.error(f"\"{program}\": write NAME=PROGRAM")
        write_manual(name, path, arguments.output, version=arguments.version, date=arguments.date, extra=arguments.extra)


if __name__ == "__main__":
    main()
