# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""A relay that keeps what a client and a server said to each other, for what no client tells of itself.

    with Wire((server.host, server.port)) as wire:
        connect to ("127.0.0.1", wire.port) instead
    wire.requests, wire.responses     # the bytes, of all connections
"""

import contextlib
import socket
import threading


class Wire:
    def __init__(self, server):
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.requests = bytearray()
        self.responses = bytearray()
        self._sockets = [self._listener]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, failure, *unused):
        """Waits until both sides have closed every connection; after an exception it closes them itself."""
        self._listener.shutdown(socket.SHUT_RDWR)
        if failure is not None:
            for each in self._sockets[1:]:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        # More are added only by the first.
        for thread in self._threads:
            thread.join()
        for each in self._sockets:
            each.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                self._sockets += [client, server]
                for source, target, said in (client, server, self.requests), (server, client, self.responses):
                    thread = threading.Thread(target=self._relay, args=(source, target, said))
                    self._threads.append(thread)
                    thread.start()

    @staticmethod
    def _relay(source, target, said):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                said += piece
                target.sendall(piece)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
