# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""A client that knows only an address, as grpcurl does: it learns services and messages by reflection.

    client = ReflectionClient(channel)
    client.list()                                        # names of the services
    client.describe("robusto.admin.v1.PoolAdmin")        # a descriptor, or KeyError
    client.call("grpc.health.v1.Health/Check", "{}")     # the responses, as dictionaries

The descriptors come from the server alone: the pool of this process' generated messages is not used.
"""

import re


class _Wire:
    """The request and response of reflection, in a form that both v1 and v1alpha have on the wire."""

    @staticmethod
    def varint(data, at):
        value = shift = 0
        while True:
            byte = data[at]
            value |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                return value, at

    @classmethod
    def fields(cls, data):
        """Yields (number, value) of a message; nested messages and strings are bytes."""
        at = 0
        while at < len(data):
            key, at = cls.varint(data, at)
            if key & 7 == 0:
                value, at = cls.varint(data, at)
            elif key & 7 == 2:
                size, at = cls.varint(data, at)
                value, at = data[at:at + size], at + size
            else:
                raise ValueError(f"wire type {key & 7}")
            yield key >> 3, value

    @staticmethod
    def request(number, text):
        data = text.encode()
        assert len(data) < 128
        return bytes([number << 3 | 2, len(data)]) + data


class ReflectionClient:
    """Uses one version of the reflection service: "v1" or "v1alpha"."""

    FILE_CONTAINING_SYMBOL, LIST_SERVICES = 4, 7
    FILE_DESCRIPTORS, SERVICES, ERROR = 4, 6, 7

    def __init__(self, channel, version="v1alpha", metadata=()):
        from google.protobuf import descriptor_pool  # pylint: disable=import-outside-toplevel

        self._channel = channel
        self._metadata = list(metadata)
        self._pool = descriptor_pool.DescriptorPool()
        self._known = set()
        self._info = channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            request_serializer=lambda data: data,
            response_deserializer=lambda data: data,
        )

    def _ask(self, number, text):
        (answer,) = self._info(iter([_Wire.request(number, text)]), metadata=self._metadata)
        return dict(_Wire.fields(answer))

    def list(self):
        answer = self._ask(self.LIST_SERVICES, "*")
        services = [value for _, value in _Wire.fields(answer[self.SERVICES])]
        return [dict(_Wire.fields(service))[1].decode() for service in services]

    def describe(self, symbol):
        """The descriptor of a service or a message."""
        from google.protobuf import descriptor_pb2  # pylint: disable=import-outside-toplevel

        answer = self._ask(self.FILE_CONTAINING_SYMBOL, symbol)
        if self.FILE_DESCRIPTORS not in answer:
            raise KeyError(f"target server does not expose {symbol}")
        files = {}
        for _, data in _Wire.fields(answer[self.FILE_DESCRIPTORS]):
            file = descriptor_pb2.FileDescriptorProto.FromString(data)
            files[file.name] = file
        while files:
            # A file goes into the pool after those that it imports.
            name = next(n for n, f in files.items() if not any(d in files for d in f.dependency))
            file = files.pop(name)
            if name not in self._known:
                self._known.add(name)
                self._pool.AddSerializedFile(file.SerializeToString())
        for find in (self._pool.FindServiceByName, self._pool.FindMessageTypeByName):
            try:
                return find(symbol)
            except KeyError:
                pass
        raise KeyError(symbol)

    def _message_class(self, descriptor):
        from google.protobuf import message_factory  # pylint: disable=import-outside-toplevel

        if hasattr(message_factory, "GetMessageClass"):
            return message_factory.GetMessageClass(descriptor)
        return message_factory.MessageFactory(self._pool).GetPrototype(descriptor)

    def call(self, method, data, timeout=60):
        """Calls "SERVICE/METHOD" with a request in JSON; yields the responses."""
        from google.protobuf import json_format  # pylint: disable=import-outside-toplevel

        service, name = method.rsplit("/", 1)
        descriptor = self.describe(service).methods_by_name[name]
        request = json_format.Parse(data, self._message_class(descriptor.input_type)())
        # Of a unary call this is a stream of one.
        call = self._channel.unary_stream(
            "/" + method,
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=self._message_class(descriptor.output_type).FromString,
        )
        return call(request, timeout=timeout, metadata=self._metadata)


GRPCURL = re.compile(r"grpcurl -plaintext(?: -d '(?P<data>[^']*)')?\s+127\.0\.0\.1:50051\s+(?P<rest>[^\n#]+)")


def grpcurl_lines(text):
    """The grpcurl lines of a document: (data, words)."""
    return [(m["data"] or "{}", m["rest"].split()) for m in GRPCURL.finditer(text)]
