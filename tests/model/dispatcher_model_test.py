#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Has Spin try every order of the dispatcher's steps (dispatcher.pml), and sees that it finds what is broken on purpose.

Skipped with the word SKIPPED where there is no Spin or no C compiler.
"""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

MODEL = pathlib.Path("tests/model/dispatcher.pml").absolute()
GUARD_SECONDS = 250

# A worker leaves nobody's work behind, and nobody waits for ever.
HOLD = [
    "PRODUCERS=1",
    "WORKERS=1 PRODUCERS=2",
    "PRODUCERS=1 WATCH_QUEUE=1",
    "PRODUCERS=1 RETIREMENTS=1",
    "PRODUCERS=1 DEADLINE",
    "WORKERS=1 PRODUCERS=1 ARRIVALS=1",
    "WORKERS=1 PRODUCERS=1 ARRIVALS=1 DEADLINE",
    "PRODUCERS=0 ARRIVALS=1",
    "WORKERS=1 PRODUCERS=0 ARRIVALS=2 BLOCKING WATCH_QUEUE=1",
]
# One step left out, or two exchanged.
BROKEN = [
    "PRODUCERS=1 BREAK_NO_LOOK_AFTER_PARKING",
    "PRODUCERS=1 BREAK_LOOK_BEFORE_PUSH",
    "PRODUCERS=1 BREAK_CLOSE_WAKES_NOBODY",
    "WORKERS=1 PRODUCERS=1 ARRIVALS=1 BREAK_NO_LOOK_BEFORE_POLL",
    "WORKERS=1 PRODUCERS=0 ARRIVALS=2 BLOCKING WATCH_QUEUE=1 BREAK_NO_VACANCY_RULE",
]


class DispatcherModelTest(unittest.TestCase):
    def setUp(self):
        for name in ("spin", "gcc"):
            if shutil.which(name) is None:
                print(f"SKIPPED: {name} is not installed", flush=True)
                self.skipTest(f"{name} is not installed")

    def explore(self, names):
        """How many errors and states there are; an error ends it."""
        with tempfile.TemporaryDirectory() as directory:

            def run(*command):
                return subprocess.run(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      encoding="utf-8", timeout=GUARD_SECONDS, check=True).stdout  # yapf: disable

            run("spin", *(f"-D{name}" for name in names.split()), "-a", str(MODEL))
            run("gcc", "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-DMEMLIM=2000", "-o", "pan", "pan.c")
            said = run("./pan", "-m100000")
        errors = int(re.search(r"errors: ([0-9]+)", said)[1])
        states = int(re.search(r"([0-9]+) states, stored", said)[1])
        print(f"{names}: {states} states, {errors} errors", flush=True)
        if errors == 0:
            # Every state, and not as many as fitted.
            self.assertNotIn("Search not completed", said)
            self.assertNotIn("max search depth too small", said)
        return errors, said

    def test_nobody_is_stuck_and_no_task_is_lost(self):
        for names in HOLD:
            with self.subTest(names):
                errors, said = self.explore(names)
                self.assertEqual(errors, 0, said)

    def test_what_is_broken_is_found(self):
        for names in BROKEN:
            with self.subTest(names):
                self.assertEqual(self.explore(names)[0], 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
