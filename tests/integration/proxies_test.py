#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""nginx and HAProxy as reverse proxies in front of the testbed, which they keep connections to: no request fails.

More requests than the suite's:

    bazel test //tests/integration:proxies_test --test_env=PROXY_REQUESTS=100000 --test_output=all

A proxy that is not installed is skipped with the word SKIPPED. Each runs as the user of the test, on a socket that the
test has made, and with all its files in a directory of the test.
"""

import grp
import http.client
import json
import os
import pathlib
import pwd
import random
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import unittest

import load
import server_process

GUARD_SECONDS = server_process.GUARD_SECONDS
REQUESTS = int(os.environ.get("PROXY_REQUESTS", "5000"))
CONNECTIONS = 16
LETTERS = b"abcdefghijklmnopqrstuvwxyz"

# An idle connection is closed by the proxy (5 s) before the server closes it (15 s), so that no request is sent on one
# that is just being closed. Nothing is tried twice: a failure is to be seen.
NGINX = """
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log stderr warn;
{user}
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_body_temp_path {directory}/client_body;
  proxy_temp_path {directory}/proxy;
  fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi;
  scgi_temp_path {directory}/scgi;
  keepalive_requests 1000000000;
  client_max_body_size 0;
  upstream testbed {{
    server {upstream};
    keepalive 32;
    keepalive_requests 1000000000;
    keepalive_timeout 5s;
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://testbed;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_request_buffering off;
      proxy_buffering {buffering};
      proxy_next_upstream off;
    }}
  }}
}}
"""

HAPROXY = """
global
  maxconn 500
  nbthread 1
defaults
  mode http
  timeout connect 10s
  timeout client 60s
  timeout server 60s
  retries 0
frontend proxy
  bind fd@{listener}
  default_backend testbed
backend testbed
  http-reuse always
  server testbed {upstream} pool-max-conn 32 pool-purge-delay 5s
