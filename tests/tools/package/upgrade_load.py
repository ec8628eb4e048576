#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""GET requests to a server until stdin ends; what came of them is a line of JSON on stdout.

    upgrade_load.py HOST PORT PATH BYTES CONNECTIONS

PATH answers 200 with BYTES bytes. Half of the clients send one request after another on a kept connection, half make a new
connection for each. Besides, one client reads the same body slowly, again and again, so that a response is always under way.
"""

import asyncio
import json
import sys
import time

GUARD_SECONDS = 60
# What the server gives an idle connection when it begins to drain, less what two clocks may differ: a client that was kept from
# running for longer finds its connection closed with nothing lost, and may send its request again (RFC 9112, 9.3.1).
DRAIN_GRACE_SECONDS = 0.2
SLOW_READ_SECONDS = 0.05
SLOW_READ_BYTES = 1 << 20


class Load:
    def __init__(self, host, port, path, size):
        self.address = (host, port)
        self.request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        self.size = size
        self.stopped = asyncio.Event()
        self.result = {"answered": 0, "slow_answers": 0, "sent_again": 0, "connections": 0, "longest_seconds": 0.0, "failures": []}

    async def connect(self, **options):
        self.result["connections"] += 1
        return await asyncio.open_connection(*self.address, **options)

    async def exchange(self, reader, writer, slowly=False):
        """Sends the request and reads the answer. Says whether the connection is kept."""
        writer.write(self.request)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
        if not lines[0].startswith("http/1.1 200"):
            raise ValueError(lines[0])
        left = self.size
        while left > 0:
            piece = await reader.read(min(left, SLOW_READ_BYTES))
            if not piece:
                raise ValueError(f"{left} of {self.size} bytes are missing")
            left -= len(piece)
            if slowly:
                # This is how slow the client is; nothing waits for it to be over.
                await asyncio.sleep(SLOW_READ_SECONDS)
        return "connection: close" not in lines

    async def client(self, keeps, slowly):
        reader = writer = None
        idle_since = 0.0
        while not self.stopped.is_set():
            begin = time.monotonic()
            was_kept = writer is not None
            try:
                if writer is None:
                    reader, writer = await self.connect(limit=SLOW_READ_BYTES)
                kept = await asyncio.wait_for(self.exchange(reader, writer, slowly), GUARD_SECONDS)
                self.result["slow_answers" if slowly else "answered"] += 1
                if not slowly:
                    self.result["longest_seconds"] = max(self.result["longest_seconds"], time.monotonic() - begin)
            except (OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
                kept = False
                if was_kept and begin - idle_since > DRAIN_GRACE_SECONDS:
                    self.result["sent_again"] += 1
                else:
                    self.result["failures"].append(repr(error))
            if not (kept and keeps) and writer is not None:
                writer.close()
                writer = None
            idle_since = time.monotonic()
        if writer is not None:
            writer.close()

    async def run(self, connections):
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        clients = [asyncio.create_task(self.client(number % 2 == 0, False)) for number in range(connections)]
        # Not on a kept connection: what this client has yet to read the kernel has taken already, and so the server finds the
        # connection idle for longer than it is to the client.
        clients.append(asyncio.create_task(self.client(False, True)))
        await reader.read()
        self.stopped.set()
        await asyncio.gather(*clients)


async def main(host, port, path, size, connections):
    load = Load(host, int(port), path, int(size))
    await load.run(int(connections))
    print(json.dumps(load.result))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
