#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""robustoctl against a running testbed: what it prints, and its exit codes."""

import json
import os
import re
import signal
import subprocess
import tempfile
import unittest

import robustoctl_fixture as fixture

SLEEP = "/sleep?ms=600000"
TESTDATA = "tests/admin/server/testdata/"
OPERATOR = "operator-0123456789abcdef"
READER = "reader-0123456789abcdef"


class CommandTest(unittest.TestCase):
    """One testbed of 2 to 4 workers that all cases share; each leaves it as it was."""

    @classmethod
    def setUpClass(cls):
        cls.testbed = fixture.Testbed("--min_threads=2", "--max_threads=4", "--idle_timeout=10m")

    @classmethod
    def tearDownClass(cls):
        cls.testbed.__exit__()

    def ok(self, *arguments, code=0):
        result = self.testbed.ctl(*arguments)
        self.assertEqual((result.returncode, result.stderr if code == 0 else ""), (code, ""), result)
        return result.stdout

    def json(self, *arguments, code=0):
        lines = [json.loads(line) for line in self.ok(*arguments, "--json", code=code).splitlines()]
        self.assertGreater(len(lines), 0)
        return lines

    def refused(self, code, message, *arguments):
        result = self.testbed.ctl(*arguments)
        self.assertEqual((result.returncode, result.stdout), (code, ""), result)
        self.assertRegex(result.stderr, r"\Arobustoctl: [^\n]+\n\Z")
        self.assertIn(message, result.stderr)

    def start_request(self, path=SLEEP):
        """Starts one that runs; gives its worker."""
        self.testbed.request_in_background(path)

        def worker():
            busy = [w for w in self.json("workers")[0]["workers"] if w.get("task", {}).get("label") == "GET " + path]
            return busy and busy[0]

        return fixture.eventually(worker)

    def test_stats(self):
        self.assertEqual(self.testbed.request("/plaintext"), 200)
        out = self.ok("stats")
        self.assertRegex(out, r"\Apool      running, up \S+, generation \d+\n"
                              r"workers   2: \d busy, \d idle\nbounds    2 to 4 workers\nqueue     0 of 1024\n")
        self.assertRegex(out, r"\n +mean +p50 +p90 +p99 +p99\.9 +max\nqueue wait, since start .*\nservice time, since start .*"
                              r"(\nqueue wait, last \d+ s .*\nservice time, last \d+ s .*)*\n\Z")
        (stats,) = self.json("stats")
        self.assertEqual((stats["state"], stats["minThreads"], stats["failed"]), ("POOL_STATE_RUNNING", 2, "0"))

    def test_stats_lines(self):
        with subprocess.Popen([fixture.ROBUSTOCTL, "stats", "--interval=20ms", f"--address={self.testbed.address}"],
                              stdout=subprocess.PIPE, encoding="utf-8") as process:
            lines = [process.stdout.readline() for _ in range(4)]
            process.kill()
        self.assertRegex(lines[0], r"^TIME +STATE +WORKERS +BUSY +QUEUED +SERVED +FAILED +REFUSED +WAIT +SERVICE$")
        self.assertRegex(lines[3], r"^\d\d:\d\d:\d\d running +2 ")
        self.assertEqual({len(line) for line in lines}, {len(lines[0])})

    def test_top_is_lines_where_there_is_no_terminal(self):
        with subprocess.Popen([fixture.ROBUSTOCTL, "top", "--interval=20ms", f"--address={self.testbed.address}"],
                              stdout=subprocess.PIPE, encoding="utf-8") as process:
            lines = [process.stdout.readline() for _ in range(2)]
            process.kill()
        self.assertRegex(lines[0], "^TIME ")
        self.assertNotIn("\x1b", "".join(lines))

    def test_workers_and_cancel(self):
        worker = self.start_request()
        task = worker["task"]["id"]
        out = self.ok("workers")
        self.assertRegex(out, r"\AWORKER  STATE +TASK +AGE +PHASE +PEER +DONE +FAILED +BUSY +REQUEST ID +REQUEST\n")
        self.assertRegex(out, rf"\n *{worker['id']}  busy +{task} +\S+ +\S+ +127\.0\.0\.1:\d+ .* GET /sleep\?ms=600000\n")
        # The handler of /sleep does not look at its connection.
        self.assertIn(f"request {task} did not end: its connection was shut down",
                      self.ok("cancel", task, "--firm_after=1ms"))
        by_name = worker["task"]["requestId"]
        if by_name:
            self.assertEqual(self.json("cancel", by_name)[0]["taskId"], task)

    def test_cancel_of_nothing(self):
        self.refused(6, "`robustoctl workers` lists the running requests (NOT_FOUND)", "cancel", "999999999")
        self.refused(6, "(NOT_FOUND)", "cancel", "no-such-request")
        self.refused(2, "expected one id", "cancel")

    def test_resize(self):
        (before,) = self.json("stats")
        out = self.ok("resize", "--dry_run", "3", "8")
        self.assertRegex(out, r"\Awould set the bounds to 3 to 8 \(they are 2 to 4\), start .* nothing was changed, ")
        self.assertEqual(self.json("stats")[0]["generation"], before["generation"])
        self.assertRegex(self.ok("resize", "2", "8"), r"\Athe bounds are 2 to 8 \(they were 2 to 4\); ")
        self.assertRegex(self.ok("resize", "--max=16"), r"\Athe bounds are 2 to 16 \(they were 2 to 8\); ")
        self.assertRegex(self.ok("resize", "2", "none"), r"\Athe bounds are 2 or more \(they were 2 to 16\); ")
        out = self.ok("resize", "--revert-after=10m", "2", "4")
        generation = re.search(r"the previous bounds return in 10m00s unless confirmed: robustoctl confirm (\d+)\n", out)[1]
        self.assertIn(f"robustoctl confirm {generation}", self.ok("stats"))
        self.refused(4, "(ABORTED)", "confirm", "1")
        self.assertIn("confirmed", self.ok("confirm", generation))
        self.refused(4, "(FAILED_PRECONDITION)", "confirm")
        self.refused(4, "`robustoctl stats` prints the current generation (ABORTED)", "resize", "2", "4",
                     "--if_generation=1")

    def test_resize_that_cannot_be(self):
        self.refused(2, "min_threads", "resize", "0", "4")
        self.refused(2, "max_threads", "resize", "4", "2")
        self.refused(2, "MIN \"four\" is not a number", "resize", "four", "8")
        for arguments in ((), ("4",), ("4", "8", "--min=2")):
            self.refused(2, "such as: robustoctl resize 4 32", "resize", *arguments)
        self.refused(2, 'unexpected argument "12"', "resize", "4", "8", "12")

    def test_grow_and_shrink(self):
        self.assertRegex(self.ok("grow", "2"), r"\Astarted 2 workers; now 4, generation \d+\n\Z")
        result = self.testbed.ctl("grow", "1")
        self.assertEqual((result.returncode, result.stdout[:25]), (1, "started 0 workers of 1; n"), result)
        self.assertIn("the maximum number of workers is reached; `robustoctl resize` changes it", result.stderr)
        self.assertEqual(self.json("shrink", "5", code=1)[0]["retired"], 2)
        self.refused(2, "count", "grow", "0")
        self.refused(2, "such as: robustoctl shrink 2", "shrink")

    def test_drain_and_resume(self):
        self.refused(4, "(FAILED_PRECONDITION)", "resume")
        self.start_request("/sleep?ms=300")
        self.assertRegex(self.ok("drain"), r"\Adraining: new requests are refused; unfinished: \d+ queued, ")
        self.assertEqual(self.testbed.request("/plaintext"), 503)
        result = self.testbed.ctl("drain", "--wait")
        self.assertEqual((result.returncode, result.stdout),
                         (0, "drained: new requests are refused, and no request is left\n"), result)
        left = self.json("drain", "--wait")
        self.assertEqual(left[-1], {"queued": "0", "running": "0"})
        self.assertEqual(self.ok("resume"), "the server accepts new requests again\n")
        self.assertEqual(self.testbed.request("/plaintext"), 200)

    def test_drain_that_takes_too_long(self):
        with fixture.Testbed("--min_threads=2") as testbed:
            testbed.request_in_background(SLEEP)
            fixture.eventually(lambda: '"running":"1"' in testbed.ctl("stats", "--json").stdout)
            result = testbed.ctl("drain", "--wait", "--timeout=300ms")
            self.assertEqual(result.returncode, 7, result)
            self.assertIn("robustoctl: drain: not done within 300ms; --timeout sets a longer limit (DEADLINE_EXCEEDED)\n", result.stderr)
            self.assertIn("draining: 0 queued, 1 running\n", result.stderr)

    def test_events(self):
        out = self.ok("events")
        self.assertRegex(out, r"\A\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}      1  the pool started with 2 workers  \(")
        events = self.json("events")
        self.assertEqual([int(event["sequence"]) for event in events], list(range(1, len(events) + 1)))
        self.assertEqual(self.json("events", f"--since={len(events)}")[0], events[-1])

    def test_events_that_are_followed(self):
        with subprocess.Popen([fixture.ROBUSTOCTL, "events", "--follow", f"--address={self.testbed.address}"],
                              stdout=subprocess.PIPE, encoding="utf-8") as process:
            self.assertIn("the pool started", process.stdout.readline())
            self.ok("resize", "2", "4")
            while "an operator set the bounds to 2 to 4" not in process.stdout.readline():
                pass
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(fixture.GUARD_SECONDS), -signal.SIGINT)

    def test_usage(self):
        self.refused(2, 'unknown command "stat"; the commands are stats, workers, top, ', "stat")
        self.refused(2, "drain: --dry_run does not apply to this command; see robustoctl help drain", "drain", "--dry_run")
        self.refused(2, "stats: --wait does not apply", "stats", "--nowait")
        self.refused(2, 'unexpected argument "now"', "stop", "now")
        self.refused(2, "--timeout=0: must be more than 0s", "stats", "--timeout=0")
        self.refused(2, "--token_file=/nowhere: cannot read", "stats", "--token-file=/nowhere")
        self.refused(2, "require each other", "stats", f"--cert_file={TESTDATA}alice.pem")
        self.assertEqual(fixture.run("stats", "--adress=x").returncode, 2)
        self.assertEqual(fixture.run("--json").returncode, 2)

    def test_output_that_cannot_be_written(self):
        with open("/dev/full", "w") as full:
            result = subprocess.run([fixture.ROBUSTOCTL, "stats", f"--address={self.testbed.address}"], stdout=full,
                                    stderr=subprocess.PIPE, encoding="utf-8", check=False)
        self.assertEqual((result.returncode, result.stderr), (1, "robustoctl: stats: cannot write the output\n"))


