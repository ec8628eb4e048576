# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""System calls of a server that fail because a test says so.

    faults = FaultTable()
    server = ServerProcess(..., env=faults.environment)
    with faults.fault("accept4", errno.EMFILE, port=server.port, times=5) as fault:
        ...
        fault.await_delivered(5)

A fault that was never delivered fails the test: it would have shown nothing. What the functions are called, and what is done
with the table, is in tests/testing/faults.
"""

import contextlib
import ctypes
import mmap
import os
import pathlib
import tempfile
import time

GUARD_SECONDS = 60
# Tests run in the directory of the runfiles.
LIBRARY = str(pathlib.Path("tests/testing/faults/libfaults.so").absolute())

OFF, FAIL, SHORT = range(3)
FOR_EVER = -1


class _Rule(ctypes.Structure):
    _fields_ = [
        ("action", ctypes.c_int32),
        ("error", ctypes.c_int32),
        ("function", ctypes.c_char * 16),
        ("descriptor", ctypes.c_char * 64),
        ("thread", ctypes.c_char * 16),
        ("port", ctypes.c_int32),
        ("every", ctypes.c_int32),
        ("skip", ctypes.c_int64),
        ("left", ctypes.c_int64),
        ("bytes", ctypes.c_int64),
        ("matched", ctypes.c_int64),
        ("delivered", ctypes.c_int64),
    ]


class _Table(ctypes.Structure):
    _fields_ = [
        ("loaded", ctypes.c_int64),
        ("clocks", ctypes.c_int64),
        ("wall_offset_ns", ctypes.c_int64),
        ("monotonic_offset_ns", ctypes.c_int64),
        ("wall_reads", ctypes.c_int64),
        ("monotonic_reads", ctypes.c_int64),
        ("rules", _Rule * 16),
    ]


class Fault:
    """One rule of the table, while it stands."""

    def __init__(self, rule, text):
        self._rule, self._text = rule, text

    @property
    def matched(self):
        """Calls that it was about."""
        return self._rule.matched

    @property
    def delivered(self):
        """Of these, those that had the fault."""
        return self._rule.delivered

    def await_delivered(self, count=1):
        deadline = time.monotonic() + GUARD_SECONDS
        while self.delivered < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"{self._text}: delivered {self.delivered} times, not {count}")
            time.sleep(0.002)


class FaultTable:

    def __init__(self, clocks=False):
        """`clocks`: that they may be moved."""
        self._file = tempfile.NamedTemporaryFile(prefix="faults")
        self._file.truncate(ctypes.sizeof(_Table))
        self._map = mmap.mmap(self._file.fileno(), ctypes.sizeof(_Table))
        self._table = _Table.from_buffer(self._map)
        self._table.clocks = int(clocks)
        self._clocks = clocks
        # The library first also where a sanitizer's wants to be.
        sanitizer = os.environ.get("ASAN_OPTIONS", "")
        self.environment = {
            "LD_PRELOAD": LIBRARY,
            "ROBUSTO_FAULTS": self._file.name,
            "ASAN_OPTIONS": f"{sanitizer}:verify_asan_link_order=0",
        }

    @property
    def loaded(self):
        """How many processes have followed it."""
        return self._table.loaded

    @contextlib.contextmanager
    def fault(self, function, error=0, most=None, times=FOR_EVER, every=1, skip=0, port=0, descriptor="", thread=""):
        """A fault for as long as the context lasts: `function` fails with `error`, or goes through with at `most` so many bytes.

        Of the calls that it is about (`port`: of the socket's own end; `descriptor`: part of what /proc calls it; `thread`: how
        the name of the thread begins), `skip` go through, and then each `every`th has the fault, `times` times.
        """
        text = f"{function} with {os.strerror(error) if most is None else f'at most {most} bytes'}"
        rule = next(each for each in self._table.rules if each.action == OFF)
        ctypes.memset(ctypes.addressof(rule), 0, ctypes.sizeof(_Rule))
        rule.function, rule.descriptor, rule.thread = function.encode(), descriptor.encode(), thread.encode()
        rule.error, rule.bytes, rule.port = error, most or 0, port
        rule.every, rule.skip, rule.left = every, skip, times
        rule.action = FAIL if most is None else SHORT
        try:
            yield Fault(rule, text)
        finally:
            rule.action = OFF
        if rule.delivered == 0:
            raise AssertionError(f"{text}: never delivered ({rule.matched} calls matched)")

    @contextlib.contextmanager
    def clock(self, wall=0, monotonic=0):
        """Moves the server's clocks by so many seconds for as long as the context lasts, and the waits that follow them."""
        assert self._clocks, "FaultTable(clocks=True)"
        before = self._table.wall_reads, self._table.monotonic_reads
        self._table.wall_offset_ns += int(wall * 1e9)
        self._table.monotonic_offset_ns += int(monotonic * 1e9)
        try:
            yield
        finally:
            after = self._table.wall_reads, self._table.monotonic_reads
            self._table.wall_offset_ns -= int(wall * 1e9)
            if monotonic < 0:
                raise AssertionError("the monotonic clock never goes back")
        for name, moved, read in (("wall", wall, after[0] - before[0]),
                                  ("monotonic", monotonic, after[1] - before[1])):
            if moved and not read:
                raise AssertionError(f"the {name} clock was moved by {moved} s, and never read")
