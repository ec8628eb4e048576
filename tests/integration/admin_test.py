#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The admin service of a testbed under load, from another process."""

import http.client
import pathlib
import queue
import re
import socket
import sys
import tempfile
import threading
import unittest

import admin_process

SNAPSHOTS = 1000
OPERATOR = "operator-0123456789abcdef"
READER = "reader-0123456789abcdef"


class Load:
    """Clients that send one request after the other; every answer but 200 is an error."""

    def __init__(self, testbed, clients=4):
        self.answers = 0
        self.errors = []
        self._testbed = testbed
        self._lock = threading.Lock()
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(i,)) for i in range(clients)]
        for thread in self._threads:
            thread.start()

    def _run(self, number):
        paths = ["/plaintext", "/burn?us=200", "/sleep?ms=1", "/bytes?n=5000"]
        connection = http.client.HTTPConnection(self._testbed.host, self._testbed.port, timeout=60)
        try:
            while not self._enough.is_set():
                connection.request("GET", paths[number % len(paths)])
                response = connection.getresponse()
                response.read()
                with self._lock:
                    self.answers += 1
                    if response.status != 200:
                        self.errors.append(response.status)
                number += 1
        except Exception as error:  # pylint: disable=broad-except
            self.errors.append(error)
        finally:
            connection.close()

    def stop(self):
        self._enough.set()
        for thread in self._threads:
            thread.join()