class HelpTest(unittest.TestCase):
    """What needs no server."""

    def test_help_names_every_command_and_exit_code(self):
        for arguments in ((), ("help",), ("--help",), ("-h",)):
            result = fixture.run(*arguments)
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            for command in ("stats", "workers", "top", "resize MIN MAX", "confirm", "grow COUNT", "shrink COUNT",
                            "cancel ID", "drain", "resume", "stop", "events", "help COMMAND"):
                self.assertIn(f"\n  {command} ", result.stdout)
            self.assertIn("\n  7  the time limit", result.stdout)
            self.assertLessEqual(max(len(line) for line in result.stdout.splitlines()), 80)

    def test_help_of_a_command(self):
        for arguments in (("help", "resize"), ("resize", "--help"), ("--help", "resize")):
            result = fixture.run(*arguments)
            self.assertEqual(result.returncode, 0)
            self.assertIn("usage: robustoctl resize [--flag=value ...] MIN MAX\n", result.stdout)
            self.assertIn("  --revert_after=...\n", result.stdout)
        for command in ("stats", "top", "stop", "events", "resume"):
            out = fixture.run("help", command).stdout
            self.assertLessEqual(max(len(line) for line in out.splitlines()), 91, out)
        self.assertEqual(fixture.run("help", "nothing").returncode, 2)


    def test_the_readme_is_right(self):
        with open("README.md", encoding="utf-8") as readme:
            lines = re.findall(r"^robustoctl ([^#\n]*)", readme.read(), re.MULTILINE)
        self.assertGreater(len(lines), 8)
        for line in lines:
            # Nothing is wrong with it but that no server is there.
            result = fixture.run(*line.split(), "--address=unix:/nowhere/admin.sock")
            self.assertEqual(result.returncode, 3, result)


