# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Writes a program's completions for bash, zsh and fish from its help."""

import re


def _identifier(name):
    return re.sub(r"\W", "_", name)


def _quote(text):
    """A word in single quotes, for bash and zsh."""
    return "'" + text.replace("'", "'\\''") + "'"


def _all_flags(program):
    """Each flag once: two commands may have the same one."""
    flags = {flag.name: flag for flag in program.help.flags()}
    for command in program.commands:
        for flag in command.help.flags():
            flags.setdefault(flag.name, flag)
    return list(flags.values())


def _names(flags):
    """As they are typed: with the equals sign where a value has to follow."""
    return [f"--{flag.name}" + ("" if flag.is_bool else "=") for flag in flags]


# bash


def _bash_values(flags):
    generators = {
        "bool": "mapfile -t COMPREPLY < <(compgen -W 'true false' -- \"${word}\")",
        "directory": "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"${word}\")",
        "file": "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"${word}\")",
        "text": ":",
    }
    lines = []
    for kind, generator in generators.items():
        names = [f"--{flag.name}" for flag in flags if flag.value_kind == kind]
        if names:
            lines += [f"    {'|'.join(names)})", f"      {generator}", "      return", "      ;;"]
    return lines


def bash(program):
    function = f"_{_identifier(program.name)}"
    flags = _all_flags(program)
    with_value = "|".join(f"--{flag.name}" for flag in flags if not flag.is_bool)
    lines = [
        f"# bash completion for {program.name}, written from its help",
        "",
        f"{function}() {{",
        "  local word=${COMP_WORDS[COMP_CWORD]} flag='' command='' index",
        "  COMPREPLY=()",
        "  # The words before this one. readline makes '=' a word of its own.",
        "  for ((index = 1; index < COMP_CWORD; ++index)); do",
        "    if [[ ${COMP_WORDS[index + 1]} == '=' ]]; then",
        "      flag=${COMP_WORDS[index]}",
        "      index=$((index + 2))",
        "      ((index < COMP_CWORD)) && flag=''",
        "      continue",
        "    fi",
        "    flag=''",
        "    case ${COMP_WORDS[index]} in",
        f"      {with_value})",
        "        flag=${COMP_WORDS[index]}",
        "        index=$((index + 1))",
        "        ((index < COMP_CWORD)) && flag=''",
        "        ;;",
        "      -*) ;;",
        "      *) command=${command:-${COMP_WORDS[index]}} ;;",
        "    esac",
        "  done",
        "  [[ ${word} == '=' ]] && word=''",
        "  case ${flag} in",
        *_bash_values(flags),
        "  esac",
    ]
    if program.commands:
        names = " ".join(command.name for command in program.commands)
        lines += [
            "  if [[ -z ${command} && ${word} != -* ]]; then",
            f"    mapfile -t COMPREPLY < <(compgen -W '{names}' -- \"${{word}}\")",
            "    return",
            "  fi",
            "  if [[ ${command} == help ]]; then",
            f"    mapfile -t COMPREPLY < <(compgen -W '{names}' -- \"${{word}}\")",
            "    return",
            "  fi",
            "  [[ ${word} == -* ]] || return",
        ]
    lines += [f"  local flags='{' '.join(_names(program.help.flags()))}'", ]
    if program.commands:
        lines.append("  case ${command} in")
        for command in program.commands:
            if command.help.flags():
                lines.append(f"    {command.name}) flags+=' {' '.join(_names(command.help.flags()))}' ;;")
        lines.append("  esac")
    lines += [
        "  mapfile -t COMPREPLY < <(compgen -W \"${flags}\" -- \"${word}\")",
        "  # The value follows the equals sign.",
        "  [[ ${COMPREPLY[0]} != *= ]] || compopt -o nospace",
        "}",
        "",
        f"complete -F {function} {program.name}",
        "",
    ]
    return "\n".join(lines)


# zsh


def _zsh_flag(flag):
    summary = re.sub(r"([\[\]:])", r"\\\1", flag.summary)
    if flag.is_bool:
        return _quote(f"--{flag.name}=-[{summary}]::value:(true false)")
    action = {"directory": "_files -/", "file": "_files", "text": " "}[flag.value_kind]
    return _quote(f"--{flag.name}=[{summary}]:value:{action}")


def zsh(program):
    lines = [f"#compdef {program.name}", f"# zsh completion for {program.name}, written from its help", ""]
    flags = [f"  {_zsh_flag(flag)}" for flag in program.help.flags()]
    if not program.commands:
        return "\n".join([*lines, "_arguments \\", " \\\n".join(flags), ""])
    names = [_quote(re.sub(r":", r"\\:", command.name) + ":" + command.summary) for command in program.commands]
    lines += [
        "local context state state_descr line",
        "typeset -A opt_args",
        "local -a flags commands",
        "flags=(",
        *flags,
        ")",
        "commands=(",
        *(f"  {name}" for name in names),
        ")",
        "",
        "_arguments -C \"${flags[@]}\" '1: :->command' '*:: :->argument' && return",
        "case ${state} in",
        "  command) _describe command commands ;;",
        "  argument)",
        "    case ${words[1]} in",
    ]
    for command in program.commands:
        if command.name == "help":
            lines += ["      help) _describe command commands ;;"]
        elif command.help.flags():
            lines += [f"      {command.name})", "        _arguments \"${flags[@]}\" \\"]
            lines += [" \\\n".join(f"          {_zsh_flag(flag)}" for flag in command.help.flags()), "        ;;"]
    lines += ["      *) _arguments \"${flags[@]}\" ;;", "    esac", "    ;;", "esac", ""]
    return "\n".join(lines)


# fish


def _fish_quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _fish_flag(program, flag, condition=""):
    values = {
        "bool": "",
        "directory": " -x -a '(__fish_complete_directories)'",
        "file": " -r -F",
        "text": " -x",
    }[flag.value_kind]
    return f"complete -c {program.name}{condition} -l {flag.name}{values} -d {_fish_quote(flag.summary)}"


def fish(program):
    lines = [f"# fish completion for {program.name}, written from its help", "", f"complete -c {program.name} -f"]
    lines += [_fish_flag(program, flag) for flag in program.help.flags()]
    names = " ".join(command.name for command in program.commands)
    for command in program.commands:
        lines.append(f"complete -c {program.name} -n __fish_use_subcommand -a {command.name} "
                     f"-d {_fish_quote(command.summary)}")
    for command in program.commands:
        condition = f" -n '__fish_seen_subcommand_from {command.name}'"
        if command.name == "help":
            lines.append(f"complete -c {program.name}{condition} -a '{names}'")
        lines += [_fish_flag(program, flag, condition) for flag in command.help.flags()]
    return "\n".join(lines) + "\n"
