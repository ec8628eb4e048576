#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Signals: the first stops gracefully, the second at once."""

import http.client
import pathlib
import signal
import socket
import tempfile
import threading
import time
import unittest

import server_process

CLIENTS = 8
# What the server gives an idle connection when it begins to drain. A client that was kept from running for longer
# finds its connection closed and has lost nothing: its request was never accepted.
DRAIN_GRACE_SECONDS = 0.25


class Client(threading.Thread):
    """Sends one request after the other on one connection, until an answer says that it is the last."""

    def __init__(self, server):
        super().__init__()
        self._connection = http.client.HTTPConnection(
            server.host, server.port, timeout=server_process.GUARD_SECONDS)  # yapf: disable
        self.sent = 0
        self.answered = 0
        self.error = None
        self.start()

    def run(self):
        try:
            while True:
                before = time.monotonic()
                try:
                    self._connection.request("GET", "/file")
                    self.sent += 1
                    response = self._connection.getresponse()
                except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                    if self.answered > 0 and before - answered_at > DRAIN_GRACE_SECONDS:
                        self.sent = self.answered
                        return
                    raise
                if response.status != 200 or response.read() != b"content" * 1000:
                    raise AssertionError(f"answer {self.answered}: {response.status}")
                self.answered += 1
                answered_at = time.monotonic()
                if response.headers["Connection"] == "close":
                    return
        except Exception as error:  # pylint: disable=broad-except
            self.error = error
        finally:
            self._connection.close()


class ServerStopTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        (pathlib.Path(directory.name) / "file").write_bytes(b"content" * 1000)
        self.root_flag = f"--root={directory.name}"

    def start(self, *flags):
        server = server_process.ServerProcess(self.root_flag, *flags)
        self.addCleanup(server.kill)
        return server

    def test_a_stop_under_load_leaves_no_accepted_request_unanswered(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                server = self.start("--min_threads=4")
                clients = [Client(server) for _ in range(CLIENTS)]
                while min(client.answered for client in clients) < 50:
                    self.assertTrue(all(client.is_alive() for client in clients), [c.error for c in clients])
                    time.sleep(0)
                server.signal(number)
                code, rest = server.wait()
                for client in clients:
                    client.join(server_process.GUARD_SECONDS)
                self.assertEqual([client.error for client in clients], [None] * CLIENTS)
                self.assertEqual([client.sent for client in clients], [client.answered for client in clients])
                self.assertEqual((code, rest), (0, ""), server.log())

    def test_idle_clients_do_not_hold_a_stop_up(self):
        server = self.start("--keep_alive_timeout=inf", "--header_timeout=inf", "--stop_timeout=inf")
        idle = [socket.create_connection((server.host, server.port)) for _ in range(10)]
        self.assertEqual(server.stop()[0], 0)
        for connection in idle:
            with connection:
                self.assertEqual(connection.recv(1), b"")

    def start_with_half_a_request(self):
        """A server that a stop waits for, and the connection with the request that it waits for."""
        server = self.start("--header_timeout=inf", "--stop_timeout=inf")
        half = socket.create_connection((server.host, server.port), timeout=server_process.GUARD_SECONDS)
        self.addCleanup(half.close)
        half.sendall(b"GET /file HTTP/1.1\r\n")
        # The answer shows that the half request, which came first, has been read.
        whole = http.client.HTTPConnection(server.host, server.port)
        whole.request("GET", "/file")
        self.assertEqual(whole.getresponse().read(), b"content" * 1000)
        whole.close()
        return server, half

    def test_a_second_ctrl_c_ends_at_once(self):
        server, _ = self.start_with_half_a_request()
        server.signal(signal.SIGINT)
        server.await_log("stopping")
        server.signal(signal.SIGINT)
        self.assertEqual(server.wait()[0], 1)

    def test_a_signal_a_second_after_the_first_ends_at_once(self):
        server, _ = self.start_with_half_a_request()
        begin = time.monotonic()
        server.signal()
        while server.poll() is None:
            self.assertLess(time.monotonic() - begin, server_process.GUARD_SECONDS)
            server.signal()
            time.sleep(0.02)
        self.assertEqual(server.wait()[0], 1)
        self.assertGreaterEqual(time.monotonic() - begin, 1)

    def test_a_stop_that_is_delivered_twice_is_one_stop(self):
        server, half = self.start_with_half_a_request()
        # Different ones, as two equal ones would be one that is pending.
        server.signal(signal.SIGINT)
        server.signal(signal.SIGTERM)
        server.await_log("stopping")
        half.sendall(b"Host: a\r\n\r\n")
        self.assertTrue(half.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n"))
        half.close()
        self.assertEqual(server.wait()[0], 0)

    def test_the_stop_begins_after_its_delay(self):
        server = self.start("--stop_delay=300ms")
        begin = time.monotonic()
        self.assertEqual(server.stop()[0], 0)
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)
        log = server.log()
        self.assertLess(log.index("serving for another 300ms"), log.index("stopping"))

    def test_the_end_of_the_stop_timeout_ends_it(self):
        server = self.start("--header_timeout=inf", "--stop_timeout=100ms")
        with socket.create_connection((server.host, server.port)) as half:
            half.sendall(b"GET / HTTP/1.1\r\n")
            code, _ = server.stop()
            self.assertEqual(code, 0, "no whole request was lost")


if __name__ == "__main__":
    unittest.main()
