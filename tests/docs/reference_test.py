#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""What the documents say of flags, metrics, threads, locks and functions is what programs and sources have."""

import http.client
import pathlib
import re
import subprocess
import sys
import time
import unittest

sys.path.append("tests/integration")

import server_process
import source_tree

ROBUSTOCTL = str(pathlib.Path("tools/robustoctl/robustoctl").absolute())

# Of programs that are not this project's: Bazel, valgrind.
FLAGS_OF_OTHERS = {"config", "cxxopt", "disk_cache", "test_env", "test_filter", "test_output", "tool"}

CODE_SPAN = re.compile(r"`([^`\n]+)`")


def table(document, heading):
    """The rows of the first table below a heading, each a list of cells."""
    text = source_tree.read(document)
    section = text[text.index(f"\n## {heading}\n"):]
    rows = re.search(r"^\|[-|]+\|\n((?:\|.*\n)+)", section, re.MULTILINE)[1]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows.splitlines()]


def product_sources():
    """The text of each source of what a server is made of, by its path."""
    return {path: source_tree.read(path) for path in source_tree.files(".h", ".cc")
            if path.parts[0] in ("admin", "http", "queue", "workers") or path.parts[:2] == ("tools", "server")}


def help_flags(binary, *arguments):
    """The flags in a program's help, with their defaults."""
    text = subprocess.run([binary, *arguments], stdout=subprocess.PIPE, timeout=server_process.GUARD_SECONDS,
                          encoding="utf-8", check=False).stdout
    return dict(re.findall(r"^  --(\w+)(?:=(.*))?$", text, re.MULTILINE))


def robustoctl_flags():
    flags = help_flags(ROBUSTOCTL, "help")
    text = subprocess.run([ROBUSTOCTL, "help"], stdout=subprocess.PIPE, encoding="utf-8", check=True,
                          timeout=server_process.GUARD_SECONDS).stdout
    commands = re.search(r"\n\n((?:  [a-z].*\n)+)", text)[1]
    for command in set(re.findall(r"^  ([a-z]+)", commands, re.MULTILINE)) - {"help"}:
        flags.update(help_flags(ROBUSTOCTL, "help", command))
    return flags


class FlagsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = help_flags(server_process.SERVER, "--help")

    def test_every_flag_that_a_document_names_exists(self):
        self.assertGreater(len(self.server), 30)
        known = set(self.server) | set(help_flags(server_process.TESTBED, "--help")) | set(robustoctl_flags()) | FLAGS_OF_OTHERS
        # Programs of the tests and benchmarks.
        for path in source_tree.files(".py", ".cc"):
            if path.parts[0] == "tests" and path.parts[1] != "docs":
                known.update(re.findall(r"add_argument\(\s*\"--(\w+)", source_tree.read(path)))
                known.update(re.findall(r"^ABSL_FLAG\([^,]+, (\w+)", source_tree.read(path), re.MULTILINE))
        known.update(("help", "version"))
        unknown = []
        for document in source_tree.documents():
            # Fences without a language are drawings, in which "--" is a line.
            text = source_tree.CODE_FENCE.sub(lambda fence: "" if fence[0].startswith("```\n") else fence[0],
                                              source_tree.read(document))
            unknown += [f"{document}: --{flag}" for flag in re.findall(r"(?<![\w-])--([a-z]\w+)", text) if flag not in known]
        self.assertEqual(unknown, [])

    def assert_default(self, place, flag, value):
        if flag in self.server:
            self.assertEqual(self.server[flag] or "", value, f"{place}: the default of --{flag}")
            self.defaults_seen += 1

    def test_defaults_are_right(self):
        self.defaults_seen = 0
        for cells in table("docs/threat_model.md", "What holds"):
            for flag, value in re.findall(r"`--(\w+)=([^`]*)`", cells[2]):
                self.assert_default("docs/threat_model.md", flag, value)
        readme = source_tree.CODE_FENCE.sub("", source_tree.read("README.md"))
        for flag, value in re.findall(r"`--(\w+)=([^`]*)`", readme):
            self.assert_default("README.md", flag, value)
        for document in source_tree.documents():
            for flag, value in re.findall(r"`--(\w+)` \(default ([^)]+)\)", source_tree.read(document)):
                self.assert_default(document, flag, re.sub(r"^0 ?s$", "0", value.replace(" ", "")))
        self.assertGreaterEqual(self.defaults_seen, 20)


class MetricsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with server_process.ServerProcess(binary=server_process.TESTBED, metrics="127.0.0.1:0") as testbed:
            # The first refusal makes its metric; the answer comes after it is counted.
            connection = http.client.HTTPConnection(testbed.host, testbed.port, timeout=server_process.GUARD_SECONDS)
            connection.request("GET", "/plaintext", headers={"Content-Length": "x"})
            connection.getresponse().read()
            connection.close()
            metrics = http.client.HTTPConnection(testbed.metrics_url[len("http://"):].rstrip("/"),
                                                 timeout=server_process.GUARD_SECONDS)
            metrics.request("GET", "/metrics")
            cls.text = metrics.getresponse().read().decode()
            metrics.close()
        cls.families = set(re.findall(r"^# TYPE (robusto_\w+)", cls.text, re.MULTILINE))

    def test_the_table_has_every_metric_and_no_other(self):
        documented = [name for cells in table("docs/operations.md", "What the metrics mean")
                      for name in re.findall(r"`(robusto_\w+)(?:\{\w+\})?`", cells[0])]
        self.assertEqual(sorted(documented), sorted(self.families))

    def test_every_value_of_a_label_is_explained(self):
        for cells in table("docs/operations.md", "What the metrics mean"):
            for name, label in re.findall(r"`(robusto_\w+)\{(\w+)\}`", cells[0]):
                values = set(re.findall(rf'^{name}\{{(?:[^}}]*,)?{label}="([^"]*)"', self.text, re.MULTILINE))
                with self.subTest(metric=name):
                    self.assertGreater(len(values), 0)
                    if label != "reason":
                        self.assertEqual(values - set(CODE_SPAN.findall(cells[1])), set())

    def test_every_metric_that_is_named_elsewhere_exists(self):
        # Made by a rule of the adapter for Kubernetes.
        made = set(re.findall(r"^ *as: \"?(robusto_\w+)", source_tree.read("tools/deploy/kubernetes/prometheus_adapter.yaml"), re.MULTILINE))
        known = self.families | made
        unknown = []
        for path in [*source_tree.documents(), *source_tree.files(".yaml", ".cfg", ".conf")]:
            for name in re.findall(r"\brobusto_(?:http|pool|queue|service|tasks)_\w+", source_tree.read(path)):
                if name not in known and re.sub(r"_(bucket|sum|count)$", "", name) not in self.families:
                    unknown.append(f"{path}: {name}")
        self.assertEqual(unknown, [])


class ThreadsTest(unittest.TestCase):
    """Names of threads: without the number that a pool gives to each."""

    @staticmethod
    def documented(always=False):
        """Those of all threads, or of the ones that always run."""
        return {re.sub(r"-\d+$", "", name) for cells in table("docs/concurrency.md", "Threads")
                for name in CODE_SPAN.findall(cells[0]) if not always or "when needed" not in cells[1]}

    def test_every_documented_thread_runs(self):
        expected = self.documented(always=True)
        self.assertGreater(len(expected), 4)
        deadline = time.monotonic() + server_process.GUARD_SECONDS
        with server_process.ServerProcess(admin="127.0.0.1:0", metrics="127.0.0.1:0") as server:
            # A thread sets its name itself, and may not have done so when the server says that it listens.
            while missing := expected - self.running(server.pid):
                self.assertLess(time.monotonic(), deadline, f"no thread is called {missing}")

    @staticmethod
    def running(pid):
        """The names of the process's threads, which may end meanwhile."""
        names = set()
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            try:
                names.add(re.sub(r"-\d+$", "", (task / "comm").read_text().strip()))
            except OSError:
                pass
        return names

    def test_every_name_that_the_source_sets_is_documented(self):
        named = set()
        for text in product_sources().values():
            named.update(re.findall(r'pthread_setname_np\(pthread_self\(\), "([^"]+)"\)', text))
            # Pools: their workers, and their supervisor.
            for pool in re.findall(r'(?:std::string name|pool\.name) = "([^"]+)"', text):
                named.update((pool, f"{pool}-sup"))
        self.assertIn("worker", named)
        self.assertEqual(named - self.documented(), set())


