#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""As a service: sockets that are passed to it, readiness, unix sockets with a mode, error pages."""

import fcntl
import http.client
import os
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import unittest

import server_process

# Makes the descriptors that its first argument lists 3, 4, ..., and becomes the rest, as a child of systemd does.
LAUNCHER = """
import os, sys
for to, number in enumerate(sys.argv[1].split(","), 3):
    os.dup2(int(number), to)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.argv[2], sys.argv[2:])
"""


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("unix", timeout=server_process.GUARD_SECONDS)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class ServiceTest(unittest.TestCase):
    def setUp(self):
        # In /tmp: the path of a unix socket has 107 bytes at the most.
        directory = tempfile.TemporaryDirectory(dir="/tmp")
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        (self.directory / "root").mkdir()
        (self.directory / "root/file").write_bytes(b"content")
        self.root_flag = f"--root={self.directory}/root"

    def start(self, *flags, **options):
        server = server_process.ServerProcess(self.root_flag, *flags, **options)
        self.addCleanup(server.kill)
        return server

    def start_with(self, sockets, *flags, names=""):
        """A server that is passed `sockets`."""
        # Far from where they go.
        passed = [fcntl.fcntl(s.fileno(), fcntl.F_DUPFD, 50) for s in sockets]
        for number in passed:
            self.addCleanup(os.close, number)
        env = {"LISTEN_FDS": str(len(sockets))}
        if names:
            env["LISTEN_FDNAMES"] = names
        return self.start(
            *flags,
            env=env,
            launcher=(sys.executable, "-c", LAUNCHER, ",".join(map(str, passed))),
            pass_fds=passed,
        )

    def get(self, connection, path="/file"):
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response, body

    def get_tcp(self, port):
        return self.get(http.client.HTTPConnection("127.0.0.1", port, timeout=server_process.GUARD_SECONDS))[1]

    # Sockets that are passed.

    def test_a_socket_that_was_passed_is_served(self):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            server = self.start_with([listening], "--listen=systemd")
            self.assertEqual(server.url, f"http://127.0.0.1:{port}")
            self.assertEqual(self.get_tcp(port), b"content")
            self.assertEqual(server.stop()[0], 0)

    def test_the_next_server_has_the_connections_that_came_between(self):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            self.assertEqual(self.start_with([listening], "--listen=systemd").stop()[0], 0)
            waiting = http.client.HTTPConnection("127.0.0.1", port, timeout=server_process.GUARD_SECONDS)
            waiting.connect()
            self.start_with([listening], "--listen=systemd")
            self.assertEqual(self.get(waiting)[1], b"content")

    def test_sockets_are_chosen_by_name(self):
        with socket.create_server(("127.0.0.1", 0)) as web, socket.create_server(("127.0.0.1", 0)) as other:
            server = self.start_with([other, web], "--listen=systemd:web", names="other:web")
            self.assertEqual(server.port, web.getsockname()[1])
            self.assertEqual(self.get_tcp(server.port), b"content")

    def test_a_unix_socket_that_was_passed_stays(self):
        path = str(self.directory / "socket")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path)
            listening.listen()
            server = self.start_with([listening], "--listen=systemd")
            self.assertEqual(server.url, "unix:" + path)
            self.assertEqual(self.get(UnixConnection(path))[1], b"content")
            self.assertEqual(server.stop()[0], 0)
            self.assertTrue(os.path.exists(path))

    def test_what_is_passed_must_listen_and_be_for_this_process(self):
        with socket.socket() as idle:
            launcher = (sys.executable, "-c", LAUNCHER, str(idle.fileno()))
            for env, word in (({"LISTEN_FDS": "1"}, "does not listen"), ({"LISTEN_FDS": "x"}, "LISTEN_FDS")):
                done = subprocess.run(
                    [*launcher, server_process.SERVER, self.root_flag, "--listen=systemd"],
                    env={**os.environ, **env},
                    pass_fds=[idle.fileno()],
                    stderr=subprocess.PIPE,
                    encoding="utf-8",
                    timeout=server_process.GUARD_SECONDS,
                    check=False)  # yapf: disable
                self.assertEqual(done.returncode, 2)
                self.assertIn(word, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        done = server_process.run("--listen=systemd", env={**os.environ, "LISTEN_FDS": "1", "LISTEN_PID": "1"})
        self.assertEqual(done.returncode, 2)
        self.assertIn("LISTEN_PID", done.stderr)

    @unittest.skipUnless(shutil.which("systemd-socket-activate"), "there is no systemd-socket-activate")
    def test_systemds_own_launcher(self):
        path = str(self.directory / "socket")
        with tempfile.TemporaryFile() as log:
            process = subprocess.Popen(
                ["systemd-socket-activate", "-l", path, server_process.SERVER, self.root_flag,
                 "--listen=systemd", "--admin=", "--metrics="],
                stdout=log, stderr=log)  # yapf: disable
            guard = threading.Timer(server_process.GUARD_SECONDS, process.kill)
            guard.start()
            pause = threading.Event()
            while not os.path.exists(path) and process.poll() is None:
                pause.wait(0.01)
            try:
                body = None
                while body is None and process.poll() is None:
                    try:
                        body = self.get(UnixConnection(path))[1]
                    except ConnectionRefusedError:  # bound, and not listening yet
                        pause.wait(0.01)
                self.assertEqual(body, b"content", os.pread(log.fileno(), 4096, 0))
                process.terminate()
                self.assertEqual(process.wait(), 0)
            finally:
                guard.cancel()
                process.kill()
                process.wait()

    # The service manager.

    def notified(self, receiver):
        """The next message, as a dictionary."""
        return dict(line.split("=", 1) for line in receiver.recv(4096).decode().splitlines())

    def test_the_service_manager_is_told(self):
        path = str(self.directory / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
            receiver.settimeout(server_process.GUARD_SECONDS)
            receiver.bind(path)
            server = self.start(env={"NOTIFY_SOCKET": path})
            ready = {"READY": "1", "MAINPID": str(server.pid), "STATUS": "listening on " + server.url}
            self.assertEqual(self.notified(receiver), ready)
            server.signal(signal.SIGHUP)
            reloading = self.notified(receiver)
            self.assertEqual(reloading["RELOADING"], "1")
            self.assertTrue(reloading["MONOTONIC_USEC"].isdigit())
            self.assertEqual(self.notified(receiver), ready)
            self.assertEqual(server.stop()[0], 0)
            self.assertEqual(self.notified(receiver), {"STOPPING": "1", "STATUS": "stopping"})

    def test_a_service_manager_that_is_not_there_is_a_warning(self):
        server = self.start(env={"NOTIFY_SOCKET": "/no/such/socket"})
        server.await_log("NOTIFY_SOCKET=/no/such/socket")
        self.assertEqual(self.get_tcp(server.port), b"content")
        self.assertEqual(server.stop()[0], 0)

    # Flags.

    def test_a_unix_socket_has_its_mode(self):
        path = str(self.directory / "socket")
        for flags, want in ((["--unix_socket_mode=0606"], 0o606), (["--unix_socket_mode=640"], 0o640)):
            server = self.start(f"--listen=unix:{path}", *flags)
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), want)
            self.assertEqual(self.get(UnixConnection(path))[1], b"content")
            self.assertEqual(server.stop()[0], 0)
            self.assertFalse(os.path.exists(path))

    def test_error_pages(self):
        pages = self.directory / "pages"
        pages.mkdir()
        (pages / "404.html").write_bytes(b"<p>not here")
        (pages / "notes.txt").write_bytes(b"")
        server = self.start(f"--error_pages={pages}")
        server.await_log("notes.txt")
        response, body = self.get(http.client.HTTPConnection(server.host, server.port), "/none")
        self.assertEqual((response.status, body), (404, b"<p>not here"))
        self.assertEqual(response.headers["Content-Type"], "text/html; charset=utf-8")

    def test_the_server_and_request_id_fields(self):
        server = self.start("--server_name=me/1", "--request_id_header=X-Request-Id")
        response, _ = self.get(http.client.HTTPConnection(server.host, server.port))
        self.assertEqual(response.headers["Server"], "me/1")
        self.assertTrue(response.headers["X-Request-Id"])
        server = self.start("--server_name=")
        response, _ = self.get(http.client.HTTPConnection(server.host, server.port))
        self.assertNotIn("Server", response.headers)


if __name__ == "__main__":
    unittest.main()
