#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Clocks that jump. The wall clock is set back and forth by people and by NTP, and only dates follow it. The monotonic clock does
not go back, but leaps for a virtual machine that was stopped meanwhile: then all timeouts that are over are over."""

import calendar
import email.utils
import os
import pathlib
import tempfile
import time
import unittest

from faulty_process import FaultyProcess, GUARD_SECONDS

HOUR = 3600
YEAR = 365 * 24 * HOUR


class ClockTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.log = pathlib.Path(directory.name) / "access.log"

    def start(self, *flags):
        server = FaultyProcess(*flags, clocks=True)
        self.addCleanup(server.kill)
        return server

    def check_date(self, date, offset):
        told = calendar.timegm(email.utils.parsedate(date))
        self.assertLess(abs(told - time.time() - offset), GUARD_SECONDS)

    def test_only_dates_follow_the_wall_clock(self):
        server = self.start(f"--access_log={self.log}")
        kept = server.connect()
        for offset in (-HOUR, YEAR, 0):
            with self.subTest(offset), server.faults.clock(wall=offset):
                # The connection and the request outlast the jump.
                kept.request("GET", "/plaintext")
                response = kept.getresponse()
                self.assertEqual((response.status, response.read()), (200, b"Hello, World!"))
                self.check_date(response.headers["Date"], offset)
                self.check_date(server.get()[1]["Date"], offset)
        kept.close()
        # Had a duration followed, it would be an hour or more, or have become none.
        counters = server.counters()
        for sample in ("robusto_service_seconds", "robusto_queue_wait_seconds"):
            self.assertLess(counters[f"{sample}_sum"], GUARD_SECONDS)
            self.assertEqual(counters[f'{sample}_bucket{{le="+Inf"}}'], counters[f"{sample}_count"])
        self.assertEqual(counters.get('robusto_http_refusals_total{reason="keep_alive_timeout"}', 0), 0)
        self.assertEqual(server.log_lines("warning"), [])
        server.check_well()
        self.assertEqual(server.stop()[0], 0)

    def test_a_stop_ends_by_its_timeout_when_the_wall_clock_is_set_back(self):
        server = self.start("--stop_timeout=2s")
        client = server.begin("/sleep?ms=600000")
        server.await_counter("robusto_tasks_running", 1)
        server.signal()
        server.await_log("stopping")
        with server.faults.clock(wall=-HOUR):
            code, _ = server.wait()
        self.assertEqual(code, 1)
        self.assertRegex(server.log(), r"stopped in \S+; meanwhile 0 completed, 0 rejected, 0 cancelled, 1 abandoned")
        client.close()

    def test_a_log_that_nobody_reads_ends_with_the_stop_when_the_wall_clock_is_set_back(self):
        os.mkfifo(self.log)
        reader = os.open(self.log, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        server = self.start(f"--access_log={self.log}")
        connection = server.connect()
        for _ in range(1000):  # more than a pipe holds
            connection.request("GET", "/plaintext", headers={"User-Agent": "x" * 200})
            connection.getresponse().read()
        connection.close()
        server.signal()
        server.await_log("stopped in")
        with server.faults.clock(wall=-HOUR):
            self.assertEqual(server.wait()[0], 0)
        self.assertIn("lost: the log was closed", server.log())

    def test_warnings_go_on_when_the_wall_clock_is_set_back(self):
        server = self.start("--access_log=/dev/full")
        server.await_log("1 line lost: No space left on device")
        # Ten seconds between two of them, and they have passed.
        with server.faults.clock(wall=-HOUR, monotonic=HOUR):
            server.get()
            server.await_log("[warning] access log /dev/full: 1 line lost: No space left on device\n")
            deadline = time.monotonic() + GUARD_SECONDS
            while len(server.log_lines("lost")) < 2:
                self.assertLess(time.monotonic(), deadline, server.log())
                server.get()
        server.check_well()

    def test_a_leap_of_the_monotonic_clock_ends_what_is_over_and_nothing_that_runs(self):
        server = self.start()
        idle = server.begin()
        self.assertEqual(idle.getresponse().read(), b"Hello, World!")
        server.await_counter("robusto_http_connections_parked", 1)
        half = server.connect()
        half.connect()
        half.sock.sendall(b"GET /plaintext HTT")
        server.await_counter("robusto_http_connections", 2)
        running = server.begin("/sleep?ms=1500")
        server.await_counter("robusto_tasks_running", 1)
        with server.faults.clock(monotonic=HOUR):
            self.assertEqual(idle.sock.recv(1), b"")
            self.assertIn(b"408 ", half.sock.recv(4096))
            response = running.getresponse()
            self.assertEqual((response.status, response.read()), (200, b"slept 1500 ms\n"))
            for client in (idle, half, running):
                client.close()
            counters = server.counters()
            for reason in ("keep_alive_timeout", "header_timeout"):
                self.assertEqual(counters[f'robusto_http_refusals_total{{reason="{reason}"}}'], 1)
            server.check_well()
        self.assertEqual(server.stop()[0], 0)

    def test_a_leap_of_the_monotonic_clock_expires_what_waits(self):
        server = self.start("--min_threads=1", "--max_threads=1")
        blocked = server.begin("/sleep?ms=600000")
        server.await_counter("robusto_tasks_running", 1)
        waiting = server.begin()
        server.await_counter("robusto_tasks_queued", 1)
        with server.faults.clock(monotonic=HOUR):
            response = waiting.getresponse()
            self.assertEqual((response.status, response.headers["X-Robusto-Reason"]), (503, "expired"))
            response.read()
        self.assertEqual(server.counters()['robusto_tasks_total{outcome="expired"}'], 1)
        blocked.close()
        waiting.close()


if __name__ == "__main__":
    unittest.main()
