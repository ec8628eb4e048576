# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""What the servers are asked to do."""

import dataclasses

import servers

FILE_BYTES = 1 << 20
POST_BYTES = 4096
SLEEP_MS = 10

_ALL = servers.Servers.NAMES


@dataclasses.dataclass(frozen=True)
class Workload:
    """One kind of load.

    `kind` is the measurement: "work" (processor time and rate beside the floor), "latency",
    "blocked", "idle" or "syscalls". `threads` is for servers that have workers.
    """

    name: str
    title: str
    kind: str = "work"
    target: str = "/plaintext"
    connections: int = 8
    threads: int = 10
    pipeline: int = 1
    post_bytes: int = 0
    close: bool = False
    # Of the answer's body; None: any.
    body_bytes: int = 13
    servers: tuple = _ALL

    def request(self):
        """A request as wrk sends it."""
        lines = [f"{'POST' if self.post_bytes else 'GET'} {self.target} HTTP/1.1", "Host: localhost"]
        if self.close:
            lines.append("Connection: close")
        if self.post_bytes:
            lines.append(f"Content-Length: {self.post_bytes}")
        return "\r\n".join([*lines, "", ""]).encode() + b"x" * self.post_bytes

    def wrk_options(self):
        return ["-H", "Connection: close"] if self.close else []

    def script_options(self):
        options = []
        if self.pipeline > 1:
            options.append(f"--pipeline={self.pipeline}")
        if self.post_bytes:
            options.append(f"--body={self.post_bytes}")
        return options


WORKLOADS = (
    Workload("small-8", "keep-alive, 8 connections"),
    Workload("small-64", "keep-alive, 64 connections", connections=64),
    Workload("small-512", "keep-alive, 512 connections", connections=512),
    Workload("pipelined", "16 requests at a time, 8 connections", pipeline=16),
    Workload("close", "one request per connection, 8 at a time", close=True),
    Workload(
        "post",
        "POST 4 KiB echoed, 8 connections",
        target="/echo",
        post_bytes=POST_BYTES,
        body_bytes=POST_BYTES,
        servers=tuple(name for name in _ALL if name != "lighttpd"),
    ),
    Workload("file", "1 MiB file, 8 connections", target="/file", body_bytes=FILE_BYTES),
    Workload(
        "sleep",
        "a handler that sleeps 10 ms, 100 workers, 100 connections",
        kind="latency",
        target=f"/sleep?ms={SLEEP_MS}",
        connections=100,
        threads=100,
        body_bytes=None,
        servers=("robusto", "libmicrohttpd", "cpp-httplib"),
    ),
    Workload(
        "blocked",
        "/plaintext for 1 connection, 9 of 10 workers asleep",
        kind="blocked",
        connections=1,
        servers=("robusto", "cpp-httplib"),
    ),
    Workload("idle", "no connection", kind="idle"),
    Workload("syscalls-8", "system calls, 8 connections", kind="syscalls"),
    Workload("syscalls-64", "system calls, 64 connections", kind="syscalls", connections=64),
    Workload("syscalls-512", "system calls, 512 connections", kind="syscalls", connections=512),
)