class ConnectionTest(unittest.TestCase):
    """Addresses, tokens and TLS."""

    def check(self, result, code, message=""):
        self.assertEqual(result.returncode, code, result)
        self.assertIn(message, result.stderr)

    def test_nobody_there(self):
        result = fixture.run("stats", "--address=unix:/nowhere/admin.sock")
        self.check(result, 3, "robustoctl: stats: no server answers at unix:/nowhere/admin.sock: ")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for command in (("top",), ("events", "--follow"), ("stop",), ("drain", "--wait"), ("resize", "--max=3")):
            self.check(fixture.run(*command, "--address=unix:/nowhere/admin.sock"), 3)
        self.check(fixture.run("stats", "--address=nowhere"), 2, "expected host:port")

    def test_a_server_that_does_not_answer(self):
        with fixture.Testbed() as testbed:
            os.kill(testbed.process.pid, signal.SIGSTOP)
            for command in ("stats", "stop", "top", "drain"):
                result = testbed.ctl(command, "--timeout=200ms")
                self.check(result, 7, "within 200ms")
            os.kill(testbed.process.pid, signal.SIGCONT)

    def test_unix_socket_and_environment(self):
        with tempfile.TemporaryDirectory() as directory:
            with fixture.Testbed(admin=f"unix:{directory}/admin.sock") as testbed:
                self.assertTrue(testbed.address.startswith("unix:"), testbed.address)
                self.check(testbed.ctl("stats"), 0)
                self.check(fixture.run("stats", env={"ROBUSTOCTL_ADDRESS": testbed.address}), 0)
                self.check(fixture.run("stats", env={"ROBUSTOCTL_ADDRESS": testbed.address,
                                                     "http_proxy": "http://127.0.0.1:1"}), 0)

    def test_tokens(self):
        with tempfile.TemporaryDirectory() as directory:
            def write(name, text):
                path = f"{directory}/{name}"
                with open(path, "w", opener=lambda p, f: os.open(p, f, 0o600)) as file:
                    file.write(text)
                return path

            known = write("known", f"operator {OPERATOR}\nread-only {READER}\n")
            operator, reader = write("operator", OPERATOR + "\n"), write("reader", READER + "\n")
            stranger = write("stranger", "stranger-0123456789abcdef\n")
            with fixture.Testbed(f"--admin_token_file={known}") as testbed:
                self.check(testbed.ctl("stats"), 5, "set --token_file to a file with a token that the server accepts (")
                self.check(testbed.ctl("stats", f"--token_file={stranger}"), 5, "(UNAUTHENTICATED)")
                self.check(testbed.ctl("stats", f"--token_file={reader}"), 0)
                self.check(testbed.ctl("drain", f"--token_file={reader}"), 5,
                           "set --token_file to a file with an operator token (PERMISSION_DENIED)")
                self.check(testbed.ctl("drain", f"--token_file={operator}"), 0)
                # The server's own file, by mistake.
                self.check(testbed.ctl("stats", f"--token_file={known}"), 2, "expected one token")
            self.check(fixture.run("stats", "--address=192.0.2.1:1", f"--token_file={operator}"), 2,
                       "would be sent to 192.0.2.1:1 unencrypted; add --tls")

    def test_tls(self):
        server = [f"--admin_tls_cert={TESTDATA}server.pem", f"--admin_tls_key={TESTDATA}server.key",
                  f"--admin_tls_client_ca={TESTDATA}test-ca.pem"]
        ca = f"--ca_file={TESTDATA}test-ca.pem"
        alice = [f"--cert_file={TESTDATA}alice.pem", f"--key_file={TESTDATA}alice.key"]
        mallory = [f"--cert_file={TESTDATA}mallory.pem", f"--key_file={TESTDATA}mallory.key"]
        with fixture.Testbed(*server) as testbed:
            self.check(testbed.ctl("stats", ca, *alice), 0)
            self.check(testbed.ctl("stats", ca, *alice, "--tls_name=localhost"), 0)
            wants_more = "closed the connection; it has ended, or requires TLS (--tls, --ca_file) or a client certificate"
            unknown = "is not signed by a trusted authority; set --ca_file"
            for flags, why in [
                ([ca], wants_more),
                ([ca, *mallory], wants_more),
                ([], wants_more),
                ([f"--ca_file={TESTDATA}other-ca.pem", *alice], unknown),
                (["--tls"], unknown),
                ([ca, *alice, "--tls_name=example.net"], "is for another name; set --tls_name"),
            ]:
                result = testbed.ctl("stats", *flags)
                self.check(result, 3, why)
                # One line: what gRPC logs of it is left out.
                self.assertRegex(result.stderr, r"\Arobustoctl: stats: [^\n]+\n\Z")
        with fixture.Testbed() as testbed:
            self.check(testbed.ctl("stats", "--tls"), 3, "does not speak TLS; omit --tls")
            result = fixture.run("stats", f"--address={testbed.host}:{testbed.port}")
            self.check(result, 3, "does not speak gRPC; --address must be the server's --admin, not its --listen")


