# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""What wrk counted, from the line that load.lua writes at the end."""

import dataclasses
import re


@dataclasses.dataclass(frozen=True)
class WrkResult:
    """One run of wrk. A connection that was refused or broke, and an answer other than 2xx, is an
    error.

    A time of 0 is one that wrk does not know: it corrects its counts for requests that it could not
    send in time, and then may not find the hundredth part of them.
    """

    requests: int
    seconds: float
    bytes: int
    errors: int
    mean_us: float
    p50_us: float
    p90_us: float
    p99_us: float
    max_us: float

    @property
    def rate(self):
        return self.requests / self.seconds


def parse(text):
    """The WrkResult in what wrk wrote; ValueError where there is none."""
    lines = [line for line in text.splitlines() if line.startswith("wrk: ")]
    if len(lines) != 1:
        raise ValueError(f"wrk did not come to its end; it wrote:\n{text.strip()}")
    number = {name: float(value) for name, value in re.findall(r"(\w+)=([0-9.]+)", lines[0])}
    try:
        return WrkResult(
            requests=int(number["requests"]),
            seconds=number["duration_us"] / 1e6,
            bytes=int(number["bytes"]),
            errors=int(sum(number[kind] for kind in ("connect", "read", "write", "status", "timeout"))),
            **{name: number[name] for name in ("mean_us", "p50_us", "p90_us", "p99_us", "max_us")},
        )
    except KeyError as missing:
        raise ValueError(f"no {missing} in: {lines[0]}") from None
