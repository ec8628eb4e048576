#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Slow and silent clients by the hundred cost neither a worker nor much memory, and each has its end.

The testbed has one worker: were it held by one of them, nobody else would be served. Nothing here depends on how fast it
is; tests/benchmarks/http/slow_clients.py measures that, and with 10,000.
"""

import socket
import unittest

import crowd
import server_process

COUNT = 300
DRIPPED_HEAD = b"GET /plaintext HTTP/1.1\r\nHost: testbed\r\nX-Drip: "
GET_PLAINTEXT = b"GET /plaintext HTTP/1.1\r\nHost: testbed\r\n\r\n"
GET_GIB = b"GET /bytes?n=1073741824 HTTP/1.1\r\nHost: testbed\r\n\r\n"
POST_MB = b"POST /echo HTTP/1.1\r\nHost: testbed\r\nContent-Length: 1000000\r\n\r\n"
FOR_EVER = ("--header_timeout=inf", "--keep_alive_timeout=inf", "--write_timeout=inf")
KIB = 1024


class SlowClientsTest(unittest.TestCase):
    def start(self, *flags, binary=server_process.TESTBED):
        server = server_process.ServerProcess("--min_threads=1", *flags, binary=binary)
        self.addCleanup(server.kill)
        self.address = (server.host, server.port)
        self.sockets_before = crowd.sockets(server.pid)
        # What the first requests allocate is none of the crowd's.
        crowd.latencies(self.address, 100)
        self.memory_before = crowd.memory(server.pid)
        return server

    def crowd(self, first, count=COUNT, **habit):
        members = crowd.Crowd(self.address, count, crowd.Habit(first, **habit))
        self.addCleanup(members.__exit__)
        return members

    def assert_others_are_served(self):
        self.assertEqual(len(crowd.latencies(self.address, 200)), 200)

    def assert_memory_each(self, server, at_most, count=COUNT):
        # Generous: what a sanitizer or an allocator keeps is not the crowd's.
        grown = crowd.memory(server.pid) - self.memory_before
        self.assertLess(grown, 2 * count * at_most + 4 * KIB * KIB, f"{grown / count:.0f} bytes each")

    def await_sockets(self, server, count):
        """Waits until it has so many sockets open beyond those from before."""
        for _ in range(2000):
            if crowd.sockets(server.pid) == self.sockets_before + count:
                return
            crowd.latencies(self.address, 1, pause=0.01)
        raise AssertionError(f"{crowd.sockets(server.pid) - self.sockets_before} sockets, not {count}")

    def test_dripped_heads_hold_no_worker(self):
        server = self.start(*FOR_EVER)
        members = self.crowd(DRIPPED_HEAD, each_turn=b"a", turn_seconds=0.1)
        self.assert_others_are_served()
        self.assert_memory_each(server, 16 * KIB)
        report = members.report()
        self.assertEqual((report.open, report.closed, report.received), (COUNT, 0, 0))

    def test_dripped_heads_are_cut_with_408(self):
        server = self.start("--header_timeout=1s")
        members = self.crowd(DRIPPED_HEAD, each_turn=b"a", turn_seconds=0.1)
        self.assert_others_are_served()
        report = members.await_report(lambda report: report.open == 0)
        self.assertEqual(report.statuses, {408: COUNT})
        self.await_sockets(server, 0)

    def test_silent_connections_are_cut(self):
        server = self.start("--header_timeout=1s")
        members = self.crowd(b"")
        self.assert_others_are_served()
        members.await_report(lambda report: report.open == 0)
        self.await_sockets(server, 0)

    def test_slow_bodies_are_cut_with_408(self):
        server = self.start("--header_timeout=1s")
        members = self.crowd(POST_MB, each_turn=b"abcdefghij", turn_seconds=0.1)
        self.assert_others_are_served()
        self.assert_memory_each(server, 16 * KIB)
        report = members.await_report(lambda report: report.open == 0)
        self.assertEqual(report.statuses, {408: COUNT})
        self.await_sockets(server, 0)

    def test_bodies_that_are_fast_enough_are_not_cut(self):
        # The head's time is over long before they are whole.
        self.start("--header_timeout=1s", "--min_body_bytes_per_second=1")
        members = self.crowd(
            b"POST /echo HTTP/1.1\r\nHost: testbed\r\nContent-Length: 300\r\n\r\n",
            each_turn=b"abcdefghij",
            turn_seconds=0.1,
        )
        self.assert_others_are_served()
        report = members.await_report(lambda report: report.statuses[200] == COUNT)
        self.assertEqual(report.statuses, {200: COUNT})

    def test_parked_connections_hold_no_worker(self):
        server = self.start(*FOR_EVER)
        # So many that buffers which they kept would be more than what the limit has to spare.
        members = self.crowd(GET_PLAINTEXT, count=2000)
        members.await_report(lambda report: report.statuses[200] == 2000)
        self.assert_others_are_served()
        self.assert_memory_each(server, KIB, count=2000)
        self.assertEqual(members.report().open, 2000)

    def test_responses_that_nobody_reads_hold_no_worker_and_are_cut(self):
        server = self.start("--write_timeout=2s")
        members = self.crowd(GET_GIB, count=100, read=0)
        self.assert_others_are_served()
        self.assert_memory_each(server, 256 * KIB, count=100)
        self.await_sockets(server, 0)
        # By a reset, which they see: else the kernel would keep for minutes what their sockets hold.
        report = members.await_report(lambda report: report.closed == 100)
        self.assertEqual(report.received, 0)

    def test_slow_readers_hold_no_worker(self):
        server = self.start(*FOR_EVER)
        members = self.crowd(GET_GIB, count=100, turn_seconds=0.1, read=100)
        self.assert_others_are_served()
        self.assert_memory_each(server, 256 * KIB, count=100)
        report = members.await_report(lambda report: report.statuses[200] == 100)
        self.assertEqual((report.open, report.closed), (100, 0))

    def test_at_the_limit_the_oldest_idle_connection_makes_room(self):
        self.start("--max_connections=50", "--keep_alive_timeout=1h")
        first = self.crowd(GET_PLAINTEXT, count=10)
        first.await_report(lambda report: report.statuses[200] == 10)
        # Not one of its crowd is parked before all of the first are.
        second = self.crowd(GET_PLAINTEXT, count=40)
        second.await_report(lambda report: report.statuses[200] == 40)
        for evicted in range(1, 6):
            with socket.create_connection(self.address, timeout=server_process.GUARD_SECONDS) as another:
                another.sendall(GET_PLAINTEXT)
                self.assertTrue(another.recv(4096).startswith(b"HTTP/1.1 200 "))
                self.assertGreaterEqual(first.await_report(lambda report: report.closed >= 1).closed, 1)
                self.assertLessEqual(first.report().closed, evicted)
        self.assertEqual(second.report().closed, 0)

    def test_at_the_limit_heads_that_drip_make_room(self):
        self.start("--max_connections=50", "--header_timeout=1h")
        members = self.crowd(DRIPPED_HEAD, count=50, each_turn=b"a", turn_seconds=0.1)
        self.assert_others_are_served()
        report = members.report()
        self.assertGreaterEqual(report.closed, 1)
        self.assertEqual(report.received, 0)

    def test_at_the_limit_responses_that_nobody_reads_make_room(self):
        self.start("--max_connections=50", "--write_timeout=1h")
        members = self.crowd(GET_GIB, count=50, read=0)
        self.assert_others_are_served()
        self.assertGreaterEqual(members.await_report(lambda report: report.closed >= 1).resets, 1)


if __name__ == "__main__":
    unittest.main()
