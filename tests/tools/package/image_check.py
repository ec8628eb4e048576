#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Builds the container image on a base made by debootstrap, and runs it as Kubernetes would.

    image_check.py

The base is the bookworm tree of debian_check.py. Needs root, buildah, podman with runc or crun, debootstrap, curl and the network
for Debian's packages. Part of `tools/check package`.
"""

import json
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import unittest

try:
    import yaml
except ImportError:
    yaml = None

from debian_check import SOURCE, TREES
from debian_tree import GUARD_SECONDS, make_base, run

SUITE = "bookworm"
BASE = "localhost/robusto-check-base"
NAME = "localhost/robusto-check"
# Limits that podman may set without a privilege to raise them.
LIMITS = ["--ulimit=nofile=1024:4096", "--ulimit=nproc=4096:4096"]
# What the deployment says: no privilege, and nothing to write to.
CONFINED = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges"]


def podman(*arguments):
    """By runc where it is: crun refuses machines with both versions of control groups."""
    runtime = ["--runtime=runc"] if any(os.path.exists(f"{path}/runc") for path in ("/usr/bin", "/usr/sbin")) else []
    return ["podman", *runtime, *arguments]


class ImageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        base = make_base(TREES / f"{SUITE}-base", SUITE)
        version = re.search(r'^ +version = "(.*)",$', (SOURCE / "MODULE.bazel").read_text(), re.MULTILINE)[1]
        run(["sh", "-ec", "podman image exists \"$2\" || tar -C \"$1\" --one-file-system -c . | podman import --quiet - \"$2\"", "sh",
             str(base), BASE])  # yapf: disable
        cache = TREES / "image-cache"
        cache.mkdir(exist_ok=True)
        # chroot: for machines where no container can be made inside this one.
        run([SOURCE / "tools/package", "image", "--tool=buildah", f"--base={BASE}", f"--name={NAME}", "--isolation=chroot", "--layers",
             f"--volume={cache}:/root/.cache/bazel"], timeout=6 * GUARD_SECONDS)  # yapf: disable
        cls.image = f"{NAME}:{version}"
        cls.version = version

    @classmethod
    def tearDownClass(cls):
        # The base stays, as the layers below it do: the next build begins with them.
        run(["podman", "rmi", "--force", cls.image])

    def start(self, *flags, options=()):
        """A container of the image, on a network that has loopback only, once it listens; its name and process id."""
        container = f"robusto-check-{os.getpid()}-{self.id().rsplit('.', 1)[-1]}"
        process = subprocess.Popen(
            podman("run", f"--name={container}", "--network=none", *LIMITS, *CONFINED, *options, self.image, *flags),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")  # yapf: disable
        self.addCleanup(process.communicate, timeout=GUARD_SECONDS)
        self.addCleanup(run, podman("rm", "--force", "--ignore", container))
        guard = threading.Timer(GUARD_SECONDS, process.kill)
        guard.start()
        line = process.stdout.readline()
        guard.cancel()
        self.assertIn("listening on ", line)
        return container, self.inspect(container, "{{.State.Pid}}")

    def inspect(self, container, what):
        return run(podman("inspect", f"--format={what}", container)).strip()

    def curl(self, pid, url):
        # From inside its network, where every port is free.
        return run(["nsenter", f"--target={pid}", "--net", "curl", "--silent", "--show-error", "--fail", url])

    def test_it_serves_with_its_own_flags(self):
        container, pid = self.start()
        self.assertIn("<title>robusto is running</title>", self.curl(pid, "http://127.0.0.1:8080/"))
        self.assertIn("robusto_pool_threads", self.curl(pid, "http://127.0.0.1:9100/metrics"))
        self.assertEqual(self.curl(pid, "http://127.0.0.1:9100/readyz").split()[0].rstrip(","), "ready")
        status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
        self.assertEqual(status["Uid"].split(), ["65532"] * 4)
        self.assertEqual(status["Gid"].split(), ["65532"] * 4)
        self.assertEqual(int(status["CapEff"], 16) | int(status["CapBnd"], 16), 0)
        self.assertEqual(status["NoNewPrivs"], "1")
        # The same SIGTERM that Kubernetes sends.
        run(podman("stop", "--time=30", container))
        self.assertEqual(self.inspect(container, "{{.State.ExitCode}}"), "0")
        log = run(podman("logs", container))
        self.assertIn('"GET / HTTP/1.1" 200', log)

    def test_it_takes_the_deployments_flags(self):
        if yaml is None:
            self.skipTest("python3-yaml is not installed")
        deployment = yaml.safe_load((SOURCE / "tools/deploy/kubernetes/deployment.yaml").read_text())
        spec, = deployment["spec"]["template"]["spec"]["containers"]
        container, pid = self.start(*spec["args"])
        self.curl(pid, "http://127.0.0.1:8080/")
        # kubectl exec with robustoctl in the image.
        stats = run(podman("exec", container, "/usr/bin/robustoctl", "--json", "stats"))
        self.assertIn("RUNNING", json.dumps(json.loads(stats.splitlines()[0])))

    def test_a_mounted_directory_is_served(self):
        with tempfile.TemporaryDirectory() as directory:
            os.chmod(directory, 0o755)
            pathlib.Path(directory, "index.html").write_text("of the volume\n")
            _, pid = self.start(options=[f"--volume={directory}:/srv/www:ro"])
            self.assertEqual(self.curl(pid, "http://127.0.0.1:8080/"), "of the volume\n")

    def test_it_is_minimal(self):
        config = json.loads(run(["podman", "inspect", self.image]))[0]
        self.assertEqual(config["Config"]["User"], "65532:65532")
        self.assertEqual(config["Labels"]["org.opencontainers.image.version"], self.version)
        print(f"{self.image}: {config['Size'] / 1e6:.1f} MB")
        self.assertLess(config["Size"], 60e6)
        mounted = run(["podman", "image", "mount", self.image]).strip()
        self.addCleanup(run, ["podman", "image", "unmount", self.image])
        root = pathlib.Path(mounted)
        programs = {str(path.relative_to(root)) for directory in ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local")
                    for path in (root / directory).rglob("*")}  # yapf: disable
        self.assertEqual(programs, {"usr/bin/robusto-server", "usr/bin/robustoctl"})
        self.assertEqual([str(path) for path in root.rglob("*") if path.is_file() and path.stat().st_mode & 0o6002], [])
        # Everything that the programs link is in it.
        for program in programs:
            self.assertIn("usage", subprocess.run(["chroot", mounted, f"/{program}", "--help"], stdout=subprocess.PIPE,
                                                  encoding="utf-8", timeout=GUARD_SECONDS, check=True).stdout)  # yapf: disable


if __name__ == "__main__":
    unittest.main(verbosity=2)
