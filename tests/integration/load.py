# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Many requests to a testbed, straight or through a proxy, on keep-alive connections; every answer is looked at.

    result = load.run(("127.0.0.1", port), requests=5000, connections=16)
    assert not result.failures

A mixture: GET, HEAD and POST, bodies with a length and in chunks both ways, and ranges.
"""

import asyncio
import dataclasses
import random
import time
import typing

GUARD_SECONDS = 60
LETTERS = b"abcdefghijklmnopqrstuvwxyz" * 4000
NOISE = random.Random(1).randbytes(70_000)


@dataclasses.dataclass
class Result:
    failures: typing.List[str] = dataclasses.field(default_factory=list)
    answered: int = 0
    seconds: float = 0
    # By the server's request ids: how many connections it saw.
    upstream_connections: typing.Set[str] = dataclasses.field(default_factory=set)


def head(method, target, *fields):
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: testbed", *fields, "", ""]).encode()


def chunked(body):
    pieces = (body[at : at + 9000] for at in range(0, len(body), 9000))
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def mixture(choose):
    """A request's bytes, whether it is HEAD, and the status and body that it must get."""
    kind = choose.randrange(8)
    size = choose.choice([0, 1, 100, 5000, 50_000])
    if kind < 3:
        return head("GET", "/plaintext"), False, 200, b"Hello, World!"
    if kind == 3:
        return head("GET", f"/bytes?n={size}"), False, 200, LETTERS[:size]
    if kind == 4:
        return head("HEAD", f"/bytes?n={size}"), True, 200, b""
    if kind == 5:
        return head("GET", "/bytes?n=50000", "Range: bytes=777-9999"), False, 206, LETTERS[777:10_000]
    if kind == 6:
        return head("GET", "/stream?chunks=3&size=2000"), False, 200, LETTERS[:2000] * 3
    body = NOISE[choose.randrange(1000) :][:size]
    if choose.randrange(2):
        return head("POST", "/echo", "Transfer-Encoding: chunked") + chunked(body), False, 200, body
    return head("POST", "/echo", f"Content-Length: {size}") + body, False, 200, body


async def read_answer(reader, is_head):
    """The status, the fields with names in lower case, and the body."""
    lines = (await reader.readuntil(b"\r\n\r\n"))[:-4].decode("latin-1").split("\r\n")
    status = int(lines[0].split()[1])
    fields = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        fields[name.lower()] = value.strip()
    if is_head or status == 100:
        return status, fields, b""
    if fields.get("transfer-encoding") != "chunked":
        return status, fields, await reader.readexactly(int(fields["content-length"]))
    body = []
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        body.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return status, fields, b"".join(body)


async def one_connection(address, numbers, result):
    """Sends one request after another on one connection, and a new one after a failure, until there is none left."""
    writer = None
    for number in numbers:
        request, is_head, expected_status, expected_body = mixture(random.Random(number))
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection(*address)
            writer.write(request)
            status, fields, body = await asyncio.wait_for(read_answer(reader, is_head), GUARD_SECONDS)
            if status != expected_status or body != expected_body:
                raise ValueError(f"{status} with {len(body)} bytes, not {expected_status} with {len(expected_body)}")
            if fields.get("connection", "").lower() == "close":
                raise ValueError("Connection: close")
            result.answered += 1
            result.upstream_connections.add(fields["x-request-id"].split("-")[0])
        except (OSError, EOFError, ValueError, KeyError, asyncio.TimeoutError) as error:
            result.failures.append(f"{request[:60]!r}: {error!r}")
            if writer is not None:
                writer.close()
            writer = None
    if writer is not None:
        writer.close()


async def _run(address, requests, connections):
    result = Result()
    numbers = iter(range(requests))
    begin = time.monotonic()
    await asyncio.gather(*(one_connection(address, numbers, result) for _ in range(connections)))
    result.seconds = time.monotonic() - begin
    return result


def run(address, requests, connections):
    return asyncio.run(_run(address, requests, connections))
