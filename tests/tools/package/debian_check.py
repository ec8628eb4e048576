#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Builds the Debian packages in fresh Debian trees, and installs, serves, upgrades, removes and purges them in others.

    debian_check.py [SUITE ...]

SUITE is bookworm or trixie; both unless some are given. The trees are in $ROBUSTO_TREES (/var/tmp/robusto-trees, some 3 GB for
each suite): those of debootstrap and those that packages are built in are kept for the next time, and what has changed is
built there. Needs root, debootstrap and systemd-nspawn, and the network for Debian's packages. Part of `tools/check package`.
"""

import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import unittest

from debian_tree import GUARD_SECONDS, CommandError, Tree, make_base, run

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[2]
TREES = pathlib.Path(os.environ.get("ROBUSTO_TREES", "/var/tmp/robusto-trees"))
CONNECTIONS = 8
# A response that is several seconds under way to the load's slow reader.
FILE_BYTES = 64 << 20
PAGE = "<title>robusto is running</title>"
# What installing any package leaves behind or changes: the package manager's own, caches, logs of the system, and dates.
NOT_OURS = re.compile(r"/(proc|sys|dev|run|tmp|debs|var/cache|var/tmp|var/lib/(apt|dpkg|logrotate|systemd)|var/log/(apt|journal|dpkg\.log|"
                      r"alternatives\.log)|etc/(ld\.so\.cache|\.pwd\.lock|(passwd|group|shadow|gshadow)-))(/|$)")  # yapf: disable


@functools.lru_cache(maxsize=None)
def commit_time():
    """Once, so that a commit made meanwhile changes nothing."""
    return run(["git", "-C", str(SOURCE), "log", "-1", "--format=%ct"]).strip()


def make_packages(tree, output, revision=1):
    """By tools/package in the tree. There is no git, so that the time of the commit is given. Bazel's server would stay."""
    tree.run(f"cd /src && SOURCE_DATE_EPOCH={commit_time()} tools/package deb --output={output} --revision={revision} && "
             "./bazelw shutdown", timeout=3 * GUARD_SECONDS)


def build(suite):
    """The tree that has the packages of this work tree in /debs, in two versions of which the second upgrades the first."""
    base = make_base(TREES / f"{suite}-base", suite)
    tree = Tree(TREES / f"{suite}-build")
    if not tree.path.exists():
        tree = Tree.copy_of(base, tree.path)
    with tree.mounted():
        tree.run("dpkg-query -W debhelper lintian python3 >/dev/null 2>&1 || "
                 "{ apt-get -qq update; apt-get -qq install -y --no-install-recommends debhelper lintian python3; }")
        run(["sh", "-ec",
             "rm -rf \"$2/src\"; mkdir \"$2/src\"; git -C \"$1\" ls-files -z --cached --others --exclude-standard | "
             "tar -C \"$1\" --null --files-from=- --ignore-failed-read -c | tar -C \"$2/src\" -x --no-same-owner",
             "sh", str(SOURCE), str(tree.path)])  # yapf: disable
        jobs = os.environ.get("ROBUSTO_JOBS", "2")
        (tree.path / "src/user.bazelrc").write_text(f"build --disk_cache=/var/cache/bazel --jobs={jobs}\n")
        tree.run("rm -rf /debs")
        for revision in (1, 2):
            make_packages(tree, f"/debs/{revision}", revision)
    return tree


def files_of(machine):
    names = machine.run("find / -xdev").splitlines()
    return {name for name in names if not NOT_OURS.match(name)}


