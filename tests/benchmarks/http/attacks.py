#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""What attacks on a server with default limits mean to those who only want to be served: a table, in Markdown.

    bazel run //tests/benchmarks/http:attacks [-- ATTACK...]

Two normal clients are measured, before each attack and beside it: one asks on a connection that it keeps, the other one makes a
new connection for each request. "control" is the same with no attack, so that the machine's own noise shows. The attackers are
on this machine, too, and take of its processors. Every attack has a server of its own, with no flag but where it listens (and
what it serves). Takes about five minutes. slowhttptest's own attacks are left out where it is not installed.
"""

import argparse
import collections
import contextlib
import dataclasses
import json
import multiprocessing
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

# `bazel run` starts it in its runfiles.
sys.path.insert(0, str(pathlib.Path(os.path.realpath(__file__)).parents[2] / "integration"))

import crowd
import server_process

MOST_OF_A_PROCESS = 10_000  # connections of attackers
PAUSE_SECONDS = 0.002
CLIENT_GUARD_SECONDS = 30
GET = b"GET /plaintext HTTP/1.1\r\nHost: testbed\r\n\r\n"
DRIPPED_HEAD = b"GET /plaintext HTTP/1.1\r\nHost: testbed\r\nX-Drip: "
POST_MB = b"POST /upload HTTP/1.1\r\nHost: testbed\r\nContent-Length: 1000000\r\n\r\n"
BIG_FILE_BYTES = 1 << 28
METRIC = re.compile(r"^robusto_http_([a-z_]+?)(?:_total)?(?:\{[a-z]+=\"([0-9a-z_]+)\"\})? (\S+)$", re.MULTILINE)

_attacks = {}


def attack(function):
    _attacks[function.__name__] = function
    return function


# The normal clients.


def _ask(sock):
    sock.sendall(GET)
    answer = b""
    while not answer.endswith(b"\r\n\r\nHello, World!"):
        more = sock.recv(4096)
        if not more:
            raise AssertionError(f"the server closed after {answer!r}")
        answer += more
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise AssertionError(f"not served: {answer!r}")


def _connect(address):
    sock = socket.create_connection(address, timeout=CLIENT_GUARD_SECONDS)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def _kept(address):
    sock = _connect(address)
    return lambda: _ask(sock)


def _new(address):

    def ask():
        with contextlib.closing(_connect(address)) as sock:
            _ask(sock)

    return ask


def _client(pipe, kind, address):
    """Tells the latencies of each measurement, and how many requests were not served."""
    ask = kind(address)
    ask()
    pipe.send("ready")
    while (seconds := pipe.recv()) > 0:
        took, failures = [], []
        end = time.perf_counter() + seconds
        while (begin := time.perf_counter()) < end:
            try:
                ask()
            except (OSError, AssertionError) as error:
                failures.append(str(error))
                if kind is _kept:
                    # It was thrown out: from now on on another.
                    with contextlib.suppress(OSError):
                        ask = kind(address)
            took.append(time.perf_counter() - begin)
            time.sleep(PAUSE_SECONDS)
        pipe.send((sorted(took), failures))


class Client:
    """One of the two, in a process of its own."""

    def __init__(self, kind, address):
        self._pipe, child = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=_client, args=(child, kind, address), daemon=True)
        self._process.start()
        self._pipe.recv()

    def begin(self, seconds):
        self._pipe.send(seconds)

    def end(self):
        return self._pipe.recv()

    def close(self):
        self._pipe.send(0)
        self._process.join()


# The server.


class Server(server_process.ServerProcess):
    """With default limits; the clients have been measured before anybody attacks."""

    def __init__(self, *flags, binary=server_process.TESTBED):
        super().__init__(*flags, binary=binary, metrics="127.0.0.1:0")
        self.address = (self.host, self.port)
        crowd.latencies(self.address, 1000)
        self._clients = [Client(kind, self.address) for kind in (_kept, _new)]
        self.memory_most = 0
        self.idle = self._measure(options.before_seconds)
        self._counters_before = self._counters()
        self.memory_before = self.memory_most = crowd.memory(self.pid)
        self._used_before = crowd.processor_seconds(self.pid)

    def _measure(self, seconds, begin_attack=lambda: None):
        for client in self._clients:
            client.begin(seconds)
        end = time.monotonic() + seconds
        begin_attack()
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.5))
            self.memory_most = max(self.memory_most, crowd.memory(self.pid))
        return [client.end() for client in self._clients]

    def _counters(self):
        with urllib.request.urlopen(self.metrics_url + "/metrics", timeout=CLIENT_GUARD_SECONDS) as answer:
            text = answer.read().decode()
        return collections.Counter({" ".join(filter(None, (name, label))): float(value)
                                    for name, label, value in METRIC.findall(text)})  # yapf: disable

    def attacked(self, name, begin_attack, fate):
        """Measures from just before the attack begins, and prints the row; `fate` says what became of the attackers."""
        begin = time.monotonic()
        beside = self._measure(options.seconds, begin_attack)
        used = (crowd.processor_seconds(self.pid) - self._used_before) / (time.monotonic() - begin)
        told = fate()
        counters = self._counters()
        counters.subtract(self._counters_before)
        figures = [f"{before} → {after}" for before, after in zip(map(percentiles, self.idle), map(percentiles, beside))]
        lines = self.log(1 << 30).count("\n")
        said = ", ".join(f"{int(count)} {what.removeprefix('refusals ')}" for what, count in sorted(counters.items())
                         if count > 0 and what.startswith(("refusals", "connections_evicted", "accept_errors")))  # yapf: disable
        failed = "; ".join(f"{len(failures)} {kind}: {failures[0]}" for (_, failures), kind in zip(beside, ("kept", "new"))
                           if failures)  # yapf: disable
        print(f"| {name} | {figures[0]} | {figures[1]} | {failed} | "
              f"{(self.memory_most - self.memory_before) / (1 << 20):.0f} MiB, {used:.0%} | {told}counted: {said or 'nothing'}; "
              f"{lines} lines of log |", flush=True)  # yapf: disable
        rows.append({"attack": name, "failed": failed, "log_lines": lines,
                     "memory": self.memory_most - self.memory_before, "processor": round(used, 3),
                     "kept_before": summary(self.idle[0]), "kept_beside": summary(beside[0]),
                     "new_before": summary(self.idle[1]), "new_beside": summary(beside[1]), "fate": told,
                     "counters": {what: int(count) for what, count in counters.items() if count > 0}})  # yapf: disable

    def __exit__(self, *unused):
        for client in self._clients:
            client.close()
        super().__exit__()


def at(measured, part):
    values = measured[0]
    return values[min(len(values) - 1, int(len(values) * part))]


def summary(measured):
    return {"p50_ms": round(at(measured, 0.5) * 1e3, 3), "p99_ms": round(at(measured, 0.99) * 1e3, 3),
            "max_ms": round(measured[0][-1] * 1e3, 3), "requests": len(measured[0]), "failed": measured[1][:10]}  # yapf: disable


def percentiles(measured):
    return " / ".join(f"{at(measured, part) * 1e3:.2f}" for part in (0.5, 0.99, 1))


def fate_of(crowds):
    report = crowd.Report()
    for each in (members.report() for members in crowds):
        for field in dataclasses.fields(report):
            setattr(report, field.name, getattr(report, field.name) + getattr(each, field.name))
    statuses = ", ".join(f"{count} × {status}" for status, count in sorted(report.statuses.items()))
    return (f"{report.made} connections, {report.connecting} still wait, {report.open} open, {report.closed} closed "
            f"({report.resets} by reset); answers: {statuses or 'none'}; ")  # yapf: disable


def with_crowds(name, *groups, flags=(), binary=server_process.TESTBED):
    """Each group: how many, their habit, and whether they come one after another before the next group does."""
    with Server(*flags, binary=binary) as server, contextlib.ExitStack() as stack:
        crowds = []

        def begin_attack():
            for count, habit, patient in groups:
                processes = -(-count // MOST_OF_A_PROCESS)
                for _ in range(processes):
                    crowds.append(stack.enter_context(crowd.Crowd(server.address, count // processes, habit, patient)))

        server.attacked(name, begin_attack, lambda: fate_of(crowds))


def with_crowd(name, count, habit, **more):
    with_crowds(name, (count, habit, False), **more)


# slowhttptest, which gives up by itself.


def slowhttptest(name, path, *flags, server_flags=(), binary=server_process.TESTBED):
    if shutil.which("slowhttptest") is None:
        print(f"| {name} | SKIPPED: slowhttptest is not installed | | | | |", flush=True)
        return
    with Server(*server_flags, binary=binary) as server, tempfile.TemporaryFile(mode="w+") as said:
        command = ["nice", "slowhttptest", *flags, "-l", str(options.seconds), "-p", "3", "-v", "1", "-u", server.url + path]
        processes = []

        def begin_attack():
            processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said))

        def fate():
            try:
                processes[0].wait(30)
            except subprocess.TimeoutExpired:
                processes[0].kill()
                processes[0].wait()
            said.seek(0)
            text = re.sub(r"\x1b\[[0-9;]*m", "", said.read())
            words = [f"{found[-1]} {what}" for what in ("pending", "connected", "error", "closed")
                     if (found := re.findall(rf"{what}: *(\d+)", text))]  # yapf: disable
            available = re.findall(r"service available: *(\w+)", text)
            ended = re.findall(r"Exit status: *(.*)", text)
            return (f"{', '.join(words)}; its own probe of the service: {available[-1] if available else '?'}; "
                    f"\"{ended[-1].strip() if ended else '?'}\"; ")  # yapf: disable

        server.attacked(name, begin_attack, fate)


def write_files(root):
    with open(os.path.join(root, "big"), "wb") as big:
        big.truncate(BIG_FILE_BYTES)
    pathlib.Path(root, "plaintext").write_bytes(b"Hello, World!")


# The attacks.


@attack
def control():
    with Server() as server:
        server.attacked("none (control)", lambda: None, lambda: "")


@attack
def slow_headers():
    slowhttptest("`slowhttptest -H`: 4,000 slow heads", "/plaintext", "-H", "-c", "4000", "-r", "2000", "-i", "2")


@attack
def slow_bodies():
    slowhttptest("`slowhttptest -B`: 4,000 slow bodies", "/upload", "-B", "-c", "4000", "-r", "2000", "-i", "2", "-s", "100000")


@attack
def slow_reads():
    with tempfile.TemporaryDirectory() as root:
        write_files(root)
        slowhttptest("`slowhttptest -X`: 300 slow readers of a file of 256 MiB", "/big", "-X", "-c", "300", "-r", "300", "-w",
                     "512", "-y", "1024", "-n", "1", "-z", "32", server_flags=(f"--root={root}",),
                     binary=server_process.SERVER)  # yapf: disable


@attack
def idle_silent():
    with_crowd("20,000 connections that say nothing", 20_000, crowd.Habit(b""))


@attack
def idle_served():
    with_crowd("20,000 connections idle after a request", 20_000, crowd.Habit(GET))


@attack
def silent_flood():
    with_crowd("20,000 that say nothing, and come again", 20_000, crowd.Habit(b"", again=True))


@attack
def slow_heads_everywhere():
    """All places, held by those who have begun a head, and more who want one."""
    habit = crowd.Habit(DRIPPED_HEAD, b"a", 1)
    with_crowds("10,000 heads at 1 byte/s, and 500 more that come again", (10_000, habit, True),
                (500, dataclasses.replace(habit, again=True), False))  # yapf: disable


@attack
def slow_bodies_everywhere():
    habit = crowd.Habit(POST_MB, b"a", 1)
    with_crowds("10,000 bodies at 1 byte/s, and 500 more that come again", (10_000, habit, True),
                (500, dataclasses.replace(habit, again=True), False))  # yapf: disable


@attack
def unread():
    """On loopback, whose segments are large, the kernel takes 4 MB for each: more of them would take all that it has for TCP,
    and with that everybody's connections."""
    habit = crowd.Habit(b"GET /big HTTP/1.1\r\nHost: a\r\n\r\n", read=0)
    with tempfile.TemporaryDirectory() as root:
        write_files(root)
        with_crowd("200 that read nothing of a file of 256 MiB", 200, habit, flags=(f"--root={root}",),
                   binary=server_process.SERVER)  # yapf: disable


