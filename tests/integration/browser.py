# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium for a test, through chromedriver and the standard library.

    with browser.Browser() as page:
        page.open(url)
        page.await_script("return document.title !== ''")

Needs Debian's chromium and chromium-driver: `why_skipped` says what is missing.
"""

import base64
import http.client
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time

GUARD_SECONDS = 60
START_ATTEMPTS = 5
STARTED = re.compile(r"started successfully on port ([0-9]+)")


def why_skipped():
    """What is missing for these tests; empty when nothing is."""
    missing = [package for package, program in {"chromium": "chromium", "chromium-driver": "chromedriver"}.items()
               if shutil.which(program) is None]
    return f"not installed: {' '.join(missing)}" if missing else ""


class Browser:
    """One window. `logs` are what the page's console said."""

    def __init__(self):
        # The user's own profile, and a home that may not be there, are none of the test's.
        self._profile = tempfile.TemporaryDirectory()
        # It takes a free port of IPv4 and wants the same one of IPv6, which another may have.
        port = next((port for port in (self._start() for _ in range(START_ATTEMPTS)) if port), None)
        if port is None:
            raise AssertionError("chromedriver does not start")
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=GUARD_SECONDS)
        # Without a sandbox: it runs as root in containers, and shows nothing but the test's own page.
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--disable-background-networking", "--no-first-run", "--hide-scrollbars",
                     f"--user-data-dir={self._profile.name}/profile"]
        capabilities = {"browserName": "chrome", "goog:chromeOptions": {"args": arguments},
                        "goog:loggingPrefs": {"browser": "ALL"}}
        self._session = ""
        answer = self._call("POST", "", {"capabilities": {"alwaysMatch": capabilities}})
        self._session = "/" + answer["sessionId"]
        self.look(1400, 900)

    def _start(self):
        """Starts the driver: its port, or None when it has ended."""
        self._driver = subprocess.Popen(
            ["chromedriver", "--port=0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "HOME": self._profile.name, "TMPDIR": self._profile.name},
            encoding="utf-8",
        )
        self._guard = threading.Timer(GUARD_SECONDS * 2, self._driver.kill)
        self._guard.start()
        said = ""
        for line in self._driver.stdout:
            match = STARTED.search(line)
            if match:
                return int(match.group(1))
            said += line
        self._guard.cancel()
        self._driver.wait()
        self._driver.stdout.close()
        print(f"chromedriver ended with {self._driver.returncode}: {said}")
        return None

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        try:
            self._call("DELETE", "")
        finally:
            self._connection.close()
            self._end()

    def _end(self):
        self._guard.cancel()
        self._driver.terminate()
        self._driver.wait()
        self._driver.stdout.close()
        # Chromium's last processes may still write there.
        for _ in range(50):
            try:
                self._profile.cleanup()
                return
            except OSError:
                time.sleep(0.1)

    def _call(self, method, path, body=None):
        self._connection.request(method, f"/session{self._session}{path}",
                                 json.dumps(body) if body is not None else None,
                                 {"Content-Type": "application/json"})
        answer = json.loads(self._connection.getresponse().read())["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise AssertionError(f"{answer['error']}: {answer['message']}")
        return answer

    def open(self, url):
        self._call("POST", "/url", {"url": url})

    def look(self, width, height, dark=False):
        """The size of the window, as a phone's when it is narrow, and the colours that its user likes."""
        # Not the window's own size: that has its frame in it, and has a least width.
        self.command("Emulation.setDeviceMetricsOverride",
                     {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", {"features": [scheme]})

    def command(self, name, parameters):
        """A command of the DevTools protocol."""
        return self._call("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def run(self, script, *arguments):
        """What the body of a function returns in the page."""
        return self._call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def await_script(self, script, *arguments):
        """Waits until the body of a function returns something true."""
        deadline = time.monotonic() + GUARD_SECONDS
        while not self.run(script, *arguments):
            if time.monotonic() > deadline:
                raise AssertionError(f"never true in the page: {script}\n{self.run('return document.body.innerText')}")
            time.sleep(0.05)

    def logs(self):
        """What the console said since the last call: errors of scripts, violations of the policy."""
        return [entry["message"] for entry in self._call("POST", "/se/log", {"type": "browser"})]

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self._call("GET", "/screenshot")))
