#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The testbed's metrics listener, asked by another process."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

from metrics_process import MetricsProcess
from server_process import GUARD_SECONDS, TESTBED


def values(text):
    """Sample -> value."""
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {sample: float(value) for sample, value in lines}


class MetricsTest(unittest.TestCase):
    def check_identity(self, sample):
        outcomes = sum(value for name, value in sample.items() if name.startswith("robusto_tasks_total{"))
        self.assertEqual(sample["robusto_tasks_accepted_total"],
                         outcomes + sample["robusto_tasks_queued"] + sample["robusto_tasks_running"])

    def test_scrapes_under_load_are_sums_that_never_fall(self):
        with MetricsProcess("--min_threads=2", "--queue_capacity=4") as testbed:
            ended = threading.Event()

            def load():
                while not ended.is_set():
                    for target in ["/plaintext", "/burn?us=200", "/throw"]:
                        testbed.ask(target, address=testbed.server)

            threads = [threading.Thread(target=load) for _ in range(8)]
            for thread in threads:
                thread.start()
            before = {}
            for _ in range(50):
                status, headers, text = testbed.ask("/metrics")
                self.assertEqual(status, 200)
                self.assertEqual(headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
                sample = values(text)
                self.check_identity(sample)
                for name in before:
                    if "_total" in name or name.startswith(("robusto_queue_wait", "robusto_service")):
                        self.assertGreaterEqual(sample[name], before[name], name)
                before = sample
            ended.set()
            for thread in threads:
                thread.join()
            sample = values(testbed.ask("/metrics")[2])
            self.assertGreater(sample['robusto_tasks_total{outcome="failed"}'] +
                               sample['robusto_tasks_total{outcome="completed"}'], 0)
            self.assertIn("robusto_http_connections", sample)

    @unittest.skipIf(shutil.which("promtool") is None, "not installed: prometheus, which has promtool")
    def test_promtool_has_nothing_to_say(self):
        with MetricsProcess() as testbed:
            testbed.ask("/plaintext", address=testbed.server)
            checked = subprocess.run(["promtool", "check", "metrics"], input=testbed.ask("/metrics")[2],
                                     capture_output=True, encoding="utf-8", timeout=GUARD_SECONDS, check=False)
            self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (0, "", ""))

    def test_answers_while_every_worker_is_blocked(self):
        with MetricsProcess("--min_threads=2", "--max_threads=0") as testbed:
            testbed.await_ready(200)
            blocked = [testbed.begin("/sleep?ms=600000") for _ in range(4)]
            self.assertIn("no probe", testbed.await_ready(503))
            self.assertEqual(testbed.ask("/healthz")[0], 200)
            status = json.loads(testbed.ask("/status.json")[2])
            self.assertEqual((status["busy"], status["threads"]), (2, 2))
            self.assertEqual([worker["phase"] for worker in status["workers"]], ["handling"] * 2)
            for recent in ["recent_10s", "recent_60s"]:
                # The two that are blocked had waited, and none has ended but the probes before.
                self.assertGreaterEqual(status[recent]["queue_wait"]["count"], 2)
                self.assertGreater(status[recent]["window_s"], 0)
            self.assertGreaterEqual(values(testbed.ask("/metrics")[2])["robusto_pool_queue_size"], 2)
            for connection in blocked:
                connection.close()

    def test_is_not_ready_from_the_signal_on_and_answers_to_the_end(self):
        with MetricsProcess("--min_threads=2", "--stop_timeout=600s") as testbed:
            testbed.await_ready(200)
            slow = testbed.begin("/sleep?ms=600000")
            while json.loads(testbed.ask("/status.json")[2])["busy"] == 0:
                pass
            testbed.signal()
            testbed.await_ready(503)
            self.assertEqual(testbed.ask("/healthz")[0], 200)
            self.assertEqual(json.loads(testbed.ask("/status.json")[2])["busy"], 1)
            testbed.end_at_once()
            slow.close()

    def test_serves_as_before_while_it_is_not_ready_and_has_not_begun_to_stop(self):
        with MetricsProcess("--min_threads=2", "--stop_delay=600s") as testbed:
            testbed.await_ready(200)
            kept = testbed.begin("/plaintext")
            self.assertEqual(kept.getresponse().read(), b"Hello, World!")
            testbed.signal()
            self.assertIn("stopping", testbed.await_ready(503))
            # Connections that are there, and new ones.
            kept.request("GET", "/plaintext")
            for connection in (kept, testbed.begin("/plaintext")):
                response = connection.getresponse()
                self.assertEqual((response.status, response.read()), (200, b"Hello, World!"))
                self.assertNotEqual(response.headers["Connection"], "close")
                connection.close()
            self.assertEqual(testbed.ask("/healthz")[0], 200)
            self.assertEqual(testbed.end_at_once()[0], 1)

    def test_an_operator_changes_the_pool_and_others_do_not(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "tokens"
            path.write_text("operator operator-0123456789\nread-only reader-0123456789ab\n")
            path.chmod(0o600)
            with MetricsProcess("--min_threads=2", "--max_threads=4", f"--admin_token_file={path}") as testbed:
                reader = {"Authorization": "Bearer reader-0123456789ab"}
                operator = {"Authorization": "Bearer operator-0123456789"}
                resize = "/resize?min=3&max=5"
                self.assertEqual(testbed.ask(resize, "POST")[0], 401)
                self.assertEqual(testbed.ask(resize, "POST", reader)[0], 403)
                self.assertEqual(testbed.ask(resize, "POST", {**operator, "Origin": "http://evil.example"})[0], 403)
                self.assertEqual(json.loads(testbed.ask("/status.json", headers=reader)[2])["min_threads"], 2)
                self.assertEqual(testbed.ask(resize, "POST", operator)[0], 200)
                self.assertEqual(json.loads(testbed.ask("/status.json", headers=reader)[2])["min_threads"], 3)
                self.assertIn(resize, testbed.log())

    def run_refused(self, *flags):
        ended = subprocess.run([TESTBED, "--listen=127.0.0.1:0", "--admin=", *flags], capture_output=True,
                               timeout=GUARD_SECONDS, encoding="utf-8", check=False)
        self.assertEqual((ended.returncode, ended.stdout), (2, ""), ended.stderr)
        return ended.stderr

    def test_refuses_what_cannot_be_had(self):
        self.assertIn("--metrics=0.0.0.0:0", self.run_refused("--metrics=0.0.0.0:0"))
        self.assertIn("--metrics_insecure", self.run_refused("--metrics=:0"))
        self.assertIn("--metrics=nowhere: invalid listen address", self.run_refused("--metrics=nowhere"))
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.assertIn(f"--metrics={address}: cannot listen on {address}", self.run_refused(f"--metrics={address}"))
        self.assertIn("--admin_token_file",
                      self.run_refused("--metrics=127.0.0.1:0", "--admin_token_file=/no/such/file"))

    def test_listens_on_a_unix_socket(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "m")
            process = subprocess.Popen([TESTBED, "--listen=127.0.0.1:0", "--admin=", f"--metrics=unix:{path}"],
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            with process:
                self.assertTrue(process.stdout.readline().decode().endswith(f" metrics unix:{path}\n"))
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(path)
                    client.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                    self.assertTrue(client.makefile("rb").read().endswith(b"\r\n\r\nok\n"))
                process.terminate()
            self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
