#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""A system that gives no more threads: to a server that starts, and to a pool that wants to grow."""

import errno
import json
import pathlib
import tempfile
import unittest

from faulty_process import FaultyProcess, run

# In the order in which they are started.
REFUSALS = [
    r"cannot start a thread: ",  # that follows the signals
    r"cannot start the log: ",
    r"--access_log=\S+: cannot start the access log: ",
    r"--min_threads=2: cannot start thread worker-1: ",
    r"--min_threads=2: cannot start thread worker-2: ",
    r"--min_threads=2: cannot start supervisor thread worker-sup: ",
    r"cannot start a thread: ",  # of the health monitor
    r"--metrics=127.0.0.1:0: min_threads is 2: cannot start thread metrics-1: ",
    r"--metrics=127.0.0.1:0: min_threads is 2: cannot start thread metrics-2: ",
    r"--metrics=127.0.0.1:0: min_threads is 2: cannot start supervisor thread metrics-sup: ",
    r"cannot start a thread: ",  # that reloads
]


class ThreadTest(unittest.TestCase):

    def test_a_server_that_lacks_any_of_its_threads_says_so_and_does_not_start(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        log = f"--access_log={pathlib.Path(directory.name) / 'log'}"
        with FaultyProcess(log) as server:
            threads = len(list(pathlib.Path(f"/proc/{server.pid}/task").iterdir()))
            self.assertEqual(threads - 1, len(REFUSALS), "each thread but the first has its case")
            faults = server.faults
            for number, refusal in enumerate(REFUSALS):
                with self.subTest(f"{number}: {refusal}"):
                    with faults.fault("pthread_create", errno.EAGAIN, skip=number, times=1):
                        code, error = run(faults, "--metrics=127.0.0.1:0", "--min_threads=2", log)
                    self.assertRegex(error, rf"\Atestbed: {refusal}Resource temporarily unavailable\n\Z")
                    self.assertEqual(code, 2)

    def test_a_pool_that_cannot_grow_says_so_and_grows_when_it_can(self):
        with FaultyProcess("--max_threads=4") as server:
            with server.faults.fault("pthread_create", errno.EAGAIN) as fault:
                blocked = [server.begin("/sleep?ms=600000") for _ in range(2)]
                server.await_counter("robusto_tasks_running", 2)
                waiting = server.begin()
                server.await_log("[warning] cannot start thread worker-3: Resource temporarily unavailable; "
                                 "continuing with 2 threads (min_threads is 2)\n")
                server.check_not_spinning(fault)
                self.assertEqual(server.ask_metrics("/readyz"), "ready\n")
                events = json.loads(server.ask_metrics("/status.json"))["events"]
                self.assertIn("start_failed", [event["kind"] for event in events])
                self.assertEqual(server.counters()["robusto_pool_threads"], 2)
                # Asks again after a second, and does not tell again.
                fault.await_delivered(fault.delivered + 1)
            self.assertEqual(waiting.getresponse().status, 200)
            waiting.close()
            self.assertGreaterEqual(server.counters()["robusto_pool_threads"], 3)
            self.assertEqual(len(server.log_lines("cannot start")), 1)
            self.assertEqual(server.get()[0], 200)
            for client in blocked:
                client.close()


if __name__ == "__main__":
    unittest.main()
