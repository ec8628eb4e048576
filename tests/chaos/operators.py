# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""What operators do to the servers meanwhile, chosen by the seed alone: a run with the same seed does the same in the same
order."""

import asyncio
import random
import time

# HAProxy takes a server out at most this long after it began to say no (tools/deploy/haproxy.cfg).
PROXY_NOTICES_SECONDS = 1.5


class Restarter:
    """Of one backend, of which it takes at most one server out at a time."""

    def __init__(self, world, backend):
        self.world, self.fleet, self.backend = world, world.fleet, backend
        self.choose = random.Random(f"{world.seed}/{backend}")

    async def run(self):
        while await self.world.operator_turn():
            operation = self.choose.choices([self.restart, self.drain, self.kill, self.rest], [5, 3, 1, 2])[0]
            places = self.fleet.of(self.backend)
            # A steady one is only drained.
            place = self.choose.choice([each for each in places if operation == self.drain or not each.steady])
            await operation(place)
            self.world.ledger.counts[f"operations: {operation.__name__}"] += 1
            await asyncio.sleep(self.choose.random() * self.world.options.operator_pause)

    async def restart(self, place):
        await self.fleet.terminate(place.process)
        await self.fleet.replace(place)

    async def kill(self, place):
        await self.fleet.kill(place.process)
        await self.fleet.replace(place)

    async def drain(self, place):
        process = place.process
        pause = self.choose.random() * 1.5
        process.drains.append([time.monotonic(), float("inf")])
        await self.must_do(process, "drain")
        await asyncio.sleep(pause)
        await self.must_do(process, "resume")
        process.drains[-1][1] = time.monotonic()
        await asyncio.sleep(PROXY_NOTICES_SECONDS)
        await self.fleet.await_state(place, "UP")

    async def rest(self, _):
        await asyncio.sleep(self.choose.random())

    async def must_do(self, process, command):
        code, said = await asyncio.to_thread(process.ctl, command)
        if code != 0:
            self.world.ledger.violation("operator", f"{process.name}: {command} ends with {code}: {said}")


class Tuner:
    """Changes the pools of all, of those that are just ending, too."""

    def __init__(self, world):
        self.world = world
        self.choose = random.Random(f"{world.seed}/tuner")

    async def run(self):
        while await self.world.operator_turn():
            operation = self.choose.choices([self.resize, self.grow, self.shrink, self.cancel], [4, 2, 2, 5])[0]
            process = self.choose.choice(self.world.fleet.places).process
            await operation(process)
            self.world.ledger.counts[f"operations: {operation.__name__}"] += 1
            await self.world.take_snapshot(process, process.stats)
            await asyncio.sleep(self.choose.random() * self.world.options.operator_pause)

    async def ctl(self, process, *arguments, good=(0, 1)):
        code, said = await asyncio.to_thread(process.ctl, *arguments)
        if code not in good and not process.is_ending():
            self.world.ledger.violation("operator", f"{process.name}: {arguments} ends with {code}: {said}")
        return said

    async def resize(self, process):
        least = self.choose.randrange(1, 7)
        most = least + self.choose.randrange(12)
        dry_run = ["--dry_run"] if not self.choose.randrange(5) else []
        await self.ctl(process, "resize", *dry_run, str(least), str(most))

    async def grow(self, process):
        await self.ctl(process, "grow", str(self.choose.randrange(1, 5)))

    async def shrink(self, process):
        await self.ctl(process, "shrink", str(self.choose.randrange(1, 5)))

    async def cancel(self, _):
        """One of the requests that wait for it, wherever it is."""
        for place in self.world.fleet.of("robusto"):
            process = place.process
            for answer in await self.ctl(process, "workers"):
                for worker in answer["workers"]:
                    task = worker.get("task", {})
                    if task.get("requestId", "").startswith("v"):
                        self.world.ledger.may_be_cancelled(task["requestId"])
                        process.cancels += 1
                        # Not found: it has just ended.
                        await self.ctl(process, "cancel", task["id"], good=(0, 6))
                        return
