# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs the testbed with its metrics listener for a test.

    with MetricsProcess("--min_threads=4") as testbed:
        status, headers, body = testbed.ask("/metrics")
"""

import http.client
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time

GUARD_SECONDS = 60
# Tests run in the directory of the runfiles.
BINARY = str(pathlib.Path("tools/testbed/testbed").absolute())
LISTENING = re.compile(r"listening on http://([0-9.]+):([0-9]+) metrics http://([0-9.]+):([0-9]+)\n")


class MetricsProcess:
    """A testbed that listens on free ports; `address` is that of the metrics, `server` the server's own."""

    def __init__(self, *flags):
        self._log = tempfile.TemporaryFile(mode="w+")
        self._process = subprocess.Popen(
            [BINARY, "--listen=127.0.0.1:0", "--admin=", "--metrics=127.0.0.1:0", *flags],
            stdout=subprocess.PIPE,
            stderr=self._log,
            encoding="utf-8",
        )
        guard = threading.Timer(GUARD_SECONDS, self._process.kill)
        guard.start()
        first_line = self._process.stdout.readline()
        guard.cancel()
        match = LISTENING.fullmatch(first_line)
        if match is None:
            log = self.log()
            self.kill()
            raise AssertionError(f"first line on stdout: {first_line!r}; log:\n{log}")
        self.server = (match.group(1), int(match.group(2)))
        self.address = (match.group(3), int(match.group(4)))
        self.url = f"http://{self.address[0]}:{self.address[1]}"

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.kill()

    def log(self):
        self._log.seek(0)
        return self._log.read()

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

    def signal(self, number=signal.SIGTERM):
        self._process.send_signal(number)

    def wait(self):
        """Waits for the end; gives the exit code."""
        return self._process.wait(timeout=GUARD_SECONDS)

    def kill(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._log.close()