"""


class ProxyCases:
    """The cases. A proxy's class says how it is started; `unix_socket` is how it reaches the testbed."""

    unix_socket = False

    @classmethod
    def setUpClass(cls):
        # Debian has both where only root has its PATH.
        cls.path = shutil.which(cls.program, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
        if cls.path is None:
            print(f"SKIPPED: {cls.__name__}: {cls.program} is not installed", flush=True)
            raise unittest.SkipTest(f"{cls.program} is not installed")

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = pathlib.Path(directory.name)
        self.access_log = self.directory / "access.log"
        flags = [f"--access_log={self.access_log}", "--access_log_format=json", "--request_id_header=X-Request-Id"]
        if self.unix_socket:
            flags.append(f"--listen=unix:{self.directory}/testbed.sock")
        self.testbed = server_process.ServerProcess(
            *flags, f"--max_body_bytes={1 << 24}", binary=server_process.TESTBED
        )
        self.addCleanup(self.testbed.kill)
        listener = socket.create_server(("127.0.0.1", 0), backlog=511)
        self.address = listener.getsockname()
        self.proxy_log = tempfile.TemporaryFile(mode="w+b")
        self.addCleanup(self.proxy_log.close)
        self.proxy = self.start_proxy(listener)
        self.addCleanup(self.end_proxy)
        # Connections wait in it, and are reset if the proxy ends.
        listener.close()

    def start_proxy(self, listener):
        raise NotImplementedError

    def popen(self, command, listener, **env):
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self.proxy_log,
            stderr=self.proxy_log,
            pass_fds=[listener.fileno()],
            env={**os.environ, **env},
        )

    def end_proxy(self):
        self.proxy.terminate()
        try:
            self.proxy.wait(timeout=GUARD_SECONDS)
        except subprocess.TimeoutExpired:
            self.proxy.kill()
            self.proxy.wait()

    def proxy_said(self):
        return os.pread(self.proxy_log.fileno(), 1 << 16, 0).decode(errors="replace")

    def connect(self):
        connection = http.client.HTTPConnection(*self.address, timeout=GUARD_SECONDS)
        self.addCleanup(connection.close)
        return connection

    def ask(self, connection, *request, **options):
        connection.request(*request, **options)
        response = connection.getresponse()
        return response, response.read()

    def lines(self):
        return [json.loads(line) for line in self.access_log.read_text(encoding="ascii").splitlines()]

    def await_line(self, path):
        """The line of the request for `path`, once it is there."""
        deadline = time.monotonic() + GUARD_SECONDS
        while time.monotonic() < deadline:
            for line in self.lines():
                if line["target"] == path:
                    return line
            time.sleep(0.01)
        raise AssertionError(f"no line for {path}; the proxy: {self.proxy_said()}; the testbed: {self.testbed.log()}")

    def test_no_request_fails(self):
        result = load.run(self.address, REQUESTS, CONNECTIONS)
        print(
            f"{type(self).__name__}: {result.answered} of {REQUESTS} requests answered in {result.seconds:.1f} s over "
            f"{len(result.upstream_connections)} connections to the testbed, {len(result.failures)} failed",
            flush=True,
        )
        self.assertEqual(result.failures, [], f"{self.proxy_said()}\n{self.testbed.log()}")
        self.assertEqual(result.answered, REQUESTS)
        self.assertLessEqual(len(result.upstream_connections), 2 * CONNECTIONS)
        self.assertEqual(self.testbed.stop()[0], 0)
        lines = self.lines()
        self.assertEqual(sum(200 <= line["status"] <= 299 for line in lines), REQUESTS)
        self.assertEqual(sum(line["complete"] for line in lines), REQUESTS)
        self.assertEqual(len(lines), REQUESTS)
        self.assertEqual(len({line["request_id"] for line in lines}), REQUESTS)

    def test_bodies_and_head(self):
        connection = self.connect()
        body = random.Random(2).randbytes(10 << 20)
        for chunked in False, True:
            sent = (body[at : at + 60_000] for at in range(0, len(body), 60_000)) if chunked else body
            response, got = self.ask(connection, "POST", "/echo", body=sent, encode_chunked=chunked)
            self.assertEqual(response.status, 200, self.proxy_said())
            self.assertTrue(got == body, len(got))
        response, got = self.ask(connection, "HEAD", "/bytes?n=12345")
        self.assertEqual((response.status, response.headers["Content-Length"], got), (200, "12345", b""))
        response, got = self.ask(connection, "GET", "/throw")
        self.assertEqual(response.status, 500)
        response, got = self.ask(connection, "GET", "/plaintext")
        self.assertEqual((response.status, got), (200, b"Hello, World!"))

    def test_a_stream_of_10_mib(self):
        connection = self.connect()
        for target, expected in [
            ("/bytes?n=10485760", (LETTERS * (10485760 // 26 + 1))[:10485760]),
            ("/stream?chunks=160&size=65536", (LETTERS * (65536 // 26 + 1))[:65536] * 160),
        ]:
            response, got = self.ask(connection, "GET", target)
            self.assertEqual(response.status, 200)
            self.assertTrue(got == expected, len(got))

    def reset(self, sock):
        """Closes it as a client does that is gone: without a FIN."""
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    def test_a_client_that_aborts_a_response(self):
        with socket.create_connection(self.address, timeout=GUARD_SECONDS) as client:
            client.sendall(b"GET /bytes?n=100000000000 HTTP/1.1\r\nHost: testbed\r\n\r\n")
            self.assertTrue(client.recv(65536).startswith(b"HTTP/1.1 200 "))
            self.reset(client)
        line = self.await_line("/bytes?n=100000000000")
        self.assertFalse(line["complete"])
        self.assertLess(line["body_bytes"], 100_000_000_000)
        self.assert_it_goes_on()

    def test_a_client_that_aborts_a_request(self):
        with socket.create_connection(self.address, timeout=GUARD_SECONDS) as client:
            client.sendall(b"POST /upload HTTP/1.1\r\nHost: testbed\r\nContent-Length: 10000000\r\n\r\n" + b"x" * 5_000_000)
            self.reset(client)
        line = self.await_line("/upload")
        self.assertEqual(line["status"], 499)
        self.assert_it_goes_on()

    def assert_it_goes_on(self):
        result = load.run(self.address, 100, 4)
        self.assertEqual((result.failures, result.answered), ([], 100))


class NginxCases(ProxyCases):
    program = "nginx"
    buffering = "on"

    def start_proxy(self, listener):
        user = ""
        if os.geteuid() == 0:
            # Its workers would be of the user nobody, and could not reach the directory.
            user = f"user {pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name};"
        config = self.directory / "nginx.conf"
        upstream = f"127.0.0.1:{self.testbed.port}"
        if self.unix_socket:
            upstream = f"unix:{self.directory}/testbed.sock"
        config.write_text(
            NGINX.format(
                directory=self.directory, user=user, port=self.address[1], upstream=upstream, buffering=self.buffering
            )
        )
        command = [self.path, "-p", str(self.directory), "-e", "stderr", "-c", str(config)]
        # The variable is nginx's own, for handing its sockets over to a new version of it.
        return self.popen(command, listener, NGINX=f"{listener.fileno()};")


class NginxTest(NginxCases, unittest.TestCase):
    buffering = "off"


class BufferingNginxOverUnixSocketTest(NginxCases, unittest.TestCase):
    unix_socket = True


class HaproxyCases(ProxyCases):
    program = "haproxy"

    def start_proxy(self, listener):
        upstream = f"127.0.0.1:{self.testbed.port}"
        if self.unix_socket:
            upstream = f"unix@{self.directory}/testbed.sock"
        config = self.directory / "haproxy.cfg"
        config.write_text(HAPROXY.format(listener=listener.fileno(), upstream=upstream))
        return self.popen([self.path, "-db", "-f", str(config)], listener)


class HaproxyTest(HaproxyCases, unittest.TestCase):
    pass


class HaproxyOverUnixSocketTest(HaproxyCases, unittest.TestCase):
    unix_socket = True


if __name__ == "__main__":
    unittest.main(verbosity=2)
