#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The access log: a line for each request, rotation, and a disk that is full."""

import http.client
import json
import os
import pathlib
import re
import signal
import socket
import tempfile
import time
import unittest

import server_process

COMBINED = re.compile(
    r'(?P<host>\S+) - - \[(?P<time>\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d \+0000)\] "(?P<request>[^"]*)" '
    r'(?P<status>\d{3}) (?P<bytes>\d+|-) "(?P<referer>[^"]*)" "(?P<agent>[^"]*)"')  # yapf: disable


class AccessLogTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        (self.directory / "root").mkdir()
        (self.directory / "root/file").write_bytes(b"content")
        self.log = self.directory / "access.log"

    def start(self, *flags):
        server = server_process.ServerProcess(f"--root={self.directory}/root", *flags)
        self.addCleanup(server.kill)
        return server

    def get(self, server, path="/file", method="GET", **fields):
        """Sends a request; gives the status."""
        connection = http.client.HTTPConnection(server.host, server.port, timeout=server_process.GUARD_SECONDS)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in fields.items()})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.status

    def send(self, server, request):
        """Sends bytes on a connection of their own, and reads to its end."""
        with socket.create_connection((server.host, server.port), timeout=server_process.GUARD_SECONDS) as connection:
            connection.sendall(request)
            while connection.recv(4096):
                pass

    def await_lines(self, count, path=None):
        """A line is written once the response is out: waits until there are so many of them; gives them."""
        deadline = time.monotonic() + server_process.GUARD_SECONDS
        while True:
            lines = (path or self.log).read_text(encoding="ascii").splitlines()
            if len(lines) >= count:
                self.assertEqual(len(lines), count, lines)
                return lines
            if time.monotonic() > deadline:
                raise AssertionError(f"not {count} lines: {lines}")
            time.sleep(0.005)

    def test_combined_lines(self):
        server = self.start(f"--access_log={self.log}")
        # A client has its answer before the line is written, and connections do not wait for each other's lines.
        self.assertEqual(self.get(server, Referer="http://example.org/", User_Agent="test/1"), 200)
        self.await_lines(1)
        self.assertEqual(self.get(server, "/none?a=b", User_Agent="test/1"), 404)
        self.await_lines(2)
        self.assertEqual(self.get(server, method="HEAD", User_Agent="test/1"), 200)
        self.await_lines(3)
        self.assertEqual(self.get(server, User_Agent='"] 200 \\ \xe4\t'), 200)
        lines = [COMBINED.fullmatch(line).groupdict() for line in self.await_lines(4)]
        self.assertEqual({line["host"] for line in lines}, {"127.0.0.1"})
        self.assertEqual([line["request"] for line in lines], [
            "GET /file HTTP/1.1", "GET /none?a=b HTTP/1.1", "HEAD /file HTTP/1.1", "GET /file HTTP/1.1"
        ])
        self.assertEqual([line["status"] for line in lines], ["200", "404", "200", "200"])
        self.assertEqual([lines[i]["bytes"] for i in (0, 2, 3)], ["7", "-", "7"])
        self.assertEqual([line["referer"] for line in lines], ["http://example.org/", "-", "-", "-"])
        self.assertEqual([line["agent"] for line in lines], ["test/1"] * 3 + [r"\x22] 200 \x5C \xE4"])
        told = time.mktime(time.strptime(lines[0]["time"], "%d/%b/%Y:%H:%M:%S +0000")) - time.timezone
        self.assertLess(abs(told - time.time()), 2 * server_process.GUARD_SECONDS)

    def test_json_lines(self):
        server = self.start(f"--access_log={self.log}", "--access_log_format=json", "--request_id_header=X-Request-Id")
        self.get(server, "/file?a=%22b", Referer="http://example.org/", User_Agent='say "hi" \xe4', X_Request_Id="id-1")
        line = json.loads(self.await_lines(1)[0])
        self.assertRegex(line.pop("time"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")
        self.assertRegex(line.pop("peer"), r"^127\.0\.0\.1:\d+$")
        self.assertGreater(line["duration_seconds"], 0)
        self.assertLessEqual(line.pop("handler_seconds"), line.pop("duration_seconds"))
        self.assertEqual(
            line, {
                "request_id": "id-1",
                "method": "GET",
                "target": "/file?a=%22b",
                "protocol": "HTTP/1.1",
                "status": 200,
                "body_bytes": 7,
                "complete": True,
                "referer": "http://example.org/",
                "user_agent": 'say "hi" \ufffd',
            })

    def test_a_message_that_is_no_request_has_a_line_with_the_reason(self):
        server = self.start(f"--access_log={self.log}", "--access_log_format=json")
        self.send(server, b"no request\r\n\r\n")
        self.send(server, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        lines = [json.loads(line) for line in self.await_lines(2)]
        self.assertEqual([line["status"] for line in lines], [400, 400])
        self.assertTrue(all(line["reason"] for line in lines), lines)

    def test_a_request_whose_client_went_away_is_499(self):
        server = server_process.ServerProcess(f"--access_log={self.log}", "--header_timeout=inf",
                                              binary=server_process.TESTBED)
        self.addCleanup(server.kill)
        with socket.create_connection((server.host, server.port)) as connection:
            connection.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12")
            # Its response shows that the half request, which came first, has been read.
            self.get(server, "/plaintext")
        lines = [COMBINED.fullmatch(line).groupdict() for line in self.await_lines(2)]
        self.assertEqual(sorted(line["status"] for line in lines), ["200", "499"])

    def test_sighup_lets_the_file_be_rotated_and_loses_no_line(self):
        server = self.start(f"--access_log={self.log}")
        old = self.directory / "access.log.1"
        self.get(server, "/before")
        self.await_lines(1)
        os.rename(self.log, old)
        self.get(server, "/between")
        self.await_lines(2, old)
        server.signal(signal.SIGHUP)
        server.await_log("reopened the access log")
        self.get(server, "/after")
        self.assertIn("GET /after ", self.await_lines(1)[0])
        self.assertEqual(len(self.await_lines(2, old)), 2)
        self.assertEqual(server.stop()[0], 0)

    def test_sighup_without_an_access_log_does_no_harm(self):
        server = self.start()
        server.signal(signal.SIGHUP)
        server.await_log("no access log to reopen")
        self.assertEqual(self.get(server), 200)
        self.assertEqual(server.stop()[0], 0)

    def test_a_log_that_cannot_be_opened_anew_is_written_to_further(self):
        where = self.directory / "logs"
        where.mkdir()
        server = self.start(f"--access_log={where}/log")
        os.rename(where, self.directory / "moved")
        server.signal(signal.SIGHUP)
        server.await_log("still using the old file")
        self.get(server)
        self.await_lines(1, self.directory / "moved/log")

    def test_a_full_disk_does_not_stop_it(self):
        server = self.start("--access_log=/dev/full")
        for _ in range(50):
            self.assertEqual(self.get(server), 200)
        server.await_log("No space left on device")
        self.assertEqual(server.stop()[0], 0)
        # One at once, one at the end.
        self.assertLessEqual(server.log().count("No space left"), 3, server.log())

    def test_standard_output_is_where_the_lines_go_for_a_dash(self):
        server = self.start("--access_log=-")
        self.get(server)
        self.assertIn('"GET /file HTTP/1.1" 200 7 ', server.read_line())
        self.get(server, "/none")
        code, rest = server.stop()
        self.assertEqual(code, 0)
        self.assertIn('"GET /none HTTP/1.1" 404 ', rest)

    def fill_pipe(self, server):
        """Sends requests whose lines are more than a pipe holds; gives how many."""
        connection = http.client.HTTPConnection(server.host, server.port, timeout=server_process.GUARD_SECONDS)
        for number in range(1000):
            connection.request("GET", f"/file?{number}", headers={"User-Agent": "x" * 200})
            connection.getresponse().read()
        connection.close()
        return 1000

    def test_lines_that_wait_are_written_when_it_stops(self):
        os.mkfifo(self.log)
        reader = os.open(self.log, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        server = self.start(f"--access_log={self.log}")
        count = self.fill_pipe(server)
        server.signal()
        server.await_log("stopped in")
        os.set_blocking(reader, True)
        lines = b""
        while piece := os.read(reader, 1 << 16):
            lines += piece
        self.assertEqual(server.wait()[0], 0)
        self.assertEqual([COMBINED.fullmatch(line)["request"] for line in lines.decode("ascii").splitlines()],
                         [f"GET /file?{number} HTTP/1.1" for number in range(count)])

    def test_a_reader_that_does_not_read_holds_neither_requests_nor_the_stop(self):
        os.mkfifo(self.log)
        reader = os.open(self.log, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        server = self.start(f"--access_log={self.log}")
        self.fill_pipe(server)
        self.assertEqual(server.stop()[0], 0)
        self.assertIn("lost: the log was closed", server.log())


if __name__ == "__main__":
    unittest.main()