@attack
def header_bomb_endless():
    habit = crowd.Habit(b"GET / HTTP/1.1\r\nHost: a\r\n", endless=b"X-Bomb: " + b"a" * 1000 + b"\r\n", again=True)
    with_crowd("200 heads without end, again and again", 200, habit)


@attack
def header_bomb_large():
    habit = crowd.Habit(b"GET / HTTP/1.1\r\nHost: a\r\nX-Bomb: " + b"a" * 40_000, again=True)
    with_crowd("200 with a field of 40,000 bytes, again and again", 200, habit)


@attack
def header_bomb_full():
    fields = b"".join(b"X-%d: %b\r\n" % (i, b"a" * 300) for i in range(98))
    habit = crowd.Habit(b"GET /plaintext HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n", again=True,
                        endless=b"GET /plaintext HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n")  # yapf: disable
    with_crowd("50 that send the largest heads allowed without end", 50, habit)


@attack
def pipelining():
    with_crowd("50 that pipeline without end, and read", 50, crowd.Habit(b"", endless=GET * 1000, again=True))


@attack
def pipelining_unread():
    with_crowd("200 that pipeline without end, and never read", 200, crowd.Habit(b"", endless=GET * 1000, read=0, again=True))


@attack
def connection_flood():
    close = b"GET /plaintext HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with_crowd("500 at once that connect, ask and go, without end", 500, crowd.Habit(close, again=True))


def main():
    global options, rows
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10, help="beside each attack")
    parser.add_argument("--before_seconds", type=int, default=5)
    parser.add_argument("--json", help="file to write the figures to")
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help=f"all unless given: {', '.join(_attacks)}")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < MOST_OF_A_PROCESS + 100:
        parser.error(f"a process may have only {hard} files open, fewer than {MOST_OF_A_PROCESS} connections need (ulimit -Hn)")
    for name in options.attacks:
        if name not in _attacks:
            parser.error(f"{name}: there are {', '.join(_attacks)}")
    rows = []
    print(f"Milliseconds, p50 / p99 / max, before → beside it; {hard} descriptors for each process.\n")
    print("| the attack | on a kept connection | on a new one each | not served | memory, processors | the attackers |")
    print("|---|---|---|---|---|---|")
    for name in options.attacks or _attacks:
        _attacks[name]()
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
