# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The servers behind HAProxy, each in its place, where one process follows another on the same ports."""

import asyncio
import contextlib
import json
import os
import pathlib
import random
import re
import signal
import socket
import subprocess
import time
import urllib.request

import crowd
import exchanges
import haproxy_process
import server_process

ROBUSTOCTL = str(pathlib.Path("tools/robustoctl/robustoctl").absolute())
GUARD_SECONDS = server_process.GUARD_SECONDS
# More than HAProxy needs to see that /readyz says no: the one that docs/operations.md names.
STOP_DELAY_SECONDS = 5
METRIC = re.compile(r"^(robusto_[a-z_]+)(?:\{[a-z]+=\"([0-9a-z_]+)\"\})? (\S+)$", re.MULTILINE)
OUTCOMES = {"rejected_queue_full": "rejectedQueueFull", "rejected_draining": "rejectedDraining",
            "rejected_stopped": "rejectedStopped"}  # yapf: disable
# Of requests for /throw, of heads that were cut short, and of what the operator was refused.
EXPECTED_LOG = re.compile(r"the handler threw: as asked by /throw|\] [0-9.]+:[0-9]+: 4[0-9]{2} |\] admin: ")
STATE = re.compile(rb"^Server \S+/(\S+) is (UP|DOWN)", re.MULTILINE)


class Process(server_process.ServerProcess):
    """`name` is what it calls itself in the Server field."""

    def __init__(self, place, directory, root):
        self.place, self.name = place, place.next_name()
        self.access_log = directory / f"{self.name}.log"
        self.drains = []  # [begin, end]
        self.stopping_since = self.killed_at = float("inf")
        self.ended = False
        self.cancels = 0  # that were asked for
        files = place.backend == "files"
        super().__init__(
            f"--listen=127.0.0.1:{place.port}", f"--metrics=127.0.0.1:{place.metrics_port}", f"--server_name={self.name}",
            f"--access_log={self.access_log}", "--access_log_format=json", "--request_id_header=X-Request-Id",
            f"--stop_delay={STOP_DELAY_SECONDS}s", "--stop_timeout=30s", "--max_body_bytes=16777216",
            "--body_buffer_bytes=65536", "--min_threads=4", "--max_threads=16", *([f"--root={root}"] if files else []),
            binary=server_process.SERVER if files else server_process.TESTBED, admin="127.0.0.1:0",
            metrics=f"127.0.0.1:{place.metrics_port}")  # yapf: disable

    def warm_up(self):
        """What the first requests allocate is none of the chaos's. Quick: the proxy may soon see that it is up."""
        choose = random.Random(1)
        maker = exchanges.Maker()
        for _ in range(60):
            exchange = maker.any(choose, self.place.backend, of="w")
            if exchange.kind in ("sleep", "throw"):
                continue
            # Whether it answers rightly is for others to see.
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), timeout=GUARD_SECONDS) as sock:
                sock.sendall(exchange.request)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(1 << 20):
                    pass
        self.at_start = self.scrape()
        self.stats()
        # The proxy asks /readyz now and then, on connections of their own.
        self.descriptors_at_start = min(self.descriptors() for _ in range(20) if time.sleep(0.01) is None)
        self.memory_at_start = self.memory()

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def memory(self):
        return crowd.memory(self.pid)

    def has_stopped_listening(self):
        return time.monotonic() > self.stopping_since + STOP_DELAY_SECONDS - 0.1

    def is_ending(self):
        return self.stopping_since < float("inf") or self.killed_at < float("inf")

    def was_draining(self, begin, end):
        return any(drain[0] <= end and begin <= drain[1] for drain in self.drains)

    def ctl(self, *arguments):
        """robustoctl's exit code and what it printed as JSON, one object of each line."""
        done = subprocess.run([ROBUSTOCTL, f"--address={self.admin_address}", *arguments, "--json"], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=GUARD_SECONDS)  # yapf: disable
        return done.returncode, [json.loads(line) for line in done.stdout.decode().splitlines()]

    def stats(self):
        """GetStats as numbers; None when it does not answer."""
        code, answers = self.ctl("stats")
        if code != 0:
            return None
        flat = {**answers[0], **answers[0]["traffic"]}
        return {name: int(value) for name, value in flat.items() if str(value).isdigit()}

    def scrape(self):
        """/metrics under the names of GetStats, and the responses by class."""
        with urllib.request.urlopen(self.metrics_url + "/metrics", timeout=GUARD_SECONDS) as answer:
            text = answer.read().decode()
        now = {}
        for name, label, value in METRIC.findall(text):
            if name == "robusto_tasks_total":
                now[OUTCOMES.get(label, label)] = int(float(value))
            elif name == "robusto_http_responses_total":
                now[label] = int(float(value))
        for mine, theirs in {"accepted": "tasks_accepted_total", "queued": "tasks_queued", "running": "tasks_running",
                             "connectionsOpen": "http_connections",
                             "connectionsAccepted": "http_connections_accepted_total",
                             "bytesReceived": "http_received_bytes_total", "bytesSent": "http_sent_bytes_total",
                            }.items():  # yapf: disable
            now[mine] = next(int(float(value)) for name, _, value in METRIC.findall(text) if name == f"robusto_{theirs}")
        return now

    def surprises(self):
        """Lines of its log that should not be there."""
        return [line for line in self.log().splitlines()
                if re.search(r"\[(warning|error|critical)\]", line) and not EXPECTED_LOG.search(line)]  # yapf: disable


