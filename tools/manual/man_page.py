# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Writes a program's man page (man(7)) from its help."""

import re
import textwrap

from program_help import Command, Example, Flag, Heading, Item, Paragraph

# Names that man-pages(7) gives to sections.
_SECTIONS = {"EXIT CODES": "EXIT STATUS", "FLAGS": "OPTIONS"}


def _escape(text):
    text = text.replace("\\", r"\e").replace("-", r"\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def _text(text):
    return _escape(textwrap.fill(text, 72, break_long_words=False, break_on_hyphens=False))


def _bold(text):
    return rf"\fB{_escape(text)}\fR"


def _flag(flag):
    if flag.value is None:
        written = _bold(f"--{flag.name}")
    elif flag.value == "...":
        written = _bold(f"--{flag.name}=") + r"\fIVALUE\fR"
    else:
        written = _bold(f"--{flag.name}={flag.value}")
    return [".TP", written, _text(flag.text)]


def _block(block):
    if isinstance(block, Paragraph):
        return [".PP", _text(block.text)]
    if isinstance(block, Example):
        return [".PP", ".nf", ".RS 4", *map(_escape, block.lines), ".RE", ".fi"]
    if isinstance(block, Item):
        return [".TP", _bold(block.term), _text(block.text)]
    if isinstance(block, Flag):
        return _flag(block)
    raise TypeError(block)


def _command(command: Command):
    title = f"{command.name} {command.arguments}".strip()
    lines = [f".SS {_escape(title)}", _escape(command.summary[0].upper() + command.summary[1:]) + "."]
    for block in command.help.blocks:
        # The command's help begins with the summary, and ends by naming the overview.
        repeats = isinstance(block, Paragraph) and (
            block.text == f"{command.name}: {command.summary}" or "lists the flags that every command has" in block.text)
        if not repeats:
            lines += _block(block)
    return lines


def man_page(program, *, version, date, extra=""):
    """The page, in section 1. `extra` is what the help cannot know, such as the files of a package: roff, as it is."""
    overview = program.help
    about = next(block.text for block in overview.blocks if isinstance(block, Paragraph))
    summary = re.split(r"\.(?: |$)", about)[0]
    synopsis = overview.usage.split(" ", 1)
    lines = [
        f".TH {program.name.upper()} 1 {date} \"robusto {version}\" \"User Commands\"",
        ".SH NAME",
        rf"{_escape(program.name)} \- {_escape(summary[0].lower() + summary[1:])}",
        ".SH SYNOPSIS",
        f"{_bold(program.name)} {_escape(synopsis[1] if len(synopsis) > 1 else '')}",
        ".SH DESCRIPTION",
    ]
    command_names = {f"{command.name} {command.arguments}".strip() for command in program.commands}
    section = "DESCRIPTION"
    for block in overview.blocks:
        wanted = section
        if isinstance(block, Heading):
            name = block.text.upper()
            section = _SECTIONS.get(name, name)
            lines.append(f".SH {_escape(section)}")
            continue
        if isinstance(block, Item) and block.term in command_names:
            wanted = "COMMANDS"
        elif isinstance(block, Flag) and section == "DESCRIPTION":
            wanted = "OPTIONS"
        if wanted != section:
            section = wanted
            lines.append(f".SH {section}")
        if section == "COMMANDS" and isinstance(block, Item):
            lines += _command(next(one for one in program.commands if one.name == block.term.split(" ")[0]))
        else:
            lines += _block(block)
    # A section begins with a paragraph anyway.
    lines = [line for previous, line in zip(["", *lines], lines) if line != ".PP" or not previous.startswith(".SH")]
    return "\n".join(lines) + "\n" + extra
