# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Load on a server: wrk, and the checks that come before it."""

import pathlib
import subprocess

import servers
import wrk_output

_SCRIPT = pathlib.Path(__file__).with_name("load.lua")
# A connection that was closed may keep its port for a minute, and there are some 28,000 of them for each
# server. A second does not use them up, and after another one Linux takes them again on loopback.
_CLOSE_SECONDS = 1


def read_answer(stream):
    """Status and body of the next answer."""
    status = stream.readline().split()
    if len(status) < 2:
        raise ValueError("the connection ended")
    fields = {}
    while (line := stream.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        fields[name.lower()] = value.strip()
    if fields.get(b"transfer-encoding") != b"chunked":
        return int(status[1]), stream.read(int(fields.get(b"content-length", 0)))
    body = b""
    while (size := int(stream.readline(), 16)) > 0:
        body += stream.read(size)
        stream.readline()
    stream.readline()
    return int(status[1]), body


def check(running, workload):
    """Raises servers.Absent unless this server does what it is asked to do; once for each of a pipeline."""
    try:
        with running.connect() as connection, connection.makefile("rb") as stream:
            connection.settimeout(5)
            connection.sendall(workload.request() * workload.pipeline)
            for _ in range(workload.pipeline):
                status, body = read_answer(stream)
                wrong = workload.body_bytes not in (None, len(body))
                if status != 200 or wrong:
                    raise servers.Absent(f"it answers {status} with {len(body)} bytes")
    except (OSError, ValueError) as error:
        raise servers.Absent(f"it does not answer as it should: {error}") from None


def run(running, workload, seconds, cpu):
    """Has wrk on processor `cpu` do the workload, for a second at most if it closes connections.

    Gives a wrk_output.WrkResult; ValueError when wrk fails.
    """
    if workload.close:
        seconds = min(seconds, _CLOSE_SECONDS)
    command = ["taskset", "-c", str(cpu), "wrk", "-t1", f"-c{workload.connections}", f"-d{seconds}s"]
    command += ["--timeout", "10s", *workload.wrk_options(), "-s", str(_SCRIPT)]
    command += [running.url + workload.target, "--", *workload.script_options()]
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=seconds + 60,
        check=False,
    )
    return wrk_output.parse(done.stdout)


class Sleepers:
    """Connections whose requests keep a worker asleep each, for ten minutes or until the server ends."""

    def __init__(self, running, count):
        self._sockets = []
        for _ in range(count):
            connection = running.connect()
            connection.sendall(b"GET /sleep?ms=600000 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self._sockets.append(connection)

    def close(self):
        for connection in self._sockets:
            connection.close()
