# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs the testbed with its metrics listener for a test.

    with MetricsProcess("--min_threads=4") as testbed:
        status, headers, body = testbed.ask("/metrics")
"""

import http.client
import time

import server_process

GUARD_SECONDS = server_process.GUARD_SECONDS


class MetricsProcess(server_process.ServerProcess):
    """A testbed that listens on free ports; `address` and `url` are of the metrics, `server` is the server's own."""

    def __init__(self, *flags):
        super().__init__(*flags, binary=server_process.TESTBED, metrics="127.0.0.1:0")
        self.server, self.url = (self.host, self.port), self.metrics_url
        host, port = self.metrics_url[len("http://"):].rsplit(":", 1)
        self.address = (host, int(port))

    def ask(self, path, method="GET", headers=None, address=None):
        """One request to the metrics listener; gives the status, the fields and the text."""
        connection = http.client.HTTPConnection(*(address or self.address), timeout=GUARD_SECONDS)
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, response.headers, text

    def await_ready(self, status, why=""):
        """Waits until /readyz answers with that status, and gives its text."""
        deadline = time.monotonic() + GUARD_SECONDS
        while True:
            answer, _, text = self.ask("/readyz")
            if answer == status and why in text:
                return text
            if time.monotonic() > deadline:
                raise AssertionError(f"/readyz answers {answer} {text!r}, not {status} {why!r}")
            time.sleep(0.02)

    def begin(self, target):
        """Sends a request to the server and gives the connection, whose response is still to come."""
        connection = http.client.HTTPConnection(*self.server, timeout=GUARD_SECONDS)
        connection.request("GET", target)
        return connection
