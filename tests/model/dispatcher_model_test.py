#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Every order of the dispatcher's steps (dispatcher.pml, fairness.pml), and that what is broken on purpose is found."""

import unittest

import explore

# No work is left behind, and no thread waits for ever.
HOLD = [
    "PRODUCERS=1",
    "WORKERS=1 PRODUCERS=2",
    "PRODUCERS=1 WATCH_QUEUE=1",
    "PRODUCERS=1 RETIREMENTS=1",
    "PRODUCERS=1 DEADLINE",
    "WORKERS=1 PRODUCERS=1 ARRIVALS=1",
    "WORKERS=1 PRODUCERS=1 ARRIVALS=1 DEADLINE",
    "PRODUCERS=0 ARRIVALS=1",
    "PRODUCERS=0 ARRIVALS=2 BLOCKING_FOR_OTHERS",
    "WORKERS=1 PRODUCERS=0 ARRIVALS=2 BLOCKING WATCH_QUEUE=1",
    # A thread that never comes back from its poll keeps no other thread from ending, and no task from being taken or rejected.
    "WORKERS=1 PRODUCERS=1 POLL_HANGS DEADLINE",
]
# One step left out, or two exchanged.
BROKEN = [
    "PRODUCERS=1 BREAK_NO_LOOK_AFTER_PARKING",
    "PRODUCERS=1 BREAK_LOOK_BEFORE_PUSH",
    "PRODUCERS=1 BREAK_CLOSE_WAKES_NO_WORKER",
    "WORKERS=1 PRODUCERS=1 ARRIVALS=1 BREAK_NO_LOOK_BEFORE_POLL",
    "WORKERS=1 PRODUCERS=0 ARRIVALS=2 BLOCKING WATCH_QUEUE=1 BREAK_NO_VACANCY_RULE",
    "PRODUCERS=0 ARRIVALS=2 BLOCKING_FOR_OTHERS BREAK_WAKE_BEFORE_FAIRNESS_POLL",
    "PRODUCERS=1 POLL_HANGS BREAK_NO_LOOK_AFTER_PARKING",
]
# Streams do not keep the source from being polled.
FAIR = ["STREAMS=1", "WORKERS=2 STREAMS=2"]
UNFAIR = ["WORKERS=2 STREAMS=2 BREAK_NO_FAIRNESS_RULE", "BREAK_KEEPS_THE_LEAD"]


class DispatcherModelTest(explore.ModelTest):
    def test_no_thread_is_stuck_and_no_task_is_lost(self):
        for names in HOLD:
            self.holds("dispatcher.pml", names)

    def test_what_is_broken_is_found(self):
        for names in BROKEN:
            self.is_found("dispatcher.pml", names)

    def test_streams_leave_the_source_its_polls(self):
        for names in FAIR:
            self.holds("fairness.pml", names, ["polled", "served"])

    def test_what_is_unfair_is_found(self):
        for names in UNFAIR:
            self.is_found("fairness.pml", names, ["polled", "served"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
