# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Many connections at once that do what a server must bear, in a process of their own.

    habit = Habit(first=b"GET / HTTP/1.1\r\nX: ", each_turn=b"a", turn_seconds=1)
    with Crowd(server.address, 10_000, habit) as crowd:
        crowd.report().open, crowd.report().statuses[408]

The connections come from several addresses of 127.0.0.0/8. What else is here measures the server meanwhile.
"""

import collections
import dataclasses
import multiprocessing
import os
import pathlib
import resource
import select
import socket
import time

GUARD_SECONDS = 60
TICK_SECONDS = 0.001
SOURCES = [f"127.0.0.{last}" for last in range(2, 10)]

READ_ALL = -1


@dataclasses.dataclass
class Habit:
    """What one connection does."""

    first: bytes  # sent at once
    each_turn: bytes = b""  # sent again and again
    turn_seconds: float = 0  # from one turn to the next; 0: there are none
    read: int = READ_ALL  # bytes in each turn; READ_ALL: what there is, when it is there
    receive_buffer: int = 0  # SO_RCVBUF; 0: the system's own


@dataclasses.dataclass
class Report:
    open: int = 0
    closed: int = 0  # by the server
    received: int = 0  # bytes
    statuses: collections.Counter = dataclasses.field(default_factory=collections.Counter)  # of first responses


class _Members:
    """The process's side."""

    def __init__(self, address, count, habit):
        self._habit = habit
        self._report = Report()
        self._poll = select.epoll()
        self._open = {}
        self._seen = set()
        self._order = []
        self._next = 0
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        for number in range(count):
            self._connect(address, SOURCES[number % len(SOURCES)])

    def _connect(self, address, source):
        sock = socket.socket()
        if self._habit.receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._habit.receive_buffer)
        # Each address has all ports for itself.
        sock.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        sock.bind((source, 0))
        sock.settimeout(GUARD_SECONDS)
        sock.connect(address)
        sock.setblocking(False)
        self._open[sock.fileno()] = sock
        self._order.append(sock.fileno())
        if self._habit.first:
            sock.send(self._habit.first)
        self._poll.register(sock.fileno(), select.EPOLLIN if self._habit.read == READ_ALL else 0)

    def run(self, pipe):
        pipe.send("all are connected")
        self._poll.register(pipe.fileno(), select.EPOLLIN)
        begin = time.monotonic()
        turns = 0
        while True:
            wait = TICK_SECONDS if self._habit.turn_seconds else -1
            for fd, events in self._poll.poll(wait, 1000):
                if fd != pipe.fileno():
                    # A reset is seen whether it reads or not.
                    if events & (select.EPOLLERR | select.EPOLLHUP) and self._habit.read != READ_ALL:
                        self._closed(fd)
                    else:
                        self._read(fd, 65536)
                    continue
                if pipe.recv() == "end":
                    return
                self._report.open = len(self._open)
                pipe.send(self._report)
            if self._habit.turn_seconds:
                # Spread evenly, not all at once.
                due = int((time.monotonic() - begin) / self._habit.turn_seconds * len(self._order))
                for turn in range(turns, min(due, turns + len(self._order))):
                    self._turn(self._order[turn % len(self._order)])
                turns = due

    def _turn(self, fd):
        if fd not in self._open:
            return
        try:
            if self._habit.each_turn:
                self._open[fd].send(self._habit.each_turn)
        except BlockingIOError:
            pass
        except OSError:
            return self._closed(fd)
        if self._habit.read > 0:
            self._read(fd, self._habit.read)

    def _read(self, fd, size):
        try:
            data = self._open[fd].recv(size)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            return self._closed(fd)
        self._report.received += len(data)
        if fd not in self._seen:
            self._seen.add(fd)
            self._report.statuses[int(data[9:12])] += 1

    def _closed(self, fd):
        self._report.closed += 1
        self._poll.unregister(fd)
        # Its number is not to be given to another.
        self._open.pop(fd).close()


def _run(pipe, *members):
    # Other machines would have processors of their own.
    os.nice(10)
    _Members(*members).run(pipe)


class Crowd:
    def __init__(self, address, count, habit):
        context = multiprocessing.get_context("fork")
        self._pipe, child = context.Pipe()
        self._process = context.Process(target=_run, args=(child, address, count, habit), daemon=True)
        self._process.start()
        child.close()
        self._receive()

    def _receive(self):
        if not self._pipe.poll(GUARD_SECONDS):
            self._process.kill()
            raise AssertionError("the crowd says nothing")
        return self._pipe.recv()

    def report(self):
        self._pipe.send("report")
        return self._receive()

    def await_report(self, condition, seconds=GUARD_SECONDS):
        """Waits until the condition holds of the report, and gives that."""
        deadline = time.monotonic() + seconds
        while not condition(report := self.report()):
            if time.monotonic() > deadline:
                raise AssertionError(f"{report} after {seconds} s")
            time.sleep(0.05)
        return report

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        if self._process.is_alive():
            self._pipe.send("end")
        self._process.join(GUARD_SECONDS)
        self._process.kill()
        self._process.join()
        self._pipe.close()


def latencies(address, count, pause=0.0):
    """Seconds that each of so many GET /plaintext took, one after another on one connection, sorted."""
    request = b"GET /plaintext HTTP/1.1\r\nHost: testbed\r\n\r\n"
    took = []
    with socket.create_connection(address, timeout=GUARD_SECONDS) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            begin = time.perf_counter()
            sock.sendall(request)
            answer = sock.recv(4096)
            while not answer.endswith(b"\r\n\r\nHello, World!"):
                more = sock.recv(4096)
                if not more:
                    raise AssertionError(f"the server closed after {answer!r}")
                answer += more
            took.append(time.perf_counter() - begin)
            if not answer.startswith(b"HTTP/1.1 200 "):
                raise AssertionError(f"not served: {answer!r}")
            if pause:
                time.sleep(pause)
    return sorted(took)


def memory(pid):
    """Bytes of the process's own memory that is resident, without the pages of files."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no RssAnon")


def switches(pid):
    """How often its threads have been given a processor."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text(encoding="ascii").splitlines():
            if "ctxt_switches:" in line:
                total += int(line.split()[1])
    return total


def processor_seconds(pid):
    """Processor time that it has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def sockets(pid):
    """How many sockets it has open."""
    count = 0
    for descriptor in os.scandir(f"/proc/{pid}/fd"):
        try:
            count += os.readlink(descriptor.path).startswith("socket:")
        except FileNotFoundError:
            pass
    return count
