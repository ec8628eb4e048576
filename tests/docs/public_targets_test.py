#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The README's table of public targets has exactly the targets whose visibility is public, each with its header."""

import re
import unittest

import source_tree

# Bazel itself wants these to be public; they are no part of what the project offers.
NOT_OFFERED = {"//tools/deps:tsan_suppressions"}  # the value of --custom_malloc, which every program depends on


def readme_rows():
    """The label and the header's cell of each row."""
    return re.findall(r"^\| `@robusto(//[^`]+)` \| ([^|]+) \|", source_tree.read("README.md"), re.MULTILINE)


class PublicTargetsTest(unittest.TestCase):
    def test_the_table_is_the_set_of_public_targets(self):
        public = {target.label for target in source_tree.targets() if target.public} - NOT_OFFERED
        listed = [label for label, _ in readme_rows()]
        self.assertEqual(len(listed), len(set(listed)), "a label stands twice in the README's table")
        self.assertEqual(sorted(public - set(listed)), [], "public, but not in the README's table")
        self.assertEqual(sorted(set(listed) - public), [], "in the README's table, but not public")

    def test_each_row_names_a_header_of_its_target(self):
        targets = {target.label: target for target in source_tree.targets()}
        for label, cell in readme_rows():
            with self.subTest(label=label):
                target = targets[label]
                headers = {f"[{path}]({path})" for path in map(str, target.source_paths())}
                # Without sources of its own: a generated header, as it is included.
                if not headers:
                    self.assertRegex(cell, rf"^`robusto/{target.package}/\w+(\.grpc)?\.pb\.h`$")
                else:
                    self.assertIn(cell, headers)

    def test_the_consumer_builds_each_label(self):
        (labels,) = source_tree.targets_of("tests/consumer/readme_labels")
        self.assertEqual(sorted(labels.sources), sorted(f"@robusto{label}" for label, _ in readme_rows()))

    def test_a_public_target_needs_only_what_others_may_build(self):
        # A library that is visible is of no use to others when it needs one that is for tests.
        targets = {target.label: target for target in source_tree.targets()}
        wrong, todo, seen = [], [label for label, _ in readme_rows()], set()
        while todo:
            label = todo.pop()
            if label in seen or label not in targets:
                continue
            seen.add(label)
            if targets[label].testonly or targets[label].package.startswith("tests"):
                wrong.append(label)
            todo += targets[label].deps
        self.assertEqual(wrong, [])


class ExamplesTest(unittest.TestCase):
    """The README's programs are those that are built and run as tests."""

    BUILT = ("tests/consumer/ten_lines.cc", "tests/http/readme_example.cc", "tests/queue/readme_example.cc")

    def test_each_program_is_built(self):
        programs = re.findall(r"^```c\+\+\n(.*?)^```$", source_tree.read("README.md"), re.MULTILINE | re.DOTALL)
        self.assertEqual(len(programs), len(self.BUILT))
        built = [source_tree.read(path) for path in self.BUILT]
        for program in programs:
            # The README leaves out includes of other libraries.
            parts = program.split("\n\n", 1)
            self.assertTrue(any(all(part in text for part in parts) for text in built), program)


if __name__ == "__main__":
    unittest.main()
