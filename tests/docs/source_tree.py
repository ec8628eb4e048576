# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The source tree, its BUILD files and its documents, for the tests in this folder.

These tests are about all files of the tree, also those that no target names. They therefore read the tree itself, which they
find through the link to README.md in their runfiles, and BUILD runs them every time and outside of the sandbox.
"""

import glob
import pathlib
import re

ROOT = pathlib.Path("README.md").resolve().parent

# Written by Bazel, by git, or by a developer for one machine.
_NOT_SOURCE = re.compile(r"(bazel-.*|\.git|__pycache__|user\.bazelrc|node_modules)")

CODE_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def read(path):
    """The text of a file of the tree; `path` is relative to its root."""
    return (ROOT / path).read_text(encoding="utf-8")


def files(*suffixes):
    """Paths of the tree's files whose names end with one of `suffixes`, relative to its root, sorted."""
    found, folders = [], [ROOT]
    while folders:
        for path in folders.pop().iterdir():
            if _NOT_SOURCE.fullmatch(path.name) or path.is_symlink():
                continue
            if path.is_dir():
                folders.append(path)
            elif path.name.endswith(suffixes):
                found.append(path.relative_to(ROOT))
    return sorted(found)


def documents():
    return files(".md")


def folders_with_build_files():
    """The packages of this workspace as strings; "" is the root's. tests/consumer is another workspace."""
    packages = [path.parent.as_posix() for path in files("BUILD") if path.name == "BUILD"]
    return ["" if package == "." else package for package in packages if not f"{package}/".startswith("tests/consumer/")]


class Target:
    """One rule of a BUILD file."""

    def __init__(self, package, kind, attributes, default_visibility):
        self.package, self.kind = package, kind
        self.name = attributes["name"]
        self.label = f"//{package}:{self.name}"
        self.sources = [source for attribute in ("hdrs", "srcs") for source in attributes.get(attribute, [])]
        self.headers = list(attributes.get("hdrs", []))
        self.deps = [_absolute(package, label) for attribute in ("deps", "actual", "implementation_deps")
                     for label in _list(attributes.get(attribute, []))]
        self.data = [_absolute(package, label) for label in attributes.get("data", [])]
        self.testonly = bool(attributes.get("testonly"))
        self.public = "//visibility:public" in attributes.get("visibility", default_visibility)

    def source_paths(self):
        """The sources that are files of the tree, relative to its root."""
        for source in self.sources:
            package, name = _absolute(self.package, source)[2:].split(":")
            path = pathlib.Path(package, name)
            if (ROOT / path).is_file():
                yield path


def targets():
    """All rules of all BUILD files."""
    return [target for package in folders_with_build_files() for target in targets_of(package)]


def targets_of(package):
    """All rules of one BUILD file."""
    # The language of BUILD files is a part of Python.
    rules = _Rules(package)
    exec(compile(read(f"{package}/BUILD" if package else "BUILD"), f"{package}/BUILD", "exec"), rules)
    return [Target(package, kind, attributes, rules.default_visibility) for kind, attributes in rules.calls]


def _list(value):
    return [value] if isinstance(value, str) else value


def _absolute(package, label):
    if label.startswith("@robusto//"):
        label = label[len("@robusto"):]
    if label.startswith("@"):
        return label
    if not label.startswith("//"):
        return f"//{package}:{label.lstrip(':')}"
    return label if ":" in label else f"{label}:{label.rsplit('/', 1)[1]}"


class _Rules(dict):
    """The names that a BUILD file may use: every name that is not Python's is a rule, whose calls are recorded."""

    def __init__(self, package):
        super().__init__(load=lambda *unused: None, package=self._set_defaults, glob=self._glob, exports_files=self._ignore,
                         licenses=self._ignore, select=self._select)
        self._package = package
        self.default_visibility, self.calls = [], []

    def __missing__(self, kind):
        return lambda **attributes: self.calls.append((kind, attributes))

    def _set_defaults(self, **attributes):
        self.default_visibility = attributes.get("default_visibility", [])

    def _glob(self, patterns, **unused):
        folder = ROOT / self._package
        return [str(pathlib.Path(path).relative_to(folder)) for pattern in patterns
                for path in glob.glob(str(folder / pattern), recursive=True)]

    @staticmethod
    def _ignore(*unused_arguments, **unused_attributes):
        pass

    @staticmethod
    def _select(branches):
        return [label for labels in branches.values() for label in labels]
