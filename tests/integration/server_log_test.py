#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The server's own log: a stderr that is not drained, and standard descriptors that are closed."""

import fcntl
import http.client
import os
import socket
import tempfile
import time
import unittest
import urllib.request

import server_process

F_SETPIPE_SZ = 1031


class ServerLogTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = directory.name
        with open(self.root + "/file", "wb") as file:
            file.write(b"content")

    def start(self, *flags, **options):
        server = server_process.ServerProcess(f"--root={self.root}", *flags, **options)
        self.addCleanup(server.kill)
        return server

    def get(self, server):
        connection = http.client.HTTPConnection(server.host, server.port, timeout=server_process.GUARD_SECONDS)
        connection.request("GET", "/file")
        body = connection.getresponse().read()
        connection.close()
        return body

    def dropped(self, server, log):
        with urllib.request.urlopen(server.metrics_url + "/metrics", timeout=server_process.GUARD_SECONDS) as response:
            text = response.read().decode()
        name = f'robusto_log_lines_dropped_total{{log="{log}"}}'
        lines = [line for line in text.splitlines() if line.startswith(name + " ")]
        return float(lines[0].split()[-1])

    def send_bad_request(self, server):
        """One that is a line of the log."""
        with socket.create_connection((server.host, server.port), timeout=server_process.GUARD_SECONDS) as bad:
            bad.sendall(b"GET / HTTP/1.1\r\n\r\n")
            self.assertTrue(bad.recv(4096).startswith(b"HTTP/1.1 400 "))

    def test_a_stderr_that_is_not_drained_stops_nothing(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        # A pipe of one page takes one write. A second line already blocks a log that waits for it.
        fcntl.fcntl(writer, F_SETPIPE_SZ, 4096)
        server = self.start("--stop_timeout=1s", metrics="127.0.0.1:0", stderr=writer)
        os.close(writer)
        for _ in range(200):
            self.send_bad_request(server)
        self.assertEqual(self.get(server), b"content")
        with urllib.request.urlopen(server.metrics_url + "/readyz", timeout=server_process.GUARD_SECONDS) as ready:
            self.assertEqual(ready.status, 200)
        self.assertEqual(server.stop()[0], 0)
        self.assertIn(b"started: robusto", os.read(reader, 4096))

    def test_lines_that_are_lost_are_counted(self):
        with open("/dev/full", "wb") as full:
            server = self.start("--access_log=/dev/full", metrics="127.0.0.1:0", stderr=full)
        self.send_bad_request(server)
        for log in ("access", "server"):
            deadline = time.monotonic() + server_process.GUARD_SECONDS
            while self.dropped(server, log) == 0:
                self.assertLess(time.monotonic(), deadline)
        self.assertEqual(server.stop()[0], 0)

    def test_exceptions_of_handlers_are_at_most_a_hundred_lines_a_second(self):
        server = server_process.ServerProcess(binary=server_process.TESTBED)
        self.addCleanup(server.kill)
        begin = time.monotonic()
        for _ in range(500):
            connection = http.client.HTTPConnection(server.host, server.port, timeout=server_process.GUARD_SECONDS)
            connection.request("GET", "/throw")
            self.assertEqual(connection.getresponse().status, 500)
            connection.close()
        seconds = int(time.monotonic() - begin) + 1
        self.assertEqual(server.stop()[0], 0)
        lines = server.log().count("the handler threw: as asked by /throw")
        self.assertGreaterEqual(lines, 100)
        self.assertLessEqual(lines, 100 * seconds)

    def test_descriptors_that_are_closed_are_opened_before_anything_else(self):
        # Else a socket of the server would be number 0 or 2, and a line for stderr would be sent to a client.
        server = self.start(launcher=("sh", "-c", 'exec "$@" 0<&- 2>&-', "sh"))
        self.assertEqual(self.get(server), b"content")
        for number in (0, 2):
            self.assertEqual(os.readlink(f"/proc/{server.pid}/fd/{number}"), "/dev/null")
        self.assertEqual(server.stop()[0], 0)


if __name__ == "__main__":
    unittest.main()
