#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""What slow clients cost the testbed, and those beside them: a table.

    bazel run //tests/benchmarks/http:slow_clients [-- SCENARIO...]

Every scenario has a server of its own, with four workers. The client that is measured sends GET /plaintext on one
connection, one after another with 1 ms between them: before the crowd is there, and beside it. "control" is the same with
no crowd at all, so that the machine's own noise shows. The crowd is on this machine, too, and takes of its processors.
"""

import argparse
import os
import pathlib
import resource
import sys
import time

# `bazel run` starts it in its runfiles.
sys.path.insert(0, str(pathlib.Path(os.path.realpath(__file__)).parents[2] / "integration"))

import crowd
import server_process

DRIPPED_HEAD = b"GET /plaintext HTTP/1.1\r\nHost: testbed\r\nX-Drip: "
GET_GIB = b"GET /bytes?n=1073741824 HTTP/1.1\r\nHost: testbed\r\n\r\n"
MAX_CONNECTIONS = "--max_connections=19000"

_scenarios = {}


def scenario(function):
    _scenarios[function.__name__] = function
    return function


class Server(server_process.ServerProcess):
    def __init__(self, *flags):
        super().__init__("--min_threads=4", MAX_CONNECTIONS, *flags, binary=server_process.TESTBED)
        self.address = (self.host, self.port)
        self.sockets_before = crowd.sockets(self.pid)
        # What the first requests allocate is none of the crowd's.
        crowd.latencies(self.address, 2000)
        self.idle = self.measure()
        self.memory_before = crowd.memory(self.pid)

    def measure(self):
        # Seconds of it, not fewer: a p99 of a few hundred is chance.
        return crowd.latencies(self.address, options.requests, pause=0.001)

    def grown(self):
        return crowd.memory(self.pid) - self.memory_before


def at(sorted_values, part):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * part))]


def row(name, server, beside, each, what):
    def figures(values):
        return f"{at(values, 0.5) * 1e6:6.0f} {at(values, 0.99) * 1e6:6.0f} {values[-1] * 1e6:7.0f}"

    print(f"{name:34} | {figures(server.idle)} | {figures(beside)} | {each:>14} | {what}", flush=True)


@scenario
def control():
    with Server() as server:
        row("no crowd", server, server.measure(), f"{server.grown() / 1024:.0f} KiB in all", "")


@scenario
def drip_cut():
    with Server("--header_timeout=20s") as server:
        begin = time.monotonic()
        with crowd.Crowd(server.address, options.connections, crowd.Habit(DRIPPED_HEAD, b"a", 1)) as crowded:
            connected = time.monotonic() - begin
            beside = server.measure()
            each = f"{server.grown() / options.connections:.0f} B"
            report = crowded.await_report(lambda report: report.open == 0)
            row(
                f"{options.connections} heads, 1 byte/s, cut at 20s", server, beside, each,
                f"{report.statuses[408]} x 408, all closed {time.monotonic() - begin:.1f} s after the first came"
                f" (connected in {connected:.1f} s); then {server.grown() / 1024:.0f} KiB more than before",
            )  # yapf: disable


@scenario
def drip_stay():
    with Server("--header_timeout=10m") as server:
        with crowd.Crowd(server.address, options.connections, crowd.Habit(DRIPPED_HEAD, b"a", 1)) as crowded:
            beside = server.measure()
            each = f"{server.grown() / options.connections:.0f} B"
            # Without the client that is measured.
            used = crowd.processor_seconds(server.pid)
            time.sleep(5)
            used = (crowd.processor_seconds(server.pid) - used) / 5
            row(
                f"{options.connections} heads, 1 byte/s, 10m", server, beside, each,
                f"{crowded.report().open} open; the server uses {used:.1%} of a processor for them",
            )  # yapf: disable


@scenario
def parked():
    with Server("--keep_alive_timeout=10m", "--header_timeout=2s", "--max_parked_connections=19000") as server:
        with crowd.Crowd(server.address, options.connections, crowd.Habit(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")) as crowded:
            crowded.await_report(lambda report: report.statuses[200] == options.connections)
            each = f"{server.grown() / options.connections:.0f} B"
            beside = server.measure()
            # Until the timers of the connections' heads, which are long moot, are through, too.
            time.sleep(5)
            before = crowd.switches(server.pid)
            time.sleep(10)
            wakes = (crowd.switches(server.pid) - before) / 10
            row(
                f"{options.connections} parked", server, beside, each,
                f"{crowded.report().open} open, {wakes:.1f} wake-ups/s while idle",
            )  # yapf: disable


@scenario
def never_read():
    with Server("--write_timeout=10s") as server:
        begin = time.monotonic()
        with crowd.Crowd(server.address, 200, crowd.Habit(GET_GIB, read=0)):
            beside = server.measure()
            each = f"{server.grown() / 200 / 1024:.1f} KiB"
            while crowd.sockets(server.pid) > server.sockets_before and time.monotonic() < begin + 60:
                time.sleep(0.05)
            row(
                "200 never read 1 GiB, 10s", server, beside, each,
                f"{crowd.sockets(server.pid) - server.sockets_before} are left {time.monotonic() - begin:.1f} s after the first came",
            )  # yapf: disable


@scenario
def slow_readers():
    for size in 4096, 0:
        with Server("--write_timeout=10s") as server:
            habit = crowd.Habit(GET_GIB, turn_seconds=1, read=1024, receive_buffer=size)
            begin = time.monotonic()
            with crowd.Crowd(server.address, 200, habit):
                beside = server.measure()
                each = f"{server.grown() / 200 / 1024:.1f} KiB"
                time.sleep(20)
                row(
                    f"200 read 1 KiB/s, SO_RCVBUF {size or 'default'}", server, beside, each,
                    f"write_timeout of 10 s: after {time.monotonic() - begin:.0f} s "
                    f"{crowd.sockets(server.pid) - server.sockets_before} are left",
                )  # yapf: disable


@scenario
def slow_posts():
    head = b"POST /echo HTTP/1.1\r\nHost: testbed\r\nContent-Length: 1000000\r\n\r\n"
    with Server("--header_timeout=5s") as server:
        begin = time.monotonic()
        with crowd.Crowd(server.address, 200, crowd.Habit(head, b"a" * 100, 1)) as crowded:
            beside = server.measure()
            each = f"{server.grown() / 200 / 1024:.1f} KiB"
            report = crowded.await_report(lambda report: report.open == 0)
            row(
                "200 POST 1 MB at 100 B/s", server, beside, each,
                f"{report.statuses[408]} x 408, closed {time.monotonic() - begin:.1f} s after the first came",
            )  # yapf: disable


def main():
    global options
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=4000, help="of the client that is measured")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"all unless given: {', '.join(_scenarios)}")
    options = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if options.connections + 100 > hard:
        parser.error(f"--connections={options.connections}: a process may have only {hard} files open (ulimit -Hn)")
    for name in options.scenarios:
        if name not in _scenarios:
            parser.error(f"{name}: there are {', '.join(_scenarios)}")
    print(f"{'':34} | before, us:         | beside it, us:       |                |")
    print(f"{'the crowd':34} |    p50    p99     max |    p50    p99     max |     memory each | what became of it")
    for name in options.scenarios or _scenarios:
        _scenarios[name]()


if __name__ == "__main__":
    main()
