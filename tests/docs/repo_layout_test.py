#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""docs/repo_layout.md has one row per folder, and folders use each other in its direction only."""

import collections
import re
import unittest

import source_tree

LAYOUT = "docs/repo_layout.md"
# Headers below tests/ have no prefix.
OWN_INCLUDE = re.compile(r'^#include "(?:robusto/)?([^"]+)"', re.MULTILINE)


def rows():
    """The folders in the first column of the table, in order, as they are named in the link and in its text."""
    return [(text.rstrip("/"), link) for text, link in
            re.findall(r"^\| \[([^\]]+)\]\(\.\./([^)]+)\)", source_tree.read(LAYOUT), re.MULTILINE)]


def floors():
    """The lines of the list under "Direction", each a list of folders."""
    block = re.search(r"^## Direction$.*?^```\n(.*?)^```$", source_tree.read(LAYOUT), re.MULTILINE | re.DOTALL)
    return [line.split(", ") for line in block[1].splitlines()]


def product_targets():
    return [target for target in source_tree.targets()
            if not target.testonly and not target.package.startswith("tests") and target.package]


def used_folders():
    """For each folder of the product the folders that it uses, with a label of each that says why."""
    used = collections.defaultdict(dict)
    for target in product_targets():
        for dep in target.deps:
            folder = dep[2:].split(":")[0]
            if dep.startswith("//") and folder != target.package:
                used[target.package].setdefault(folder, f"{target.label} needs {dep}")
    return used


class RowsTest(unittest.TestCase):
    def test_each_folder_with_a_build_file_has_exactly_one_row(self):
        named = collections.Counter(folder for folder, _ in rows())
        self.assertEqual([folder for folder, count in named.items() if count > 1], [])
        missing = []
        for folder in source_tree.folders_with_build_files():
            mirrored = re.sub(r"^tests/(benchmarks/)?", "", folder)
            if folder and folder not in named and (mirrored == folder or mirrored not in named):
                missing.append(folder)
        self.assertEqual(missing, [], f"no row in {LAYOUT}")

    def test_each_row_names_a_folder(self):
        for folder, link in rows():
            with self.subTest(folder=folder):
                self.assertEqual(folder, link)
                self.assertTrue((source_tree.ROOT / folder).is_dir(), f"{LAYOUT} names a folder that does not exist")


class DirectionTest(unittest.TestCase):
    def test_a_folder_uses_only_folders_on_earlier_lines(self):
        floor_of = {folder: floor for floor, line in enumerate(floors()) for folder in line}
        wrong = []
        for folder, used in sorted(used_folders().items()):
            for other, why in sorted(used.items()):
                if folder not in floor_of or other not in floor_of:
                    wrong.append(f"{why}, and one of the two folders is not in the list")
                elif floor_of[other] >= floor_of[folder]:
                    wrong.append(f"{why}, whose folder is not on an earlier line")
        self.assertEqual(wrong, [], f"see the list under Direction in {LAYOUT}")

    def test_no_cycle_between_folders(self):
        used = used_folders()
        finished, under_way = set(), []

        def visit(folder):
            if folder in under_way:
                self.fail("cycle: " + " -> ".join([*under_way[under_way.index(folder):], folder]))
            if folder in finished:
                return
            under_way.append(folder)
            for other in sorted(used.get(folder, ())):
                visit(other)
            finished.add(under_way.pop())

        for folder in sorted(used):
            visit(folder)

    def test_http_and_admin_do_not_use_each_other(self):
        wrong = [why for folder, used in used_folders().items() for other, why in used.items()
                 if {folder.split("/")[0], other.split("/")[0]} == {"admin", "http"}]
        self.assertEqual(wrong, [])


class IncludesTest(unittest.TestCase):
    """What clang's layering_check does in --config=clang, for headers of this repository, in every build."""

    def test_each_included_header_is_of_a_direct_dependency(self):
        targets = source_tree.targets()
        owners = collections.defaultdict(set)
        for target in targets:
            for path in target.source_paths():
                owners[path.as_posix()].add(target.label)
        wrong, seen = [], 0
        for target in targets:
            allowed = {target.label, *target.deps}
            for path in target.source_paths():
                if path.suffix not in (".cc", ".h"):
                    continue
                for header in OWN_INCLUDE.findall(source_tree.read(path)):
                    if header not in owners:
                        continue  # of another library, or generated
                    seen += 1
                    if not owners[header] & allowed:
                        wrong.append(f"{path} includes {header}, but {target.label} has none of "
                                     f"{', '.join(sorted(owners[header]))} in deps")
        self.assertGreater(seen, 500)
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
