#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Disks that are full or broken, under the access log, under the server's own log, and under the files that are served."""

import errno
import os
import pathlib
import resource
import signal
import tempfile
import time
import typing
import unittest

import server_process
from faulty_process import GUARD_SECONDS, FaultyProcess


class Losing(typing.NamedTuple):
    """What befalls a write to the access log, so that lines are lost."""
    fault: dict
    reason: str


LOSING = [
    Losing({"error": errno.ENOSPC}, "No space left on device"),
    Losing({"error": errno.EDQUOT}, "Disk quota exceeded"),
    Losing({"error": errno.EIO}, "Input/output error"),
    Losing({"error": errno.EFBIG}, "File too large"),
    Losing({"error": errno.EPIPE}, "Broken pipe"),
    Losing({"most": 0}, "Input/output error"),  # nothing taken, and no error
]


class Unservable(typing.NamedTuple):
    """Why a file cannot be opened, and what the client is told."""
    function: str
    error: int
    status: int
    log: bool


UNSERVABLE = [
    Unservable("openat2", errno.EMFILE, 503, True),
    Unservable("openat2", errno.ENFILE, 503, True),
    Unservable("openat2", errno.ENOMEM, 503, True),
    Unservable("openat2", errno.EIO, 500, True),
    Unservable("openat2", errno.EACCES, 403, False),
    Unservable("openat2", errno.ESTALE, 404, False),
    Unservable("fstat", errno.EIO, 500, True),
]


class DiskTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.log = self.directory / "access.log"

    def start(self, *flags, **options):
        server = FaultyProcess(*flags, **options)
        self.addCleanup(server.kill)
        return server

    def await_lines(self, count):
        deadline = time.monotonic() + GUARD_SECONDS
        while len(lines := self.log.read_text(encoding="ascii").split("\n")[:-1]) < count:  # whole ones
            self.assertLess(time.monotonic(), deadline, lines)
            time.sleep(0.002)
        return lines

    def test_lines_that_cannot_be_written_are_lost_and_told_and_the_next_ones_are_written(self):
        for case in LOSING:
            with self.subTest(case.reason):
                self.log.unlink(missing_ok=True)
                server = self.start(f"--access_log={self.log}")
                self.await_lines(1)
                with server.faults.fault("write", descriptor="/access.log", **case.fault) as fault:
                    for _ in range(20):
                        self.assertEqual(server.get()[0], 200)
                    server.await_log("lost")
                    server.check_not_spinning(fault)
                self.assertRegex(
                    server.log_lines("lost")[0],
                    rf"^\[testbed\] \[warning\] access log {self.log}: \d+ lines? lost: {case.reason}$")
                # Ten seconds are not over, so it is one line.
                self.assertEqual(len(server.log_lines("lost")), 1)
                server.get("/bytes?n=1")
                server.check_well()
                self.assertEqual(server.stop()[0], 0)
                lines = self.log.read_text(encoding="ascii").splitlines()
                self.assertEqual(sum('"GET /bytes?n=1 HTTP/1.1" 200 1 ' in line for line in lines), 1)
                # What was lost since the first warning is told at the end: each request has its line, or is counted. (The
                # first and check_well's are two of them.)
                lost = sum(int(line.split(f"{self.log}: ")[1].split()[0]) for line in server.log_lines("lost"))
                self.assertEqual(lost + len(lines), 20 + 3)

    def test_a_line_that_is_half_written_does_not_run_into_the_next(self):
        server = self.start(f"--access_log={self.log}")
        self.await_lines(1)
        with server.faults.fault("write", most=10, times=1, descriptor="/access.log"):
            with server.faults.fault("write", errno.ENOSPC, times=1, descriptor="/access.log"):
                server.get("/bytes?n=2")
                server.await_log("1 line lost: No space left on device")
        server.get("/bytes?n=3")
        lines = self.await_lines(3)
        self.assertEqual(lines[1], "127.0.0.1 ")
        self.assertIn('"GET /bytes?n=3 HTTP/1.1" 200 3 ', lines[2])

    def test_writes_that_are_interrupted_or_take_a_part_lose_nothing(self):
        for fault in ({"error": errno.EINTR, "every": 2}, {"most": 7}):
            with self.subTest(fault):
                self.log.unlink(missing_ok=True)
                server = self.start(f"--access_log={self.log}")
                self.await_lines(1)
                with server.faults.fault("write", descriptor="/access.log", **fault):
                    for number in range(20):
                        server.get(f"/bytes?n={number}")
                    # Those of different connections in any order.
                    lines = sorted(self.await_lines(21)[1:], key=lambda line: int(line.split("n=")[1].split()[0]))
                for number, line in enumerate(lines):
                    self.assertRegex(line, rf'"GET /bytes\?n={number} HTTP/1.1" 200 ({number or "-"}) ')
                self.assertEqual(server.log_lines("warning"), [])

    def test_a_real_limit_to_the_size_of_files(self):
        # With its signal, which ends a process that does not expect it.
        server = self.start(f"--access_log={self.log}")
        self.await_lines(1)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (4096, 4096))
        for _ in range(100):
            self.assertEqual(server.get()[0], 200)
        server.await_log("lost: File too large")
        self.assertEqual(self.log.stat().st_size, 4096)
        server.check_well()
        self.assertEqual(server.stop()[0], 0)

    def test_a_log_that_cannot_be_opened_anew_is_written_to_further(self):
        server = self.start(f"--access_log={self.log}")
        self.await_lines(1)
        os.rename(self.log, self.directory / "moved")
        with server.faults.fault("open", errno.EMFILE, times=1):
            server.signal(signal.SIGHUP)
            server.await_log('[warning] SIGHUP: cannot reopen the access log, still using the old file: '
                             f'path "{self.log}" cannot be opened: Too many open files\n')
        server.get()
        self.log = self.directory / "moved"
        self.await_lines(2)
        server.check_well()

    def test_the_servers_own_log_on_a_full_disk(self):
        server = self.start(launcher=("sh", "-c", 'exec "$@" 2>/dev/full', "sh"))
        for _ in range(20):
            self.assertEqual(server.get("/throw")[0], 500)
        server.check_well()
        self.assertEqual(server.stop()[0], 0)

    def test_files_that_cannot_be_opened(self):
        (self.directory / "root").mkdir()
        (self.directory / "root/file").write_bytes(b"content")
        for case in UNSERVABLE:
            with self.subTest(f"{case.function} {os.strerror(case.error)}"):
                server = self.start(f"--root={self.directory}/root", binary=server_process.SERVER)
                before = server.counters()
                with server.faults.fault(case.function, case.error, thread="worker"):
                    for _ in range(3):
                        status, headers, _ = server.get("/file")
                        self.assertEqual(status, case.status)
                        self.assertEqual(headers["Retry-After"], "1" if status == 503 else None)
                sample = f'robusto_http_responses_total{{class="{case.status // 100}xx"}}'
                self.assertEqual(server.counters()[sample], before[sample] + 3)
                self.assertEqual(server.get("/file")[2], b"content")
                lines = server.log_lines("warning")
                self.assertEqual(len(lines), int(case.log), lines)  # one in ten seconds
                for line in lines:
                    self.assertRegex(
                        line, rf"^\[server\] \[warning\] 127\.0\.0\.1:\d+: GET /file: {case.status}: "
                        rf"{os.strerror(case.error)}$")
                server.check_well()

    def test_a_file_whose_opening_is_interrupted(self):
        (self.directory / "file").write_bytes(b"content")
        server = self.start(f"--root={self.directory}", binary=server_process.SERVER)
        for error in (errno.EINTR, errno.EAGAIN):  # EAGAIN: names were changed meanwhile (openat2(2))
            with self.subTest(os.strerror(error)):
                with server.faults.fault("openat2", error, every=2, thread="worker") as fault:
                    for _ in range(4):
                        self.assertEqual(server.get("/file")[2], b"content")
                    self.assertGreater(fault.matched, fault.delivered)
        server.check_well()


if __name__ == "__main__":
    unittest.main()
