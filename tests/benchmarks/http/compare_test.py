#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The parts of compare.py that need no server: what it sends, reads, and makes of what it measured."""

import contextlib
import io
import os
import subprocess
import threading
import time
import unittest
import xml.etree.ElementTree

import bar_chart
import compare
import figures
import load
import processes
import report
import strace_output
import workloads
import wrk_output

WRK = """Running 2s test @ http://127.0.0.1:1/plaintext
  1 threads and 8 connections
Requests/sec:  49000.00
wrk: requests=98000 duration_us=2000000 bytes=12936000 connect=1 read=2 write=3 status=4 timeout=5 \
mean_us=160.5 p50_us=120 p90_us=200 p99_us=900 max_us=4000
"""

STRACE = """% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 60.00    0.600000           6      1000           sendmsg
 39.90    0.399000           3      2000        20 recvfrom
  0.10    0.001000           5         1           madvise
------ ----------- ----------- --------- --------- ----------------
100.00    1.000000           3      3001        20 total
"""

SVG = "{http://www.w3.org/2000/svg}"


class FiguresTest(unittest.TestCase):
    def test_a_ratio_is_taken_in_each_round_before_the_median(self):
        # The ratio of the medians would be 30 / 20 = 1.5.
        got = figures.ratios([10, 30, 40], [10, 40, 20])
        self.assertEqual(got, figures.Spread(median=1.0, least=0.75, most=2.0))

    def test_a_round_that_one_of_the_two_lacks_says_nothing(self):
        got = figures.ratios([10, None, 40, 50, 60], [10, 40, None, 0, 20])
        self.assertEqual(got, figures.Spread(median=2.0, least=1.0, most=3.0))
        self.assertIsNone(figures.ratios([None, 3], [1, None]))

    def test_rounds_that_do_not_belong_together_are_an_error(self):
        with self.assertRaises(ValueError):
            figures.ratios([1, 2], [1])

    def test_the_median_of_an_even_number_is_between_the_two_in_the_middle(self):
        self.assertEqual(figures.spread([4, 1, 2, 100]), figures.Spread(3, 1, 100))
        self.assertEqual(figures.spread([4, None]), figures.Spread(4, 4, 4))
        self.assertIsNone(figures.spread([]))

    def test_everybody_comes_first_once(self):
        got = figures.rotations(["a", "b", "c"], 4)
        self.assertEqual(got, [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"], ["a", "b", "c"]])


class WrkOutputTest(unittest.TestCase):
    def test_reads_what_the_script_wrote(self):
        got = wrk_output.parse(WRK)
        self.assertEqual((got.requests, got.seconds, got.bytes), (98000, 2.0, 12936000))
        self.assertEqual(got.rate, 49000)
        self.assertEqual((got.mean_us, got.p50_us, got.p90_us), (160.5, 120, 200))
        self.assertEqual((got.p99_us, got.max_us), (900, 4000))

    def test_every_kind_of_error_is_counted(self):
        self.assertEqual(wrk_output.parse(WRK).errors, 1 + 2 + 3 + 4 + 5)

    def test_a_run_that_failed_says_what_wrk_said(self):
        with self.assertRaisesRegex(ValueError, "Connection refused"):
            wrk_output.parse("unable to connect to 127.0.0.1:1 Connection refused\n")

    def test_a_line_that_lacks_a_number_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "p90_us"):
            wrk_output.parse(WRK.replace("p90_us=200 ", ""))


class StraceOutputTest(unittest.TestCase):
    def test_counts_calls_with_and_without_errors_the_most_frequent_first(self):
        got = strace_output.parse(STRACE)
        self.assertEqual(list(got.items()), [("recvfrom", 2000), ("sendmsg", 1000), ("madvise", 1)])

    def test_rare_calls_are_left_out_of_those_of_a_request(self):
        got = strace_output.per_request(STRACE, 4000)
        self.assertEqual(got, {"recvfrom": 0.5, "sendmsg": 0.25})


class LoadTest(unittest.TestCase):
    def answer(self, text):
        return load.read_answer(io.BytesIO(text))

    def test_reads_a_body_by_its_length_and_leaves_the_next_answer(self):
        stream = io.BytesIO(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nabHTTP/1.1 404 x\r\n\r\n")
        self.assertEqual(load.read_answer(stream), (200, b"ab"))
        self.assertEqual(load.read_answer(stream), (404, b""))

    def test_reads_a_body_in_chunks(self):
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        self.assertEqual(self.answer(head + b"a\r\n0123456789\r\n1\r\nx\r\n0\r\n\r\n")[1], b"0123456789x")

    def test_no_answer_is_an_error(self):
        with self.assertRaisesRegex(ValueError, "ended"):
            self.answer(b"")

    def test_the_request_of_each_workload_is_whole(self):
        for workload in workloads.WORKLOADS:
            head, _, body = workload.request().partition(b"\r\n\r\n")
            self.assertEqual(len(body), workload.post_bytes)
            method = b"POST" if body else b"GET"
            self.assertTrue(head.startswith(method + b" " + workload.target.encode() + b" HTTP/1.1\r\n"))
            self.assertEqual(f"Content-Length: {len(body)}".encode() in head, bool(body))
            self.assertEqual(b"Connection: close" in head, workload.name == "close")


class ProcessesTest(unittest.TestCase):
    def test_a_child_is_found_and_ended_with_its_parent(self):
        shell = subprocess.Popen(["sh", "-c", "sleep 600 & echo $!; wait"], stdout=subprocess.PIPE)
        with shell.stdout:
            child = int(shell.stdout.readline())
        self.assertEqual(processes.family(shell.pid), [shell.pid, child])
        processes.end(shell)
        self.assertEqual(shell.poll(), -9)
        # Nobody waits for it here: it may be a moment in ending, and stay without a command after it.
        self.assertTrue(processes.until(lambda: b"sleep" not in self.command(child), 60))

    def command(self, pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                return file.read()
        except (FileNotFoundError, ProcessLookupError):
            return b""

    def test_the_time_of_every_thread_counts(self):
        burned, ended = threading.Event(), threading.Event()

        def burn():
            while time.thread_time() < 0.2:
                pass
            burned.set()
            ended.wait()

        thread = threading.Thread(target=burn)
        before = processes.cpu_ns(os.getpid()) - time.process_time_ns()
        thread.start()
        burned.wait()
        after = processes.cpu_ns(os.getpid()) - time.process_time_ns()
        ended.set()
        thread.join()
        # The kernel counts a thread that runs, as this one does, by the tick.
        self.assertLess(abs(after - before), 50_000_000)

    def test_a_switch_of_any_thread_counts(self):
        before = processes.switches(os.getpid())
        go, ready = threading.Event(), threading.Semaphore(0)

        def wait():
            ready.release()
            go.wait()

        waiting = [threading.Thread(target=wait) for _ in range(5)]
        for thread in waiting:
            thread.start()
            ready.acquire()
        during = processes.switches(os.getpid())
        go.set()
        for thread in waiting:
            thread.join()
        self.assertGreaterEqual(during - before, 1)


class FlagsTest(unittest.TestCase):
    def refused(self, *flags):
        with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit):
            compare.parse_flags(flags)
        return said.getvalue()

    def test_everything_is_the_default(self):
        flags = compare.parse_flags([])
        self.assertEqual(len(flags.workload), len(workloads.WORKLOADS))
        self.assertEqual(flags.servers[0], "floor")
        self.assertEqual((flags.rounds, flags.seconds), (5, 2))

    def test_some_are_taken_in_the_order_of_the_table(self):
        flags = compare.parse_flags(["--workload=file,small-8", "--servers=nginx,floor", "--quick"])
        self.assertEqual(flags.workload, ["small-8", "file"])
        self.assertEqual(flags.servers, ["floor", "nginx"])
        self.assertEqual((flags.rounds, flags.seconds), (2, 1))

    def test_a_refusal_names_the_flag_and_what_there_is(self):
        self.assertIn("--workload=x: there are small-8", self.refused("--workload=file,x"))
        self.assertIn("--servers=apache: there are floor", self.refused("--servers=apache"))
        self.assertIn("at least 1", self.refused("--rounds=0"))
        self.assertIn("two processors", self.refused("--server_cpu=2", "--load_cpu=2"))


class BarChartTest(unittest.TestCase):
    def chart(self, groups, **options):
        return xml.etree.ElementTree.fromstring(bar_chart.render("a < b & c", groups, **options))

    def bars(self, root):
        # The first rectangle is the background.
        return [float(rect.get("width")) for rect in root.iter(SVG + "rect")][1:]

    def test_a_bar_is_as_long_as_its_median(self):
        groups = [("g", [("floor", figures.Spread(1, 1, 1)), ("other", figures.Spread(2, 1.5, 4))])]
        floor, other = self.bars(self.chart(groups))
        self.assertAlmostEqual(other / floor, 2, places=2)

    def test_a_bar_beyond_the_end_is_cut_off_and_says_so(self):
        groups = [("g", [("a", figures.Spread(3, 3, 3)), ("b", figures.Spread(9, 8, 10))])]
        root = self.chart(groups, most=6.0)
        a, b = self.bars(root)
        self.assertAlmostEqual(b / a, 2, places=2)
        texts = [text.text for text in root.iter(SVG + "text")]
        self.assertIn("9.00 (cut off)", texts)
        self.assertIn("3.00", texts)

    def test_text_is_text(self):
        groups = [("<g>", [("a&b", figures.Spread(1, 1, 1))])]
        texts = [text.text for text in self.chart(groups).iter(SVG + "text")]
        self.assertEqual(texts[:3], ["a < b & c", "<g>", "a&b"])

    def test_a_name_has_one_color_in_every_group(self):
        one = figures.Spread(1, 1, 1)
        root = self.chart([("g", [("a", one), ("b", one)]), ("h", [("b", one)])])
        colors = [rect.get("fill") for rect in root.iter(SVG + "rect")][1:]
        self.assertEqual(colors[1], colors[2])
        self.assertNotEqual(colors[0], colors[1])

    def test_nothing_is_drawn_outside(self):
        values = [figures.Spread(value, value, value * 3) for value in (0.5, 5.9, 7)]
        root = self.chart([("g", [(str(i), value) for i, value in enumerate(values)])])
        width, height = float(root.get("width")), float(root.get("height"))
        for line in root.iter(SVG + "line"):
            self.assertLessEqual(float(line.get("x2")), width)
            self.assertLessEqual(float(line.get("y2")), height)

    def test_no_figures_make_a_chart_without_bars(self):
        self.assertEqual(self.bars(self.chart([])), [])


class ReportTest(unittest.TestCase):
    SPREAD = {"median": 1.2, "min": 1.0, "max": 1.5}

    def result(self):
        figure = dict.fromkeys(
            ("cpu_us", "cpu_ratio", "rate", "rate_ratio", "p50_us", "p99_us", "bytes", "others"), self.SPREAD
        )
        absent = {**dict.fromkeys(figure), "errors": 3}
        return {
            "title": "keep-alive",
            "kind": "work",
            "left_out": {"nginx": "the package nginx-light is not installed"},
            "servers": {"robusto": {**figure, "errors": 0}, "broken": absent},
        }

    def test_columns_stand_below_their_heads(self):
        got = report.table(["", "a", "long"], [["name", "1", "2"], ["n", "100", "3"]])
        self.assertEqual(got, "        a  long\nname    1     2\nn     100     3")

    def test_says_the_spread_and_who_was_left_out(self):
        text = report.workload(self.result())
        self.assertIn("1.20 (1.00..1.50)", text)
        self.assertIn("left out: nginx: the package nginx-light is not installed\n", text)

    def test_a_server_without_figures_has_a_row_and_no_bar(self):
        text = report.workload(self.result())
        row = next(line for line in text.splitlines() if line.startswith("broken"))
        self.assertEqual(row.split()[1:4], ["-", "-", "-"])
        svg = report.chart({"small": self.result()}, "this machine")
        self.assertIn(">robusto</text>", svg)
        self.assertNotIn(">broken</text>", svg)

    def test_idle_and_calls_have_tables_of_their_own(self):
        idle = {"title": "idle", "kind": "idle", "left_out": {}}
        idle["servers"] = {"a": {"wakeups_per_second": 1.5, "cpu_us_per_second": 20}}
        self.assertIn("a         1.5        20", report.workload(idle))
        calls = {"title": "calls", "kind": "syscalls", "left_out": {}}
        calls["servers"] = {
            "a": {"requests": 10, "per_request": {"recvfrom": 1.0, "sendmsg": 0.5}},
            "b": {"error": "the package strace is not installed"},
        }
        text = report.workload(calls)
        self.assertIn("1.500   recvfrom 1.000, sendmsg 0.500", text)
        self.assertIn("the package strace is not installed", text)


if __name__ == "__main__":
    unittest.main()
