#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The built server serves a directory to the clients that people use."""

import concurrent.futures
import email
import email.policy
import email.utils
import filecmp
import gzip
import html.parser
import http.client
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.parse

import server_process

CLIENTS = 4


# They look like escapes when they are not escaped themselves. wget unescapes them twice, so they are not for it.
LIKE_ESCAPES = ["%41", "a%2Fb", "100%25", "%"]


def make_tree(root, files, more_names=()):
    """Some directories deep, with names that have to be escaped in a URL, in HTML, or in both."""
    odd = [
        *more_names, "plain", "two words", " leading", "100% ", "what?", "a?b=c", "#hash", "a&b", "a&amp;b",
        "<tag>", "it's", 'say "hi"', "a+b", "a=b;c", "~tilde", "-dash", "comma,", "(round)", "[square]", "{curly}",
        "at@", "dollar$", "bang!", "star*", "pipe|", "caret^", "back`tick", "colon:", "käse", "日本語", "emoji-😀",
        "é-composed", "e\u0301-combining", "ÿ", "trailing.", "..dots", "UPPER", "x" * 200,
    ]  # yapf: disable
    choose = random.Random(20260101)
    directories = [root]
    for name in odd:
        parent = choose.choice(directories)
        if len(parent.relative_to(root).parts) < 6 and len(str(parent)) < 1500:
            directory = parent / ("dir " + name)
            directory.mkdir()
            directories.append(directory)
    deep = root
    for level in range(20):
        deep = deep / f"deep {level}% ?"
        deep.mkdir()
    (deep / "bottom").write_bytes(b"here")
    for i in range(files):
        name = f"{choose.choice(odd)}{i}{choose.choice(['', '.txt', '.html', '.bin', '.tar.gz'])}"
        size = choose.choice([0, 1, 100, 5000, 300_000])
        (choose.choice(directories) / name).write_bytes(choose.randbytes(size))


