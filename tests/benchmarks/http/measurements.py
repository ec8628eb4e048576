# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Each kind of measurement, over every server that can do the work, in interleaved rounds.

A measurement gives a dictionary that json.dump takes: {"title", "kind", "left_out": {server: why},
"servers": {server: ...}}. A round is a dictionary as well, so that all that was measured can be
looked at afterwards.
"""

import os
import pathlib
import signal
import subprocess
import sys
import time

import figures
import load
import processes
import servers
import strace_output
import workloads

_IDLE_SECONDS = 5
# Until what the load left behind is done with.
_CALM_SECONDS = 1
_SLEEPERS = 9


def _json(value):
    return None if value is None else value.as_json()


class Measurements:
    """Runs workloads. `launcher` is a servers.Servers; `names` are the servers to compare."""

    def __init__(self, launcher, names, rounds, seconds, server_cpu, load_cpu, scratch):
        self._launcher = launcher
        self._names = names
        self._rounds = rounds
        self._seconds = seconds
        self._server_cpu = server_cpu
        self._load_cpu = load_cpu
        self._scratch = scratch

    def run(self, workload):
        running, left_out = {}, {}
        try:
            for name in self._names:
                if name in workload.servers:
                    self._start(name, workload, running, left_out)
            result = getattr(self, "_" + workload.kind)(workload, running)
        finally:
            for server in running.values():
                server.end()
        return {"title": workload.title, "kind": workload.kind, "left_out": left_out, "servers": result}

    def _start(self, name, workload, running, left_out):
        try:
            running[name] = self._launcher.start(name, workload)
            load.check(running[name], workload)
        except servers.Absent as why:
            left_out[name] = str(why)
            if name in running:
                running.pop(name).end()

    def _load(self, server, workload, seconds=None):
        """A run of wrk, or None (with a word) when it fails."""
        try:
            return load.run(server, workload, seconds or self._seconds, self._load_cpu)
        except (ValueError, subprocess.TimeoutExpired) as error:
            print(f"  {workload.name}, {server.name}: {error}", file=sys.stderr)
            return None

    def _interleave(self, workload, running, measure):
        """What measure(server) gives, for each server, a round after the other."""
        for server in running.values():
            self._load(server, workload, seconds=1)
        rounds = {name: [] for name in running}
        for order in figures.rotations(list(running), self._rounds):
            for name in order:
                rounds[name].append(measure(running[name]))
        return rounds

    def _measure_work(self, server, workload):
        busy = -processes.busy_ns(self._server_cpu)
        cpu = -processes.cpu_ns(server.pid)
        start = time.monotonic_ns()
        result = self._load(server, workload)
        elapsed = time.monotonic_ns() - start
        cpu += processes.cpu_ns(server.pid)
        busy += processes.busy_ns(self._server_cpu)
        if result is None or result.requests == 0:
            return {"cpu_us": None, "rate": None, "p50_us": None, "p99_us": None, "errors": 1}
        return {
            "cpu_us": cpu / 1000 / result.requests,
            "rate": result.rate,
            "requests": result.requests,
            "bytes": result.bytes / result.requests,
            "p50_us": result.p50_us or None,
            "p99_us": result.p99_us or None,
            "errors": result.errors,
            "others": max(0.0, (busy - cpu) / elapsed),
        }

    def _work(self, workload, running):
        rounds = self._interleave(workload, running, lambda server: self._measure_work(server, workload))
        result = {}
        for name, own in rounds.items():
            result[name] = {"rounds": own, "errors": sum(one["errors"] for one in own)}
            for figure in ("cpu_us", "rate", "p50_us", "p99_us", "others", "bytes"):
                result[name][figure] = _json(figures.spread(one.get(figure) for one in own))
            for figure in ("cpu_us", "rate"):
                floor = [one[figure] for one in rounds.get("floor", [])] or [None] * len(own)
                ratio = figures.ratios([one[figure] for one in own], floor)
                result[name][figure.removesuffix("_us") + "_ratio"] = _json(ratio)
        return result

    def _measure_latency(self, server, workload, past_us):
        result = self._load(server, workload)
        if result is None or result.requests == 0:
            return {"mean_us": None, "p50_us": None, "p99_us": None, "errors": 1}
        figure = {
            name: value - past_us if (value := getattr(result, name)) else None
            for name in ("mean_us", "p50_us", "p99_us", "max_us")
        }
        return {**figure, "rate": result.rate, "errors": result.errors}

    def _latencies(self, rounds):
        return {
            name: {
                "rounds": own,
                "errors": sum(one["errors"] for one in own),
                **{
                    figure: _json(figures.spread(one.get(figure) for one in own))
                    for figure in ("mean_us", "p50_us", "p99_us", "max_us")
                },
            }
            for name, own in rounds.items()
        }

    def _latency(self, workload, running):
        past = workloads.SLEEP_MS * 1000
        return self._latencies(
            self._interleave(
                workload, running, lambda server: self._measure_latency(server, workload, past)
            )
        )

    def _blocked(self, workload, running):
        """Each server twice: one has all workers, of the other all but one are asleep."""
        twins = dict(running)
        sleepers = []
        try:
            for name, server in running.items():
                # It is ended by run(), which has the same dictionary.
                twins[name + ", blocked"] = twin = self._launcher.start(name, workload)
                sleepers.append(load.Sleepers(twin, _SLEEPERS))
            return self._latencies(
                self._interleave(
                    workload, twins, lambda server: self._measure_latency(server, workload, 0)
                )
            )
        finally:
            for name, server in twins.items():
                if name not in running:
                    server.end()
            for connections in sleepers:
                connections.close()

    def _idle(self, _, running):
        time.sleep(_CALM_SECONDS)

        def look(server):
            return processes.switches(server.pid), processes.cpu_ns(server.pid)

        before = {name: look(server) for name, server in running.items()}
        time.sleep(_IDLE_SECONDS)
        result = {}
        for name, server in running.items():
            switches, cpu = look(server)
            result[name] = {
                "wakeups_per_second": (switches - before[name][0]) / _IDLE_SECONDS,
                "cpu_us_per_second": (cpu - before[name][1]) / 1000 / _IDLE_SECONDS,
            }
        return result

    def _syscalls(self, workload, running):
        return {name: self._trace(server, workload) for name, server in running.items()}

    def _trace(self, server, workload):
        self._load(server, workload, seconds=1)
        path = pathlib.Path(self._scratch) / "strace"
        with open(os.devnull, "wb") as nothing:
            command = ["taskset", "-c", str(self._load_cpu), "strace", "-c", "-f", "-o", str(path)]
            for pid in processes.family(server.pid):
                command += ["-p", str(pid)]
            try:
                tracer = subprocess.Popen(command, stdout=nothing, stderr=nothing)
            except FileNotFoundError:
                return {"error": "the package strace is not installed"}
            attached = processes.until(
                lambda: tracer.poll() is not None or processes.traced(server.pid), 20
            )
            result = None
            if attached and tracer.poll() is None:
                # Long enough that what each connection takes at its start counts for little.
                result = self._load(server, workload, seconds=1 + workload.connections // 128)
            tracer.send_signal(signal.SIGINT)
            tracer.wait()
        if result is None or result.requests == 0:
            return {"error": "strace or the load failed"}
        calls = strace_output.per_request(path.read_text(encoding="utf-8"), result.requests)
        return {"requests": result.requests, "per_request": calls}
