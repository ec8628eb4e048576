# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs HAProxy in front of servers for a test, with the shipped configuration (tools/deploy/haproxy.cfg).

    proxy = HaproxyProcess(directory, {"robusto": [(http_port, metrics_port), ...]})
    connect to proxy.address, and end with proxy.end()

Further backends are copies of the shipped one, each reached by the paths in `routes`.
"""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile

CONFIG = pathlib.Path("tools/deploy/haproxy.cfg").absolute()
SHIPPED_SERVERS = 3


def path():
    """Where it is; None when it is not installed. Debian has it where only root has its PATH."""
    return shutil.which("haproxy", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def _replaced(pattern, by, text, times):
    text, count = re.subn(pattern, by, text, flags=re.MULTILINE)
    if count != times:
        raise AssertionError(f"{CONFIG.name} has {count} times {pattern!r}, not {times}")
    return text


def config(listener, backends, routes, log_level):
    """The shipped configuration with the test's addresses, and a log on stdout."""
    text = CONFIG.read_text(encoding="ascii")
    # Who it becomes, and the descriptors that it asks for, are for root.
    text = _replaced(r"^  (user|group|chroot|maxconn) .*\n", "", text, 4)
    text = _replaced(r"^  log /dev/log local0$", f"  log stdout format raw daemon {log_level}", text, 1)
    text = _replaced(r"^  bind :80$", f"  bind fd@{listener}", text, 1)
    text = _replaced(r"^  server (\S+) \S+\n", "", text, SHIPPED_SERVERS)
    uses = "".join(f"  use_backend {name} if {{ path_beg {prefix} }}\n" for name, prefix in routes.items())
    text = _replaced(r"^(  default_backend robusto\n)", uses + r"\1", text, 1)
    front, shipped = text.split("\nbackend robusto\n")
    for name, servers in backends.items():
        lines = (f"  server {name}{i} 127.0.0.1:{http} port {metrics}\n" for i, (http, metrics) in enumerate(servers, 1))
        front += f"\nbackend {name}\n{shipped}{''.join(lines)}"
    return front


class HaproxyProcess:
    """Listens on `address`. `backends` names, for each, the servers' ports: of HTTP and of metrics."""

    def __init__(self, directory, backends, routes=None, log_level="notice"):
        with socket.create_server(("127.0.0.1", 0), backlog=511) as listener:
            self.address = listener.getsockname()
            file = pathlib.Path(directory) / "haproxy.cfg"
            file.write_text(config(listener.fileno(), backends, routes or {}, log_level), encoding="ascii")
            self._log = tempfile.TemporaryFile(mode="w+b")
            self._process = subprocess.Popen([path(), "-db", "-f", str(file)], stdin=subprocess.DEVNULL, stdout=self._log,
                                             stderr=self._log, pass_fds=[listener.fileno()])  # yapf: disable

    @property
    def running(self):
        return self._process.poll() is None

    def said(self, most=1 << 16):
        """The first bytes of its log."""
        return os.pread(self._log.fileno(), most, 0).decode(errors="replace")

    def said_since(self, offset):
        """Whole lines of its log from there on, as bytes; before them the offset of what comes next."""
        text = os.pread(self._log.fileno(), 1 << 26, offset)
        whole = text.rfind(b"\n") + 1
        return offset + whole, text[:whole]

    def end(self):
        self._process.kill()
        self._process.wait()

    def close(self):
        self.end()
        self._log.close()
