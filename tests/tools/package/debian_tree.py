# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Fresh installations of Debian in directories: to run commands in by chroot, or booted with systemd as PID 1.

Needs root, debootstrap and, for boot, systemd-nspawn.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

GUARD_SECONDS = 600
BOOT_SECONDS = 120
MIRROR = os.environ.get("DEBIAN_MIRROR", "http://deb.debian.org/debian")
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
}


class CommandError(Exception):
    pass


def run(command, **options):
    """Runs a command of this machine; gives what it printed, or raises with it."""
    options.setdefault("timeout", GUARD_SECONDS)
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                          encoding="utf-8", errors="replace", check=False, **options)  # yapf: disable
    if done.returncode != 0:
        raise CommandError(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")
    return done.stdout


def make_base(directory, suite):
    """A minimal Debian in `directory`, once."""
    if not (directory / "etc/debian_version").exists():
        partial = directory.with_name(directory.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        run(["debootstrap", "--variant=minbase", suite, str(partial), MIRROR])
        partial.rename(directory)
    return directory


class Tree:
    """A Debian in a directory."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    @classmethod
    def copy_of(cls, base, path):
        """A new one like `base`, in place of what is there."""
        if pathlib.Path(path).exists():
            shutil.rmtree(path)
        run(["cp", "--archive", str(base), str(path)])
        return cls(path)

    @contextlib.contextmanager
    def mounted(self):
        """With /proc and /dev/pts, which package scripts and Bazel need."""
        with contextlib.ExitStack() as stack:
            for kind, where in (("proc", "proc"), ("devpts", "dev/pts")):
                if not os.path.ismount(self.path / where):
                    run(["mount", "-t", kind, kind, str(self.path / where)])
                    stack.callback(run, ["umount", "--lazy", str(self.path / where)])
            yield self

    def command(self, shell):
        return ["env", "-i", *(f"{name}={value}" for name, value in ENVIRONMENT.items()), "chroot", str(self.path), "sh", "-ec",
                shell]  # yapf: disable

    def run(self, shell, **options):
        return run(self.command(shell), **options)

    @contextlib.contextmanager
    def booted(self):
        """With systemd as PID 1 and no network but loopback."""
        log = self.path.with_name(self.path.name + ".console")
        # Without systemd as this machine's PID 1 there is no manager to ask for a scope.
        scope = [] if os.path.isdir("/run/systemd/system") else ["--keep-unit"]
        with open(log, "wb") as console:
            nspawn = subprocess.Popen(
                ["systemd-nspawn", "--quiet", "--register=no", *scope, "--private-network", "--console=pipe", "--boot",
                 f"--directory={self.path}"],
                stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.STDOUT,
                env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"})  # yapf: disable
        try:
            yield Booted(nspawn, log)
        finally:
            nspawn.send_signal(signal.SIGTERM)
            try:
                nspawn.wait(BOOT_SECONDS)
            except subprocess.TimeoutExpired:
                nspawn.kill()
                nspawn.wait()


class Booted:
    """A running Debian."""

    def __init__(self, nspawn, log):
        self.log = log
        self.pid = self._await_init(nspawn)
        self._await_boot()

    def _await_init(self, nspawn):
        end = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < end and nspawn.poll() is None:
            for pid in pathlib.Path(f"/proc/{nspawn.pid}/task/{nspawn.pid}/children").read_text().split():
                with contextlib.suppress(OSError):
                    if pathlib.Path(f"/proc/{pid}/comm").read_text() == "systemd\n":
                        return pid
            time.sleep(0.05)  # the kernel tells of no exec
        raise CommandError(f"systemd does not come up:\n{self.log.read_text(errors='replace')}")

    def _await_boot(self):
        end = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < end:
            state = subprocess.run(self.command("systemctl is-system-running --wait"), stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, encoding="utf-8", timeout=BOOT_SECONDS, check=False)  # yapf: disable
            # degraded: a unit failed that has nothing to do in a container.
            if state.stdout.strip() in ("running", "degraded"):
                return
            time.sleep(0.05)  # the manager does not listen yet
        raise CommandError(f"systemd does not finish booting:\n{self.log.read_text(errors='replace')}")

    def command(self, shell):
        return ["nsenter", f"--target={self.pid}", "--all", "--root", "--wd", "env", "-i",
                *(f"{name}={value}" for name, value in ENVIRONMENT.items()), "sh", "-ec", shell]  # yapf: disable

    def run(self, shell, **options):
        return run(self.command(shell), **options)

    def on_its_network(self, *command):
        """A command of this machine that sees the other's network."""
        return ["nsenter", f"--target={self.pid}", "--net", *command]
