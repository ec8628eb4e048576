# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Has Spin try every order of a model's steps. Skipped with the word SKIPPED where there is no Spin or no C compiler."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

GUARD_SECONDS = 250


class ModelTest(unittest.TestCase):
    def setUp(self):
        for name in ("spin", "gcc"):
            if shutil.which(name) is None:
                print(f"SKIPPED: {name} is not installed", flush=True)
                self.skipTest(f"{name} is not installed")

    def explore(self, model, names, formulas=()):
        """Yields how many errors there are, and what Spin said; an error ends it.

        Looks for end states in which a process is stuck and for assertions that do not hold; or, for each ltl of the model that
        `formulas` names, for runs in which that does not hold although each process that can go on does.
        """
        with tempfile.TemporaryDirectory() as directory:

            def run(*command):
                return subprocess.run(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                      encoding="utf-8", timeout=GUARD_SECONDS, check=True).stdout  # yapf: disable

            run("spin", *(f"-D{name}" for name in names.split()), "-a", str(pathlib.Path("tests/model", model).absolute()))
            kind = ["-DNFAIR=3"] if formulas else ["-DSAFETY"]
            run("gcc", "-O1", "-w", *kind, "-DCOLLAPSE", "-DMEMLIM=2000", "-o", "pan", "pan.c")
            for options in [["-a", "-f", "-N", formula] for formula in formulas] or [[]]:
                begin = time.monotonic()
                said = run("./pan", "-m100000", *options)
                errors = int(re.search(r"errors: ([0-9]+)", said)[1])
                states = int(re.search(r"([0-9]+) states, stored", said)[1])
                took = time.monotonic() - begin
                print(f"{model} {' '.join([names, *options])}: {states} states, {errors} errors, {took:.1f} s", flush=True)
                if errors == 0:
                    # Every state, and not as many as fitted.
                    self.assertNotIn("Search not completed", said)
                    self.assertNotIn("max search depth too small", said)
                yield errors, said

    def holds(self, model, names, formulas=()):
        with self.subTest(f"{model} {names}"):
            for errors, said in self.explore(model, names, formulas):
                self.assertEqual(errors, 0, said)

    def is_found(self, model, names, formulas=()):
        with self.subTest(f"{model} {names}"):
            for errors, _ in self.explore(model, names, formulas):
                self.assertEqual(errors, 1)
