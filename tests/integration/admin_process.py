# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Runs the testbed with its admin service for a test, and makes the stubs to call it with.

    with AdminProcess("--min_threads=4") as testbed:
        stats = testbed.admin.GetStats(testbed.messages.GetStatsRequest())

Needs Debian's python3-grpcio, python3-protobuf and protobuf-compiler: `why_skipped` says what is missing.
"""

import importlib
import pathlib
import shutil
import subprocess
import sys
import tempfile

import server_process

GUARD_SECONDS = server_process.GUARD_SECONDS
PROTOS = ["admin/pool_admin.proto", "tests/integration/grpc_subset.proto"]


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


class AdminProcess(server_process.ServerProcess):
    """A testbed that listens on free ports, with a channel to its admin service."""

    def __init__(self, *flags):
        import grpc  # pylint: disable=import-outside-toplevel

        super().__init__(*flags, binary=server_process.TESTBED, admin="127.0.0.1:0")
        self.messages, self.subset = _Generated.load()
        self.channel = grpc.insecure_channel(self.admin_address)
        self.admin = Stub(self.channel, self.messages.DESCRIPTOR.services_by_name["PoolAdmin"],
                          lambda descriptor: getattr(self.messages, descriptor.name))
        subset = self.subset
        self.watch_health = self.channel.unary_stream(
            "/grpc.health.v1.Health/Watch",
            request_serializer=subset.HealthCheckRequest.SerializeToString,
            response_deserializer=subset.HealthCheckResponse.FromString,
        )
        self.check_health = lambda: self.channel.unary_stream(
            "/grpc.health.v1.Health/Check",
            request_serializer=subset.HealthCheckRequest.SerializeToString,
            response_deserializer=subset.HealthCheckResponse.FromString,
        )(subset.HealthCheckRequest(), timeout=GUARD_SECONDS)
        self.reflect = self.channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            request_serializer=subset.ServerReflectionRequest.SerializeToString,
            response_deserializer=subset.ServerReflectionResponse.FromString,
        )

    def kill(self):
        if hasattr(self, "channel"):
            self.channel.close()
        super().kill()
