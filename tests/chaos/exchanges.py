# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Requests that no two are alike, each with the one answer that is right.

The token of a request is in its target (?token=r17) and, where it has a body, in that; X-Request-Id is the token, too. A
server that is asked without a proxy between repeats it, and its access log has both.
"""

import dataclasses
import itertools
import random
import typing

import load

LETTERS = load.LETTERS * 2
LARGE = load.LETTERS * 20
NOISE = random.Random(2).randbytes(2 << 20)
FILE_SIZES = [0, 1, 4096, 65_536, 100_001, 300_000, 1_048_576, 2_000_003]


@dataclasses.dataclass
class Exchange:
    token: str
    kind: str
    request: bytes
    head_size: int  # of `request`
    status: int
    body: bytes
    is_head: bool = False
    fields: typing.Dict[str, str] = dataclasses.field(default_factory=dict)  # that the answer must have

    def may_be_repeated(self):
        return self.kind not in ("echo", "upload")


def file_content(number):
    return NOISE[number * 1000 :][: FILE_SIZES[number]]


def write_files(directory):
    for number in range(len(FILE_SIZES)):
        (directory / f"f{number}").write_bytes(file_content(number))


class Maker:
    """Makes exchanges; `kind` of the token says whose they are: r(egular), x (rude), v(ictims of a cancel)."""

    def __init__(self):
        self._numbers = itertools.count(1)

    def token(self, kind):
        return f"{kind}{next(self._numbers)}"

    def _get(self, token, kind, target, status, body, *fields, method="GET", **more):
        separator = "&" if "?" in target else "?"
        request = load.head(method, f"{target}{separator}token={token}", f"X-Request-Id: {token}", *fields)
        return Exchange(token, kind, request, len(request), status, body, method == "HEAD", **more)

    def _post(self, token, kind, target, body, in_chunks, answer):
        length = "Transfer-Encoding: chunked" if in_chunks else f"Content-Length: {len(body)}"
        head = load.head("POST", f"{target}?token={token}", f"X-Request-Id: {token}", length)
        return Exchange(token, kind, head + (load.chunked(body) if in_chunks else body), len(head), 200, answer)

    def _body(self, token, choose, most):
        size = choose.choice([0, 1, 100, 5000, 50_000, choose.randrange(most)])
        return (token.encode() + b" " + NOISE[choose.randrange(1000) :])[:size]

    def any(self, choose, backend, of="r"):
        """One of what that backend serves."""
        return self.file(choose, of) if backend == "files" else self.computed(choose, of)

    def file(self, choose, of="r"):
        token = self.token(of)
        number = choose.randrange(len(FILE_SIZES))
        content = file_content(number)
        target, size = f"/f{number}", len(content)
        kind = choose.randrange(8)
        if kind == 0:
            return self._get(token, "file_head", target, 200, b"", method="HEAD", fields={"content-length": str(size)})
        if kind < 4 and size > 1:
            first = choose.randrange(size)
            last = min(size - 1, first + choose.randrange(200_000))
            return self._get(token, "file_range", target, 206, content[first : last + 1], f"Range: bytes={first}-{last}",
                             fields={"content-range": f"bytes {first}-{last}/{size}"})  # yapf: disable
        return self._get(token, "file", target, 200, content)

    def computed(self, choose, of="r"):
        token = self.token(of)
        kind = choose.randrange(100)
        size = choose.choice([0, 1, 100, 5000, choose.randrange(200_000)])
        if kind < 15:
            return self._get(token, "plaintext", "/plaintext", 200, b"Hello, World!")
        if kind < 30:
            return self._get(token, "bytes", f"/bytes?n={size}", 200, LETTERS[:size])
        if kind < 35:
            return self._get(token, "bytes_head", f"/bytes?n={size}", 200, b"", method="HEAD",
                             fields={"content-length": str(size)})  # yapf: disable
        if kind < 45:
            first = choose.randrange(100_000)
            last = first + choose.randrange(100_000)
            return self._get(token, "bytes_range", "/bytes?n=200000", 206, LETTERS[first : last + 1],
                             f"Range: bytes={first}-{last}",
                             fields={"content-range": f"bytes {first}-{last}/200000"})  # yapf: disable
        if kind < 55:
            chunks, size = choose.randrange(1, 12), choose.randrange(1, 20_000)
            return self._get(token, "stream", f"/stream?chunks={chunks}&size={size}", 200, LETTERS[:size] * chunks)
        if kind < 75:
            body = self._body(token, choose, 300_000)
            return self._post(token, "echo", "/echo", body, choose.randrange(2), body)
        if kind < 85:
            body = self._body(token, choose, 1_000_000)
            return self._post(token, "upload", "/upload", body, choose.randrange(2), b"%d\n" % len(body))
        if kind < 93:
            millis = choose.randrange(1, 100)
            return self._get(token, "sleep", f"/sleep?ms={millis}", 200, b"slept %d ms\n" % millis)
        if kind < 98:
            micros = choose.randrange(1, 2000)
            return self._get(token, "burn", f"/burn?us={micros}", 200, b"burned %d us\n" % micros)
        return self._get(token, "throw", "/throw", 500, b"500 Internal Server Error\n")

    def large(self, choose, backend, of="x"):
        """One whose answer is more than sockets hold. Of the longest, `body` is the beginning only."""
        token = self.token(of)
        if backend == "files":
            number = len(FILE_SIZES) - 1
            return self._get(token, "file", f"/f{number}", 200, file_content(number))
        if choose.randrange(2):
            chunks = choose.randrange(50, 400)
            return self._get(token, "stream", f"/stream?chunks={chunks}&size=50000", 200, LETTERS[:50_000] * chunks)
        return self._get(token, "bytes", "/bytes?n=30000000", 200, LARGE)

    def victim(self, choose):
        millis = choose.randrange(500, 2000)
        return self._get(self.token("v"), "sleep", f"/sleep?ms={millis}", 200, b"slept %d ms\n" % millis)
