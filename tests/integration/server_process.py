# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs one of the built servers for a test.

    with ServerProcess("--root=" + root) as server:
        connection = http.client.HTTPConnection(server.host, server.port)

Every wait has a guard, after which the process is killed and the test fails; nothing depends on its length.
"""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time

GUARD_SECONDS = 60
# Tests run in the directory of the runfiles.
SERVER = str(pathlib.Path("tools/server/server").absolute())
TESTBED = str(pathlib.Path("tools/testbed/testbed").absolute())

LISTENING = re.compile(
    r"listening on (unix:\S+|http://([0-9.]+):([0-9]+))(?: admin (\S+))?(?: metrics (http://\S+))?\n")


def run(*flags, binary=SERVER, **options):
    """Runs the server with flags that make it end by itself; gives the subprocess.CompletedProcess."""
    return subprocess.run(
        [binary, *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=GUARD_SECONDS,
        encoding="utf-8",
        check=False,
        **options,
    )


class ServerProcess:
    """A server that listens on free ports: for HTTP, and where `admin` or `metrics` are given for those.

    `host`, `port` and `url` are of HTTP (of a unix socket only `url`), `admin_address` and `metrics_url` of the others or
    None. What it logs is in `log()`, unless it goes to a `stderr` of the test's own. `launcher` is a command that is given the server's to run; `pass_fds` is
    subprocess.Popen's.
    """

    def __init__(self, *flags, binary=SERVER, admin="", metrics="", env=None, cwd=None, launcher=(), pass_fds=(),
                 stderr=None):
        self._log = tempfile.TemporaryFile(mode="w+b")
        self._process = subprocess.Popen(
            [*launcher, binary, "--listen=127.0.0.1:0", f"--admin={admin}", f"--metrics={metrics}", *flags],
            stdout=subprocess.PIPE,
            stderr=self._log if stderr is None else stderr,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            pass_fds=pass_fds,
        )
        guard = threading.Timer(GUARD_SECONDS, self._process.kill)
        guard.start()
        first_line = self._process.stdout.readline().decode()
        guard.cancel()
        match = LISTENING.fullmatch(first_line)
        if match is None or bool(match[4]) != bool(admin) or bool(match[5]) != bool(metrics):
            log = self.log()
            self.kill()
            raise AssertionError(f"first line on stdout: {first_line!r}; log:\n{log}")
        self.url, self.host, port, self.admin_address, self.metrics_url = match.groups()
        self.port = port and int(port)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.kill()

    def log(self, most=1 << 20):
        """What the server has written to stderr so far, or the beginning of it."""
        self._log.flush()
        return os.pread(self._log.fileno(), most, 0).decode()

    def await_log(self, text):
        """Waits until the log has `text` in it."""
        deadline = threading.Event()
        guard = threading.Timer(GUARD_SECONDS, deadline.set)
        guard.start()
        while text not in self.log():
            if deadline.is_set() or self._process.poll() is not None:
                raise AssertionError(f"{text!r} is not in the log:\n{self.log()}")
            deadline.wait(0.01)
        guard.cancel()

    def read_line(self):
        """The next line on stdout."""
        guard = threading.Timer(GUARD_SECONDS, self._process.kill)
        guard.start()
        line = self._process.stdout.readline().decode()
        guard.cancel()
        return line

    @property
    def pid(self):
        return self._process.pid

    def signal(self, number=signal.SIGTERM):
        self._process.send_signal(number)

    def poll(self):
        """The exit code, or None while it runs."""
        return self._process.poll()

    def end_at_once(self):
        """Ends it as an impatient operator does, without a graceful stop; gives what wait() does."""
        guard = time.monotonic() + GUARD_SECONDS
        while self.poll() is None and time.monotonic() < guard:
            # Again and again: two that are pending are one.
            self.signal(signal.SIGINT)
            time.sleep(0.01)
        return self.wait()

    def wait(self):
        """Waits for the end; gives the exit code and what else came on stdout."""
        rest, _ = self._process.communicate(timeout=GUARD_SECONDS)
        return self._process.returncode, rest.decode()

    def stop(self):
        self.signal()
        return self.wait()

    def kill(self):
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._log.close()