class Collector(threading.Thread):
    """Reads a stream to its end and keeps what came. `error` is how it ended, None for OK."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.messages = queue.Queue()
        self.error = None
        self._stream = stream
        self.start()

    def run(self):
        import grpc  # pylint: disable=import-outside-toplevel

        try:
            for message in self._stream:
                self.messages.put(message)
        except grpc.RpcError as error:
            self.error = error

    def until(self, wanted):
        """The next message of which wanted(message) is true."""
        while True:
            message = self.messages.get(timeout=admin_process.GUARD_SECONDS)
            if wanted(message):
                return message

    def rest(self):
        self.join(timeout=admin_process.GUARD_SECONDS)
        return list(self.messages.queue)


class AdminTest(unittest.TestCase):
    def assert_adds_up(self, s):
        self.assertEqual(
            s.accepted,
            s.completed + s.failed + s.cancelled + s.expired + s.rejected_queue_full + s.rejected_draining +
            s.rejected_stopped + s.queued + s.running,
            str(s),
        )  # yapf: disable

    def get_or_fail(self, testbed, path):
        try:
            self.get(testbed, path)
        except (http.client.HTTPException, OSError):
            pass

    def get(self, testbed, path):
        connection = http.client.HTTPConnection(testbed.host, testbed.port, timeout=60)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            return response.status
        finally:
            connection.close()

    def assert_refused(self, code, message, call, request, **options):
        import grpc  # pylint: disable=import-outside-toplevel

        with self.assertRaises(grpc.RpcError) as caught:
            answer = call(request, **options)
            list(answer)  # of a stream
        self.assertEqual(caught.exception.code().name, code, caught.exception.details())
        self.assertIn(message, caught.exception.details())

    def test_lists_its_services_by_reflection(self):
        with admin_process.AdminProcess() as testbed:
            request = testbed.subset.ServerReflectionRequest(list_services="*")
            symbol = testbed.subset.ServerReflectionRequest(file_containing_symbol="robusto.admin.v1.PoolAdmin")
            answers = list(testbed.reflect(iter([request, symbol])))
            self.assertEqual(
                {service.name for service in answers[0].list_services_response.service},
                {
                    "grpc.health.v1.Health",
                    "grpc.reflection.v1alpha.ServerReflection",
                    "robusto.admin.v1.PoolAdmin",
                },
            )
            self.assertGreater(len(answers[1].file_descriptor_response.file_descriptor_proto), 0)

    def test_resizes_under_load_and_every_snapshot_adds_up(self):
        with admin_process.AdminProcess("--min_threads=4", "--max_threads=4") as testbed:
            m = testbed.messages
            load = Load(testbed)
            watch = m.WatchStatsRequest()
            watch.interval.FromMilliseconds(10)
            streams = [testbed.admin.WatchStats(watch) for _ in range(4)]
            watchers = [Collector(stream) for stream in streams]
            seen = []

            def until(wanted):
                def check(snapshot):
                    seen.append(snapshot)
                    return wanted(snapshot)

                watchers[0].until(check)

            before = testbed.admin.GetStats(m.GetStatsRequest())
            self.assertEqual((before.min_threads, before.max_threads, before.threads), (4, 4, 4))
            grown = testbed.admin.Resize(m.ResizeRequest(min_threads=32, max_threads=32))
            self.assertEqual((grown.started, grown.target_threads), (28, 32))
            until(lambda s: s.threads == 32 and s.rates.completed > 0)
            shrunk = testbed.admin.Resize(
                m.ResizeRequest(min_threads=2, max_threads=2, if_generation=grown.generation))
            self.assertEqual((shrunk.retired, shrunk.target_threads), (30, 2))
            until(lambda s: s.threads == 2)
            while len(seen) + sum(w.messages.qsize() for w in watchers) < SNAPSHOTS:
                until(lambda s: True)

            for stream in streams:
                stream.cancel()
            for watcher in watchers:
                seen += watcher.rest()
            load.stop()
            self.assertEqual(load.errors, [])
            self.assertGreater(load.answers, 100)
            self.assertGreaterEqual(len(seen), SNAPSHOTS)
            for snapshot in seen:
                self.assert_adds_up(snapshot)
            busiest = max(seen, key=lambda s: s.accepted)
            self.assertLessEqual(busiest.service_time.p50.ToNanoseconds(), busiest.service_time.max.ToNanoseconds())
            self.assertGreater(busiest.traffic.connections_open, 0)
            for recent, most_seconds in [(busiest.recent_10s, 12), (busiest.recent_60s, 66)]:
                self.assertGreater(recent.service_time.count, 0)
                self.assertLessEqual(recent.service_time.count, busiest.service_time.count)
                self.assertLessEqual(recent.window.ToSeconds(), most_seconds)
            print(f"{len(seen)} snapshots add up; {load.answers} answers, no error")

    def test_cancels_a_request_by_its_id(self):
        with admin_process.AdminProcess("--min_threads=2") as testbed:
            m = testbed.messages
            ended = queue.Queue()

            def sleep():
                try:
                    ended.put(self.get(testbed, "/sleep?ms=2000"))
                except (http.client.HTTPException, OSError) as error:
                    ended.put(error)

            threading.Thread(target=sleep, daemon=True).start()
            tasks = []
            while not tasks:
                workers = testbed.admin.ListWorkers(m.ListWorkersRequest()).workers
                tasks = [w.task for w in workers if w.task.label == "GET /sleep?ms=2000"]
            self.assertEqual(tasks[0].phase, "handling")
            self.assertRegex(tasks[0].peer, r"127\.0\.0\.1:\d+")
            events = Collector(testbed.admin.WatchEvents(m.WatchEventsRequest()))
            answer = testbed.admin.CancelRequest(m.CancelRequestRequest(task_id=tasks[0].id))
            self.assertEqual(answer.outcome, m.CancelRequestResponse.OUTCOME_FORCED)
            # The handler sleeps on, but its client does not wait for it: it got no answer.
            self.assertIsInstance(ended.get(timeout=admin_process.GUARD_SECONDS), Exception)
            for text in ["gentle", "firm"]:
                event = events.until(lambda e: e.kind == m.PoolEvent.KIND_CANCEL)
                self.assertEqual((event.task_id, event.text), (tasks[0].id, text))
            stats = Collector(testbed.admin.WatchStats(m.WatchStatsRequest()))
            self.assert_adds_up(stats.until(lambda s: s.cancelled == 1))
            self.assertEqual(self.get(testbed, "/plaintext"), 200)

    def test_a_path_is_shown_as_it_was_sent(self):
        with admin_process.AdminProcess("--min_threads=2") as testbed:
            m = testbed.messages
            # The control character CSI, a byte that is no UTF-8, and a newline: all of them stay encoded.
            path = "/sleep?ms=2000&x=%C2%9B2J%FF%0A"
            threading.Thread(target=self.get_or_fail, args=(testbed, path), daemon=True).start()
            tasks = []
            while not tasks:
                workers = testbed.admin.ListWorkers(m.ListWorkersRequest()).workers
                tasks = [w.task for w in workers if w.task.label == "GET " + path]
            testbed.admin.CancelRequest(m.CancelRequestRequest(task_id=tasks[0].id))
            # Raw, they do not get in.
            for raw in [b"\x9b2J", b"\xff", b"\xc2\x9b", b"\x1b"]:
                with socket.create_connection((testbed.host, testbed.port), timeout=60) as client:
                    client.sendall(b"GET /sleep?ms=2000&x=" + raw + b" HTTP/1.1\r\nHost: a\r\n\r\n")
                    self.assertTrue(client.recv(100).startswith(b"HTTP/1.1 400 "), raw)

    def test_drains_resumes_and_stops_and_its_health_says_so(self):
        with admin_process.AdminProcess("--min_threads=2") as testbed:
            m = testbed.messages
            status = testbed.subset.HealthCheckResponse
            health = Collector(testbed.watch_health(testbed.subset.HealthCheckRequest(service="")))
            health.until(lambda h: h.status == status.SERVING)
            events = Collector(testbed.admin.WatchEvents(m.WatchEventsRequest()))
            stats = Collector(testbed.admin.WatchStats(m.WatchStatsRequest()))

            testbed.admin.Drain(m.DrainRequest())
            health.until(lambda h: h.status == status.NOT_SERVING)
            self.assertEqual(self.get(testbed, "/plaintext"), 503)
            testbed.admin.Resume(m.ResumeRequest())
            health.until(lambda h: h.status == status.SERVING)
            self.assertEqual(self.get(testbed, "/plaintext"), 200)

            slow = queue.Queue()
            threading.Thread(
                target=lambda: slow.put(self.get(testbed, "/sleep?ms=500")), daemon=True).start()
            stats_now = m.PoolStats()
            while stats_now.running == 0:
                stats_now = testbed.admin.GetStats(m.GetStatsRequest())
            stop = m.StopRequest()
            stop.timeout.FromSeconds(30)
            progress = Collector(testbed.admin.Stop(stop))
            progress.until(lambda p: not p.HasField("report"))
            health.until(lambda h: h.status == status.NOT_SERVING)
            # A signal now joins the stop that is under way.
            testbed.signal()
            report = progress.until(lambda p: p.HasField("report")).report
            self.assertTrue(report.clean, str(report))
            self.assertGreaterEqual(report.completed, 1)
            self.assertEqual(slow.get(timeout=admin_process.GUARD_SECONDS), 200)
            self.assertEqual(testbed.wait()[0], 0, testbed.log())
            self.assertEqual(progress.rest(), [])
            self.assertIsNone(progress.error)

            kinds = [event.kind for event in events.rest()]
            wanted = [m.PoolEvent.KIND_START, m.PoolEvent.KIND_DRAIN, m.PoolEvent.KIND_RESUME,
                      m.PoolEvent.KIND_STOP, m.PoolEvent.KIND_STOPPED]  # yapf: disable
            self.assertEqual([kind for kind in kinds if kind in wanted], wanted)
            self.assertIsNone(events.error)
            self.assertEqual(stats.rest()[-1].state, m.POOL_STATE_STOPPED)
            self.assertIsNone(stats.error)
            self.assertRegex(testbed.log(), r"admin: Drain \{\} from ipv4:127\.0\.0\.1:\d+ as anyone: OK")

    def test_says_exactly_what_is_wrong_with_a_call(self):
        with admin_process.AdminProcess("--min_threads=2", "--max_threads=4") as testbed:
            m, a = testbed.messages, testbed.admin
            stale = m.ResizeRequest(min_threads=2, max_threads=4, if_generation=7)
            negative = m.StopRequest()
            negative.timeout.FromSeconds(-1)
            for code, message, call, request in [
                ("INVALID_ARGUMENT", "min_threads is 0; it must be from 1 to 10000", a.Resize, m.ResizeRequest()),
                ("INVALID_ARGUMENT", "max_threads is 2; it must be at least min_threads, which is 3", a.Resize,
                 m.ResizeRequest(min_threads=3, max_threads=2)),
                ("INVALID_ARGUMENT", "max_threads is 2000000000; it must be from 1 to 10000", a.Resize,
                 m.ResizeRequest(min_threads=3, max_threads=2000000000)),
                ("INVALID_ARGUMENT", "count is -1; it must be from 1 to 10000", a.Grow, m.GrowRequest(count=-1)),
                ("INVALID_ARGUMENT", "count is 0; it must be from 1 to 10000", a.Shrink, m.ShrinkRequest()),
                ("INVALID_ARGUMENT", "timeout is -1s; it must be from 0 to 24h", a.Stop, negative),
                ("ABORTED", "if_generation is 7, but the pool is at generation 1", a.Resize, stale),
                ("NOT_FOUND", "no task with id 99999 is running", a.CancelRequest,
                 m.CancelRequestRequest(task_id=99999)),
                ("FAILED_PRECONDITION", "only one that is draining can be resumed", a.Resume, m.ResumeRequest()),
                ("FAILED_PRECONDITION", "no Resize waits for confirmation", a.ConfirmResize, m.ConfirmResizeRequest()),
            ]:  # yapf: disable
                with self.subTest(message=message):
                    self.assert_refused(code, message, call, request)
            self.assertEqual(a.GetStats(m.GetStatsRequest()).generation, 1)

    def test_a_read_only_token_reads_only(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "tokens"
            path.write_text(f"operator {OPERATOR}\nread-only {READER}\n", encoding="utf-8")
            with admin_process.AdminProcess(f"--admin_token_file={path}") as testbed:
                m, a = testbed.messages, testbed.admin
                reader = [("authorization", f"Bearer {READER}")]
                self.assertEqual(a.GetStats(m.GetStatsRequest(), metadata=reader).state, m.POOL_STATE_RUNNING)
                self.assert_refused("UNAUTHENTICATED", "a token is required", a.GetStats, m.GetStatsRequest())
                self.assert_refused("UNAUTHENTICATED", "a token is required", a.WatchStats, m.WatchStatsRequest())
                wrong = [("authorization", "Bearer operator-0123456789abcdeg")]
                self.assert_refused("UNAUTHENTICATED", "unknown token", a.GetStats,
                                    m.GetStatsRequest(), metadata=wrong)  # yapf: disable
                for name in ["Resize", "ConfirmResize", "Grow", "Shrink", "Drain", "Resume", "Stop"]:
                    self.assert_refused("PERMISSION_DENIED", "use an operator token", getattr(a, name),
                                        getattr(m, name + "Request")(), metadata=reader)  # yapf: disable
                self.assert_refused("PERMISSION_DENIED", "use an operator token", a.CancelRequest,
                                    m.CancelRequestRequest(), metadata=reader)  # yapf: disable
                operator = [("authorization", f"Bearer {OPERATOR}")]
                a.Drain(m.DrainRequest(), metadata=operator)
                log = testbed.log()
                self.assertRegex(log, r"admin: Grow \{\} from \S+ as read-only: PERMISSION_DENIED")
                self.assertRegex(log, r"admin: Drain \{\} from \S+ as operator: OK")
                self.assertNotIn(OPERATOR, log)

    def test_the_lines_of_the_manual_are_good(self):
        from google.protobuf import json_format  # pylint: disable=import-outside-toplevel

        with admin_process.AdminProcess() as testbed:
            m = testbed.messages
            manual = pathlib.Path("admin/pool_admin.proto").read_text(encoding="utf-8").replace("\\\n//", "")
            manual += pathlib.Path("README.md").read_text(encoding="utf-8")
            lines = re.findall(r"grpcurl -plaintext(?: -d '([^']*)')?\s+127\.0\.0\.1:50051\s+(robusto\S+)/(\w+)", manual)
            self.assertGreaterEqual(len(lines), 11)
            for data, service, method in lines:
                self.assertEqual(service, "robusto.admin.v1.PoolAdmin")
                request = json_format.Parse(data or "{}", getattr(m, method + "Request")())
                if method == "CancelRequest":
                    self.assert_refused("NOT_FOUND", "no task with id", testbed.admin.CancelRequest, request)
                    continue
                answer = getattr(testbed.admin, method)(request)
                if method == "Stop":
                    self.assertTrue(list(answer)[-1].report.clean)
                if method.startswith("Watch"):
                    next(answer)
                    answer.cancel()


if __name__ == "__main__":
    WHY = admin_process.why_skipped()
    if WHY:
        print(f"SKIPPED: {WHY}")
        sys.exit(0)
    unittest.main()