class StopTest(unittest.TestCase):
    """The end."""

    def test_clean(self):
        with fixture.Testbed() as testbed:
            self.assertEqual(testbed.request("/plaintext"), 200)
            result = testbed.ctl("stop")
            self.assertEqual(result.returncode, 0, result)
            self.assertRegex(result.stdout, r"\Astopped in \S+: 0 requests completed, none lost\n\Z")
            self.assertEqual(testbed.process.wait(fixture.GUARD_SECONDS), 0)

    def test_unclean_exits_with_1_and_names_what_was_lost(self):
        with fixture.Testbed("--min_threads=1") as testbed:
            testbed.request_in_background(SLEEP)
            fixture.eventually(lambda: '"running":"1"' in testbed.ctl("stats", "--json").stdout)
            result = testbed.ctl("stop", "--stop_timeout=300ms", "--json")
            self.assertEqual(result.returncode, 1, result)
            messages = [json.loads(line) for line in result.stdout.splitlines()]
            self.assertGreater(len(messages), 1)
            self.assertEqual([message for message in messages[:-1] if "report" in message], [])
            self.assertFalse(messages[-1]["report"]["clean"])

    def test_unclean_in_words(self):
        with fixture.Testbed("--min_threads=1") as testbed:
            testbed.request_in_background(SLEEP)
            fixture.eventually(lambda: '"running":"1"' in testbed.ctl("stats", "--json").stdout)
            result = testbed.ctl("stop", "--stop_timeout=300ms")
            self.assertEqual(result.returncode, 1, result)
            # Behind the request there may be the health monitor's probe.
            self.assertRegex(result.stdout, r"\Astopped in \S+: 0 requests completed, [01] refused, \d cancelled, "
                                            r"\d abandoned\n(refused: \d+\n)?(cancelled|abandoned): \d+\n\Z")
            self.assertRegex(result.stderr, r"stopping for \S+: [01] queued, 1 running\n")


if __name__ == "__main__":
    unittest.main()
