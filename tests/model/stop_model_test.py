#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Every order of the steps by which a pool stops (stop.pml), and that what is broken on purpose is found."""

import unittest

import explore

# Every call returns, and every task is accounted for.
HOLD = [
    "FIRST=QUICK REQUEST",
    "FIRST=QUICK SECOND=QUICK FINITE=1",
    "FIRST=QUICK SECOND=QUICK STOPS=2",
    "FIRST=HANGS SECOND=QUICK FINITE=1",
    "FIRST=HANGS STOPS=2 FINITE=1",
    "FIRST=DEAF SECOND=QUICK FINITE=1",
    "FIRST=DEAF STOPS=2 FINITE=1",
    "FIRST=STOPPER SECOND=QUICK",
    "WORKERS=2 FIRST=STOPPER SECOND=STOPPER",
    "WORKERS=2 FIRST=STOPPER SECOND=HANGS FINITE=1",
    # A thread hangs without a task, and the owner finishes and frees the event loop.
    "FIRST=QUICK FINITE=1 POLLS POLL_HANGS",
    "WORKERS=2 FIRST=QUICK FINITE=1 POLLS POLL_HANGS",
    "FIRST=DONE_HANGS SECOND=QUICK FINITE=1",
    "FIRST=QUICK FINITE=1 SUPERVISOR_HANGS",
    "FIRST=DEAF SECOND=QUICK FINITE=1 REJECT_HANGS",
]
# One step left out, or two exchanged.
BROKEN = [
    "FIRST=QUICK BREAK_COUNT_AFTER_CHECK",
    "FIRST=QUICK SECOND=QUICK FINITE=1 BREAK_CLOSE_LEAVES_PRODUCERS",
    "FIRST=QUICK REQUEST BREAK_REQUEST_IS_SPENT",
    "FIRST=DEAF STOPS=2 FINITE=1 BREAK_OWN_DEADLINE",
    "FIRST=HANGS FINITE=1 BREAK_NO_WAIT_FOR_PINS",
    "FIRST=STOPPER BREAK_WAITS_FOR_ITSELF",
    "FIRST=STOPPER SECOND=QUICK BREAK_NO_WORKER_IS_LEFT",
    "FIRST=QUICK FINITE=1 POLLS POLL_HANGS BREAK_COUNTS_TASKS_ONLY",
    "FIRST=DONE_HANGS FINITE=1 BREAK_COUNTS_TASKS_ONLY",
    "FIRST=QUICK FINITE=1 POLLS POLL_HANGS BREAK_FINISH_WITHOUT_A_LOOK",
    "FIRST=QUICK FINITE=1 POLLS BREAK_POLLS_AFTER_CLOSE",
    "FIRST=QUICK FINITE=1 SUPERVISOR_HANGS BREAK_JOINS_SUPERVISOR",
    "FIRST=DEAF SECOND=QUICK FINITE=1 REJECT_HANGS BREAK_STOP_REJECTS_ITSELF",
]


class StopModelTest(explore.ModelTest):
    def test_every_call_returns_and_every_task_is_accounted_for(self):
        for names in HOLD:
            self.holds("stop.pml", names)

    def test_what_is_broken_is_found(self):
        for names in BROKEN:
            self.is_found("stop.pml", names)


if __name__ == "__main__":
    unittest.main(verbosity=2)
