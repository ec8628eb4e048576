#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""MODULE.bazel and tools/core/MODULE.bazel agree: robusto_core is robusto without some of its dependencies."""

import pathlib
import unittest


def read(path):
    """What the file declares: the arguments of module(), and those of each bazel_dep() by its name."""
    declared = {"module": None, "deps": {}}

    def module(**arguments):
        declared["module"] = arguments

    def bazel_dep(name, dev_dependency=False, **arguments):
        if not dev_dependency:
            declared["deps"][name] = arguments

    def single_version_override(**unused):
        """Holds in the root module only, and so says nothing of what a user of the module gets."""

    exec(pathlib.Path(path).read_text(), {
        "module": module,
        "bazel_dep": bazel_dep,
        "single_version_override": single_version_override,
    })
    return declared


class ModuleVersionsTest(unittest.TestCase):
    def setUp(self):
        self.robusto = read("MODULE.bazel")
        self.core = read("tools/core/MODULE.bazel")

    def test_both_modules_have_the_same_version_and_ask_for_the_same_bazel(self):
        self.assertEqual(self.robusto["module"].pop("name"), "robusto")
        self.assertEqual(self.core["module"].pop("name"), "robusto_core")
        self.assertEqual(self.robusto["module"], self.core["module"])

    def test_every_dependency_of_the_core_is_robustos_in_the_same_version(self):
        self.assertTrue(self.core["deps"])
        for name, arguments in self.core["deps"].items():
            self.assertEqual(self.robusto["deps"].get(name), arguments, name)

    def test_only_the_libraries_of_admin_and_tools_are_left_out(self):
        self.assertEqual(
            set(self.robusto["deps"]) - set(self.core["deps"]),
            {"grpc", "prometheus-cpp", "protobuf", "spdlog"},
        )

    def test_the_programs_print_the_version(self):
        version = self.robusto["module"]["version"]
        source = pathlib.Path("tools/command_line/version.cc").read_text()
        self.assertIn(f'kVersion = "{version}";', source)

    def test_the_changelog_has_a_section_for_the_version(self):
        version = self.robusto["module"]["version"]
        self.assertIn(f"\n## [{version}]", pathlib.Path("CHANGELOG.md").read_text())


if __name__ == "__main__":
    unittest.main()
