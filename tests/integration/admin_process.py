# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs the testbed with its admin service for a test, and makes the stubs to call it with.

    with AdminProcess("--min_threads=4") as testbed:
        stats = testbed.admin.GetStats(testbed.messages.GetStatsRequest())

Needs Debian's python3-grpcio, python3-protobuf and protobuf-compiler: `why_skipped` says what is missing.
"""

import importlib
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

GUARD_SECONDS = 60
# Tests run in the directory of the runfiles.
BINARY = str(pathlib.Path("tools/testbed/testbed").absolute())
PROTOS = ["admin/pool_admin.proto", "tests/integration/grpc_subset.proto"]
LISTENING = re.compile(r"listening on http://([0-9.]+):([0-9]+) admin (\S+)\n")


def why_skipped():
    """What is missing for these tests; empty when nothing is."""
    missing = [] if shutil.which("protoc") else ["protobuf-compiler"]
    for module, package in {"grpc": "python3-grpcio", "google.protobuf": "python3-protobuf"}.items():
        try:
            importlib.import_module(module)
        except ImportError:
            missing.append(package)
    return f"not installed: {' '.join(missing)}" if missing else ""


class _Generated:
    """The messages, generated once for the process."""

    directory = None

    @classmethod
    def load(cls):
        if cls.directory is None:
            cls.directory = tempfile.TemporaryDirectory()
            command = ["protoc", "-I.", f"--python_out={cls.directory.name}", *PROTOS]
            subprocess.run(command, check=True, timeout=GUARD_SECONDS)
            # "tests" and "admin" may be packages of somebody else's.
            for proto in PROTOS:
                sys.path.insert(0, str((pathlib.Path(cls.directory.name) / proto).parent))
        return importlib.import_module("pool_admin_pb2"), importlib.import_module("grpc_subset_pb2")


class Stub:
    """The calls of a service as methods, from its descriptor: Debian has no Python plugin for protoc."""

    def __init__(self, channel, service, message_class):
        for method in service.methods:
            kind = "unary_stream" if method.name.startswith("Watch") or method.name == "Stop" else "unary_unary"
            call = getattr(channel, kind)(
                f"/{service.full_name}/{method.name}",
                request_serializer=message_class(method.input_type).SerializeToString,
                response_deserializer=message_class(method.output_type).FromString,
            )
            setattr(self, method.name, call)


class AdminProcess:
    """A testbed that listens on free ports."""

    def __init__(self, *flags):
        import grpc  # pylint: disable=import-outside-toplevel

        self.messages, self.subset = _Generated.load()
        self.log = tempfile.TemporaryFile(mode="w+")
        self._process = subprocess.Popen(
            [BINARY, "--listen=127.0.0.1:0", "--admin=127.0.0.1:0", "--metrics=", *flags],
            stdout=subprocess.PIPE,
            stderr=self.log,
            encoding="utf-8",
        )
        guard = threading.Timer(GUARD_SECONDS, self._process.kill)
        guard.start()
        first_line = self._process.stdout.readline()
        guard.cancel()
        match = LISTENING.fullmatch(first_line)
        if match is None:
            log = self.read_log()
            self.kill()
            raise AssertionError(f"first line on stdout: {first_line!r}; log:\n{log}")
        self.host, self.port, self.address = match.group(1), int(match.group(2)), match.group(3)
        self.channel = grpc.insecure_channel(self.address)
        self.admin = Stub(self.channel, self.messages.DESCRIPTOR.services_by_name["PoolAdmin"],
                          lambda descriptor: getattr(self.messages, descriptor.name))
        subset = self.subset
        self.watch_health = self.channel.unary_stream(
            "/grpc.health.v1.Health/Watch",
            request_serializer=subset.HealthCheckRequest.SerializeToString,
            response_deserializer=subset.HealthCheckResponse.FromString,
        )
        self.reflect = self.channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            request_serializer=subset.ServerReflectionRequest.SerializeToString,
            response_deserializer=subset.ServerReflectionResponse.FromString,
        )

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.kill()

    def read_log(self):
        self.log.seek(0)
        return self.log.read()

    def signal(self, number=signal.SIGTERM):
        self._process.send_signal(number)

    def wait(self):
        """Waits for the end; gives the exit code."""
        return self._process.wait(timeout=GUARD_SECONDS)

    def kill(self):
        if hasattr(self, "channel"):
            self.channel.close()
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self.log.close()
