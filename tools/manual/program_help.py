# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Reads a program's --help into blocks, from which man pages and completions are written.

The help is the only description of a program's flags and commands. It is plain text by these rules:

    usage: NAME ...                 the synopsis, once
    Text of one or more lines.      a Paragraph
    Text that ends with a colon:    a Heading, when it stands alone
      --flag=default                a Flag, with its text indented below
      term  text                    an Item, such as a command or an exit code
      anything else indented        a line of an Example
"""

import dataclasses
import os
import re
import subprocess
import tempfile
from typing import List, Optional, Union

TIMEOUT_SECONDS = 60


@dataclasses.dataclass
class Paragraph:
    text: str


@dataclasses.dataclass
class Heading:
    text: str


@dataclasses.dataclass
class Example:
    lines: List[str]


@dataclasses.dataclass
class Item:
    term: str
    text: str


@dataclasses.dataclass
class Flag:
    name: str
    value: Optional[str]  # the default, "..." where the help names none; None: written without a value
    text: str

    @property
    def is_bool(self):
        return self.value in (None, "true", "false")

    @property
    def value_kind(self):
        """What a shell completes: "bool", "directory", "file" or "text"."""
        if self.is_bool:
            return "bool"
        beginning = re.split(r"[;,]", self.text)[0]
        if beginning.startswith("directory"):
            return "directory"
        return "file" if re.search(r"\bfile\b", beginning) else "text"

    @property
    def summary(self):
        """The first clause of the text, for a list of completions."""
        return re.split(r"[;:](?: |$)|, (?:such as|by default)", self.text)[0]


Block = Union[Paragraph, Heading, Example, Item, Flag]

_FLAG = re.compile(r"^ +--([A-Za-z][\w-]*)(?:=(.*))?$")
_ITEM = re.compile(r"^  (\S.*?) {2,}(\S.*)$")


@dataclasses.dataclass
class Help:
    usage: str
    blocks: List[Block]

    def flags(self):
        return [block for block in self.blocks if isinstance(block, Flag)]


@dataclasses.dataclass
class Command:
    name: str
    arguments: str
    summary: str
    help: Help


@dataclasses.dataclass
class Program:
    name: str
    help: Help
    commands: List[Command]


def parse(text):
    """The Help that `text` is. Raises ValueError where it has no usage line."""
    usage = None
    blocks = []
    begins = True  # the line before was empty, or belongs to nothing that this one could continue
    for line in text.splitlines():
        last = blocks[-1] if blocks else None
        if not line.strip():
            begins = True
            continue
        flag, item = _FLAG.match(line), _ITEM.match(line)
        if line.startswith("usage: "):
            usage = line[len("usage: "):]
        elif flag:
            blocks.append(Flag(flag[1], flag[2], ""))
        elif isinstance(last, Flag) and line.startswith("    ") and not begins:
            last.text = f"{last.text} {line.strip()}".strip()
        elif item and not isinstance(last, Example):
            blocks.append(Item(item[1], item[2]))
        elif line.startswith(" "):
            if not isinstance(last, Example) or begins:
                blocks.append(Example([]))
            blocks[-1].lines.append(line.strip())
        elif begins or not isinstance(last, Paragraph):
            blocks.append(Paragraph(line))
        else:
            last.text += f" {line}"
        begins = False
    if usage is None:
        raise ValueError("the help has no line that begins with \"usage: \"")
    blocks = [
        Heading(block.text[:-1]) if isinstance(block, Paragraph) and re.fullmatch(r"[^.]{1,60}:", block.text) else block
        for block in blocks
    ]
    return Help(usage, blocks)


def read_program(name, path):
    """Runs the program at `path` under the name that it is installed by: the help names the program as it was called."""
    with tempfile.TemporaryDirectory() as directory:
        link = os.path.join(directory, name)
        os.symlink(os.path.abspath(path), link)

        def ask(*arguments):
            done = subprocess.run([link, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                                  timeout=TIMEOUT_SECONDS, check=False)  # yapf: disable
            if done.returncode != 0:
                raise ValueError(f"{name} {' '.join(arguments)}: exit code {done.returncode}: {done.stdout}")
            return done.stdout

        overview = ask("--help")
        # Of a program that has a longer help, the short one leaves flags out.
        overview = parse(ask("--help=all") if "--help=all" in overview else overview)
        commands = []
        if "COMMAND" in overview.usage:
            for item in overview.blocks:
                if not isinstance(item, Item) or not re.match(r"[a-z]", item.term):
                    continue
                command, _, arguments = item.term.partition(" ")
                # A help about help would say what the overview says.
                about = Help(item.term, []) if command == "help" else parse(ask("help", command))
                commands.append(Command(command, arguments, item.text, about))
        return Program(name, overview, commands)
