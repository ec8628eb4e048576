#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Connections that cannot be accepted or watched, and an event loop whose own calls fail."""

import errno
import os
import resource
import typing
import unittest

import fault_table
from faulty_process import FaultyProcess, run

ACCEPT_ERRORS = "robusto_http_accept_errors_total"
ACCEPTED = "robusto_http_connections_accepted_total"


class Lasting(typing.NamedTuple):
    """An error that lasts: the client waits meanwhile, and is served when it is over."""
    function: str
    error: int
    log: str  # one line, however long it lasts


LASTING = [
    Lasting("accept4", errno.EMFILE, "cannot accept: Too many open files; new connections wait"),
    Lasting("accept4", errno.ENFILE, "cannot accept: Too many open files in system; new connections wait"),
    Lasting("accept4", errno.ENOMEM, "cannot accept: Cannot allocate memory; new connections wait"),
    Lasting("accept4", errno.ENOBUFS, "cannot accept: No buffer space available; new connections wait"),
    # What nobody foresaw, as from a security module.
    Lasting("accept4", errno.EPERM, "cannot accept: Operation not permitted; new connections wait"),
    # Singly they are about one connection; without an end they are something else.
    Lasting("accept4", errno.ECONNABORTED, "cannot accept: Software caused connection abort; new connections wait"),
    Lasting("accept4", errno.EINTR, "cannot accept: Interrupted system call; new connections wait"),
]  # yapf: disable

# A connection that is gone before it is accepted, or a signal: the next one is taken as if nothing were.
PASSING = [
    errno.ECONNABORTED, errno.EINTR, errno.EPROTO, errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN,
    errno.EHOSTUNREACH, errno.ENONET, errno.ENOPROTOOPT, errno.EOPNOTSUPP
]