class Place:
    """Where processes follow each other. Its ports are held, so that nobody else is given them meanwhile."""

    def __init__(self, name, backend, steady):
        self.name, self.backend = name, backend
        self.steady = steady  # its process lives as long as the chaos
        self._held = [self._hold(), self._hold()]
        self.port, self.metrics_port = (held.getsockname()[1] for held in self._held)
        self.process = None
        self._generation = 0

    @staticmethod
    def _hold():
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        return held

    def next_name(self):
        self._generation += 1
        return f"{self.name}.{self._generation}"


class Fleet:
    def __init__(self, directory, ledger):
        self.directory, self.ledger = pathlib.Path(directory), ledger
        self.root = self.directory / "root"
        self.root.mkdir()
        exchanges.write_files(self.root)
        self.places = [
            Place("t1", "robusto", steady=False),
            Place("t2", "robusto", steady=False),
            Place("t3", "robusto", steady=True),
            Place("f1", "files", steady=False),
            Place("f2", "files", steady=True),
        ]
        self.kills = []  # (backend, time)
        self._processes = {}  # by their names; those that have ended, too
        for place in self.places:
            self.start(place)
        self._proxy_at, self._proxy_said = 0, {}
        self.proxy = haproxy_process.HaproxyProcess(
            self.directory,
            {name: [(place.port, place.metrics_port) for place in self.of(name)] for name in ("robusto", "files")},
            routes={"files": "/f"}, log_level="info")  # yapf: disable

    def of(self, backend):
        return [place for place in self.places if place.backend == backend]

    def start(self, place):
        process = Process(place, self.directory, self.root)
        # It may be asked already, by who was about to ask the last one.
        self._processes[process.name] = process
        process.warm_up()
        place.process = process

    def named(self, name):
        return self._processes.get(name)

    def was_killed(self, backend, begin, end):
        return any(name == backend and begin - 0.3 <= at <= end for name, at in self.kills)

    async def await_state(self, place, state):
        """Waits until what HAProxy said last of the place's server is that it is UP or DOWN."""
        name = f"{place.backend}{self.of(place.backend).index(place) + 1}"
        deadline = time.monotonic() + GUARD_SECONDS
        while self._follow_proxy().get(name, "UP") != state:
            if time.monotonic() > deadline:
                raise AssertionError(f"HAProxy does not say that {place.name} is {state}")
            await asyncio.sleep(0.1)

    def _follow_proxy(self):
        self._proxy_at, text = self.proxy.said_since(self._proxy_at)
        for server, state in STATE.findall(text):
            self._proxy_said[server.decode()] = state.decode()
        return self._proxy_said

    async def terminate(self, process):
        """SIGTERM, and what must follow."""
        process.stopping_since = time.monotonic()
        try:
            code, _ = await asyncio.to_thread(process.stop)
        except subprocess.TimeoutExpired:
            code = f"nothing in {GUARD_SECONDS} s"
            process.signal(signal.SIGKILL)
            process.wait()
        process.ended = True
        if code != 0:
            self.ledger.violation("exit", f"{process.name} ends with {code} after SIGTERM: {process.log()[-2000:]}")
        await self._audit(process)

    async def kill(self, process):
        self.kills.append((process.place.backend, time.monotonic()))
        process.killed_at = time.monotonic()
        self.ledger.killed(process.name)
        process.signal(signal.SIGKILL)
        await asyncio.to_thread(process.wait)
        process.ended = True
        await self._audit(process)

    async def _audit(self, process):
        for line in process.surprises():
            self.ledger.violation("exit", f"{process.name} says: {line}")
        lines = await asyncio.to_thread(self.ledger.read_log, process.access_log)
        self.ledger.log_of(process.name, lines)
        process.access_log.unlink()
        process.kill()
        if self.proxy.running:
            await self.await_state(process.place, "DOWN")

    async def replace(self, place):
        """Starts the next process of a place whose last one has ended, and waits until the proxy knows it."""
        await asyncio.to_thread(self.start, place)
        await self.await_state(place, "UP")

    def end(self):
        self.proxy.close()
        for process in self._processes.values():
            if not process.ended:
                process.kill()
