#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Man pages and completions have every flag and command that the programs have, and their readers take them.

A shell or reader that is not installed is skipped with the word SKIPPED.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path("tools/manual").absolute()))
import program_help  # pylint: disable=wrong-import-position
from program_help import Example, Flag, Heading, Item, Paragraph  # pylint: disable=wrong-import-position

GUARD_SECONDS = 60
PROGRAMS = {"robusto-server": "tools/server/server", "robustoctl": "tools/robustoctl/robustoctl"}
# What Abseil adds to the flags of a program that has --help=all.
COMMAND_LINE_FLAGS = {"flagfile", "fromenv", "tryfromenv", "undefok"}


def output_of(*command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                          timeout=GUARD_SECONDS, check=False, **options)  # yapf: disable
    return done.stdout


def known_flags(program):
    """The flags that the program's sources define, which is not what the manual is written from."""
    flags = set()
    for source in pathlib.Path(program).parent.rglob("*.cc"):
        flags.update(re.findall(r"^ABSL_FLAG\(\s*[^,]+,\s*([a-z_]+)", source.read_text(encoding="utf-8"), re.MULTILINE))
    if not flags:
        raise AssertionError(f"no source of {program} defines a flag")
    return flags | COMMAND_LINE_FLAGS if "--help=all" in output_of(program, "--help") else flags


class ParseTest(unittest.TestCase):
    def test_reads_each_kind_of_block(self):
        read = program_help.parse("usage: x [--flag=value ...]\n\n"
                                  "Does this\nand that.\n\n"
                                  "  go FAR      moves\n\n"
                                  "Flags of every command:\n\n"
                                  "  --time=10s\n      how long;\n      0: no limit\n"
                                  "  --quiet\n      no output\n\n"
                                  "Exit codes:\n\n  0  done\n\n"
                                  "Write for example\n\n  x go 4\n  x go    5\n")
        self.assertEqual(read.usage, "x [--flag=value ...]")
        self.assertEqual(read.blocks, [
            Paragraph("Does this and that."),
            Item("go FAR", "moves"),
            Heading("Flags of every command"),
            Flag("time", "10s", "how long; 0: no limit"),
            Flag("quiet", None, "no output"),
            Heading("Exit codes"),
            Item("0", "done"),
            Paragraph("Write for example"),
            Example(["x go 4", "x go    5"]),
        ])

    def test_refuses_a_text_that_is_no_help(self):
        with self.assertRaises(ValueError):
            program_help.parse("Segmentation fault\n")

    def test_knows_what_a_value_is(self):
        kinds = {
            ("10s", "how long a file may take"): "file",
            ("", "directory to serve; a file is refused"): "directory",
            ("", "a name; its file is elsewhere"): "text",
            ("false", "whether it is so"): "bool",
            (None, "whether it is so"): "bool",
        }
        for (value, text), kind in kinds.items():
            self.assertEqual(Flag("x", value, text).value_kind, kind, text)


class ManualTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.directory = pathlib.Path(directory.name)
        subprocess.run(
            [sys.executable, "tools/manual/write_manual.py", f"--output={cls.directory}", "--version=1.2.3",
             "--date=2026-11-27", *(f"{name}={path}" for name, path in PROGRAMS.items())],
            check=True, timeout=GUARD_SECONDS)  # yapf: disable

    def text(self, file):
        return (self.directory / file).read_text(encoding="utf-8")

    def tool(self, name):
        path = shutil.which(name)
        if path is None:
            print(f"SKIPPED: {name} is not installed", flush=True)
            self.skipTest(f"{name} is not installed")
        return path

    def commands(self):
        listed = output_of(PROGRAMS["robustoctl"], "no_such_command")
        return set(re.search(r" are (.*)", listed)[1].replace(" and ", ", ").split(", "))

    def test_the_man_pages_have_every_flag(self):
        for name, program in PROGRAMS.items():
            flags = re.findall(r"^\\fB\\-\\-([a-z_]+)", self.text(f"man1/{name}.1"), re.MULTILINE)
            self.assertEqual(set(flags), known_flags(program))

    def test_the_man_page_of_robustoctl_has_every_command(self):
        self.assertEqual(set(re.findall(r"^\.SS ([a-z]+)", self.text("man1/robustoctl.1"), re.MULTILINE)), self.commands())

    def test_each_man_page_says_in_a_line_what_its_program_is(self):
        for name in PROGRAMS:
            page = self.text(f"man1/{name}.1")
            self.assertRegex(page, r"\.SH NAME\n" + re.escape(name.replace("-", r"\-")) + r" \\- [a-z].+[^.]\n\.SH SYNOPSIS")
            self.assertIn('"robusto 1.2.3"', page.splitlines()[0])

    def test_mandoc_has_nothing_to_say(self):
        mandoc = self.tool("mandoc")
        for name in PROGRAMS:
            self.assertEqual(output_of(mandoc, "-T", "lint", "-W", "warning", str(self.directory / f"man1/{name}.1")), "")

    def test_the_completions_have_every_flag(self):
        patterns = {"bash/{}": r"--([a-z_]+)", "zsh/_{}": r"'--([a-z_]+)", "fish/{}.fish": r" -l ([a-z_]+)"}
        for name, program in PROGRAMS.items():
            for file, pattern in patterns.items():
                self.assertEqual(set(re.findall(pattern, self.text(file.format(name)))), known_flags(program), file)

    def complete(self, *words):
        """What bash offers for the last of the words; to readline '=' is a word of its own."""
        # There is no command line here whose options compopt could change.
        script = (f"source {self.directory}/bash/{words[0]}; compopt() {{ :; }}; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
                  f"_{words[0].replace('-', '_')}; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        return set(output_of("bash", "-c", script, "bash", *words, cwd=self.directory / "typed_in").split())

    def test_bash_completes_commands_flags_and_values(self):
        (self.directory / "typed_in" / "pages").mkdir(parents=True)
        self.assertEqual(self.complete("robustoctl", ""), self.commands())
        self.assertEqual(self.complete("robustoctl", "re"), {"resize", "resume"})
        self.assertEqual(self.complete("robustoctl", "help", "ca"), {"cancel"})
        self.assertIn("--revert_after=", self.complete("robustoctl", "resize", "--"))
        self.assertNotIn("--revert_after=", self.complete("robustoctl", "stats", "--"))
        # A value is no command, however it is written.
        self.assertEqual(self.complete("robustoctl", "--address", "top", "dr"), {"drain"})
        self.assertEqual(self.complete("robustoctl", "--address", "=", "top", "dr"), {"drain"})
        self.assertEqual(self.complete("robusto-server", "--root", "=", "pa"), {"pages"})
        self.assertEqual(self.complete("robusto-server", "--root", "="), {"pages"})
        self.assertEqual(self.complete("robusto-server", "--precompressed", "=", "t"), {"true"})
        self.assertEqual(self.complete("robusto-server", "--stop_t"), {"--stop_timeout="})

    def test_fish_completes_commands_and_flags(self):
        fish = self.tool("fish")

        def complete(line):
            name = line.split()[0]
            text = output_of(fish, "--no-config", "-c", f"source {self.directory}/fish/{name}.fish; complete -C '{line}'",
                             env={"HOME": str(self.directory), "PATH": "/usr/bin:/bin"})  # yapf: disable
            return {offer.split("\t")[0] for offer in text.splitlines()}

        self.assertEqual(complete("robustoctl re"), {"resize", "resume"})
        self.assertEqual(complete("robusto-server --stop_t"), {"--stop_timeout"})
        self.assertNotEqual(complete("robustoctl resize --revert"), set())
        self.assertEqual(complete("robustoctl stats --revert"), set())

    def test_zsh_can_read_its_completions(self):
        zsh = self.tool("zsh")
        for name in PROGRAMS:
            self.assertEqual(output_of(zsh, "-f", "-n", str(self.directory / f"zsh/_{name}")), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
