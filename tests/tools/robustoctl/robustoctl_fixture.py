# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs the testbed and robustoctl for a test.

    with Testbed("--min_threads=4") as testbed:
        result = testbed.ctl("stats", "--json")

Every wait has a guard, after which the test fails; nothing depends on its length.
"""

import http.client
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time

GUARD_SECONDS = 60
# Tests run in the directory of the runfiles.
TESTBED = str(pathlib.Path("tools/testbed/testbed").absolute())
ROBUSTOCTL = str(pathlib.Path("tools/robustoctl/robustoctl").absolute())
LISTENING = re.compile(r"listening on http://([0-9.]+):([0-9]+) admin (\S+)\n")


def run(*arguments, env=None):
    """Runs robustoctl to its end; gives the subprocess.CompletedProcess."""
    return subprocess.run(
        [ROBUSTOCTL, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=GUARD_SECONDS,
        encoding="utf-8",
        check=False,
        env={**os.environ, "TZ": "UTC", **(env or {})},
    )


def eventually(condition):
    """Looks until `condition()` is true, and gives it."""
    deadline = time.monotonic() + GUARD_SECONDS
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError("did not come true")
        time.sleep(0.01)
    return value


class Testbed:
    """A testbed with its admin service, on free ports."""

    def __init__(self, *flags, admin="127.0.0.1:0"):
        self._log = tempfile.TemporaryFile(mode="w+b")
        self.process = subprocess.Popen(
            [TESTBED, "--listen=127.0.0.1:0", f"--admin={admin}", "--metrics=", *flags],
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        guard = threading.Timer(GUARD_SECONDS, self.process.kill)
        guard.start()
        first_line = self.process.stdout.readline().decode()
        guard.cancel()
        match = LISTENING.fullmatch(first_line)
        if match is None:
            log = os.pread(self._log.fileno(), 1 << 20, 0).decode()
            self.__exit__()
            raise AssertionError(f"first line on stdout: {first_line!r}; log:\n{log}")
        self.host, self.port, self.address = match.group(1), int(match.group(2)), match.group(3)
        self._clients = []

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self._log.close()
        for client in getattr(self, "_clients", []):
            client.join()

    def ctl(self, *arguments):
        return run(f"--address={self.address}", *arguments)

    def request(self, path):
        """The status of one request; 0: the connection ended without one."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=GUARD_SECONDS)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def request_in_background(self, path):
        client = threading.Thread(target=self.request, args=(path,))
        client.start()
        self._clients.append(client)
