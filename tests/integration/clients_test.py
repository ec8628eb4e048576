#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The clients that people use do all that they can with the testbed, and every byte is looked at.

Every client is an adapter with one method, send(); the cases are the same for all. A client that is not installed is
skipped with the word SKIPPED.
"""

import base64
import dataclasses
import email
import http.client
import json
import os
import pathlib
import random
import select
import shutil
import socket
import subprocess
import tempfile
import typing
import unittest

import server_process
import wire

try:
    import requests
except ImportError:
    requests = None

GUARD_SECONDS = server_process.GUARD_SECONDS
MAX_BODY = 4_000_000
# More than --body_buffer_bytes, so that it reaches the handler in pieces.
LARGE_BODY = 2_500_000


@dataclasses.dataclass
class Order:
    """A request as the client is told of it."""

    path: str
    method: str = "GET"
    body: typing.Optional[bytes] = None
    chunked: bool = False
    expect: bool = False  # Expect: 100-continue
    range: str = ""  # what follows "bytes="

    def fields(self):
        fields = {"Content-Type": "application/x-test"} if self.body is not None else {}
        if self.range:
            fields["Range"] = f"bytes={self.range}"
        return fields


@dataclasses.dataclass
class Answer:
    """A response as the client gave it; `fields` knows no difference of case."""

    status: int
    fields: typing.Mapping[str, str]
    body: bytes

    def connection(self):
        """The server's name of the connection, and the number of the request on it."""
        connection, number = self.fields["X-Request-Id"].split("-")
        return connection, int(number)


