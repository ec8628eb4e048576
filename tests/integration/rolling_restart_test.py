#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Servers are replaced under load, and no request fails: behind HAProxy with the shipped configuration, and on one machine
by handing the listening socket over, as systemd does.

More requests than the suite's:

    bazel test //tests/integration:rolling_restart_test --test_env=RESTART_REQUESTS=100000 --test_output=all \\
        --test_timeout=1200

The load goes on until there have been that many requests and every server has been replaced. Every answer is looked
at, and afterwards the servers' access logs: each request has been answered by one server, once.
"""

import asyncio
import dataclasses
import json
import os
import pathlib
import random
import re
import socket
import sys
import tempfile
import threading
import time
import unittest

import haproxy_process
import load
import server_process

GUARD_SECONDS = server_process.GUARD_SECONDS
REQUESTS = int(os.environ.get("RESTART_REQUESTS", "5000"))
CONNECTIONS = 16

# What the server gives an idle connection when it begins to drain (Connection::kDrainGrace), less what the two clocks
# may differ. A client that was kept from running for longer finds its connection closed and has lost nothing: its
# request was never read, and it may send it again (RFC 9112, 9.3.1).
DRAIN_GRACE_SECONDS = 0.2

# Makes the descriptor that is its first argument 3, and becomes the rest, as a child of systemd does.
LAUNCHER = """
import os, sys
number = int(sys.argv[1])
if number != 3:
    os.dup2(number, 3)
    os.close(number)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclasses.dataclass
class HandoverResult(load.Result):
    last_answers: int = 0  # that said Connection: close
    sent_again: int = 0


class Answer:
    """What load.read_answer reads from; `begun` once there was a whole head."""

    def __init__(self, reader):
        self._reader = reader
        self.begun = False

    async def readuntil(self, separator):
        data = await self._reader.readuntil(separator)
        self.begun = True
        return data

    async def readexactly(self, count):
        return await self._reader.readexactly(count)


class Client:
    """A client's connection, and the next, when the server has said that it ends one."""

    def __init__(self, address, result):
        self._address, self._result = address, result
        self._writer = None
        self._idle_since = 0

    async def ask(self, request, is_head):
        """The status and the body. ConnectionError when there was no answer."""
        if self._writer is None:
            self._idle_since = time.monotonic()
            self._reader, self._writer = await asyncio.open_connection(*self._address)
        self.idle = time.monotonic() - self._idle_since
        answer = Answer(self._reader)
        try:
            self._writer.write(request)
            status, fields, body = await asyncio.wait_for(load.read_answer(answer, is_head), GUARD_SECONDS)
        except asyncio.IncompleteReadError as error:
            self.close()
            if answer.begun or error.partial:
                raise
            raise ConnectionError(f"no answer, after {self.idle:.3f} s idle") from error
        except BaseException:
            self.close()
            raise
        self._idle_since = time.monotonic()
        if fields.get("connection", "").lower() == "close":
            self._result.last_answers += 1
            self.close()
        return status, body

    def close(self):
        if self._writer is not None:
            self._writer.close()
        self._writer = None


async def one_client(address, numbers, result):
    """As load.one_connection, for servers that end their connections: with an answer that says so, or when the client has
    been idle for so long that they had to. Then it sends the request again, once."""
    client = Client(address, result)
    for number in numbers:
        request, is_head, expected_status, expected_body = load.mixture(random.Random(number))
        try:
            try:
                status, body = await client.ask(request, is_head)
            except ConnectionError:
                if client.idle <= DRAIN_GRACE_SECONDS:
                    raise
                result.sent_again += 1
                status, body = await client.ask(request, is_head)
            if status != expected_status or body != expected_body:
                raise ValueError(f"{status} with {len(body)} bytes, not {expected_status} with {len(expected_body)}")
            result.answered += 1
        except (OSError, EOFError, ValueError, asyncio.TimeoutError) as error:
            result.failures.append(f"{request[:60]!r}: {error!r}")
            client.close()
    client.close()


class Load(threading.Thread):
    """Sends REQUESTS requests, in `seconds` at the least, and more until `enough` is called; `sent` is how many have been
    begun."""

    def __init__(self, client, address, result, seconds=0):
        super().__init__()
        self._pause = seconds / REQUESTS
        self._client, self._address, self.result = client, address, result
        self._enough = threading.Event()
        self.sent = 0
        self.start()

    def _numbers(self):
        begin = time.monotonic()
        while self.sent < REQUESTS or not self._enough.is_set():
            # For all connections: what has come meanwhile is read after it.
            time.sleep(max(0, begin + self.sent * self._pause - time.monotonic()))
            self.sent += 1
            yield self.sent

    async def _run(self):
        numbers = self._numbers()
        begin = time.monotonic()
        await asyncio.gather(*(self._client(self._address, numbers, self.result) for _ in range(CONNECTIONS)))
        self.result.seconds = time.monotonic() - begin

    def run(self):
        asyncio.run(self._run())

    def enough(self):
        self._enough.set()
        self.join()


