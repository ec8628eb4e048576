# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""What was measured (measurements.py), for people: tables and a chart."""

import bar_chart
import figures


def table(header, rows):
    """Columns as wide as they must be: the first to the left, numbers to the right."""
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]

    def text(line):
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:], widths[1:])]
        return "  ".join(cells).rstrip()

    return "\n".join(map(text, lines))


def number(value, digits=2):
    return "-" if value is None else f"{value:.{digits}f}"


def median(spread, digits=2, scale=1.0):
    """The median alone."""
    return "-" if spread is None else number(spread["median"] * scale, digits)


def spread(value, digits=2, scale=1.0):
    """The median, and in brackets the least and the most."""
    if value is None:
        return "-"
    ends = "..".join(number(value[end] * scale, digits) for end in ("min", "max"))
    return f"{number(value['median'] * scale, digits)} ({ends})"


def _work(servers):
    header = ["", "CPU us/request", "CPU / floor", "requests/s", "rate / floor", "p50 us", "p99 us"]
    header += ["bytes", "others' CPU %", "errors"]
    rows = [
        [
            name,
            median(one["cpu_us"]),
            spread(one["cpu_ratio"]),
            median(one["rate"], 0),
            spread(one["rate_ratio"]),
            median(one["p50_us"], 0),
            median(one["p99_us"], 0),
            median(one["bytes"], 0),
            median(one["others"], 0, 100),
            str(one["errors"]),
        ]
        for name, one in servers.items()
    ]
    return table(header, rows)


def _latency(servers):
    header = ["", "mean ms", "p50 ms", "p99 ms", "most ms", "errors"]
    rows = [
        [
            name,
            *(spread(one[figure], 3, 1e-3) for figure in ("mean_us", "p50_us", "p99_us", "max_us")),
            str(one["errors"]),
        ]
        for name, one in servers.items()
    ]
    return table(header, rows)


def _idle(servers):
    header = ["", "wake-ups/s", "CPU us/s"]
    rows = [
        [name, number(one["wakeups_per_second"], 1), number(one["cpu_us_per_second"], 0)]
        for name, one in servers.items()
    ]
    return table(header, rows)


def _syscalls(servers):
    rows = []
    for name, one in servers.items():
        calls = one.get("per_request", {})
        each = ", ".join(f"{call} {count:.3f}" for call, count in calls.items())
        count = str(one.get("requests", "-"))
        total = number(sum(calls.values()) if calls else None, 3)
        rows.append([name, count, total, " " + (one.get("error") or each)])
    width = max((len(row[-1]) for row in rows), default=0)
    rows = [[*row[:-1], row[-1].ljust(width)] for row in rows]
    return table(["", "requests", "calls/request", " of these".ljust(width)], rows)


_NOTES = {
    "latency": "(beyond the 10 ms that were asked for)",
    "syscalls": "(strace slows the server down: calls that depend on waiting are others without it)",
}


def workload(result):
    """The table of one workload, with its title and who was left out, and why."""
    text = {
        "work": _work,
        "latency": _latency,
        "blocked": _latency,
        "idle": _idle,
        "syscalls": _syscalls,
    }[result["kind"]](result["servers"])
    lines = [" ".join([result["title"], _NOTES.get(result["kind"], "")]).rstrip(), text]
    lines += [f"left out: {name}: {why}" for name, why in result["left_out"].items()]
    return "\n".join(lines) + "\n"


def chart(results, machine):
    """An SVG of processor time per request beside the floor, of all workloads that have it."""
    groups = []
    for result in results.values():
        if result["kind"] != "work":
            continue
        bars = [
            (name, figures.Spread(*(one["cpu_ratio"][end] for end in ("median", "min", "max"))))
            for name, one in result["servers"].items()
            if one["cpu_ratio"] is not None
        ]
        if bars:
            groups.append((result["title"], bars))
    return bar_chart.render(f"CPU time per request, beside a bare epoll server = 1 ({machine})", groups)
