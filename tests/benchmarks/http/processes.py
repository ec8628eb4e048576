# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""What Linux says about a process, all of its threads, and its children."""

import os
import pathlib
import re
import signal
import subprocess
import time

_PROC = pathlib.Path("/proc")


def _read(path):
    """The text of a file of /proc; empty when the thread or process has ended meanwhile."""
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return ""


def family(pid):
    """`pid` and the processes below it."""
    parent = {}
    for status in _PROC.glob("[0-9]*/stat"):
        fields = _read(status).rpartition(")")[2].split()
        if fields:
            parent[int(status.parent.name)] = int(fields[1])
    result = [pid]
    for member in result:
        result += [child for child, above in parent.items() if above == member]
    return result


def _tasks(pid):
    for member in family(pid):
        yield from (_PROC / str(member) / "task").glob("[0-9]*")


def cpu_ns(pid):
    """Processor time of all threads that live, user and kernel, in ns."""
    total = 0
    for task in _tasks(pid):
        fields = _read(task / "schedstat").split()
        total += int(fields[0]) if fields else 0
    return total


def switches(pid):
    """How often the threads that live were switched to: each is a wake-up, or a turn after another's."""
    return sum(
        int(count)
        for task in _tasks(pid)
        for count in re.findall(r"voluntary_ctxt_switches:\s+(\d+)", _read(task / "status"))
    )


def traced(pid):
    """Whether a tracer has all threads."""
    return all(
        re.search(r"TracerPid:\s+0\n", _read(task / "status")) is None for task in _tasks(pid)
    )


def busy_ns(cpu):
    """For how long this processor was not idle since the start of the machine, in ns; counts in 10 ms."""
    for line in _read(_PROC / "stat").splitlines():
        name, *fields = line.split()
        if name == f"cpu{cpu}":
            user, nice, system, _, _, irq, softirq, steal = map(int, fields[:8])
            ticks = user + nice + system + irq + softirq + steal
            return ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK")
    raise ValueError(f"this machine has no processor {cpu}")


def until(condition, seconds):
    """Waits until condition(); says whether it came."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


def end(process):
    """Ends a subprocess.Popen and the processes below it: first those that would start others anew."""
    for pid in family(process.pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()


def first_line(command):
    """The first line that a command writes, or empty where there is no such command."""
    try:
        result = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        return ""
    return (result.stdout.splitlines() or [""])[0]
