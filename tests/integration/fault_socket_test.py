#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Connections whose reads and writes are interrupted, come in small pieces, or fail."""

import contextlib
import errno
import http.client
import os
import pathlib
import socket
import tempfile
import typing
import unittest

import server_process
from faulty_process import GUARD_SECONDS, FaultyProcess

LONG = 3_000_000
LETTERS = bytes(range(ord("a"), ord("z") + 1))


def letters(count):
    return (LETTERS * (count // 26 + 1))[:count]


class Failing(typing.NamedTuple):
    """A call that fails in the middle: the connection is at its end, and the client sees that something is missing."""
    function: str
    error: int
    skip: int
    target: str
    log: str  # empty: it is the client's or the network's doing


FAILING = [
    Failing("recv", errno.ENOMEM, 0, "/plaintext", "the connection is closed: recv: Cannot allocate memory"),
    Failing("recv", errno.EIO, 0, "/plaintext", "the connection is closed: recv: Input/output error"),
    Failing("recv", errno.ECONNRESET, 0, "/plaintext", ""),
    Failing("recv", errno.ETIMEDOUT, 0, "/plaintext", ""),
    Failing("send", errno.ENOBUFS, 0, "/plaintext", "the response is truncated: send: No buffer space available"),
    Failing("send", errno.EPIPE, 0, "/plaintext", ""),
    Failing("send", errno.ECONNRESET, 0, "/plaintext", ""),
    Failing("send", errno.EHOSTUNREACH, 0, "/plaintext", ""),
    Failing("send", errno.ENOMEM, 3, f"/bytes?n={LONG}", "the response is truncated: send: Cannot allocate memory"),
    Failing("sendmsg", errno.ENOMEM, 0, f"/bytes?n={LONG}", "the response is truncated: send: Cannot allocate memory"),
    Failing("sendmsg", errno.ECONNRESET, 1, "/stream?chunks=100&size=60000", ""),
]


class SocketTest(unittest.TestCase):

    def start(self, *flags, **options):
        server = FaultyProcess(*flags, **options)
        self.addCleanup(server.kill)
        return server

    def start_file_server(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        (pathlib.Path(directory.name) / "file").write_bytes(letters(LONG))
        return self.start(f"--root={directory.name}", binary=server_process.SERVER)

    def check_all_kinds(self, server):
        """Requests with answers of every kind, on one connection."""
        connection = server.connect()
        for method, target, body, want in (
            ("GET", "/plaintext", None, b"Hello, World!"),
            ("GET", f"/bytes?n={LONG}", None, letters(LONG)),
            ("GET", "/stream?chunks=20&size=26000", None, letters(20 * 26000)),
            ("POST", "/echo", letters(100_000), letters(100_000)),
            ("GET", "/bytes?n=1", None, b"a"),
        ):
            with self.subTest(target):
                connection.request(method, target, body)
                response = connection.getresponse()
                self.assertEqual((response.status, response.read() == want), (200, True))
        connection.close()

    def test_every_call_interrupted_every_other_time(self):
        server = self.start()
        with contextlib.ExitStack() as stack:
            for function in ("accept4", "recv", "send", "sendmsg"):
                stack.enter_context(server.faults.fault(function, errno.EINTR, every=2, port=server.port))
            stack.enter_context(server.faults.fault("epoll_wait", errno.EINTR, every=2, thread="worker"))
            self.check_all_kinds(server)
        self.assertEqual(server.log_lines("warning"), [])
        server.check_well()

    def test_a_file_whose_sending_is_interrupted_or_goes_in_pieces(self):
        server = self.start_file_server()
        for fault in ({"error": errno.EINTR, "every": 2}, {"most": 1000}):
            with self.subTest(fault), server.faults.fault("sendfile", port=server.port, **fault):
                status, _, body = server.get("/file")
                self.assertEqual((status, body == letters(LONG)), (200, True))
        self.assertEqual(server.log_lines("warning"), [])
        server.check_well()

    def test_pieces_of_a_few_bytes(self):
        # Not of recv: less than was asked for means that there is no more (epoll(7)), and so no fault of the system is that.
        server = self.start()
        for function, most in (("send", 7000), ("sendmsg", 1)):
            with self.subTest(function), server.faults.fault(function, most=most, port=server.port):
                self.check_all_kinds(server)
        with server.faults.fault("send", most=1, port=server.port) as fault:
            self.assertEqual(server.get()[2], b"Hello, World!")
            self.assertGreater(fault.delivered, 50)
        self.assertEqual(server.log_lines("warning"), [])
        server.check_well()

    def test_sockets_that_are_full_again_and_again(self):
        server = self.start()
        with server.faults.fault("send", errno.EAGAIN, every=2, port=server.port):
            with server.faults.fault("sendmsg", errno.EAGAIN, every=2, port=server.port):
                self.check_all_kinds(server)
        server.check_well()

    def test_calls_that_fail(self):
        server = self.start()
        for case in FAILING:
            with self.subTest(f"{case.function} {os.strerror(case.error)} {case.target}"):
                before, lines = server.counters(), len(server.log_lines(case.log or "warning"))
                with server.faults.fault(case.function, case.error, skip=case.skip, times=1, port=server.port):
                    with self.assertRaises((OSError, http.client.HTTPException)):
                        server.get(case.target)
                server.check_well()
                if case.log:
                    server.await_log(case.log)
                    self.assertRegex(server.log_lines(case.log)[-1],
                                     rf"^\[testbed\] \[warning\] 127\.0\.0\.1:\d+: {case.log}$")
                self.assertEqual(len(server.log_lines(case.log or "warning")), lines + bool(case.log))
                after = server.counters()
                # A worker has done its part; what became of the answer is the connection's.
                self.assertEqual(after['robusto_tasks_total{outcome="failed"}'],
                                 before['robusto_tasks_total{outcome="failed"}'])
                self.assertEqual(after["robusto_http_connections"], 0)

    def test_a_disk_that_fails_or_a_file_that_shrinks_while_it_is_sent(self):
        server = self.start_file_server()
        for fault, why in (({"error": errno.EIO}, "sendfile: Input/output error"),
                           ({"most": 0}, "the file became shorter")):
            with self.subTest(why), server.faults.fault("sendfile", skip=1, times=1, port=server.port, **fault):
                with self.assertRaises(http.client.IncompleteRead):
                    server.get("/file")
                server.await_log(f": the response is truncated: {why}\n")
            self.assertEqual(server.get("/file")[0], 200)
        server.check_well()

    def test_a_connection_that_cannot_be_watched_for_room_ends_by_its_timeout(self):
        server = self.start("--write_timeout=1s")
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(GUARD_SECONDS)
            client.connect((server.host, server.port))
            with server.faults.fault("epoll_ctl_mod", errno.ENOMEM, port=server.port, times=1) as fault:
                client.sendall(b"GET /bytes?n=100000000 HTTP/1.1\r\nHost: a\r\n\r\n")
                fault.await_delivered()
                server.await_counter('robusto_http_refusals_total{reason="write_timeout"}', 1)
            with self.assertRaises(ConnectionResetError):
                while client.recv(1 << 16):
                    pass
        server.check_well()


if __name__ == "__main__":
    unittest.main()
