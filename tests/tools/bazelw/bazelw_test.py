#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""bazelw's choice, on machines made of scripts: a PATH that has these, the shell's own tools, and nothing else."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

BAZELW = pathlib.Path("bazelw").absolute()

PACKAGES = """bazel-bootstrap bazel-platforms bazel-rules-java bazel-rules-proto bazel-skylib g++ libabsl-dev libgmock-dev
libgrpc++-dev libgtest-dev libprotobuf-dev libspdlog-dev pkg-config prometheus-cpp-dev protobuf-compiler
protobuf-compiler-grpc""".split()

# What Debian 12, Debian sid and Ubuntu 22.04 have; other packages are of version 1.
DEBIAN_12 = {"bazel-bootstrap": "4.2.3+ds-9", "libabsl-dev": "20220623.1-1+deb12u2", "libgrpc++-dev": "1.51.1-3+b1"}
DEBIAN_SID = {"bazel-bootstrap": "7.7.1+ds-8+b1", "libabsl-dev": "20260526.0-2+b1", "libgrpc++-dev": "1.51.1-10+b1"}
UBUNTU_2204 = {"bazel-bootstrap": "3.5.1+ds-4", "libabsl-dev": "0~20210324.2-2", "libgrpc++-dev": "1.30.2-3build6"}

# Says by which name it was called with what.
BAZEL = """#!/bin/sh
if [ "$1" = --version ]; then echo "bazel @version@"; exit; fi
echo "ran: @name@ $* (USE_BAZEL_VERSION=$USE_BAZEL_VERSION)"
"""


class Machine:
    """A PATH, and a directory that stands for the package database."""

    def __init__(self, test):
        self.root = pathlib.Path(tempfile.mkdtemp())
        test.addCleanup(shutil.rmtree, self.root)
        self.bin = self.root / "bin"
        self.bin.mkdir()
        for tool in ("bash", "cat", "cp", "dirname", "env", "grep", "mktemp", "rm", "sed", "sh", "tail"):
            (self.bin / tool).symlink_to(shutil.which(tool))

    def script(self, name, text):
        self.write(self.bin / name, text)

    @staticmethod
    def write(path, text):
        path.write_text(text)
        path.chmod(0o755)

    def bazel(self, name, version):
        self.script(name, BAZEL.replace("@name@", name).replace("@version@", version))

    def distribution(self, versions, installed=True, bazel="no_version"):
        """apt and dpkg of a distribution whose packages have these versions."""
        (self.bin / "dpkg").symlink_to(shutil.which("dpkg"))
        lines = "".join(f"ii {package} {versions.get(package, '1')}\n" for package in PACKAGES)
        (self.root / "all").write_text(lines)
        (self.root / "installed").write_text(lines if installed else "")
        # Not in PATH: bazelw asks dpkg where it is.
        (self.root / "distro/bin").mkdir(parents=True)
        self.write(self.root / "distro/bin/bazel", BAZEL.replace("@name@", "distro-bazel").replace("@version@", bazel))
        self.script("dpkg-query", f"""#!/bin/sh
case $1 in
  -W) cat {self.root}/installed ;;
  -L) [ -s {self.root}/installed ] && echo {self.root}/distro/bin/bazel ;;
esac
""")
        self.script("apt-cache", f"""#!/bin/sh
sed -n "s/^ii $2 /  Candidate: /p" {self.root}/all
""")
        self.script("apt-get", f"""#!/bin/sh
case "$*" in *" install "*) cat {self.root}/all >{self.root}/installed ;; esac
""")
        self.script("sudo", '#!/bin/sh\nexec "$@"\n')

    def run(self, *arguments, **environment):
        """What was run, the lines on stderr, and the exit code."""
        result = subprocess.run(
            [BAZELW, *arguments], env={"PATH": str(self.bin), **environment}, capture_output=True, text=True, check=False)
        return result.stdout.strip(), result.stderr, result.returncode


class BazelwTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine(self)

    def test_the_distribution_is_chosen_where_its_packages_suffice(self):
        self.machine.distribution(DEBIAN_12)
        ran, said, code = self.machine.run("test", "//...")
        self.assertEqual((ran, code), ("ran: distro-bazel test //... (USE_BAZEL_VERSION=)", 0))
        self.assertEqual(said.count("\n"), 1, said)
        self.assertIn("using the distribution's Bazel", said)

    def test_neither_bazelisk_nor_another_bazel_changes_that(self):
        self.machine.distribution(DEBIAN_12)
        self.machine.bazel("bazelisk", "8.4.0")
        self.machine.bazel("bazel", "8.4.0")
        self.assertIn("ran: distro-bazel build", self.machine.run("build")[0])

    def test_missing_packages_are_installed(self):
        self.machine.distribution(DEBIAN_12, installed=False)
        ran, said, _ = self.machine.run("build")
        self.assertIn("ran: distro-bazel build", ran)
        self.assertIn(f"bazelw:   {' '.join(PACKAGES)}\n", said)

    def test_package_lists_that_are_empty_are_updated_first(self):
        self.machine.distribution(DEBIAN_12, installed=False)
        (self.machine.root / "all").rename(self.machine.root / "archive")
        self.machine.script("apt-cache", f"""#!/bin/sh
[ ! -e {self.machine.root}/all ] || sed -n "s/^ii $2 /  Candidate: /p" {self.machine.root}/all
""")
        self.machine.script("apt-get", f"""#!/bin/sh
case "$*" in
  *" update"*) cp {self.machine.root}/archive {self.machine.root}/all ;;
  *" install "*) cat {self.machine.root}/all >{self.machine.root}/installed ;;
esac
""")
        ran, said, _ = self.machine.run("build")
        self.assertIn("ran: distro-bazel build", ran)
        self.assertIn("updating the package lists", said)

    def test_the_distributions_bazel_7_is_made_to_read_workspace(self):
        self.machine.distribution(DEBIAN_SID, bazel="7.7.1")
        ran, _, _ = self.machine.run("build")
        self.assertEqual(
            ran, f"ran: distro-bazel --bazelrc={BAZELW.parent}/tools/deps/distro.bazelrc build (USE_BAZEL_VERSION=)")

    def test_modules_are_chosen_on_demand(self):
        self.machine.distribution(DEBIAN_12)
        self.machine.bazel("bazelisk", "8.4.0")
        ran, said, _ = self.machine.run("build", ROBUSTO_MODULES="1")
        self.assertEqual(ran, "ran: bazelisk build (USE_BAZEL_VERSION=7.7.1)")
        self.assertIn("because ROBUSTO_MODULES is 1", said)
        ran, _, _ = self.machine.run("build", ROBUSTO_MODULES="1", USE_BAZEL_VERSION="9.x")
        self.assertEqual(ran, "ran: bazelisk build (USE_BAZEL_VERSION=9.x)")

    def test_modules_are_not_built_with_the_distributions_own_bazel(self):
        self.machine.distribution(DEBIAN_SID, bazel="7.7.1")
        (self.machine.bin / "bazel").symlink_to(self.machine.root / "distro/bin/bazel")
        ran, said, code = self.machine.run("build", ROBUSTO_MODULES="1")
        self.assertEqual((ran, code), ("", 2))
        self.assertIn("install Bazelisk", said)

    def test_packages_that_are_too_old_are_named_with_what_to_install(self):
        self.machine.distribution(UBUNTU_2204, installed=False)
        ran, said, code = self.machine.run("build")
        self.assertEqual((ran, code), ("", 2))
        self.assertEqual(said.count("\n"), 1, said)
        self.assertIn("bazel-bootstrap 3.5.1+ds-4 is older than 4.2.3", said)
        self.assertIn("install Bazelisk", said)

    def test_old_libraries_are_found_out_too(self):
        for library in ("libabsl-dev", "libgrpc++-dev"):
            with self.subTest(library=library):
                self.machine = Machine(self)
                self.machine.distribution({**DEBIAN_12, library: UBUNTU_2204[library]})
                self.machine.bazel("bazelisk", "8.4.0")
                ran, said, _ = self.machine.run("build")
                self.assertEqual(ran, "ran: bazelisk build (USE_BAZEL_VERSION=7.7.1)")
                self.assertIn(f"because {library} {UBUNTU_2204[library]} is older than", said)

    def test_without_apt_a_bazel_7_or_later_builds_modules(self):
        self.machine.bazel("bazel", "9.0.1")
        ran, said, _ = self.machine.run("build")
        self.assertEqual(ran, "ran: bazel build (USE_BAZEL_VERSION=7.7.1)")
        self.assertIn("because there is no apt-get here", said)

    def test_without_apt_an_older_bazel_is_of_no_use(self):
        self.machine.bazel("bazel", "6.5.0")
        ran, said, code = self.machine.run("build")
        self.assertEqual((ran, code), ("", 2))
        self.assertIn("install Bazelisk", said)


if __name__ == "__main__":
    unittest.main()