def files_below(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


class Links(html.parser.HTMLParser):
    """The targets of a page's links."""

    def __init__(self, page):
        super().__init__()
        self.targets = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.targets += [value for name, value in attrs if tag == "a" and name == "href"]


class ServerTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.scratch = pathlib.Path(directory.name)
        self.root = self.scratch / "root"
        self.root.mkdir()

    def start(self, *flags, **options):
        server = server_process.ServerProcess(f"--root={self.root}", *flags, **options)
        self.addCleanup(server.kill)
        return server

    def request(self, server, method, path, headers=None):
        connection = http.client.HTTPConnection(server.host, server.port, timeout=server_process.GUARD_SECONDS)
        self.addCleanup(connection.close)
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        return response, response.read()

    def tool(self, name):
        path = shutil.which(name)
        if path is None:
            self.skipTest(f"{name} is not installed")
        return path

    def test_get_head_and_conditional_get(self):
        (self.root / "page.html").write_text("<p>hello")
        os.utime(self.root / "page.html", (1_000_000_000, 1_000_000_000))
        server = self.start()
        response, body = self.request(server, "GET", "/page.html")
        self.assertEqual((response.status, body), (200, b"<p>hello"))
        self.assertIn("text/html", response.headers["Content-Type"])
        modified = response.headers["Last-Modified"]
        self.assertIsNotNone(email.utils.parsedate_to_datetime(modified))
        self.assertIsNotNone(email.utils.parsedate_to_datetime(response.headers["Date"]))

        response, body = self.request(server, "HEAD", "/page.html")
        self.assertEqual((response.status, body), (200, b""))
        self.assertEqual(response.headers["Content-Length"], "8")

        response, body = self.request(server, "GET", "/page.html", {"If-Modified-Since": modified})
        self.assertEqual((response.status, body), (304, b""))
        os.utime(self.root / "page.html", (1_100_000_000, 1_100_000_000))
        response, body = self.request(server, "GET", "/page.html", {"If-Modified-Since": modified})
        self.assertEqual((response.status, body), (200, b"<p>hello"))

    def test_parts_of_a_file_of_more_than_4_gib(self):
        with open(self.root / "large", "wb") as file:
            file.seek(5 << 30)
            file.write(b"0123456789")
        os.utime(self.root / "large", (1_000_000_000, 1_000_000_000))
        server = self.start()
        size = (5 << 30) + 10
        response, body = self.request(server, "GET", "/large", {"Range": "bytes=-10"})
        self.assertEqual((response.status, body), (206, b"0123456789"))
        self.assertEqual(response.headers["Content-Range"], f"bytes {size - 10}-{size - 1}/{size}")
        self.assertEqual(response.headers["Content-Length"], "10")
        etag = response.headers["ETag"]
        headers = {"Range": f"bytes={5 << 30}-{(5 << 30) + 2}", "If-Range": etag}
        response, body = self.request(server, "GET", "/large", headers)
        self.assertEqual((response.status, body), (206, b"012"))
        response, _ = self.request(server, "GET", "/large", {"Range": f"bytes={size}-"})
        self.assertEqual((response.status, response.headers["Content-Range"]), (416, f"bytes */{size}"))
        response, _ = self.request(server, "HEAD", "/large", {"Range": "bytes=-10"})
        self.assertEqual((response.status, response.headers["Content-Length"]), (200, str(size)))

    def test_a_compressed_file_is_what_curl_unpacks(self):
        curl = self.tool("curl")
        content = b"all work and no play " * 10_000
        (self.root / "page.txt").write_bytes(content)
        (self.root / "page.txt.gz").write_bytes(gzip.compress(content))
        server = self.start("--precompressed", "--cache_control=max-age=60")
        self.assertEqual(self.request(server, "GET", "/page.txt")[0].headers["Cache-Control"], "max-age=60")
        url = f"http://{server.host}:{server.port}/page.txt"
        for flags, size in (["--compressed"], len(gzip.compress(content))), ([], len(content)):
            command = [curl, "-sSf", *flags, "-o", str(self.scratch / "got"), "-w", "%{size_download}", url]
            done = subprocess.run(command, check=True, capture_output=True, timeout=server_process.GUARD_SECONDS)
            self.assertEqual(int(done.stdout), size)
            self.assertEqual((self.scratch / "got").read_bytes(), content)

    def test_curl_resumes_a_download(self):
        curl = self.tool("curl")
        content = random.Random(1).randbytes(300_000)
        (self.root / "file.bin").write_bytes(content)
        server = self.start()
        part = self.scratch / "part"
        part.write_bytes(content[:123_456])
        url = f"http://{server.host}:{server.port}/file.bin"
        command = [curl, "-sSf", "-C", "-", "-o", str(part), url]
        subprocess.run(command, check=True, timeout=server_process.GUARD_SECONDS)
        self.assertEqual(part.read_bytes(), content)

    def test_errors(self):
        server = self.start()
        self.assertEqual(self.request(server, "GET", "/missing")[0].status, 404)
        self.assertEqual(self.request(server, "POST", "/missing")[0].status, 405)
        self.assertGreaterEqual(self.request(server, "GET", "/../../../../etc/passwd")[0].status, 400)
        self.assertGreaterEqual(self.request(server, "GET", "/%2e%2e/%2e%2e/etc/passwd")[0].status, 400)

    def test_paths_and_queries_as_clients_send_them(self):
        (self.root / "sub").mkdir()
        (self.root / "sub/file").write_text("found")
        server = self.start()
        for path in ("/./sub/file", "//sub///file", "/sub/x/../file", "/%2e/sub/%2E%2e/sub/file",
                     "/sub/file?100%", "/sub/file?%zz&a=\"<b>\""):  # yapf: disable
            response, body = self.request(server, "GET", path)
            self.assertEqual((response.status, body), (200, b"found"), path)

    def test_options_tells_what_is_allowed(self):
        server = self.start()
        for path in ("/", "*", "/none"):
            response, body = self.request(server, "OPTIONS", path)
            self.assertEqual((response.status, body), (204, b""), path)
            self.assertEqual(response.headers["Allow"], "GET, HEAD, OPTIONS")
        self.assertEqual(self.request(server, "PROPFIND", "/")[0].status, 501)

    def test_a_directory_is_redirected_to_below_the_path_that_the_client_asked_for(self):
        (self.root / "sub").mkdir()
        server = self.start()
        response, _ = self.request(server, "GET", "/sub?q")
        self.assertEqual((response.status, response.headers["Location"]), (301, "sub/?q"))

    def test_several_ranges_are_a_multipart_message(self):
        content = bytes(range(256)) * 4000
        (self.root / "file.bin").write_bytes(content)
        server = self.start()
        wanted = [(500_000, 700_000), (0, 10), (1_023_999, 1_024_000)]
        value = ",".join(f"{begin}-{end - 1}" for begin, end in wanted)
        response, body = self.request(server, "GET", "/file.bin", {"Range": f"bytes={value}"})
        self.assertEqual(response.status, 206)
        head = f"Content-Type: {response.headers['Content-Type']}\r\n\r\n".encode()
        message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
        parts = list(message.iter_parts())
        self.assertEqual([part["Content-Range"] for part in parts],
                         [f"bytes {begin}-{end - 1}/{len(content)}" for begin, end in wanted])  # yapf: disable
        # Byte for byte, which email's parser does not keep.
        boundary = message.get_boundary().encode()
        pieces = body.split(b"\r\n--" + boundary)
        self.assertEqual([piece.split(b"\r\n\r\n", 1)[1] for piece in pieces[1:-1]],
                         [content[begin:end] for begin, end in wanted])  # yapf: disable
        self.assertEqual(pieces[-1], b"--\r\n")

    def test_a_root_that_is_a_switched_link_shows_the_new_release(self):
        for release in ("1", "2"):
            (self.scratch / release).mkdir()
            (self.scratch / release / "version").write_text(release)
            os.utime(self.scratch / release / "version", (1_600_000_000, 1_600_000_000))
        self.root.rmdir()
        self.root.symlink_to("1")
        server = self.start()
        response, body = self.request(server, "GET", "/version")
        self.assertEqual(body, b"1")
        (self.scratch / "next").symlink_to("2")
        os.replace(self.scratch / "next", self.root)
        # The same size and time, but another version: the client's copy is not valid any more.
        conditions = {"If-None-Match": response.headers["ETag"]}
        deadline = time.monotonic() + server_process.GUARD_SECONDS
        while self.request(server, "GET", "/version", conditions)[0].status == 304:
            self.assertLess(time.monotonic(), deadline)
        shutil.rmtree(self.scratch / "1")
        self.assertEqual(self.request(server, "GET", "/version")[1], b"2")

    def test_sighup_reads_the_error_pages_again(self):
        pages = self.scratch / "pages"
        pages.mkdir()
        (pages / "404.html").write_text("first")
        server = self.start(f"--error_pages={pages}")
        self.assertEqual(self.request(server, "GET", "/none")[1], b"first")
        (pages / "404.html").write_text("second")
        (pages / "4xx.html").write_text("second of 4xx")
        server.signal(signal.SIGHUP)
        server.await_log("the error pages are read again")
        self.assertEqual(self.request(server, "GET", "/none")[1], b"second")
        # Also what the server refuses itself.
        response, body = self.request(server, "GET", "/", {"Expect": "another"})
        self.assertEqual((response.status, body), (417, b"second of 4xx"))
        shutil.rmtree(pages)
        server.signal(signal.SIGHUP)
        server.await_log("the error pages are unchanged")
        self.assertEqual(self.request(server, "GET", "/none")[1], b"second")

    def test_index_html_stands_for_its_directory(self):
        (self.root / "index.html").write_text("the index")
        server = self.start()
        self.assertEqual(self.request(server, "GET", "/")[1], b"the index")

    def test_a_relative_root_counts_from_where_bazel_run_was_typed(self):
        (self.root / "file").write_text("found")
        with server_process.ServerProcess(
            "--root=root", env={"BUILD_WORKING_DIRECTORY": str(self.scratch)}, cwd="/"
        ) as server:
            self.assertEqual(self.request(server, "GET", "/file")[1], b"found")

    def test_a_relative_root_counts_from_the_working_directory_otherwise(self):
        (self.root / "file").write_text("found")
        env = {key: value for key, value in os.environ.items() if key != "BUILD_WORKING_DIRECTORY"}
        self.assertNotIn("BUILD_WORKING_DIRECTORY", env)
        with server_process.ServerProcess("--root=root", cwd=self.scratch) as server:
            self.assertEqual(self.request(server, "GET", "/file")[1], b"found")

    def test_curl(self):
        curl = self.tool("curl")
        content = random.Random(1).randbytes(3_000_000)
        (self.root / "big").write_bytes(content)
        server = self.start()
        command = [curl, "--silent", "--show-error", "--fail", "--path-as-is"]
        got = subprocess.run([*command, f"{server.url}/big"], stdout=subprocess.PIPE, check=True)
        self.assertEqual(got.stdout, content)
        head = subprocess.run([*command, "--head", f"{server.url}/big"], stdout=subprocess.PIPE, check=True)
        self.assertIn(b"Content-Length: 3000000\r\n", head.stdout)
        escape = subprocess.run([*command, f"{server.url}/../../etc/passwd"], stdout=subprocess.PIPE, check=False)
        self.assertEqual((escape.returncode, escape.stdout), (22, b""))

    def test_the_listings_lead_to_every_file(self):
        make_tree(self.root, files=200, more_names=LIKE_ESCAPES)
        server = self.start("--list_directories")
        connection = http.client.HTTPConnection(server.host, server.port, timeout=server_process.GUARD_SECONDS)
        self.addCleanup(connection.close)
        seen = {"/"}
        pages = ["/"]
        found = []
        while pages:
            page = pages.pop()
            connection.request("GET", page)
            response = connection.getresponse()
            body = response.read()
            self.assertEqual(response.status, 200, page)
            if not page.endswith("/"):
                name = urllib.parse.unquote(page[1:])
                found.append(name)
                self.assertEqual((self.root / name).read_bytes(), body, page)
                continue
            for target in Links(body.decode()).targets:
                linked = urllib.parse.urljoin(page, target)
                if linked not in seen:
                    seen.add(linked)
                    pages.append(linked)
        self.assertEqual(sorted(found), files_below(self.root))

    def test_four_mirrors_made_at_once_are_identical_to_the_tree(self):
        wget = self.tool("wget")
        make_tree(self.root, files=300)
        server = self.start("--list_directories")

        def mirror(number):
            copy = self.scratch / f"copy{number}"
            copy.mkdir()
            done = subprocess.run(
                [wget, "--mirror", "--no-verbose", "--no-host-directories", "--no-iri", "--execute=robots=off",
                 "--restrict-file-names=nocontrol", "--tries=1", f"{server.url}/"],
                cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )  # yapf: disable
            for listing in copy.rglob("index.html"):
                listing.unlink()
            return copy, done

        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as clients:
            results = list(clients.map(mirror, range(CLIENTS)))
        names = files_below(self.root)
        self.assertGreater(len(names), 300)
        for copy, done in results:
            self.assertEqual(done.returncode, 0, done.stdout.decode(errors="replace")[-2000:])
            self.assertEqual(files_below(copy), names)
            _, different, failed = filecmp.cmpfiles(self.root, copy, names, shallow=False)
            self.assertEqual((different, failed), ([], []))
        self.assertEqual(server.stop()[0], 0)


if __name__ == "__main__":
    unittest.main()
