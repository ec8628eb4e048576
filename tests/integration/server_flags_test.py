#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""A flag that cannot be had as it is ends the server with one clear line and exit code 2."""

import socket
import tempfile
import unittest

import server_process


class ServerFlagsTest(unittest.TestCase):
    def refused(self, *flags, names):
        """Runs with `flags`; the line that refuses them must have each of `names` in it."""
        with self.subTest(flags=flags):
            done = server_process.run(*flags)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertEqual(done.stdout, "")
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertTrue(done.stderr.endswith("\n"))
            for name in names:
                self.assertIn(name, done.stderr)

    def test_the_root(self):
        self.refused("--root=/no/such/directory", names=["--root", "/no/such/directory", "No such file"])
        with tempfile.NamedTemporaryFile() as file:
            self.refused(f"--root={file.name}", names=["--root", file.name, "Not a directory"])

    def test_how_files_are_served(self):
        self.refused("--index=a/b", names=["--index", "a/b"])
        self.refused("--cache_control=no-cache\r\nX: y", names=["--cache_control", "no-cache\\r\\nX: y"])

    def test_the_address(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            self.refused(f"--listen={address}", names=["--listen", address, "in use"])
        self.refused("--listen=127.0.0.1:99999", names=["--listen", "127.0.0.1:99999"])
        self.refused("--listen=127.0.0.1:0,nonsense", names=["--listen", "nonsense"])
        self.refused("--listen=", names=["--listen"])
        self.refused("--listen=systemd", names=["--listen", "systemd", "no socket was passed", "LISTEN_FDS", ".socket"])
        self.refused("--listen=systemd:web", names=["--listen", "systemd:web", "no socket was passed"])
        for mode in ("abc", "8", "01000", "7777", "-1", "00660", "0o660"):
            self.refused(f"--unix_socket_mode={mode}", names=["--unix_socket_mode", mode, "octal"])

    def test_the_pool(self):
        self.refused("--min_threads=0", names=["--min_threads", "0"])
        self.refused("--min_threads=5", "--max_threads=3", names=["--max_threads", "3", "--min_threads", "5"])
        self.refused("--max_threads=-1", names=["--max_threads", "-1"])
        self.refused("--queue_capacity=0", names=["--queue_capacity", "0"])
        self.refused("--queue_capacity=-1", names=["--queue_capacity", "-1"])
        self.refused("--queue_capacity=9000000000000000000", names=["--queue_capacity", "9000000000000000000"])
        self.refused("--queue_ttl=-1s", names=["--queue_ttl", "-1s"])

    def test_limits(self):
        self.refused("--max_connections=0", names=["--max_connections", "0"])
        self.refused("--max_connections=9000000000000000000", names=["--max_connections", "9000000000000000000"])
        self.refused("--max_body_bytes=-1", names=["--max_body_bytes", "-1"])
        self.refused("--body_buffer_bytes=-1", names=["--body_buffer_bytes", "-1"])
        self.refused("--max_parked_connections=-1", names=["--max_parked_connections", "-1"])
        self.refused("--max_requests_per_connection=-1", names=["--max_requests_per_connection", "-1"])
        self.refused("--header_timeout=0s", names=["--header_timeout", "0"])
        self.refused("--keep_alive_timeout=-5s", names=["--keep_alive_timeout", "-5s"])
        self.refused("--write_timeout=0s", names=["--write_timeout", "0"])
        self.refused("--stop_timeout=-1s", names=["--stop_timeout", "-1s"])
        for delay in ("-1s", "inf"):
            self.refused(f"--stop_delay={delay}", names=["--stop_delay", delay])

    def test_fields(self):
        self.refused("--server_name=a\r\nb", names=["--server_name", "a\\r\\nb", "control"])
        self.refused("--request_id_header=X Id", names=["--request_id_header", "X Id"])
        self.refused("--request_id_header=Content-Length", names=["--request_id_header", "Content-Length"])

    def test_the_access_log(self):
        self.refused("--access_log=/no/such/log", names=["--access_log", "/no/such/log", "No such file"])
        self.refused("--access_log=/", names=["--access_log", "Is a directory"])
        self.refused("--access_log_format=xml", names=["--access_log_format", "xml", "combined", "json"])

    def test_error_pages(self):
        self.refused("--error_pages=/no/such/pages", names=["--error_pages", "/no/such/pages", "No such file"])
        with tempfile.TemporaryDirectory() as directory:
            with open(directory + "/404.html", "wb") as page:
                page.write(b"x" * 65537)
            self.refused(f"--error_pages={directory}", names=["--error_pages", "404.html", "too large", "65536"])

    def says(self, flag, line):
        """With `flag` the server ends with exit code 2 and exactly this line."""
        with self.subTest(flag=flag):
            done = server_process.run(flag)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (2, "", f"server: {line}\n"))

    def test_an_error_suggests_what_was_meant(self):
        self.says("--port=80", "--port: no such flag; did you mean --listen?")
        self.says("--threads=4", "--threads: no such flag; did you mean --min_threads?")
        self.says("--min-threads=4", "--min-threads: no such flag; did you mean --min_threads?")
        self.says("--keep_alive_timout=4s", "--keep_alive_timout: no such flag; did you mean --keep_alive_timeout?")
        self.says("--nothing_like_it=1", "--nothing_like_it: no such flag; --help lists the flags")
        self.says("--stop_timeout=10", "--stop_timeout=10: expected a duration with a unit; for seconds write 10s")
        self.says("--stop_timeout=soon", "--stop_timeout=soon: expected a duration, as 500ms, 10s, 1h30m or inf")
        self.says("--max_body_bytes=1T", "--max_body_bytes=1T: expected a number of bytes, as 65536, 64K, 1M or 2G")
        self.says("--min_threads=many", "--min_threads=many: expected a whole number")
        self.says("--precompressed=maybe", "--precompressed=maybe: expected true or false")
        self.says("--root", "--root: the value is missing")
        self.says("-x", "--x: no such flag; --help lists the flags")

    def test_an_error_names_flag_value_and_range(self):
        self.says("--max_connections=0", "--max_connections=0: must be from 1 to 16777216")
        self.says("--max_body_bytes=-1K", "--max_body_bytes=-1024: must be at least 0")
        self.says("--queue_ttl=-1s", "--queue_ttl=-1s: must be 0s or more, or inf")
        self.says("--listen=nowhere", '--listen=nowhere: invalid listen address "nowhere": expected host:port, '
                  "[v6-address]:port, :port, unix:PATH, systemd or systemd:NAME")  # yapf: disable

    def test_a_value_that_has_the_name_of_an_option_stays_as_it_is(self):
        done = server_process.run("--listen=127.0.0.1:0", "--admin=127.0.0.1:0", "--metrics=",
                                  "--admin_tls_cert=/etc/token_file/insecure.pem", "--admin_tls_key=/x")
        self.assertEqual((done.returncode, done.stderr.splitlines()[-1]), (
            2, "server: --admin_tls_cert=/etc/token_file/insecure.pem: the file cannot be read, or is empty"))

    def test_version(self):
        done = server_process.run("--version")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"\Aserver \(robusto\) \d+\.\d+\.\d+\n")
        for name in ("compiler: ", "build: ", "gRPC ", "protobuf ", "Abseil ", "spdlog "):
            self.assertIn(name, done.stdout)

    def test_what_is_no_flag_or_no_value(self):
        self.refused("--no_such_flag=1", names=["no_such_flag"])
        self.refused("stray", names=["stray"])
        self.refused("--header_timeout=soon", names=["header_timeout", "soon"])
        self.refused("--min_threads=many", names=["min_threads", "many"])

    def test_help_lists_the_flags_and_is_no_error(self):
        for flag in ("--help", "-h"):
            done = server_process.run(flag)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for name in ("--root", "--listen", "--min_threads", "--max_threads", "--queue_capacity", "--queue_ttl",
                         "--header_timeout", "--keep_alive_timeout", "--stop_timeout", "--max_body_bytes", "--access_log",
                         "--error_pages", "--unix_socket_mode", "--request_id_header"):  # yapf: disable
                self.assertIn(name + "=", done.stdout)
            self.assertLessEqual(max(map(len, done.stdout.splitlines())), 100)
            for group in ("Files", "HTTP, workers and limits", "Stopping", "Access log", "Metrics and status page",
                          "Admin service"):  # yapf: disable
                self.assertIn(f"\n{group}:\n", done.stdout)
            self.assertNotIn("--flagfile=\n", done.stdout)
            self.assertNotIn("Other", done.stdout)


if __name__ == "__main__":
    unittest.main()
