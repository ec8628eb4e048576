#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Chaos: clients are killed mid-request, servers resized, drained, restarted and killed behind HAProxy, all at random, while
every byte is looked at. ledger.py says what must hold all the time.

    bazel run //tests/chaos -- --seconds=600 --seed=7

Operations follow from the seed; when they meet which request is the machine's. With --rate=25 --clients=12 --operator_pause=4 it
takes a fifth of a processor and can run for hours beside other work. Now and then, and at the end, all clients leave, and the servers must be
as they were at their start. Ends with 1 when anything did not hold, and with a line of JSON for scripts.
"""

import argparse
import asyncio
import collections
import json
import pathlib
import sys
import tempfile
import time
import traceback

# `bazel run` and `bazel test` start it in its runfiles.
sys.path.insert(0, str(pathlib.Path("tests/integration").absolute()))

import clients
import exchanges
import fleet
import haproxy_process
import ledger
import operators

QUIET_GUARD_SECONDS = 30
MIB = 1 << 20


class World:
    def __init__(self, options, directory):
        self.seed, self.options = options.seed, options
        self.ledger = ledger.Ledger()
        self.maker = exchanges.Maker()
        self.fleet = fleet.Fleet(directory, self.ledger)
        self.over = False
        self._go_on = asyncio.Event()
        self._go_on.set()
        self._waiting = 0
        self._lags = collections.deque()

    # For clients and operators.

    async def turn(self, client):
        """Before a client's next request: False at the end."""
        rate = self.options.rate / self.options.clients
        await asyncio.sleep(min(3, client.choose.expovariate(rate)))
        if not self._go_on.is_set():
            await client.close()
            await self._wait()
        return not self.over

    async def operator_turn(self):
        await self._wait()
        return not self.over

    async def _wait(self):
        self._waiting += 1
        await self._go_on.wait()
        self._waiting -= 1

    # Counters.

    async def take_snapshot(self, process, read):
        try:
            now = await asyncio.to_thread(read)
        except OSError:
            now = None
        if now is None:
            if not process.is_ending():
                self.ledger.violation("counters", f"{process.name} does not say how it is")
            return
        self.ledger.snapshot(process.name, now)

    async def watch_lag(self):
        """How late this process itself has been lately: what a client sees late, it takes for later than it was."""
        while not self.over:
            begin = time.monotonic()
            await asyncio.sleep(0.02)
            now = time.monotonic()
            self._lags.append((now, now - begin - 0.02))
            while self._lags[0][0] < now - 2:
                self._lags.popleft()

    def lag(self):
        return max((lag for _, lag in self._lags), default=0)

    async def sample(self):
        while not self.over:
            for place in self.fleet.places:
                await self.take_snapshot(place.process, place.process.scrape)
                await asyncio.sleep(0.2)

    # Quiet times.

    async def quiet(self, tasks, last):
        """All leave; then every server is as at its start."""
        self._go_on.clear()
        workers = len(tasks)
        while self._waiting < workers:
            for task in tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(0.05)
        if last:
            # It keeps connections for longer than they need to be waited for.
            self.fleet.proxy.end()
        await asyncio.gather(*(self.look_at_rest(place.process) for place in self.fleet.places))

    async def look_at_rest(self, process):
        deadline = time.monotonic() + QUIET_GUARD_SECONDS
        while True:
            now = await asyncio.to_thread(process.scrape)
            lines = await asyncio.to_thread(self.ledger.read_log, process.access_log)
            descriptors = process.descriptors()
            wrong = self.ledger.not_at_rest(process, now, lines, descriptors)
            if not wrong or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.2)
        for invariant, text in wrong:
            self.ledger.violation(invariant, f"{process.name} at rest: {text}")
        grown = process.memory() - process.memory_at_start
        self.ledger.most_grown = max(self.ledger.most_grown, grown)
        if grown > self.options.memory_mib * MIB:
            self.ledger.violation("memory", f"{process.name} at rest: {grown / MIB:.1f} MiB more than at its start")
        print(f"  {process.name}: {now['accepted']} tasks, {now['connectionsAccepted']} connections, {descriptors} descriptors, "
              f"{grown / MIB:+.1f} MiB", flush=True)  # yapf: disable

    async def run(self):
        backends = ["robusto"] * 3 + ["files"]
        crowd = []
        for i in range(self.options.clients):
            crowd.append(clients.Regular(self, f"regular{i}", backends[i % 4], proxied=i % 5 < 3))
        for i in range(self.options.clients // 3):
            crowd.append(clients.Rude(self, f"rude{i}", backends[i % 4], proxied=i % 3 == 0))
        for i in range(3):
            crowd.append(clients.Victim(self, f"victim{i}", "robusto", proxied=False))
        crowd += [operators.Restarter(self, "robusto"), operators.Restarter(self, "files"), operators.Tuner(self)]
        tasks = [asyncio.ensure_future(each.run()) for each in crowd]
        watchers = [asyncio.ensure_future(each) for each in (self.sample(), self.watch_lag())]
        end = time.monotonic() + self.options.seconds
        try:
            while not self.over:
                left = end - time.monotonic()
                await asyncio.wait([*tasks, *watchers], timeout=max(0, min(left, self.options.quiet_every)),
                                   return_when=asyncio.FIRST_COMPLETED)  # yapf: disable
                print(f"{self.options.seconds - max(0, end - time.monotonic()):.0f} s: {self.words()}", flush=True)
                for task in (*tasks, *watchers):
                    if task.done():
                        task.result()
                self.over = time.monotonic() >= end
                await self.quiet(tasks, last=self.over)
                self._go_on.set()
            await asyncio.gather(*tasks, *watchers)
            await asyncio.gather(*(self.fleet.terminate(place.process) for place in self.fleet.places))
            self.ledger.close()
        finally:
            self.fleet.end()

    def words(self):
        counts = self.ledger.counts
        return (f"{counts['answered']} of {counts['sent']} requests answered, {counts['refused']} refused while draining, "
                f"{counts['not read']} not read by one that stopped, {counts['cancelled']} cancelled, {counts['killed']} lost to "
                f"{counts['operations: kill']} SIGKILLs; {len(self.ledger.violations)} violations")  # yapf: disable


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--rate", type=float, default=200, help="requests a second of all regular clients")
    parser.add_argument("--clients", type=int, default=20, help="regular ones; a third as many rude ones come to them")
    parser.add_argument("--operator_pause", type=float, default=0.5, help="seconds from one operation to the next, at the most")
    parser.add_argument("--quiet_every", type=float, default=120, help="seconds between two quiet times")
    parser.add_argument("--memory_mib", type=float, default=32,
                        help="what a server at rest may have more than at its start: what the allocator keeps for later, of as "
                        "many threads as there ever were")  # yapf: disable
    options = parser.parse_args()
    if haproxy_process.path() is None:
        print("SKIPPED: haproxy is not installed", flush=True)
        return 0
    print(f"chaos for {options.seconds:g} s, --seed={options.seed}", flush=True)
    begin = time.monotonic()

    async def chaos(directory):
        world = World(options, directory)
        try:
            await world.run()
        except Exception as error:  # pylint: disable=broad-except
            # What was counted until then is told all the same.
            traceback.print_exc()
            world.ledger.violation("driver", f"broke off: {error!r}")
        return world

    with tempfile.TemporaryDirectory() as directory:
        world = asyncio.run(chaos(directory))
    counts = world.ledger.counts
    print(f"chaos of {time.monotonic() - begin:.0f} s, --seed={options.seed}: {world.words()}", flush=True)
    for name, count in sorted(counts.items()):
        print(f"  {name}: {count}")
    by_invariant = collections.Counter(text.partition(":")[0] for text in world.ledger.violations)
    print("SUMMARY " + json.dumps({
        "seconds": options.seconds, "seed": options.seed, "sent": counts["sent"], "answered": counts["answered"],
        "refused": counts["refused"], "not_read": counts["not read"], "cancelled": counts["cancelled"],
        "lost_to_sigkill": counts["killed"],
        "operations": {name.partition(": ")[2]: count for name, count in counts.items() if name.startswith("operations")},
        "killed_clients": sum(count for name, count in counts.items() if name.startswith("killed clients")),
        "most_grown_mib": round(world.ledger.most_grown / MIB, 1), "violations": by_invariant}), flush=True)  # yapf: disable
    return 1 if world.ledger.violations else 0


if __name__ == "__main__":
    sys.exit(main())
