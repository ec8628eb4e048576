# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs a server whose system calls fail because a test says so, and says whether all is well again.

    with FaultyProcess("--min_threads=2") as server:
        with server.faults.fault("accept4", errno.EMFILE, port=server.port) as fault:
            ...
        server.check_well()
"""

import http.client
import os
import time
import urllib.parse

import fault_table
import server_process

GUARD_SECONDS = server_process.GUARD_SECONDS
# How often one call may be tried while its fault lasts, and nobody be said to spin: who spins does it a million times.
FAILURES_IN_A_SECOND = 1000


def run(faults, *flags):
    """Runs a testbed that is to end by itself; gives the exit code and what it says on stderr."""
    done = server_process.run("--listen=127.0.0.1:0", "--admin=", *flags, binary=server_process.TESTBED,
                              env={**os.environ, **faults.environment})
    return done.returncode, done.stderr


class FaultyProcess(server_process.ServerProcess):
    """A testbed, or another `binary`, with its metrics; `faults` is its table. Two workers unless a flag says more."""

    def __init__(self, *flags, binary=server_process.TESTBED, clocks=False, **options):
        self.faults = fault_table.FaultTable(clocks)
        super().__init__(
            "--min_threads=2", *flags, binary=binary, metrics="127.0.0.1:0", env=self.faults.environment, **options)
        try:
            assert self.faults.loaded > 0, "the server runs without the library of faults"
            self.get("/")
            self.counters()
            self._descriptors = self._settled_descriptors()
        except BaseException:
            self.kill()
            raise

    def connect(self):
        return http.client.HTTPConnection(self.host, self.port, timeout=GUARD_SECONDS)

    def get(self, target="/plaintext"):
        """One request on a connection of its own; gives the status, the fields and the body."""
        connection = self.connect()
        try:
            connection.request("GET", target)
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def begin(self, target="/plaintext"):
        """Sends a request and gives the connection, whose response is still to come."""
        connection = self.connect()
        connection.request("GET", target)
        return connection

    def ask_metrics(self, path):
        address = urllib.parse.urlsplit(self.metrics_url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=GUARD_SECONDS)
        connection.request("GET", path)
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def counters(self):
        """Sample -> value of /metrics."""
        lines = [line.rsplit(" ", 1) for line in self.ask_metrics("/metrics").splitlines() if line[0] != "#"]
        return {sample: float(value) for sample, value in lines}

    def await_counter(self, sample, value):
        """Waits until the counter is what it should be."""
        self._await(lambda: self.counters().get(sample, 0) == value,
                    lambda: f"{sample} is {self.counters().get(sample)}, not {value}")

    def log_lines(self, text):
        """The lines of the log with `text` in them, without the time."""
        return [line.split("] ", 1)[1] for line in self.log().splitlines() if text in line]

    def check_well(self):
        """The next request is answered, and no descriptor is held that was not at the beginning."""
        status, _, _ = self.get("/")
        assert status in (200, 403), status  # 403: a directory without an index
        self._await(lambda: self._open_descriptors() == self._descriptors,
                    lambda: f"{self._open_descriptors()} descriptors are open, not {self._descriptors}")

    @staticmethod
    def check_not_spinning(fault):
        """Looks for a while at how often a call that fails is tried."""
        before, since = fault.delivered, time.monotonic()
        time.sleep(0.3)
        tried, seconds = fault.delivered - before, time.monotonic() - since
        assert tried <= 100 + FAILURES_IN_A_SECOND * seconds, f"tried {tried} times in {seconds} s"

    def _open_descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def _settled_descriptors(self):
        # The connections of the requests above are still being closed: as many as there are when nobody is connected.
        self._await(lambda: self._open_sockets() == 0, lambda: f"{self._open_sockets()} connections are open")
        return self._open_descriptors()

    def _open_sockets(self):
        inodes = set()
        with open(f"/proc/{self.pid}/net/tcp", encoding="ascii") as table:
            for line in table.read().splitlines()[1:]:
                fields = line.split()
                if fields[3] != "0A":  # listens
                    inodes.add(f"socket:[{fields[9]}]")
        count = 0
        for descriptor in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                count += os.readlink(f"/proc/{self.pid}/fd/{descriptor}") in inodes
            except FileNotFoundError:
                pass
        return count

    @staticmethod
    def _await(true, why_not):
        deadline = time.monotonic() + GUARD_SECONDS
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError(why_not())
            time.sleep(0.005)
