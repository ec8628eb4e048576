#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""What watchers of the admin service cost the requests that are served meanwhile.

The whole testbed is held to the first of two processors, and wrk and the watchers to the second, so that all that
the admin service does is taken from the workers. Rounds with watchers and without alternate, and what is
told is the median over pairs of neighbours. Needs wrk.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys

TESTBED = str(pathlib.Path("tools/testbed/testbed").absolute())
WATCHERS = str(pathlib.Path("tests/benchmarks/admin/stats_watchers").absolute())
LISTENING = re.compile(r"listening on http://(\S+) admin (\S+)\n")


def held_to(cpu, command):
    return ["taskset", "-c", str(cpu), *command]


def cpu_seconds(pid):
    """Of every thread that lives, by its name: what the scheduler counted, in seconds."""
    seconds = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            name = (task / "comm").read_text().strip()
            ran = int((task / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            continue  # it has ended
        seconds[name] = seconds.get(name, 0) + ran
    return seconds


def idle_seconds(cpu):
    fields = re.search(rf"^cpu{cpu} (.*)$", pathlib.Path("/proc/stat").read_text(), re.M).group(1).split()
    return int(fields[3]) / os.sysconf("SC_CLK_TCK")


def measure(server, pid, options, watchers):
    """One round; gives requests/s, CPU us a request, the workers' share of it, snapshots, the clients' idle share, and
    CPU seconds of the threads that are no workers."""
    watching = None
    if watchers:
        watching = subprocess.Popen(
            held_to(options.client_cpu, [WATCHERS, server[1], str(watchers), str(options.interval_ms)]),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        if watching.stdout.readline() != "watching\n":
            raise RuntimeError("the watchers did not get to watch")
    before, idle = cpu_seconds(pid), idle_seconds(options.client_cpu)
    load = subprocess.run(
        held_to(options.client_cpu, [
            "wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", f"http://{server[0]}{options.path}"]),
        stdout=subprocess.PIPE, encoding="utf-8", check=True)
    after, idle = cpu_seconds(pid), idle_seconds(options.client_cpu) - idle
    snapshots = 0
    if watching:
        snapshots = int(watching.communicate()[0])
        if watching.returncode != 0:
            raise RuntimeError("a watcher failed")
    if "Non-2xx" in load.stdout or "Socket errors" in load.stdout:
        raise RuntimeError(load.stdout)
    requests = int(re.search(r"(\d+) requests in", load.stdout).group(1))
    rate = float(re.search(r"Requests/sec:\s+([0-9.]+)", load.stdout).group(1))
    spent = {name: after[name] - before.get(name, 0) for name in after}
    workers = sum(ran for name, ran in spent.items() if name.startswith("worker"))
    total = sum(spent.values())
    if options.verbose:
        print({name: f"{ran:.4f}" for name, ran in sorted(spent.items()) if ran > 0.001})
    return rate, total / requests * 1e6, workers / total, snapshots, idle / options.seconds, total - workers


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30, help="pairs of one round without and one with watchers")
    parser.add_argument("--seconds", type=int, default=2, help="length of a round")
    parser.add_argument("--watchers", type=int, default=64)
    parser.add_argument("--interval_ms", type=int, default=100)
    parser.add_argument("--path", default="/burn?us=20", help="what is requested")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--server_cpu", default="0", help="one or more, as taskset -c takes them")
    parser.add_argument("--client_cpu", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="what each thread took, per round")
    options = parser.parse_args()

    server = subprocess.Popen(
        held_to(options.server_cpu, [TESTBED, "--listen=127.0.0.1:0", "--admin=127.0.0.1:0", "--metrics="]),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
    try:
        address = LISTENING.fullmatch(server.stdout.readline()).groups()
        measure(address, server.pid, options, 0)  # warms up
        pairs = []
        for i in range(options.rounds):
            # Which comes first alternates too: a drift of the machine's speed then favours neither.
            pair = {}
            for watchers in [0, options.watchers] if i % 2 == 0 else [options.watchers, 0]:
                pair[watchers] = measure(address, server.pid, options, watchers)
            pairs.append((pair[0], pair[options.watchers]))
    finally:
        server.terminate()
        server.wait()

    def median(values):
        return statistics.median(values)

    without, watched = zip(*pairs)
    print(f"{options.rounds} pairs of {options.seconds} s, {options.connections} connections, {options.path}; medians")
    for name, rounds in [("no watchers", without), (f"{options.watchers} watchers", watched)]:
        print(f"{name:>12}: {median([r[0] for r in rounds]):8.0f} requests/s, "
              f"{median([r[1] for r in rounds]):6.2f} CPU us a request, {median([r[2] for r in rounds]):6.1%} of it "
              f"in workers, {median([r[3] for r in rounds]) / options.seconds:5.0f} snapshots/s, "
              f"clients' processor {median([r[4] for r in rounds]):4.0%} idle")
    each = median([r[5] / r[3] for r in watched]) * 1e6
    print(f"the service's own threads: {each:.1f} CPU us a snapshot, "
          f"{each * options.watchers / options.interval_ms / 10:.2f}% of one processor at the rate that was asked for")
    for name, index, sign in [("throughput lost", 0, 1), ("CPU a request gained", 1, -1)]:
        costs = [sign * (1 - with_[index] / none[index]) for none, with_ in pairs]
        quarters = statistics.quantiles(costs, n=4)
        print(f"{name}: {median(costs):.2%} (half of the pairs: {quarters[0]:.2%} to {quarters[2]:.2%})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