class LocksTest(unittest.TestCase):
    LOCK = re.compile(r"^(\s*)(?:alignas\([^)]*\)\s+)?(?:mutable\s+)?(?:\w+::)*(?:\w*Mutex|mutex|QueueLock)\s+(\w+)\b[^(]*;")
    CLASS = re.compile(r"^(\s*)(?:class|struct)\s+(?:ABSL_\w+(?:\([^)]*\))?\s+)?([\w:]+)[^;]*$")

    def in_source(self):
        found = set()
        for text in product_sources().values():
            around = []
            for line in text.splitlines():
                if match := self.CLASS.match(line):
                    around = [(indent, name) for indent, name in around if indent < len(match[1])]
                    around.append((len(match[1]), match[2]))
                elif match := self.LOCK.match(line):
                    owners = [name for indent, name in around if indent < len(match[1])]
                    # A class that is a lock itself is listed by its users.
                    if owners and not re.search(r"Mutex|Lock|CondVar", owners[-1]):
                        found.add("::".join([*owners, match[2]]))
        return found

    def test_the_table_has_every_lock_and_no_other(self):
        documented = {name for cells in table("docs/concurrency.md", "Locks") for name in CODE_SPAN.findall(cells[0])}
        self.assertGreater(len(documented), 10)
        self.assertEqual(sorted(documented), sorted(self.in_source()))

    def test_what_may_be_taken_under_a_lock_stands_below_it(self):
        rows = table("docs/concurrency.md", "Locks")
        for number, cells in enumerate(rows):
            below = {name for row in rows[number + 1:] for name in CODE_SPAN.findall(row[0])}
            self.assertEqual(set(CODE_SPAN.findall(cells[2])) - below, set(), f"under {cells[0]}")


class PlacesTest(unittest.TestCase):
    def test_every_function_is_in_the_file_that_is_named_for_it(self):
        # [connection.cc](../http/connection/connection.cc): `Connection::OnEvent`, `Drive`
        places = re.compile(r"\]\(([^)\s]+\.(?:cc|h))\): ((?:`[\w:]+`(?:, )?)+)")
        missing, seen = [], 0
        for document in source_tree.documents():
            for file, names in places.findall(source_tree.read(document)):
                text = (source_tree.ROOT / document.parent / file).read_text(encoding="utf-8")
                for name in CODE_SPAN.findall(names):
                    seen += 1
                    if not re.search(rf"\b{name.rsplit('::', 1)[-1]}\b", text):
                        missing.append(f"{document}: {file} has no {name}")
        self.assertGreater(seen, 60)
        self.assertEqual(missing, [])


class InvariantsTest(unittest.TestCase):
    def test_every_range_of_invariants_is_the_one_in_its_header(self):
        # C1-C5 in [http/connection/connection.h](../http/connection/connection.h)
        ranges = re.findall(r"\b([A-Z])1-\1(\d+)\s+in\s+\[([^\]]+\.h)\]", source_tree.read("docs/concurrency.md"))
        self.assertGreater(len(ranges), 4)
        for letter, last, header in ranges:
            with self.subTest(header=header):
                numbers = {int(number) for number in re.findall(rf"^//.*\({letter}(\d+)\) ", source_tree.read(header), re.MULTILINE)}
                self.assertEqual(numbers, set(range(1, int(last) + 1)))


class ProofsTest(unittest.TestCase):
    def test_every_test_that_the_threat_model_names_exists(self):
        tests = "\n".join(source_tree.read(path) for path in source_tree.files(".cc", ".py") if path.parts[0] == "tests")
        missing, seen = [], 0
        for cells in table("docs/threat_model.md", "What holds"):
            for suite, name in re.findall(r"`(?:(\w+Test)\.)?([A-Z]\w+)(?:\.\.\.)?`", cells[3]):
                seen += 1
                if not re.search(rf"\b{suite}\b", tests) or not re.search(rf"\b{name}", tests):
                    missing.append(f"{suite}.{name}")
        self.assertGreater(seen, 25)
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
