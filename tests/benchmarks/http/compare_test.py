#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The parts of compare.py that measure nothing: what it makes of what was measured."""

import unittest
import xml.etree.ElementTree

import bar_chart
import figures
import report
import strace_output
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
