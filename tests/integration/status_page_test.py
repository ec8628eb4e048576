#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The status page in a browser: it fills with what happens, and nothing in it is taken for HTML.

With a directory as the argument it keeps pictures of the page there, for looking at them.
"""

import http.server
import json
import pathlib
import sys
import tempfile
import threading
import unittest

import browser
from metrics_process import MetricsProcess

HOSTILE = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>'\"`${1}&lt;b&gt;\u202e"
PICTURES = None


class HostileServer:
    """Passes the real page on, with its policy, and puts HTML into every text that it then fetches.

    The parser of requests lets no such thing through in the first place; the page must not rely on that.
    """

    def __init__(self, testbed):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                status, headers, text = testbed.ask(self.path)
                if self.path == "/status.json":
                    text = json.dumps(poison(json.loads(text)))
                body = text.encode()
                self.send_response(status)
                for name in ["Content-Type", "Content-Security-Policy"]:
                    if name in headers:
                        self.send_header(name, headers[name])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *unused):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self._server.shutdown()
        self._server.server_close()


def poison(value, key=""):
    if isinstance(value, dict):
        return {name: poison(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [poison(inner, key) for inner in value]
    # What decides which row it is stays.
    return HOSTILE if isinstance(value, str) and key != "state" and key != "may" else value


class StatusPageTest(unittest.TestCase):
    def assert_clean(self, page):
        """No script failed, and nothing was tried that the policy forbids."""
        self.assertEqual(page.logs(), [])
        # Wider than its window: something does not wrap.
        self.assertTrue(page.run("return document.documentElement.scrollWidth <= innerWidth"))

    def test_fills_with_live_data(self):
        with MetricsProcess("--min_threads=3", "--max_threads=6") as testbed:
            slow = testbed.begin("/sleep?ms=600000&who=me")
            ended = threading.Event()

            def load():
                while not ended.is_set():
                    testbed.ask("/burn?us=500", address=testbed.server)

            thread = threading.Thread(target=load)
            thread.start()
            with browser.Browser() as page:
                page.open(testbed.url + "/")
                page.await_script("return document.querySelector('#state').textContent === 'running'")
                page.await_script("return document.body.innerText.includes('GET /sleep?ms=600000&who=me')")
                page.await_script("return /start\\s+3 workers started/.test(document.body.innerText)")
                # Each chart has lines of several samples.
                page.await_script("""
                    const charts = [...document.querySelectorAll('.chart')];
                    return charts.length === 3 && charts.every((chart) =>
                        [...chart.querySelectorAll('polyline')].some((line) => line.points.length >= 3));""")
                page.await_script("return document.querySelectorAll('.tile .value span')[2].textContent !== '0'")
                self.assertTrue(page.run("return document.querySelector('#controls').hidden"))
                self.assertEqual(page.run("return document.querySelectorAll('[data-task]').length"), 0)
                for width, height, dark in [(1400, 900, False), (1400, 900, True), (390, 800, True), (390, 800, False)]:
                    page.look(width, height, dark)
                    page.await_script("return innerWidth === arguments[0]", width)
                    background = page.run("return getComputedStyle(document.body).backgroundColor")
                    self.assertEqual(background, "rgb(18, 18, 17)" if dark else "rgb(244, 244, 241)")
                    self.assert_clean(page)
                    if PICTURES:
                        page.screenshot(str(PICTURES / f"{width}-{'dark' if dark else 'light'}.png"))
            ended.set()
            thread.join()
            slow.close()

    def test_takes_nothing_that_requests_say_for_html(self):
        with MetricsProcess("--min_threads=2") as testbed, HostileServer(testbed) as hostile, \
                browser.Browser() as page:
            slow = testbed.begin("/sleep?ms=600000")
            page.open(hostile.url)
            page.await_script("return document.querySelector('#workers code')?.textContent === arguments[0]", HOSTILE)
            page.await_script("return document.querySelector('#events li')?.textContent.includes(arguments[0])",
                              HOSTILE)
            self.assertEqual(page.run("return document.querySelectorAll('img, #workers script').length"), 0)
            self.assertNotEqual(page.run("return document.title"), "run")
            self.assert_clean(page)
            slow.close()

    def test_policy_stops_what_got_into_the_page_all_the_same(self):
        with MetricsProcess() as testbed, browser.Browser() as page:
            page.open(testbed.url + "/")
            page.await_script("return document.querySelector('#state').textContent === 'running'")
            for attempt in [
                    "document.body.innerHTML = text",
                    "document.createElement('img').setAttribute('onerror', text)",
                    "document.body.append(Object.assign(document.createElement('script'), { text }))",
            ]:
                script = f"""const text = arguments[0];
                             try {{ {attempt}; return 'done'; }} catch (e) {{ return e.name; }}"""
                self.assertEqual(page.run(script, "document.title = 'run'"), "TypeError", attempt)
            elsewhere = "http://127.0.0.1:1/"
            sent = "return fetch(arguments[0], { mode: 'no-cors' }).then(() => 'sent', (e) => e.name)"
            self.assertEqual(page.run(sent, elsewhere), "TypeError")
            page.run("document.body.append(Object.assign(new Image(), { src: arguments[0] }))", elsewhere)
            self.assertNotEqual(page.run("return document.title"), "run")
            said = "\n".join(page.logs())
            self.assertIn("connect-src 'self'", said)
            self.assertIn("img-src data:", said)

    def test_operator_has_buttons_that_work(self):
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "tokens"
            path.write_text("operator operator-0123456789\nread-only reader-0123456789ab\n")
            path.chmod(0o600)
            with MetricsProcess("--min_threads=2", "--max_threads=4", f"--admin_token_file={path}") as testbed, \
                    browser.Browser() as page:
                slow = testbed.begin("/sleep?ms=600000")
                page.open(testbed.url + "/")
                page.await_script("return !document.querySelector('#token').hidden")

                def use(token):
                    page.run("""document.querySelector('#token').hidden = false;
                                document.querySelector('#token-text').value = arguments[0];
                                document.querySelector('#token').requestSubmit();""", token)

                use("reader-0123456789ab")
                page.await_script("return document.querySelector('#state').textContent === 'running'")
                self.assertTrue(page.run("return document.querySelector('#controls').hidden"))
                use("operator-0123456789")
                page.await_script("return !document.querySelector('#controls').hidden")

                page.run("""const [min, max] = [document.querySelector('#min'), document.querySelector('#max')];
                            min.value = 3; max.value = 8;
                            min.dispatchEvent(new Event('input', { bubbles: true }));
                            document.querySelector('#controls').requestSubmit();""")
                page.await_script("return document.querySelector('#tiles').innerText.includes('3 to 8 allowed')")
                page.await_script("return document.querySelector('[data-task]')?.dataset.level === 'gentle'")
                page.run("document.querySelector('[data-task]').click()")
                page.await_script("return document.querySelector('[data-task]')?.dataset.level === 'firm'")
                page.run("window.confirm = () => true; document.querySelector('#drain').click()")
                page.await_script("return document.querySelector('#state').textContent === 'draining'")
                testbed.await_ready(503, "draining")
                page.run("document.querySelector('#resume').click()")
                page.await_script("return document.querySelector('#state').textContent === 'running'")
                if PICTURES:
                    page.screenshot(str(PICTURES / "operator.png"))
                slow.close()

    def test_says_when_the_server_is_gone(self):
        with MetricsProcess() as testbed, browser.Browser() as page:
            page.open(testbed.url + "/")
            page.await_script("return document.querySelector('#state').textContent === 'running'")
            testbed.signal()
            self.assertEqual(testbed.wait()[0], 0)
            page.await_script("return document.querySelector('#state').textContent === 'unreachable'")
            self.assertIn("does not answer", page.run("return document.querySelector('#notice').textContent"))


if __name__ == "__main__":
    WHY = browser.why_skipped()
    if WHY:
        print(f"SKIPPED: {WHY}")
        sys.exit(0)
    if len(sys.argv) > 1 and pathlib.Path(sys.argv[-1]).is_dir():
        PICTURES = pathlib.Path(sys.argv.pop())
    unittest.main(verbosity=2)