def letters(size):
    """The body of /bytes?n=size."""
    return (b"abcdefghijklmnopqrstuvwxyz" * (size // 26 + 1))[:size]


def noise(size, seed=1):
    """A body in which a byte lost, doubled or in another place shows."""
    return random.Random(seed).randbytes(size)


def pieces(body):
    return (body[at : at + 10_000] for at in range(0, len(body), 10_000))


def heads(text):
    """The status and fields of every response head in `text`, but for those of 100 Continue."""
    for block in text.replace("\r\n", "\n").split("\n\n"):
        if block.startswith("HTTP/"):
            line, _, fields = block.partition("\n")
            status = int(line.split()[1])
            if status >= 200:
                yield status, email.message_from_string(fields)


class ClientCases:
    """The cases. A client's class says in `cannot` what it has no means to do."""

    cannot = frozenset()

    @classmethod
    def setUpClass(cls):
        cls.missing = cls.why_missing()
        if cls.missing:
            print(f"SKIPPED: {cls.__name__}: {cls.missing}", flush=True)
            raise unittest.SkipTest(cls.missing)
        cls.testbed = server_process.ServerProcess(
            "--request_id_header=X-Request-Id", f"--max_body_bytes={MAX_BODY}", binary=server_process.TESTBED
        )
        cls.addClassCleanup(cls.testbed.kill)

    @classmethod
    def why_missing(cls):
        path = shutil.which(cls.program)
        return "" if path else f"{cls.program} is not installed"

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.scratch = pathlib.Path(directory.name)
        self.address = (self.testbed.host, self.testbed.port)

    def needs(self, ability):
        if ability in self.cannot:
            self.skipTest(f"it has no means for: {ability}")

    def url(self, order):
        return f"http://{self.address[0]}:{self.address[1]}{order.path}"

    def send(self, orders):
        """Sends the requests one after another, on one connection if the client can; gives the answers."""
        raise NotImplementedError

    def send_recorded(self, order):
        """Sends one and gives its answer, with the heads of what went over the wire."""
        with wire.Wire(self.address) as recorder:
            direct, self.address = self.address, ("127.0.0.1", recorder.port)
            (answer,) = self.send([order])
            self.address = direct
        return answer, recorder

    def run_program(self, command, **options):
        return subprocess.run(command, check=True, capture_output=True, timeout=GUARD_SECONDS, **options)

    def test_get(self):
        for order, body in [
            (Order("/plaintext"), b"Hello, World!"),
            (Order("/bytes?n=0"), b""),
            (Order("/bytes?n=3000001"), letters(3_000_001)),
            (Order("/stream?chunks=70&size=33333"), letters(33_333) * 70),
            (Order("/stream?chunks=0&size=1"), b""),
        ]:
            with self.subTest(order.path):
                (answer,) = self.send([order])
                self.assertEqual((answer.status, answer.fields["Content-Type"]), (200, "text/plain"))
                self.assert_same(answer.body, body)

    def test_head(self):
        (answer,) = self.send([Order("/bytes?n=3000001", "HEAD")])
        self.assertEqual((answer.status, answer.body), (200, b""))
        self.assertEqual(answer.fields["Content-Length"], "3000001")

    def test_post(self):
        for size in 0, 1, 100_000, LARGE_BODY:
            with self.subTest(size=size):
                body = noise(size)
                (answer,) = self.send([Order("/echo", "POST", body)])
                self.assertEqual((answer.status, answer.fields["Content-Type"]), (200, "application/x-test"))
                self.assert_same(answer.body, body)

    def test_post_chunked(self):
        self.needs("chunked")
        for size in 1, 100_000, LARGE_BODY:
            with self.subTest(size=size):
                body = noise(size)
                answer, recorder = self.send_recorded(Order("/echo", "POST", body, chunked=True))
                self.assertEqual(answer.status, 200)
                self.assert_same(answer.body, body)
                head = recorder.requests.partition(b"\r\n\r\n")[0].lower()
                self.assertIn(b"\r\ntransfer-encoding: chunked", head)
                self.assertNotIn(b"\r\ncontent-length:", head)

    def test_100_continue(self):
        self.needs("Expect")
        for chunked in (False,) if "chunked" in self.cannot else (False, True):
            with self.subTest(chunked=chunked):
                body = noise(LARGE_BODY)
                answer, recorder = self.send_recorded(Order("/echo", "POST", body, chunked, expect=True))
                self.assertEqual(answer.status, 200)
                self.assert_same(answer.body, body)
                head = recorder.requests.partition(b"\r\n\r\n")[0].lower()
                self.assertIn(b"\r\nexpect: 100-continue", head)
                if "waiting" not in self.cannot:
                    self.assertTrue(recorder.responses.startswith(b"HTTP/1.1 100 Continue\r\n\r\n"))
                self.assertEqual(recorder.responses.count(b"HTTP/1.1 200 "), 1)

    def test_a_body_that_is_not_wanted_is_not_sent(self):
        self.needs("Expect")
        self.needs("waiting")
        answer, recorder = self.send_recorded(Order("/echo", "POST", noise(MAX_BODY + 1), expect=True))
        self.assertEqual(answer.status, 413)
        self.assertTrue(recorder.responses.startswith(b"HTTP/1.1 413 "), recorder.responses)
        self.assertTrue(recorder.requests.endswith(b"\r\n\r\n"), len(recorder.requests))

    def test_keep_alive(self):
        orders = [Order(f"/bytes?n={n}") for n in (1, 100_000, 0, 13)] + [Order("/stream?chunks=3&size=1000")] * 2
        bodies = [letters(1), letters(100_000), b"", letters(13)] + [letters(1000) * 3] * 2
        answers = self.send(orders)
        self.assertEqual([answer.status for answer in answers], [200] * len(orders))
        for order, answer, body in zip(orders, answers, bodies):
            self.assert_same(answer.body, body, order.path)
        self.assert_one_connection(answers)

    def test_keep_alive_of_all_sorts(self):
        self.needs("mixed requests")
        body = noise(70_000)
        orders = [
            Order("/plaintext"),
            Order("/bytes?n=1000", "HEAD"),
            Order("/echo", "POST", body),
            Order("/none"),
            Order("/echo", "PUT", body, chunked=True),
            Order("/bytes?n=1000", range="10-19"),
            Order("/bytes?n=1000", range="1000-"),
            Order("/echo", "POST", b"", chunked=True),
            Order("/echo", "POST", body, expect=True),
            Order("/stream?chunks=2&size=20", "HEAD"),
            Order("/plaintext", "POST", b""),
            Order("/plaintext"),
        ]
        answers = self.send(orders)
        self.assertEqual(
            [answer.status for answer in answers],
            [200, 200, 200, 404, 200, 206, 416, 200, 200, 200, 405, 200],
        )
        for number, expected in {
            0: b"Hello, World!", 1: b"", 2: body, 4: body, 5: b"klmnopqrst", 7: b"", 8: body, 9: b"", 11: b"Hello, World!"
        }.items():  # yapf: disable
            self.assert_same(answers[number].body, expected, orders[number].path)
        self.assert_one_connection(answers)

    def test_a_refused_body_does_not_hinder_the_next_request(self):
        # It is refused by its head. The connection goes on only if the body is there already.
        self.needs("mixed requests")
        answers = self.send([
            Order("/plaintext"),
            Order("/plaintext", "POST", b"body of a request that is refused"),
            Order("/plaintext"),
        ])
        self.assertEqual([answer.status for answer in answers], [200, 405, 200])
        self.assert_same(answers[2].body, b"Hello, World!")
        self.assert_one_connection(answers[:2])

    def assert_same(self, got, expected, what=""):
        # What assertEqual would show takes minutes to make.
        self.assertTrue(got == expected, f"{what}: {len(got)} bytes that are not the {len(expected)} expected")

    def assert_one_connection(self, answers):
        first = answers[0].connection()[0]
        self.assertEqual(
            [answer.connection() for answer in answers],
            [(first, number) for number in range(1, len(answers) + 1)],
        )

    def test_range(self):
        whole = letters(1_000_000)
        parts = {"999000-": (999_000, 1_000_000), "1-": (1, 1_000_000)}
        if "closed ranges" not in self.cannot:
            parts.update({"0-0": (0, 1), "-7": (999_993, 1_000_000), "123456-654321": (123_456, 654_322)})
        for text, (begin, end) in parts.items():
            with self.subTest(text):
                (answer,) = self.send([Order("/bytes?n=1000000", range=text)])
                self.assertEqual(answer.status, 206)
                self.assertEqual(answer.fields["Content-Range"], f"bytes {begin}-{end - 1}/1000000")
                self.assert_same(answer.body, whole[begin:end])


class PythonHttpClientTest(ClientCases, unittest.TestCase):
    @classmethod
    def why_missing(cls):
        return ""

    def send(self, orders):
        connection = http.client.HTTPConnection(*self.address, timeout=GUARD_SECONDS)
        self.addCleanup(connection.close)
        answers = []
        for order in orders:
            fields = order.fields()
            if order.expect:
                self.begin_with_expect(connection, order, fields)
            elif order.chunked:
                connection.request(order.method, order.path, pieces(order.body), fields, encode_chunked=True)
            else:
                connection.request(order.method, order.path, order.body, fields)
            response = connection.getresponse()
            answers.append(Answer(response.status, response.headers, response.read()))
        connection.close()
        return answers

    def begin_with_expect(self, connection, order, fields):
        connection.putrequest(order.method, order.path)
        for name, value in fields.items():
            connection.putheader(name, value)
        connection.putheader("Expect", "100-continue")
        framing = ("Transfer-Encoding", "chunked") if order.chunked else ("Content-Length", str(len(order.body)))
        connection.putheader(*framing)
        connection.endheaders()
        self.assertTrue(select.select([connection.sock], [], [], GUARD_SECONDS)[0])
        # A final status may be there instead, and then there is no use in the body.
        if connection.sock.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 100":
            connection.send(self.chunks(order.body) if order.chunked else order.body)

    @staticmethod
    def chunks(body):
        return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces(body)) + b"0\r\n\r\n"


class PythonRequestsTest(ClientCases, unittest.TestCase):
    # It sends the body without a look at what comes.
    cannot = frozenset(["waiting"])

    @classmethod
    def why_missing(cls):
        return "" if requests else "python3-requests is not installed"

    def send(self, orders):
        answers = []
        with requests.Session() as session:
            # No proxy of the environment's.
            session.trust_env = False
            for order in orders:
                fields = order.fields()
                if order.expect:
                    fields["Expect"] = "100-continue"
                body = pieces(order.body) if order.chunked else order.body
                response = session.request(
                    order.method, self.url(order), data=body, headers=fields, timeout=GUARD_SECONDS
                )
                answers.append(Answer(response.status_code, response.headers, response.content))
        return answers


class CurlTest(ClientCases, unittest.TestCase):
    program = "curl"

    def send(self, orders):
        command = [self.program, "--disable", "--noproxy", "*"]
        for number, order in enumerate(orders):
            if number > 0:
                command += ["--next"]
            command += ["--silent", "--show-error", "--max-time", str(GUARD_SECONDS), "--expect100-timeout", "60"]
            command += ["--output", str(self.scratch / f"body{number}")]
            command += ["--dump-header", str(self.scratch / f"head{number}")]
            command += ["--head"] if order.method == "HEAD" else ["--request", order.method]
            if order.body is not None:
                sent = self.scratch / f"sent{number}"
                sent.write_bytes(order.body)
                command += ["--data-binary", f"@{sent}"]
                command += ["--header", "Transfer-Encoding: chunked"] if order.chunked else []
                command += ["--header", "Expect: 100-continue" if order.expect else "Expect:"]
            for name, value in order.fields().items():
                command += ["--header", f"{name}: {value}"]
            command += [self.url(order)]
        self.run_program(command)
        answers = []
        for number, order in enumerate(orders):
            ((status, fields),) = heads((self.scratch / f"head{number}").read_text("latin-1"))
            path = self.scratch / f"body{number}"
            # Of a response without a body curl makes no file; of HEAD it has the head there.
            body = path.read_bytes() if path.exists() and order.method != "HEAD" else b""
            path.unlink(missing_ok=True)
            answers.append(Answer(status, fields, body))
        return answers


class WgetTest(ClientCases, unittest.TestCase):
    program = "wget"
    # All requests of one command are alike, but for their targets.
    cannot = frozenset(["chunked", "Expect", "closed ranges", "mixed requests"])

    def send(self, orders):
        order = orders[0]
        output = self.scratch / "output"
        command = [self.program, "--no-config", "--no-proxy", "--no-verbose", "--server-response", "--tries=1"]
        command += [f"--timeout={GUARD_SECONDS}", f"--output-document={output}"]
        if order.body is not None:
            sent = self.scratch / "sent"
            sent.write_bytes(order.body)
            command += [f"--post-file={sent}", "--header=Content-Type: application/x-test"]
        elif order.method != "GET":
            command += [f"--method={order.method}"]
        if order.range:
            command += [f"--start-pos={order.range[:-1]}"]
        command += [self.url(each) for each in orders]
        done = self.run_program(command, env={**os.environ, "LC_ALL": "C"})
        # Two spaces are before every line of a head, and wget's own words between the heads.
        told = "\n".join(line[2:] if line.startswith("  ") else "" for line in done.stderr.decode().splitlines())
        answers = []
        bodies = output.read_bytes() if output.exists() else b""
        for status, fields in heads(told):
            # All bodies are one after another in the file.
            size = int(fields.get("Content-Length", 3000 if len(orders) > 1 else len(bodies)))
            size = 0 if order.method == "HEAD" else size
            answers.append(Answer(status, fields, bodies[:size]))
            bodies = bodies[size:]
        self.assertEqual((len(answers), bodies), (len(orders), b""))
        return answers


class NodeTest(ClientCases, unittest.TestCase):
    program = "node"

    def send(self, orders):
        script = pathlib.Path(__file__).parent / "node_client.js"
        told = [
            {
                "method": order.method,
                "url": self.url(order),
                "fields": order.fields(),
                "body": None if order.body is None else base64.b64encode(order.body).decode(),
                "chunked": order.chunked,
                "expect": order.expect,
            }
            for order in orders
        ]
        done = self.run_program([self.program, str(script)], input=json.dumps(told).encode())
        return [
            Answer(answer["status"], FoldedFields(answer["fields"]), base64.b64decode(answer["body"]))
            for answer in json.loads(done.stdout)
        ]


class FoldedFields(dict):
    """Node gives the names in lower case."""

    def __getitem__(self, name):
        return super().__getitem__(name.lower())


if __name__ == "__main__":
    unittest.main(verbosity=2)