class RestartCase(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.logs = []

    def proxy_said(self):
        return ""

    def start(self, *flags, **options):
        """A testbed with an access log of its own."""
        self.logs.append(self.directory / f"access.{len(self.logs)}.log")
        server = server_process.ServerProcess(
            f"--access_log={self.logs[-1]}", "--access_log_format=json", "--request_id_header=X-Request-Id",
            "--stop_timeout=60s", *flags, binary=server_process.TESTBED, metrics="127.0.0.1:0", **options)  # yapf: disable
        self.addCleanup(server.kill)
        server.access_log = self.logs[-1]
        return server

    def await_requests(self, server, count=50):
        """Waits until the server has answered some."""
        deadline = time.monotonic() + GUARD_SECONDS
        while server.access_log.read_bytes().count(b"\n") < count:
            if time.monotonic() > deadline:
                raise AssertionError(f"no requests come to {server.url}: {self.proxy_said()}\n{server.log()}")
            time.sleep(0.01)

    def stop(self, server):
        code, _ = server.stop()
        self.assertEqual(code, 0, server.log())

    def assert_nothing_is_lost(self, running, replaced):
        result = running.result
        lines = [json.loads(line) for log in self.logs for line in log.read_text(encoding="ascii").splitlines()]
        print(f"{type(self).__name__}: {replaced} servers replaced, {result.answered} of {running.sent} requests answered in "
              f"{result.seconds:.1f} s, {len(result.failures)} failed", flush=True)  # yapf: disable
        self.assertEqual(result.failures, [])
        self.assertGreaterEqual(result.answered, REQUESTS)
        self.assertEqual(result.answered, running.sent)
        refused = [line for line in lines if not 200 <= line["status"] <= 299 or not line["complete"]]
        self.assertEqual(refused, [])
        self.assertEqual(len(lines), result.answered)


class HaproxyTest(RestartCase):
    SERVERS = 3

    def setUp(self):
        super().setUp()
        if haproxy_process.path() is None:
            print("SKIPPED: haproxy is not installed", flush=True)
            self.skipTest("haproxy is not installed")
        self.servers = [self.start("--stop_delay=5s") for _ in range(self.SERVERS)]
        self.ports = [(server.port, self.metrics_port(server)) for server in self.servers]
        self.proxy = haproxy_process.HaproxyProcess(self.directory, {"robusto": self.ports})
        self.addCleanup(self.proxy.close)

    def proxy_said(self):
        return self.proxy.said()

    def metrics_port(self, server):
        return int(server.metrics_url.rsplit(":", 1)[1])

    def test_three_servers_are_replaced_one_by_one(self):
        running = Load(load.one_connection, self.proxy.address, load.Result(), seconds=20)
        try:
            for i, old in enumerate(self.servers):
                self.await_requests(old)
                self.stop(old)
                # Of the same ports, as on a machine of its own.
                http, metrics = self.ports[i]
                new = self.start(f"--listen=127.0.0.1:{http}", f"--metrics=127.0.0.1:{metrics}", "--stop_delay=5s")
                self.await_requests(new)
                self.servers[i] = new
        finally:
            running.enough()
        said = self.proxy_said()
        for server in self.servers:
            server.signal()
        for server in self.servers:
            self.assertEqual(server.wait()[0], 0, server.log())
        self.assert_nothing_is_lost(running, self.SERVERS)
        # It was the word of /readyz that took each of them out, and not a listener that had closed.
        downs = re.findall(r"^Server robusto/robusto[123] is DOWN, reason: ([^,]*, code: [0-9]*)?", said, re.MULTILINE)
        self.assertEqual(downs, ["Layer7 wrong status, code: 503"] * self.SERVERS, said)
        self.assertNotIn("has no server available", said)


class HandoverTest(RestartCase):
    REPLACEMENTS = 5  # at the least: as long as the load lasts

    def start_with(self, listener):
        return self.start(
            "--listen=systemd",
            env={"LISTEN_FDS": "1"},
            launcher=(sys.executable, "-c", LAUNCHER, str(listener.fileno())),
            pass_fds=[listener.fileno()],
        )

    def replace(self, order):
        with socket.create_server(("127.0.0.1", 0), backlog=511) as listener:
            address = listener.getsockname()
            server = self.start_with(listener)
            running = Load(one_client, address, HandoverResult())
            replaced = 0
            try:
                while replaced < self.REPLACEMENTS or running.sent < REQUESTS:
                    self.await_requests(server)
                    server = order(server, listener)
                    replaced += 1
                self.await_requests(server)
            finally:
                running.enough()
            self.stop(server)
        print(f"{running.result.last_answers} answers were the last of their connection; sent again after the client had been "
              f"idle for more than {DRAIN_GRACE_SECONDS} s: {running.result.sent_again}", flush=True)  # yapf: disable
        # Each replacement ended connections in service.
        self.assertGreaterEqual(running.result.last_answers, replaced)
        self.assert_nothing_is_lost(running, replaced)

    def test_the_new_server_begins_before_the_old_one_ends(self):

        def order(old, listener):
            new = self.start_with(listener)
            self.stop(old)
            return new

        self.replace(order)

    def test_connections_wait_between_the_old_server_and_the_new_one(self):

        def order(old, listener):
            self.stop(old)
            return self.start_with(listener)

        self.replace(order)


if __name__ == "__main__":
    unittest.main(verbosity=2)
