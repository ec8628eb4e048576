# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Figures of several rounds: medians, and ratios to the floor of the same round."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Spread:
    """The median of several rounds, and the least and the most of them."""

    median: float
    least: float
    most: float

    def as_json(self):
        return {"median": self.median, "min": self.least, "max": self.most}


def spread(values):
    """The Spread of `values`, without those that are None; None when nothing is left."""
    values = [value for value in values if value is not None]
    if not values:
        return None
    return Spread(statistics.median(values), min(values), max(values))


def ratios(values, floors):
    """The Spread of each round's value to the floor's in that round.

    A round that one of the two lacks (None) or in which the floor's is 0 says nothing and is left
    out. The median of the ratios, not the ratio of the medians: what slows a whole round down slows
    down both.
    """
    return spread(
        value / floor if value is not None and floor else None
        for value, floor in zip(values, floors, strict=True)
    )


def rotations(names, rounds):
    """The order of each round: everybody comes first, and after everybody else, as often as may be."""
    return [names[i % len(names):] + names[: i % len(names)] for i in range(rounds)]
