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
import warnings

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
    endless: bytes = b""  # sent over and over, for as long as the server takes it
    again: bool = False  # who is closed comes again, at once


@dataclasses.dataclass
class Report:
    made: int = 0  # connections in all
    open: int = 0
    connecting: int = 0
    closed: int = 0  # by the server
    resets: int = 0  # of these
    received: int = 0  # bytes
    statuses: collections.Counter = dataclasses.field(default_factory=collections.Counter)  # of first responses


class _Members:
    """The process's side."""

    def __init__(self, address, count, habit, patient):
        self._address, self._habit = address, habit
        self._report = Report()
        self._poll = select.epoll()
        self._open = {}
        self._connecting = set()
        self._seen = set()
        self._order = []
        self._known = set()  # of _order
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        deadline = time.monotonic() + GUARD_SECONDS
        for number in range(count):
            self._connect()
            # More at once than the server's backlog would have to wait for seconds.
            while patient and len(self._connecting) >= (1 if number == count - 1 else 100):
                if time.monotonic() > deadline:
                    raise AssertionError(f"{len(self._connecting)} of {count} are not connected")
                self._handle(self._poll.poll(1))

    def _connect(self):
        sock = socket.socket()
        sock.setblocking(False)
        if self._habit.receive_buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._habit.receive_buffer)
        # Each address has all ports for itself.
        sock.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        sock.bind((SOURCES[self._report.made % len(SOURCES)], 0))
        sock.connect_ex(self._address)
        fd = sock.fileno()
        self._report.made += 1
        self._open[fd] = sock
        self._connecting.add(fd)
        if fd not in self._known:
            self._known.add(fd)
            self._order.append(fd)
        self._poll.register(fd, select.EPOLLOUT)

    def _connected(self, fd):
        self._connecting.discard(fd)
        if self._open[fd].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            return self._closed(fd, reset=True)
        wanted = select.EPOLLIN if self._habit.read == READ_ALL else 0
        self._poll.modify(fd, wanted | (select.EPOLLOUT if self._habit.endless else 0))
        if self._habit.first:
            self._send(fd, self._habit.first)

    def _handle(self, events):
        for fd, what in events:
            if fd not in self._open:
                continue
            if fd in self._connecting:
                self._connected(fd)
                continue
            # A reset is seen whether it reads or not.
            if what & (select.EPOLLERR | select.EPOLLHUP) and self._habit.read != READ_ALL:
                self._closed(fd, reset=bool(what & select.EPOLLERR))
                continue
            if what & select.EPOLLOUT:
                self._send(fd, self._habit.endless)
            if what & (select.EPOLLIN | select.EPOLLERR | select.EPOLLHUP) and fd in self._open:
                self._read(fd, 65536)

    def run(self, pipe):
        pipe.send("all are connected")
        self._poll.register(pipe.fileno(), select.EPOLLIN)
        begin = time.monotonic()
        turns = 0
        while True:
            events = self._poll.poll(TICK_SECONDS if self._habit.turn_seconds else -1, 1000)
            self._handle(events)
            if any(fd == pipe.fileno() for fd, _ in events):
                if pipe.recv() == "end":
                    return
                self._report.connecting = len(self._connecting)
                self._report.open = len(self._open) - len(self._connecting)
                pipe.send(self._report)
            if self._habit.turn_seconds:
                # Spread evenly, not all at once.
                due = int((time.monotonic() - begin) / self._habit.turn_seconds * len(self._order))
                for turn in range(turns, min(due, turns + len(self._order))):
                    self._turn(self._order[turn % len(self._order)])
                turns = due

    def _turn(self, fd):
        if fd not in self._open or fd in self._connecting:
            return
        if self._habit.each_turn:
            self._send(fd, self._habit.each_turn)
        if self._habit.read > 0 and fd in self._open:
            self._read(fd, self._habit.read)

    def _send(self, fd, data):
        try:
            self._open[fd].send(data)
        except BlockingIOError:
            pass
        except OSError:
            # What the server said before may still be there.
            self._read(fd, 65536, gone=True)

    def _read(self, fd, size, gone=False):
        reset = False
        try:
            data = self._open[fd].recv(size)
        except BlockingIOError:
            if not gone:
                return
            data, reset = b"", True
        except OSError:
            data, reset = b"", True
        if not data:
            return self._closed(fd, reset)
        self._report.received += len(data)
        if fd not in self._seen:
            self._seen.add(fd)
            self._report.statuses[int(data[9:12])] += 1

    def _closed(self, fd, reset):
        self._report.closed += 1
        self._report.resets += reset
        self._seen.discard(fd)
        self._poll.unregister(fd)
        self._open.pop(fd).close()
        if self._habit.again:
            self._connect()


def _run(pipe, *members):
    # It ends without closing what it has, as programs do.
    warnings.simplefilter("ignore", ResourceWarning)
    # Other machines would have processors of their own.
    os.nice(10)
    _Members(*members).run(pipe)


class Crowd:
    """Begins when all are connected; where they are not `patient`, at once, and they all connect at the same time."""

    def __init__(self, address, count, habit, patient=True):
        context = multiprocessing.get_context("fork")
        self._pipe, child = context.Pipe()
        self._process = context.Process(target=_run, args=(child, address, count, habit, patient), daemon=True)
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
