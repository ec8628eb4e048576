#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""A file of 4 GiB and 1 KiB, in parts over the borders of 31 and 32 bits, is what is on the disk.

The whole of it takes seconds to minutes, and so is fetched only when asked for:

    bazel test //tests/integration:large_file_test --test_env=WHOLE_FILE=1 --test_output=all
"""

import hashlib
import http.client
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

import server_process

GUARD_SECONDS = server_process.GUARD_SECONDS
GIB = 1 << 30
SIZE = 4 * GIB + 1024
MARKER_BYTES = 64
# Where there is something else than zeros. None is at a whole page, so that a part shifted by a page shows.
MARKERS = [0, GIB - 30, 2 * GIB - 32, 2 * GIB + 5000, 3 * GIB + 1, 4 * GIB - 32, 4 * GIB + 500, SIZE - MARKER_BYTES]


def marker(offset):
    """Bytes that are nowhere else in the file."""
    return hashlib.sha512(str(offset).encode()).digest()


class LargeFileTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.scratch = pathlib.Path(directory.name)
        self.root = self.scratch / "root"
        self.root.mkdir()
        self.path = self.root / "large.bin"
        with open(self.path, "wb") as file:
            file.truncate(SIZE)
            for offset in MARKERS:
                file.seek(offset)
                file.write(marker(offset))
        self.assertEqual(self.path.stat().st_size, SIZE)
        # The file system has to know of holes, or each test would write all of it.
        self.assertLess(self.path.stat().st_blocks * 512, 1 << 20)
        self.server = server_process.ServerProcess(f"--root={self.root}")
        self.addCleanup(self.server.kill)
        self.url = f"{self.server.url}/large.bin"

    def on_disk(self, begin, end):
        with open(self.path, "rb") as file:
            file.seek(begin)
            return file.read(end - begin)

    def curl(self, *arguments):
        curl = shutil.which("curl")
        if curl is None:
            print("SKIPPED: curl is not installed", flush=True)
            self.skipTest("curl is not installed")
        command = [curl, "--disable", "--noproxy", "*", "-sS", "--fail", *arguments, self.url]
        return subprocess.run(command, check=True, capture_output=True, timeout=10 * GUARD_SECONDS).stdout

    # First and last byte, as Range counts them.
    PARTS = [
        (0, 99),
        (GIB - 100, GIB + 100),
        (2 * GIB - 1, 2 * GIB - 1),
        (2 * GIB, 2 * GIB),
        (2 * GIB - 100_000, 2 * GIB + 100_000),
        (3 * GIB - 5, 3 * GIB + 100),
        (4 * GIB - 1, 4 * GIB - 1),
        (4 * GIB, 4 * GIB),
        (4 * GIB - 3_000_000, 4 * GIB + 600),
        (SIZE - 1, SIZE - 1),
    ]

    def test_parts_by_python(self):
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=GUARD_SECONDS)
        self.addCleanup(connection.close)
        asked = [(f"{first}-{last}", first, last) for first, last in self.PARTS]
        asked += [
            ("-1024", 4 * GIB, SIZE - 1),
            ("-1", SIZE - 1, SIZE - 1),
            (f"{4 * GIB - 7}-", 4 * GIB - 7, SIZE - 1),
            (f"{4 * GIB}-{1 << 62}", 4 * GIB, SIZE - 1),
        ]
        for text, first, last in asked:
            with self.subTest(text):
                connection.request("GET", "/large.bin", headers={"Range": f"bytes={text}"})
                response = connection.getresponse()
                body = response.read()
                self.assertEqual(response.status, 206)
                self.assertEqual(response.headers["Content-Range"], f"bytes {first}-{last}/{SIZE}")
                self.assertEqual(response.headers["Content-Length"], str(last + 1 - first))
                self.assertTrue(body == self.on_disk(first, last + 1), len(body))
        connection.request("HEAD", "/large.bin")
        response = connection.getresponse()
        self.assertEqual((response.status, response.read()), (200, b""))
        self.assertEqual(response.headers["Content-Length"], str(SIZE))
        for text in f"{SIZE}-", f"{1 << 63}-", "-0":
            with self.subTest(text):
                connection.request("GET", "/large.bin", headers={"Range": f"bytes={text}"})
                response = connection.getresponse()
                response.read()
                self.assertEqual((response.status, response.headers["Content-Range"]), (416, f"bytes */{SIZE}"))

    def test_parts_by_curl(self):
        for first, last in self.PARTS:
            with self.subTest(first=first, last=last):
                self.assertTrue(self.curl("--range", f"{first}-{last}") == self.on_disk(first, last + 1))
        self.assertTrue(self.curl("--range", "-3000") == self.on_disk(SIZE - 3000, SIZE))

    def test_curl_resumes_where_a_download_broke_off(self):
        if shutil.which("curl") is None:
            print("SKIPPED: curl is not installed", flush=True)
            self.skipTest("curl is not installed")
        for had in 2 * GIB - 77, 4 * GIB - 1, 4 * GIB, 4 * GIB + 1000:
            with self.subTest(had=had):
                part = self.scratch / "part"
                # The beginning is in holes, but for the marker that must be left alone: what is compared is what came.
                with open(part, "wb") as file:
                    file.write(b"had before")
                    file.truncate(had)
                if had < 4 * GIB - 1:
                    # 2 GiB are too many for each run: enough to be over the border, and then broken off again.
                    self.resume_and_break_off(part, had)
                else:
                    self.curl("--continue-at", "-", "--output", str(part))
                    self.assertEqual(part.stat().st_size, SIZE)
                    self.compare(part, had, SIZE)

    def resume_and_break_off(self, part, had):
        command = ["curl", "--disable", "--noproxy", "*", "-sS", "--fail", "--continue-at", "-", "--output", str(part)]
        process = subprocess.Popen([*command, "--limit-rate", "100M", self.url])
        deadline = time.monotonic() + GUARD_SECONDS
        while part.stat().st_size < 2 * GIB + 20_000 and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
        process.wait()
        self.assertGreaterEqual(part.stat().st_size, 2 * GIB + 20_000)
        self.compare(part, had, part.stat().st_size)

    def compare(self, part, begin, end):
        with open(part, "rb") as got, open(self.path, "rb") as expected:
            self.assertEqual(got.read(10), b"had before")
            got.seek(begin)
            expected.seek(begin)
            while begin < end:
                size = min(1 << 20, end - begin)
                self.assertTrue(got.read(size) == expected.read(size), f"between {begin} and {begin + size}")
                begin += size

    @unittest.skipUnless(os.environ.get("WHOLE_FILE"), "takes long; --test_env=WHOLE_FILE=1")
    def test_the_whole_file(self):
        connection = http.client.HTTPConnection(self.server.host, self.server.port, timeout=GUARD_SECONDS)
        self.addCleanup(connection.close)
        begin = time.monotonic()
        connection.request("GET", "/large.bin")
        response = connection.getresponse()
        self.assertEqual((response.status, response.headers["Content-Length"]), (200, str(SIZE)))
        received = 0
        with open(self.path, "rb") as expected:
            while piece := response.read(1 << 20):
                self.assertTrue(piece == expected.read(len(piece)), f"after {received}")
                received += len(piece)
        self.assertEqual(received, SIZE)
        took = time.monotonic() - begin
        print(f"Python: {SIZE} bytes, identical, in {took:.1f} s", flush=True)

        got = self.scratch / "got"
        begin = time.monotonic()
        self.curl("--output", str(got))
        took = time.monotonic() - begin
        subprocess.run(["cmp", str(got), str(self.path)], check=True)
        print(f"curl: {got.stat().st_size} bytes, identical, in {took:.1f} s", flush=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
