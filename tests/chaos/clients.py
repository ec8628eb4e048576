# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Clients that stay for their answers, and rude ones that are killed in the middle of something.

Each either goes through the proxy or straight to a process. What an answer's absence means is decided here, by the rules of
the ledger.
"""

import asyncio
import random
import socket
import struct
import time

import load

GUARD_SECONDS = 45
# What a server gives an idle connection when it begins to drain (Connection::kDrainGrace), less what the two clocks may
# differ; see rolling_restart_test.py. A driver that is kept from running sees an answer late, and has been idle for longer.
DRAIN_GRACE_SECONDS = 0.2
GOES_ON = "the connection goes on"
LAST_ANSWER = "it was behind the connection's last answer"


class NoProcess(Exception):
    """There is none to connect to at the moment."""


class Client:
    """`turn` is awaited before each request: it gives False at the end, and may ask for `close` meanwhile."""

    def __init__(self, world, name, backend, proxied):
        self.world, self.name, self.backend, self.proxied = world, name, backend, proxied
        self.choose = random.Random(f"{world.seed}/{name}")
        self.process = None
        self.reader = self.writer = None

    @property
    def ledger(self):
        return self.world.ledger

    async def connect(self):
        """NoProcess where a refusal is nothing to complain of."""
        if self.proxied:
            self.process, address = None, self.world.fleet.proxy.address
        else:
            self.process = self.choose.choice(self.world.fleet.of(self.backend)).process
            if self.process.ended or self.process.killed_at < float("inf"):
                raise NoProcess
            address = (self.process.host, self.process.port)
        try:
            self.reader, self.writer = await asyncio.open_connection(*address)
        except OSError as error:
            if self.proxied or not self.process.is_ending():
                self.ledger.violation("lost", f"{self.name}: no connection to {address}: {error}")
            raise NoProcess from error
        self.idle_since = None

    async def close(self):
        """Nothing may come after the last answer."""
        if self.writer is None:
            return
        try:
            self.writer.write_eof()
            more = await asyncio.wait_for(self.reader.read(), GUARD_SECONDS)
            if more:
                self.ledger.violation("not sent", f"{self.name}: {more[:200]!r} after the last answer")
        except OSError:
            pass
        except asyncio.TimeoutError:
            self.ledger.violation("lost", f"{self.name}: {self.process and self.process.name} does not close")
        self.drop()

    def drop(self, reset=False):
        if self.writer is not None:
            if reset:
                sock = self.writer.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.writer.transport.abort()
            else:
                self.writer.close()
        self.reader = self.writer = None


class Regular(Client):
    """Sends one request after another, or a few at once where no proxy is between."""

    async def run(self):
        while await self.world.turn(self):
            exchanges = self.make()
            try:
                if self.writer is None:
                    await self.connect()
                await self.ask(exchanges)
            except NoProcess:
                await asyncio.sleep(0.05)
        await self.close()

    def make(self):
        count = 1 if self.proxied or self.choose.randrange(8) else self.choose.randrange(2, 6)
        return [self.world.maker.any(self.choose, self.backend) for _ in range(count)]

    async def write(self, data, last):
        """At once, or in pieces."""
        if not self.choose.randrange(10):
            for _ in range(4):
                cut = self.choose.randrange(len(data) + 1)
                self.writer.write(data[:cut])
                data = data[cut:]
                await asyncio.sleep(self.choose.random() * 0.02)
        self.writer.write(data)
        if last:
            # Who sends no more is answered all the same.
            self.writer.write_eof()

    async def ask(self, exchanges):
        begin = time.monotonic()
        idle = 0 if self.idle_since is None else begin - self.idle_since
        last = not self.choose.randrange(12)
        for exchange in exchanges:
            self.ledger.sending(exchange)
        writing = asyncio.ensure_future(self.write(b"".join(exchange.request for exchange in exchanges), last))
        outcome = GOES_ON
        for exchange in exchanges:
            if outcome == GOES_ON:
                outcome = await self.one_answer(exchange, begin, idle)
            else:
                self.without_answer(exchange, begin, idle, outcome, True)
        if not writing.done():
            # Refused before all was sent: what came next would be taken for the rest of it.
            writing.cancel()
            self.drop()
        await asyncio.gather(writing, return_exceptions=True)
        self.idle_since = time.monotonic()
        if last:
            await self.close()

    async def one_answer(self, exchange, begin, idle):
        """What the answers to the requests behind it can be."""
        answer = Answer(self.reader)
        try:
            status = 100
            # An interim one may be sent to who has closed his half, to see whether he is there (RFC 9110, 15.2).
            while status == 100:
                answer.begun = False
                status, fields, body = await asyncio.wait_for(load.read_answer(answer, exchange.is_head), GUARD_SECONDS)
        except asyncio.IncompleteReadError as error:
            return self.broken(exchange, begin, idle, answer, error.partial, "closed")
        except (OSError, asyncio.TimeoutError) as error:
            return self.broken(exchange, begin, idle, answer, b"", repr(error))
        except (ValueError, KeyError, asyncio.LimitOverrunError) as error:
            self.ledger.violation("wrong byte", f"{self.name}: {exchange.token} {exchange.kind}: no answer: {error!r}, head {answer.head!r}")  # yapf: disable
            self.drop()
            return LAST_ANSWER
        self.judge(exchange, begin, status, fields, body)
        if fields.get("connection", "").lower() != "close":
            return GOES_ON
        await self.close()
        return LAST_ANSWER

    def broken(self, exchange, begin, idle, answer, partial, how):
        if answer.known_length:
            # What there is of it must be right all the same.
            self.ledger.answered(exchange, answer.status, answer.fields, partial, whole=False)
        self.drop()
        self.without_answer(exchange, begin, idle, how, not answer.begun and not partial)
        return how

    def judge(self, exchange, begin, status, fields, body):
        server = self.world.fleet.named(fields.get("server"))
        end = time.monotonic()
        if self.process is not None and server is not self.process:
            self.ledger.violation("not sent", f"{self.name}: {exchange.token} answered by {fields.get('server')}, "
                                              f"not {self.process.name}")  # yapf: disable
        if not self.proxied and fields.get("x-request-id") != exchange.token:
            self.ledger.violation("not sent", f"{self.name}: {exchange.token} got the answer to {fields.get('x-request-id')}")
        if status == 503 and fields.get("x-robusto-reason") == "draining" and server and server.was_draining(begin, end):
            self.ledger.refused(exchange, status, fields)
        elif status in (502, 503) and server is None and self.world.fleet.was_killed(self.backend, begin, end):
            self.ledger.counts["killed"] += 1
        elif self.ledger.answered(exchange, status, fields, body):
            self.ledger.counts[f"answered {exchange.kind}"] += 1
        else:
            print(f"  {self.name}, {begin:.3f} to {end:.3f}, got {status} {fields} {body[:200]!r}", flush=True)

    def without_answer(self, exchange, begin, idle, how, nothing_came):
        end = time.monotonic()
        process = self.process
        if process.killed_at <= end if process else self.world.fleet.was_killed(self.backend, begin, end):
            self.ledger.counts["killed"] += 1
        elif self.ledger.is_cancelled(exchange.token):
            self.ledger.counts["cancelled"] += 1
        elif how == LAST_ANSWER or (process is not None and nothing_came and process.has_stopped_listening()
                                                 and (self.idle_since is None
                                                      or idle + self.world.lag() > DRAIN_GRACE_SECONDS)):
            self.ledger.not_read(exchange)
        else:
            self.ledger.violation("lost", f"{self.name}: {exchange.token} {exchange.kind} to "
                                          f"{process.name if process else 'the proxy'}, {begin:.3f} to {end:.3f}, after "
                                          f"{idle:.3f} s idle, {self.world.lag():.3f} s late, "
                                          f"{end - process.stopping_since if process else 0:.3f} s after SIGTERM: {how}")  # yapf: disable


class Victim(Regular):
    """Sends what an operator may cancel."""

    def make(self):
        return [self.world.maker.victim(self.choose)]


class Answer:
    """What load.read_answer reads from, and what is known of the answer when it breaks off."""

    def __init__(self, reader):
        self._reader = reader
        self.begun = self.known_length = False
        self.head = b""

    async def readuntil(self, separator):
        data = await self._reader.readuntil(separator)
        if not self.begun:
            self.begun = True
            self.head = data
            lines = data[:-4].decode("latin-1").split("\r\n")
            self.status = int(lines[0].split()[1])
            self.fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            self.known_length = "content-length" in self.fields
        return data

    async def readexactly(self, count):
        return await self._reader.readexactly(count)


class Rude(Client):
    """Is killed mid-request, again and again."""

    async def run(self):
        habits = [self.cut_head, self.cut_body, self.cut_answer, self.cut_pipeline, self.silent]
        while await self.world.turn(self):
            habit = self.choose.choice(habits)
            try:
                await self.connect()
                await asyncio.wait_for(habit(), GUARD_SECONDS)
                self.ledger.counts[f"killed clients: {habit.__name__}"] += 1
            except NoProcess:
                await asyncio.sleep(0.05)
            except (OSError, EOFError):
                # Of a server that stops or was killed; the others' answers are looked at by those who stay.
                pass
            except asyncio.TimeoutError:
                self.ledger.violation("lost", f"{self.name}: {habit.__name__} never ends")
            self.drop(reset=self.choose.randrange(2))

    async def pause(self):
        if self.choose.randrange(2):
            await asyncio.sleep(self.choose.random() * 0.5)

    async def cut_head(self):
        exchange = self.world.maker.any(self.choose, self.backend, of="x")
        self.ledger.sending(exchange, whole=False)
        self.writer.write(exchange.request[: self.choose.randrange(exchange.head_size)])
        await self.pause()

    async def cut_body(self):
        while True:
            exchange = self.world.maker.any(self.choose, "robusto", of="x")
            if exchange.kind in ("echo", "upload") and len(exchange.request) > exchange.head_size:
                break
        # Files are not posted to: 405, and the connection ends the same way.
        self.ledger.sending(exchange, whole=False)
        self.writer.write(exchange.request[: self.choose.randrange(exchange.head_size, len(exchange.request))])
        await self.pause()

    async def cut_answer(self):
        exchange = self.world.maker.large(self.choose, self.backend)
        self.ledger.sending(exchange)
        self.writer.write(exchange.request)
        await self.pause()
        answer = Answer(self.reader)
        await answer.readuntil(b"\r\n\r\n")
        if answer.status == 200 and answer.known_length:
            body = await answer.readexactly(self.choose.randrange(1_000_000))
            self.ledger.answered(exchange, answer.status, answer.fields, body, whole=False)
        await self.pause()

    async def cut_pipeline(self):
        exchanges = [self.world.maker.any(self.choose, self.backend, of="x") for _ in range(self.choose.randrange(2, 10))]
        for exchange in exchanges:
            self.ledger.sending(exchange)
        self.writer.write(b"".join(exchange.request for exchange in exchanges))
        await self.reader.read(self.choose.randrange(1, 100_000))
        await self.pause()

    async def silent(self):
        await self.pause()