class AcceptTest(unittest.TestCase):

    def start(self, *flags, **options):
        server = FaultyProcess(*flags, **options)
        self.addCleanup(server.kill)
        return server

    def test_a_client_waits_while_nobody_can_be_accepted(self):
        for case in LASTING:
            with self.subTest(case.log):
                server = self.start()
                before = server.counters()
                with server.faults.fault(case.function, case.error, port=server.port) as fault:
                    client = server.begin()
                    server.await_log(case.log)
                    fault.await_delivered(fault.delivered + 3)  # tried again and again
                    server.check_not_spinning(fault)
                self.assertEqual(client.getresponse().status, 200)
                client.close()
                after = server.counters()
                self.assertGreaterEqual(after[ACCEPT_ERRORS], before[ACCEPT_ERRORS] + 1)
                self.assertEqual(after[ACCEPTED], before[ACCEPTED] + 1)
                self.assertEqual(server.log_lines("cannot"), [f"[testbed] [warning] {case.log}"])
                server.check_well()
                self.assertEqual(server.stop()[0], 0)

    def test_what_is_about_one_connection_is_no_trouble_for_the_next(self):
        server = self.start()
        for error in PASSING:
            with self.subTest(os.strerror(error)):
                before = server.counters()
                with server.faults.fault("accept4", error, port=server.port, times=10) as fault:
                    self.assertEqual(server.get()[0], 200)
                    self.assertEqual(fault.delivered, 10)
                after = server.counters()
                self.assertEqual(after[ACCEPT_ERRORS], before[ACCEPT_ERRORS])
                self.assertEqual(after[ACCEPTED], before[ACCEPTED] + 1)
        self.assertEqual(server.log_lines("warning"), [])
        server.check_well()

    def test_a_real_limit_of_descriptors(self):
        server = self.start()
        _, hard = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{server.pid}/fd")), hard))
        client = server.begin()
        server.await_log("cannot accept: Too many open files; new connections wait")
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (hard, hard))
        self.assertEqual(client.getresponse().status, 200)
        client.close()
        self.assertGreater(server.counters()[ACCEPT_ERRORS], 0)
        server.check_well()

    def test_a_stop_ends_while_nobody_can_be_accepted(self):
        # What waits is refused then; it was not accepted.
        for error in (errno.EMFILE, errno.EPERM, errno.ECONNABORTED):
            with self.subTest(os.strerror(error)):
                server = self.start("--stop_timeout=1h")
                with server.faults.fault("accept4", error, port=server.port) as fault:
                    client = server.begin()
                    fault.await_delivered()
                    self.assertEqual(server.stop()[0], 0)
                with self.assertRaises(OSError):
                    client.getresponse()
                client.close()

    def test_a_connection_that_cannot_be_watched_is_closed_and_others_wait(self):
        server = self.start()
        before = server.counters()
        with server.faults.fault("epoll_ctl_add", errno.ENOSPC, port=server.port) as fault:
            clients = [server.begin() for _ in range(5)]
            fault.await_delivered(2)
            server.check_not_spinning(fault)
            with self.assertRaises(OSError):
                clients[0].getresponse()
            failed = fault.delivered
        for client in clients[failed + 1:]:
            self.assertEqual(client.getresponse().status, 200)
        for client in clients:
            client.close()
        self.assertGreaterEqual(server.counters()[ACCEPT_ERRORS], before[ACCEPT_ERRORS] + failed)
        self.assertEqual(server.log_lines("cannot"), [
            "[testbed] [warning] cannot watch a connection, which is closed: epoll_ctl: No space left on device; "
            "new ones wait"
        ])
        server.check_well()

    def test_an_idle_connection_gives_its_watch_to_a_new_one(self):
        server = self.start()
        idle = server.begin()
        self.assertEqual(idle.getresponse().read(), b"Hello, World!")
        server.await_counter("robusto_http_connections_parked", 1)
        before = server.counters()
        with server.faults.fault("epoll_ctl_add", errno.ENOSPC, port=server.port, times=1):
            self.assertEqual(server.get()[0], 200)
        self.assertEqual(idle.sock.recv(1), b"")
        idle.close()
        after = server.counters()
        self.assertEqual(after["robusto_http_connections_evicted_total"],
                         before["robusto_http_connections_evicted_total"] + 1)
        self.assertEqual(after[ACCEPT_ERRORS], before[ACCEPT_ERRORS])
        self.assertEqual(server.log_lines("warning"), [])
        server.check_well()

    def test_a_listener_that_cannot_be_watched_again_is_tried_again(self):
        server = self.start()
        with server.faults.fault("accept4", errno.EMFILE, port=server.port, times=1):
            # The first such call of the pause takes it out, those after are to take it back.
            with server.faults.fault("epoll_ctl_mod", errno.ENOMEM, port=server.port, skip=1, times=3) as fault:
                client = server.begin()
                self.assertEqual(client.getresponse().status, 200)
                client.close()
                self.assertEqual(fault.delivered, 3)
        server.check_well()

    def test_an_event_loop_that_cannot_wait_does_not_spin(self):
        server = self.start()
        with server.faults.fault("epoll_wait", errno.EBADF, thread="worker") as fault:
            client = server.begin()
            server.await_log("cannot wait for events: epoll_wait: Bad file descriptor; trying again")
            fault.await_delivered(fault.delivered + 5)
            server.check_not_spinning(fault)
        self.assertEqual(client.getresponse().status, 200)
        client.close()
        self.assertEqual(len(server.log_lines("cannot wait")), 1)
        server.check_well()

    def test_a_wake_up_is_not_lost_to_a_signal(self):
        # A stop wakes the poller; without that it would wait for its whole timeout.
        server = self.start("--stop_timeout=1h")
        with server.faults.fault("write", errno.EINTR, descriptor="eventfd", every=2) as fault:
            self.assertEqual(server.stop()[0], 0)
            self.assertGreater(fault.matched, fault.delivered)

    def test_a_server_without_an_event_loop_says_why_and_does_not_start(self):
        log, loop = "cannot start the log", "cannot wait for events"
        for function, skip, what in (("epoll_create1", 0, loop), ("eventfd", 0, log), ("eventfd", 1, log),
                                     ("eventfd", 2, loop), ("epoll_ctl_add", 0, loop),
                                     ("epoll_ctl_add", 1, loop)):
            with self.subTest(f"{function} {skip}"):
                faults = fault_table.FaultTable()
                with faults.fault(function, errno.EMFILE, skip=skip, times=1):
                    code, error = run(faults, "--metrics=")
                name = function.rsplit("_add", 1)[0]
                self.assertEqual(error, f"testbed: {what}: {name}: Too many open files\n")
                self.assertEqual(code, 2)


class FaultTableTest(unittest.TestCase):
    """What the other tests rely on."""

    def test_a_fault_that_is_never_delivered_fails_the_test(self):
        with FaultyProcess() as server:
            with self.assertRaisesRegex(AssertionError, r"accept4 with .*: never delivered \(0 calls matched\)"):
                with server.faults.fault("accept4", errno.EMFILE, port=1):
                    server.get()
            with self.assertRaisesRegex(AssertionError, r"never delivered \([1-9]\d* calls matched\)"):
                with server.faults.fault("accept4", errno.EMFILE, port=server.port, skip=1000):
                    server.get()

    def test_a_server_without_the_library_fails_the_test(self):
        library, fault_table.LIBRARY = fault_table.LIBRARY, ""
        try:
            with self.assertRaisesRegex(AssertionError, "runs without the library of faults"):
                FaultyProcess()
        finally:
            fault_table.LIBRARY = library


if __name__ == "__main__":
    unittest.main()
