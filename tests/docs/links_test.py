#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Every relative link in every document leads to a file or folder of the tree, and every anchor to a heading."""

import re
import unittest

import source_tree

LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
# Of these files the text refers to by name, in backticks; other names in backticks are code.
NAMED_FILE = re.compile(r"`((?:docs|queue|workers|http|admin|tools|tests|\.ci)/[\w./-]+\.(?:h|cc|py|md|sh|proto|pml|cfg|conf|yaml))`")


def anchor(heading):
    """The anchor that GitHub makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


class LinksTest(unittest.TestCase):
    def test_every_relative_link_resolves(self):
        broken, seen = [], 0
        for document in source_tree.documents():
            text = source_tree.CODE_FENCE.sub("", source_tree.read(document))
            for link in LINK.findall(text):
                if re.match(r"[a-z]+:", link):
                    continue
                seen += 1
                path, _, fragment = link.partition("#")
                target = (source_tree.ROOT / document.parent / path).resolve() if path else source_tree.ROOT / document
                if not target.is_relative_to(source_tree.ROOT) or not target.exists():
                    broken.append(f"{document}: {link}: no such file")
                elif fragment and fragment not in map(anchor, HEADING.findall(source_tree.read(target))):
                    broken.append(f"{document}: {link}: no such heading")
        self.assertGreater(seen, 100)
        self.assertEqual(broken, [])

    def test_every_file_that_is_named_exists(self):
        broken = [f"{document}: {name}" for document in source_tree.documents()
                  for name in NAMED_FILE.findall(source_tree.read(document))
                  if "PACKAGE" not in name and not (source_tree.ROOT / name).exists()]
        self.assertEqual(broken, [])


if __name__ == "__main__":
    unittest.main()
