#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Documents do not speak of threads, sockets and callers as of persons."""

import pathlib
import re
import unittest

import source_tree

PERSON = re.compile(r"\b(nobody|whoever|somebody|someone|everybody|everyone|anybody|anyone|he|him|his|himself)\b", re.IGNORECASE)

# Not rewritten yet.
EXEMPT = {pathlib.Path("docs/concurrency.md"), pathlib.Path("tests/model/README.md")}


class ProseTest(unittest.TestCase):
    def test_no_word_for_a_person(self):
        documents = set(source_tree.documents())
        self.assertGreater(len(documents), 15)
        self.assertLessEqual(EXEMPT, documents)
        found = [f"{document}:{number}: {match[0]}" for document in sorted(documents - EXEMPT)
                 for number, line in enumerate(source_tree.read(document).splitlines(), 1) for match in PERSON.finditer(line)]
        self.assertEqual(found, [])


if __name__ == "__main__":
    unittest.main()
