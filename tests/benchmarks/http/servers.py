# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The servers that are compared, and how each is started for a workload (workloads.py).

Every server is given what its manual advises for this work: no log, no limit of requests for a
connection.
"""

import os
import pathlib
import re
import shutil
import socket
import subprocess

import processes

GUARD_SECONDS = 30
_LISTENING = re.compile(r"listening on (http://[0-9.]+:[0-9]+)")
_NGINX_ECHO = pathlib.Path("/usr/lib/nginx/modules/ngx_http_echo_module.so")


class Absent(Exception):
    """Why a server is left out."""


class Running:
    """A server that runs, pinned to a processor."""

    def __init__(self, name, command, url=None, cpu=None, log=None):
        self.name = name
        self.log = log
        pinned = [] if cpu is None else ["taskset", "-c", str(cpu)]
        with open(log, "wb") as stderr:
            self.process = subprocess.Popen(
                [*pinned, *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=stderr if url else subprocess.PIPE,
                stderr=stderr,
            )
        self.url = url or self._read_url()
        if not processes.until(self._listens, GUARD_SECONDS) or self.process.poll() is not None:
            self.end()
            raise Absent(f"{name} does not start: {pathlib.Path(log).read_text()[-400:].strip()}")

    def _read_url(self):
        line = self.process.stdout.readline().decode()
        self.process.stdout.close()
        match = _LISTENING.match(line)
        if match is None:
            self.end()
            raise Absent(line.strip() or f"it ended with exit code {self.process.returncode}")
        return match.group(1)

    def _listens(self):
        """Whether it listens, or never will."""
        if self.process.poll() is not None:
            return True
        try:
            self.connect().close()
        except ConnectionRefusedError:
            return False
        return True

    @property
    def pid(self):
        return self.process.pid

    def connect(self):
        host, _, port = self.url.removeprefix("http://").partition(":")
        return socket.create_connection((host, int(port)), timeout=GUARD_SECONDS)

    def end(self):
        processes.end(self.process)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _program(name, package):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise Absent(f"the package {package} is not installed")
    return path


class Servers:
    """Starts servers of NAMES.

    `root` has the programs that were built, `directory` the files `plaintext` and `file`; `scratch`
    is for configurations and logs; `cpu` is the processor that every server gets.
    """

    NAMES = ("floor", "robusto", "nginx", "lighttpd", "libmicrohttpd", "cpp-httplib")

    def __init__(self, root, directory, scratch, cpu):
        self._root = root
        self._directory = directory
        self._scratch = scratch
        self._cpu = cpu

    def start(self, name, workload):
        """A Running; Absent where the package is missing or the server cannot do this work."""
        return getattr(self, "_" + name.replace("-", "_"))(workload)

    def _run(self, name, command, url=None):
        log = os.path.join(self._scratch, name + ".log")
        return Running(name, command, url=url, cpu=self._cpu, log=log)

    def _own(self, name):
        return self._root / "tests/benchmarks/http" / name

    def _floor(self, workload):
        flags = {
            "close": ["--close"],
            "post": ["--echo=4096"],
            "file": [f"--file={self._directory}/file"],
        }
        return self._run("floor", [self._own("floor"), *flags.get(workload.name, [])])

    def _robusto(self, workload):
        if workload.name == "file":
            command = [self._root / "tools/server/server", f"--root={self._directory}"]
        else:
            command = [self._root / "tools/testbed/testbed"]
        command += ["--listen=127.0.0.1:0", "--admin=", "--metrics=", f"--min_threads={workload.threads}"]
        return self._run("robusto", command)

    def _nginx(self, workload):
        program = _program("nginx", "nginx-light")
        port = _free_port()
        if workload.name == "post" and not _NGINX_ECHO.exists():
            raise Absent("the package libnginx-mod-http-echo is not installed")
        user = "user root;" if os.geteuid() == 0 else ""
        module = f"load_module {_NGINX_ECHO};" if workload.name == "post" else ""
        location = "echo_read_request_body; echo_request_body;" if workload.name == "post" else ""
        temporary = "\n".join(
            f"  {kind}_temp_path {self._scratch}/nginx-{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = f"""{module}
{user}
daemon off;
worker_processes 1;
pid {self._scratch}/nginx.pid;
error_log stderr crit;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
{temporary}
  access_log off;
  server_tokens off;
  keepalive_requests 1000000000;
  client_body_buffer_size 16k;
  sendfile on;
  tcp_nopush on;
  types {{}}
  default_type application/octet-stream;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    root {self._directory};
    location = /plaintext {{ default_type text/plain; return 200 "Hello, World!"; }}
    location = /echo {{ {location} }}
  }}
}}
"""
        path = os.path.join(self._scratch, "nginx.conf")
        pathlib.Path(path).write_text(config, encoding="utf-8")
        return self._run("nginx", [program, "-e", "stderr", "-c", path], f"http://127.0.0.1:{port}")

    def _lighttpd(self, workload):
        program = _program("lighttpd", "lighttpd")
        port = _free_port()
        # It has no answer without a file, nor without a limit of a connection's requests: this is
        # the largest.
        config = f"""
server.document-root = "{self._directory}"
server.bind = "127.0.0.1"
server.port = {port}
server.listen-backlog = 4096
server.max-fds = 8192
server.max-keep-alive-requests = 65535
mimetype.assign = ( "" => "text/plain" )
"""
        path = os.path.join(self._scratch, "lighttpd.conf")
        pathlib.Path(path).write_text(config, encoding="utf-8")
        return self._run("lighttpd", [program, "-D", "-f", path], f"http://127.0.0.1:{port}")

    def _libmicrohttpd(self, workload):
        command = [self._own("microhttpd_peer"), f"--file={self._directory}/file"]
        if workload.name == "sleep":
            command.append(f"--threads={workload.threads}")
        return self._run("libmicrohttpd", command)

    def _cpp_httplib(self, workload):
        # A connection has a thread to itself.
        threads = workload.threads if workload.name in ("sleep", "blocked") else workload.connections
        command = [self._own("httplib_peer"), f"--threads={threads}", f"--root={self._directory}"]
        return self._run("cpp-httplib", command)


