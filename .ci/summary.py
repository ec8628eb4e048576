#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Counts the test cases in a directory of Bazel's test.xml files.

Prints the failed ones by name, and then 'N passed, N failed' (and ', N skipped' if any were) alone on
the last line. Exits with 1 when one failed or when there was none at all.
"""

import pathlib
import sys
import xml.etree.ElementTree


def main(testlogs):
    passed, failed, skipped = 0, [], 0
    for path in sorted(testlogs.rglob("test.xml")):
        target = "//" + path.parent.relative_to(testlogs).as_posix()
        try:
            cases = list(xml.etree.ElementTree.parse(path).iter("testcase"))
        except xml.etree.ElementTree.ParseError as error:
            failed.append(f"{target}: unreadable result: {error}")
            continue
        for case in cases:
            name = f"{target}: {case.get('classname', '')}.{case.get('name', '')}"
            if case.find("failure") is not None or case.find("error") is not None:
                failed.append(name)
            elif case.find("skipped") is not None or case.get("status") == "notrun":
                skipped += 1
            else:
                passed += 1
    for name in failed:
        print("FAILED", name)
    skips = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {len(failed)} failed{skips}")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
