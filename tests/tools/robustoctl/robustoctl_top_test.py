#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""robustoctl top on a terminal: a pseudo-terminal, whose other end the test holds."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unittest

import robustoctl_fixture as fixture

ENTER = b"\x1b[?1049h"
LEAVE = b"\x1b[?1049l"


class Top:
    """A running `robustoctl top`, and what it has written so far."""

    def __init__(self, address, *flags, columns=80, rows=24, **env):
        self._end, terminal = pty.openpty()
        self._terminal = terminal
        self.resize(columns, rows, tell=False)
        self.before = termios.tcgetattr(terminal)
        self.process = subprocess.Popen(
            [fixture.ROBUSTOCTL, "top", f"--address={address}", "--interval=20ms", *flags],
            stdin=terminal, stdout=terminal, stderr=subprocess.PIPE,
            env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "NO_COLOR": "", **env})  # yapf: disable
        self.output = b""

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()
        os.close(self._end)
        os.close(self._terminal)

    def resize(self, columns, rows, tell=True):
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if tell:
            self.process.send_signal(signal.SIGWINCH)

    def type(self, keys):
        os.write(self._end, keys)

    def forget(self):
        """Forgets what came, all that is there already included."""
        self._read()
        self.output = b""

    def _read(self, seconds=0.0):
        while select.select([self._end], [], [], seconds)[0]:
            self.output += os.read(self._end, 1 << 16)
            seconds = 0

    def until(self, text):
        """Reads until `text` has come since the last forget()."""
        deadline = time.monotonic() + fixture.GUARD_SECONDS
        while text not in self.output:
            if time.monotonic() > deadline:
                raise AssertionError(f"{text!r} does not come: {self.output[-4000:]!r}")
            self._read(0.1)

    def end(self):
        """Waits for the end; gives the exit code."""
        while self.process.poll() is None:
            self._read(0.01)
        self._read()
        return self.process.returncode


class TopTest(unittest.TestCase):
    """One testbed for all cases that leave it running."""

    @classmethod
    def setUpClass(cls):
        cls.testbed = fixture.Testbed("--min_threads=3")

    @classmethod
    def tearDownClass(cls):
        cls.testbed.__exit__()

    def assert_restored(self, top):
        self.assertTrue(top.output.endswith(b"\x1b[?25h" + LEAVE), top.output[-200:])
        self.assertEqual(top.output.count(ENTER), top.output.count(LEAVE))
        self.assertEqual(termios.tcgetattr(top._terminal), top.before)

    def test_q_quits_and_gives_the_terminal_back(self):
        with Top(self.testbed.address) as top:
            top.until(b"robustoctl top")
            self.assertNotEqual(termios.tcgetattr(top._terminal), top.before)
            top.type(b"q")
            self.assertEqual(top.end(), 0)
            self.assert_restored(top)

    def test_signals_give_the_terminal_back(self):
        for number, code in ((signal.SIGINT, 0), (signal.SIGTERM, 128 + signal.SIGTERM),
                             (signal.SIGHUP, 128 + signal.SIGHUP)):
            with Top(self.testbed.address) as top:
                top.until(b"robustoctl top")
                top.process.send_signal(number)
                self.assertEqual(top.end(), code)
                self.assert_restored(top)

    def test_suspending_gives_the_terminal_back_until_it_goes_on(self):
        with Top(self.testbed.address) as top:
            top.until(b"robustoctl top")
            top.process.send_signal(signal.SIGTSTP)
            top.until(LEAVE)
            os.waitid(os.P_PID, top.process.pid, os.WSTOPPED)
            self.assertEqual(termios.tcgetattr(top._terminal), top.before)
            top.forget()
            top.process.send_signal(signal.SIGCONT)
            top.until(ENTER)
            top.until(b"robustoctl top")
            top.type(b"q")
            self.assertEqual(top.end(), 0)

    def test_follows_the_size_of_the_terminal(self):
        with Top(self.testbed.address) as top:
            top.until(b"PEER")
            self.assertNotIn(b"REQUEST ID", top.output)
            top.resize(200, 60)
            top.until(b"REQUEST ID")

    def test_fills_the_last_column(self):
        with Top(self.testbed.address) as top:
            # The clock ends the first line, and nothing after it clears its last digit.
            top.until(b"by worker")
            first_line = top.output.split(b"\x1b[H\x1b[K")[1].split(b"\r")[0]
            self.assertRegex(first_line, rb"\d\d:\d\d:\d\d\Z")

    def test_pause(self):
        with Top(self.testbed.address) as top:
            top.until(b"robustoctl top")
            top.type(b"p")
            top.until(b"paused: press p to continue")
            top.type(b"p")
            top.forget()
            top.until(b"robustoctl top")
            self.assertNotIn(b"paused", top.output.split(b"\x1b[H")[-1])

    def test_colours_unless_no_color(self):
        with Top(self.testbed.address) as top:
            top.until(b"\x1b[32mrunning\x1b[0m")
        with Top(self.testbed.address, NO_COLOR="1") as top:
            top.until(b"  running  up ")
            self.assertNotRegex(top.output, rb"\x1b\[[0-9;]*m")

    def test_ascii_where_the_locale_is(self):
        with Top(self.testbed.address, LC_ALL="C") as top:
            top.until(b"by worker")
            self.assertTrue(top.output.isascii())
        with Top(self.testbed.address) as top:
            top.until("▁".encode())

    def test_a_dumb_terminal_gets_lines(self):
        with Top(self.testbed.address, TERM="dumb") as top:
            top.until(b"TIME ")
            self.assertNotIn(b"\x1b", top.output)

    def test_a_wrong_address_is_an_error_and_no_screen(self):
        with Top("unix:/nowhere/admin.sock") as top:
            self.assertEqual(top.end(), 3)
            self.assertEqual(top.output, b"")
            self.assertIn(b"no server answers", top.process.stderr.read())

    def test_outlives_the_server(self):
        with fixture.Testbed() as testbed:
            with Top(testbed.address) as top:
                top.until(b"running")
                testbed.process.kill()
                top.until(b"no answer, trying again: ")
                top.type(b"q")
                self.assertEqual(top.end(), 0)
                self.assert_restored(top)


def why_skipped():
    """Why this machine cannot run the test; empty if it can."""
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as error:
        return f"no pseudo-terminal: {error}"
    return ""


if __name__ == "__main__":
    WHY = why_skipped()
    if WHY:
        print(f"SKIPPED: {WHY}")
        sys.exit(0)
    unittest.main()
