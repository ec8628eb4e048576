#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Handlers that throw, break off, promise what they do not keep, or never return; and clients that go away meanwhile."""

import http.client
import json
import pathlib
import re
import socket
import struct
import tempfile
import typing
import unittest
import urllib.parse

from faulty_process import GUARD_SECONDS, FaultyProcess


FAILED = 'robusto_tasks_total{outcome="failed"}'


class Case(typing.NamedTuple):
    """What a handler does, and what becomes of it."""
    target: str
    status: int
    body: bytes  # None: cut off
    closes: bool
    log: str  # after the client's address; empty: nothing
    failed: bool  # the pool counts a task that has failed


CASES = [
    Case("/throw", 500, b"500 Internal Server Error\n", True, "GET /throw: the handler threw: as asked by /throw",
         True),
    # Nothing was sent yet.
    Case("/cut?n=0", 500, b"500 Internal Server Error\n", True,
         "GET /cut?n=0: the handler threw: as asked by /cut", True),
    Case("/cut?n=1000", 200, None, True, "GET /cut?n=1000: the handler threw: as asked by /cut", True),
    Case("/promise?n=1000&made=0", 500, b"500 Internal Server Error\n", True,
         "a stream ended before its announced length: 500", False),
    Case("/promise?n=100000&made=99999", 200, None, True,
         "a stream ended before its announced length: the response is truncated", False),
    Case("/promise?n=3&made=1000", 200, b"abc", False, "", False),
    Case("/promise?n=0&made=1000", 200, b"", False, "", False),
    Case("/promise?n=1000&made=1000", 200, b"abcdefghijklmnopqrstuvwxyz" * 38 + b"abcdefghijkl", False, "",
         False),
]  # yapf: disable


class HandlerTest(unittest.TestCase):

    def start(self, *flags):
        server = FaultyProcess(*flags)
        self.addCleanup(server.kill)
        return server

    def test_what_a_handler_does_stays_with_its_request(self):
        server = self.start()
        for case in CASES:
            with self.subTest(case.target):
                before = server.counters()
                connection = server.begin(case.target)
                if case.body is None:
                    with self.assertRaises((OSError, http.client.HTTPException)):
                        connection.getresponse().read()
                else:
                    response = connection.getresponse()
                    self.assertEqual((response.status, response.read()), (case.status, case.body))
                    self.assertEqual(response.headers["Connection"], "close" if case.closes else None)
                    if not case.closes:
                        connection.request("GET", "/plaintext")
                        self.assertEqual(connection.getresponse().read(), b"Hello, World!")
                connection.close()
                server.check_well()
                server.await_counter(FAILED, before[FAILED] + case.failed)
                # Each of these was told, and nothing was told that was not.
                after = server.counters()
                for number in (2, 5):
                    sample = f'robusto_http_responses_total{{class="{number}xx"}}'
                    # check_well has had one, and so has the connection if it stays.
                    others = 2 - case.closes if number == 2 else 0
                    told = others + (case.status // 100 == number)
                    self.assertEqual(after[sample], before[sample] + told, sample)
                if case.log:
                    server.await_log(case.log)
                    self.assertRegex(server.log_lines(case.log)[-1], rf": {re.escape(case.log)}$")
        logged = len(server.log_lines("handler threw")) + len(server.log_lines("a stream ended"))
        self.assertEqual(logged, sum(bool(case.log) for case in CASES), server.log())

    def test_a_handler_that_never_returns_costs_one_worker_and_the_stop_gives_it_up(self):
        server = self.start("--stuck_after=50ms", "--stop_timeout=1s")
        hanging = server.begin("/hang")
        server.await_log(": GET /hang: stuck: the handler has been running for ")
        self.assertEqual(server.counters()["robusto_pool_threads_stuck"], 1)
        for _ in range(50):
            self.assertEqual(server.get()[0], 200)
        self.assertEqual(server.ask_metrics("/readyz"), "ready\n")
        code, _ = server.stop()
        self.assertEqual(code, 1)
        self.assertRegex(server.log(), r"stopped in \S+; meanwhile 0 completed, 0 rejected, 0 cancelled, 1 abandoned\n")
        self.assertEqual(len(server.log_lines("stuck")), 1)
        with self.assertRaises((OSError, http.client.HTTPException)):
            hanging.getresponse()
        hanging.close()

    def test_cancelling_a_handler_that_never_returns_ends_its_connection_and_not_its_thread(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        tokens = pathlib.Path(directory.name) / "tokens"
        tokens.write_text("operator 0123456789abcdef\n", encoding="ascii")
        tokens.chmod(0o600)
        server = self.start(f"--admin_token_file={tokens}", "--stop_timeout=0s")
        hanging = server.begin("/hang")
        server.await_counter("robusto_tasks_running", 1)
        address = urllib.parse.urlsplit(server.metrics_url)
        admin = http.client.HTTPConnection(address.hostname, address.port, timeout=GUARD_SECONDS)
        token = {"Authorization": "Bearer 0123456789abcdef"}
        admin.request("GET", "/status.json", headers=token)
        workers = json.loads(admin.getresponse().read())["workers"]
        task = next(worker["task_id"] for worker in workers if "task_id" in worker)
        admin.request("POST", f"/cancel?task={task}&level=firm", headers=token)
        self.assertEqual(admin.getresponse().read(), f"request {task} was asked to give up, firm\n".encode())
        admin.close()
        with self.assertRaises((OSError, http.client.HTTPException)):
            hanging.getresponse()
        hanging.close()
        self.assertEqual(server.counters()["robusto_tasks_running"], 1)
        self.assertEqual(server.get()[0], 200)
        self.assertEqual(server.stop()[0], 1)

    def test_all_workers_in_handlers_that_never_return(self):
        server = self.start("--queue_ttl=100ms", "--stop_timeout=0s")
        hanging = [server.begin("/hang") for _ in range(2)]
        server.await_counter("robusto_tasks_running", 2)
        status, headers, _ = server.get()
        self.assertEqual((status, headers["X-Robusto-Reason"]), (503, "expired"))
        self.assertEqual(server.stop()[0], 1)
        self.assertRegex(server.log(), r" 0 rejected, 0 cancelled, 2 abandoned\n")
        for client in hanging:
            client.close()

    def test_a_client_that_resets_its_connection_while_the_handler_runs(self):
        server = self.start()
        before = server.counters()
        client = server.begin("/sleep?ms=300")
        server.await_counter("robusto_tasks_running", 1)
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        server.await_counter('robusto_tasks_total{outcome="completed"}',
                             before['robusto_tasks_total{outcome="completed"}'] + 1)
        server.check_well()
        self.assertEqual(server.log_lines("warning"), [])


if __name__ == "__main__":
    unittest.main()
