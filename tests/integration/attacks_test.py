#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Beside each attack others are served by a server with default limits: who keeps a connection, and who makes a new one.

How fast is measured by tests/benchmarks/http/attacks.py, which has more attackers, too. Here nothing depends on it: a request may
take long, but it must be answered, and nobody who behaves is thrown out.
"""

import dataclasses
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import tempfile
import unittest

import crowd
import server_process

GUARD_SECONDS = server_process.GUARD_SECONDS
DEFAULT_PLACES = 10_000  # --max_connections
GET = b"GET /plaintext HTTP/1.1\r\nHost: testbed\r\n\r\n"
DRIPPED_HEAD = b"GET /plaintext HTTP/1.1\r\nHost: testbed\r\nX-Drip: "
POST_MB = b"POST /upload HTTP/1.1\r\nHost: testbed\r\nContent-Length: 1000000\r\n\r\n"
LARGEST_FIELDS = b"".join(b"X-%d: %b\r\n" % (i, b"a" * 300) for i in range(98))


class AttacksTest(unittest.TestCase):
    def start(self, *flags, binary=server_process.TESTBED):
        self.server = server_process.ServerProcess(*flags, binary=binary)
        self.addCleanup(self.server.kill)
        self.address = (self.server.host, self.server.port)
        self.keep_one()

    def keep_one(self):
        self.kept = self.connect()
        self.addCleanup(self.kept.close)
        self.ask(self.kept)

    def crowd(self, count, habit, patient=True):
        members = crowd.Crowd(self.address, count, habit, patient)
        self.addCleanup(members.__exit__)
        return members

    def connect(self):
        sock = socket.create_connection(self.address, timeout=GUARD_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def ask(self, sock):
        sock.sendall(GET)
        answer = b""
        while not answer.endswith(b"\r\n\r\nHello, World!"):
            more = sock.recv(4096)
            self.assertTrue(more, f"closed after {answer!r}")
            answer += more
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "), answer)

    def assert_others_are_served(self):
        for _ in range(50):
            self.ask(self.kept)
            with self.connect() as new:
                self.ask(new)

    def needs_descriptors(self, count):
        if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < count + 100:
            print("SKIPPED: too few descriptors", flush=True)
            self.skipTest(f"a process may not have {count} files open")

    def under_attack(self, count, habit):
        self.start()
        members = self.crowd(count, habit, patient=False)
        members.await_report(lambda report: report.made > count or report.received > 0)
        self.assert_others_are_served()
        return members

    def test_more_silent_connections_than_there_are_places(self):
        self.needs_descriptors(DEFAULT_PLACES)
        self.start()
        for _ in range(2):
            self.crowd(6_000, crowd.Habit(b""))
            self.assert_others_are_served()

    def test_every_place_is_held_by_slow_heads_and_more_come(self):
        self.hold_every_place(crowd.Habit(DRIPPED_HEAD, b"a", 1))

    def test_every_place_is_held_by_slow_bodies_and_more_come(self):
        self.hold_every_place(crowd.Habit(POST_MB, b"a", 1))

    def hold_every_place(self, habit):
        self.needs_descriptors(DEFAULT_PLACES)
        self.start()
        self.crowd(DEFAULT_PLACES, habit)
        self.crowd(200, dataclasses.replace(habit, again=True), patient=False)
        # The first one has been idle for longer than the attackers have.
        self.keep_one()
        self.assert_others_are_served()

    def test_heads_without_end(self):
        endless = b"X-Bomb: " + b"a" * 1000 + b"\r\n"
        members = self.under_attack(20, crowd.Habit(b"GET / HTTP/1.1\r\nHost: a\r\n", endless=endless, again=True))
        self.assertEqual(set(members.report().statuses), {431})

    def test_fields_that_are_too_large(self):
        members = self.under_attack(20, crowd.Habit(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 40_000, again=True))
        self.assertEqual(set(members.report().statuses), {431})

    def test_request_lines_without_end(self):
        members = self.under_attack(20, crowd.Habit(b"GET /", endless=b"a" * 1000, again=True))
        self.assertEqual(set(members.report().statuses), {414})

    def test_the_largest_heads_without_end(self):
        request = b"GET /plaintext HTTP/1.1\r\nHost: a\r\n" + LARGEST_FIELDS + b"\r\n"
        members = self.under_attack(10, crowd.Habit(b"", endless=request, again=True))
        self.assertEqual(set(members.report().statuses), {200})

    def test_pipelining_without_end(self):
        members = self.under_attack(10, crowd.Habit(b"", endless=GET * 1000))
        self.assertEqual(members.report().statuses, {200: 10})

    def test_pipelining_without_end_and_without_reading(self):
        self.start()
        self.crowd(50, crowd.Habit(b"", endless=GET * 1000, read=0))
        self.assert_others_are_served()

    def test_connections_that_come_and_go(self):
        request = b"GET /plaintext HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        members = self.under_attack(100, crowd.Habit(request, again=True))
        self.assertEqual(set(members.report().statuses), {200})

    def slowhttptest(self, path, *flags):
        """Three of its seconds."""
        if shutil.which("slowhttptest") is None:
            print("SKIPPED: slowhttptest is not installed", flush=True)
            self.skipTest("slowhttptest is not installed")
        with subprocess.Popen(["slowhttptest", *flags, "-c", "500", "-r", "500", "-l", "3", "-p", "10", "-v", "1", "-u",
                               self.server.url + path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8") as process:  # yapf: disable
            self.assert_others_are_served()
            said, _ = process.communicate(timeout=GUARD_SECONDS)
        # Its own client, which asks meanwhile.
        self.assertRegex(said, r"service available:\S* +\S*YES", said)

    def test_slowhttptests_slow_headers(self):
        self.start()
        self.slowhttptest("/plaintext", "-H", "-i", "1")

    def test_slowhttptests_slow_bodies(self):
        self.start()
        self.slowhttptest("/upload", "-B", "-i", "1", "-s", "100000")

    def test_slowhttptests_slow_reads(self):
        with tempfile.TemporaryDirectory() as root:
            with open(os.path.join(root, "big"), "wb") as big:
                big.truncate(1 << 26)
            pathlib.Path(root, "plaintext").write_bytes(b"Hello, World!")
            self.start(f"--root={root}", binary=server_process.SERVER)
            self.slowhttptest("/big", "-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "32")


if __name__ == "__main__":
    unittest.main(verbosity=2)