class PackageTest(unittest.TestCase):
    suite = ""

    @classmethod
    def setUpClass(cls):
        cls.build = build(cls.suite)
        cls.base = TREES / f"{cls.suite}-base"

    def fresh(self, name, packages=""):
        tree = Tree.copy_of(self.base, TREES / f"{self.suite}-{name}")
        run(["cp", "--recursive", str(self.build.path / "debs"), str(tree.path / "debs")])
        with tree.mounted():
            # Fetched here: what is booted has no network. The packages' own needs are theirs to name.
            tree.run(f"apt-get -qq update; apt-get -qq install -y --no-install-recommends ca-certificates {packages}; "
                     "apt-get -qq install -y --download-only /debs/1/*.deb")
        return tree

    def test_lintian_finds_no_error_and_no_warning(self):
        with self.build.mounted():
            for number in (1, 2):
                self.build.run(f"lintian --allow-root --fail-on error,warning /debs/{number}/*.changes")

    def test_the_same_commit_makes_the_same_packages(self):
        before = self.build.run("cd /debs/1 && sha256sum *.deb")
        with self.build.mounted():
            make_packages(self.build, "/debs/again")
        self.assertEqual(self.build.run("cd /debs/again && sha256sum *.deb"), before)

    # Of systemd there is only what makes the user.
    def test_without_systemd_it_installs_serves_and_is_gone_after_a_purge(self):
        tree = self.fresh("chroot", "curl systemd-standalone-sysusers")
        with tree.mounted():
            before = files_of(tree)
            tree.run("apt-get -qq install -y /debs/1/*.deb")
            page = tree.run("mkfifo /tmp/said; robusto-server --root=/usr/share/robusto/www --listen=127.0.0.1:0 --admin= --metrics= "
                            ">/tmp/said & read -r _ _ url </tmp/said; curl --silent --show-error --fail \"$url\"; "
                            "kill $!; wait $!")
            self.assertIn(PAGE, page)
            self.assertIn("robustoctl resize", tree.run("robustoctl help resize"))
            tree.run("apt-get -qq purge -y robusto-server robustoctl; apt-get -qq autoremove -y --purge")
            after = files_of(tree)
        self.assertEqual(before ^ after, set())

    def test_as_a_service_it_installs_serves_upgrades_and_is_gone_after_a_purge(self):
        tree = self.fresh("boot", "systemd systemd-sysv dbus curl logrotate")
        with tree.booted() as machine:
            try:
                before = files_of(machine)
                self.install_to_first_byte(machine)
                self.check_units(machine)
                self.check_rights(machine)
                self.check_rotation(machine)
                self.upgrade_under_load(machine)
                self.remove_and_purge(machine, before)
            except (AssertionError, CommandError):
                print(machine.run("journalctl --no-pager -n 80 || true"))
                raise

    def install_to_first_byte(self, machine):
        # One command. The socket takes the connection while the server starts.
        begin = time.monotonic()
        page = machine.run("apt-get -qq install -y /debs/1/*.deb >/tmp/install.log 2>&1 && "
                           "curl --silent --show-error --fail http://127.0.0.1/")
        print(f"{self.suite}: installed, with the first byte after {time.monotonic() - begin:.1f} s")
        self.assertIn(PAGE, page)
        self.assertEqual(machine.run("systemctl is-active robusto.socket robusto.service"), "active\nactive\n")
        self.assertEqual(machine.run("systemctl is-enabled robusto.socket robusto.service"), "enabled\nenabled\n")
        self.assertRegex(machine.run("systemctl status robusto.service"), r"Status: \"listening on ")

    def check_units(self, machine):
        self.assertEqual(machine.run("systemd-analyze verify --man=no robusto.service robusto.socket"), "")
        text = machine.run("systemd-analyze security --offline=true --threshold=14 /lib/systemd/system/robusto.service")
        print(f"{self.suite}: {text.strip().splitlines()[-1]}")

    def check_rights(self, machine):
        self.assertIn("running", machine.run("robustoctl --address=unix:/run/robusto/admin.sock stats"))
        # Exit code 3: no server answers there.
        refused = machine.run("setpriv --reuid=65534 --regid=65534 --clear-groups "
                              "robustoctl --address=unix:/run/robusto/admin.sock stats && exit 1 || echo $?")
        self.assertEqual(refused.splitlines()[-1], "3", refused)
        pid = machine.run("systemctl show --value --property=MainPID robusto.service").strip()
        user = machine.run(f"stat --format=%U /proc/{pid}").strip()
        self.assertEqual(user, "robusto")
        self.assertEqual(machine.run("stat --format='%U %a' /var/log/robusto /var/log/robusto/access.log"),
                         "robusto 750\nrobusto 640\n")
        self.assertEqual(machine.run("stat --format='%U %a' /etc/robusto/robusto.flags"), "root 644\n")

    def check_rotation(self, machine):
        machine.run("logrotate --force /etc/logrotate.d/robusto-server")
        machine.run("curl --silent --fail http://127.0.0.1/?rotated")
        machine.run("systemctl restart robusto.service")  # which ends after the access log is written
        self.assertIn("?rotated", machine.run("cat /var/log/robusto/access.log"))
        self.assertNotIn("?rotated", machine.run("cat /var/log/robusto/access.log.1"))

    def upgrade_under_load(self, machine):
        machine.run(f"mkdir -p /srv/site; head -c {FILE_BYTES} /dev/zero >/srv/site/large; head -c 5000 /dev/zero >/srv/site/small; "
                    "sed -i 's|^--root=.*|--root=/srv/site|' /etc/robusto/robusto.flags; systemctl restart robusto.service")
        pid_of = "systemctl show --value --property=MainPID robusto.service"
        version_of = "dpkg-query --show --showformat='${Version}' robusto-server"
        first, first_version = machine.run(pid_of), machine.run(version_of)
        loads = [
            subprocess.Popen(
                machine.on_its_network(sys.executable, str(HERE / "upgrade_load.py"), "127.0.0.1", "80", path, str(size),
                                       str(connections)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
            for path, size, connections in (("/small", 5000, CONNECTIONS), ("/large", FILE_BYTES, 0))
        ]  # yapf: disable
        try:
            # A restart and an upgrade, both with requests before, during and after.
            machine.run("curl --silent --fail --output /dev/null http://127.0.0.1/large; systemctl restart robusto.service")
            second = machine.run(pid_of)
            said = machine.run("apt-get install -y /debs/2/*.deb; curl --silent --fail --output /dev/null http://127.0.0.1/large")
        finally:
            results = [json.loads(load.communicate(timeout=GUARD_SECONDS)[0]) for load in loads]
        print(f"{self.suite}: {results}")
        self.assertEqual(len({first, second, machine.run(pid_of)}), 3, said)
        self.assertEqual(machine.run(version_of), first_version.replace("-1", "-2", 1))
        for result in results:
            self.assertEqual(result["failures"], [])
        self.assertGreater(results[0]["answered"], 100)
        self.assertGreater(results[1]["slow_answers"], 1)
        # What the administrator has changed is kept.
        self.assertIn("--root=/srv/site\n", machine.run("cat /etc/robusto/robusto.flags"))

    def remove_and_purge(self, machine, before):
        machine.run("apt-get -qq remove -y robusto-server robustoctl")
        refused = machine.run("curl --silent http://127.0.0.1/ && exit 1 || echo $?")
        self.assertEqual(refused.strip(), "7", "curl's code for a refused connection")
        self.assertEqual(machine.run("ls /etc/robusto /usr/bin/robusto* /run/robusto 2>&1 || true").split()[-1], "robusto.flags")
        machine.run("test -e /var/log/robusto/access.log")
        machine.run("apt-get -qq purge -y robusto-server robustoctl; apt-get -qq autoremove -y --purge; rm -r /srv/site")
        self.assertEqual(files_of(machine) ^ before, set())
        self.assertEqual(machine.run("systemctl list-unit-files 'robusto*' --no-legend || true"), "")
        # The user stays, and cannot log in.
        self.assertRegex(machine.run("getent passwd robusto"), r":/usr/sbin/nologin$")


def main():
    suites = [one for one in sys.argv[1:] if not one.startswith("-")] or ["bookworm", "trixie"]
    TREES.mkdir(parents=True, exist_ok=True)
    result = unittest.TestSuite()
    for suite in suites:
        case = type(f"{suite.capitalize()}Test", (PackageTest,), {"suite": suite})
        result.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(case))
    sys.exit(not unittest.TextTestRunner(verbosity=2).run(result).wasSuccessful())


if __name__ == "__main__":
    main()
