#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""The ledger of the chaos sees each thing that must not be. A chaos that finds nothing proves something only then."""

import pathlib
import random
import sys
import types
import unittest

# `bazel test` starts it in its runfiles.
sys.path.insert(0, str(pathlib.Path("tests/integration").absolute()))

import exchanges
import ledger

STATS = dict.fromkeys(ledger.OUTCOMES, 0) | {"accepted": 10, "completed": 10, "queued": 0, "running": 0,
                                             "connectionsOpen": 0, "connectionsAccepted": 5,
                                             "2xx": 1, "3xx": 0, "4xx": 0, "5xx": 0}  # yapf: disable


class LedgerTest(unittest.TestCase):
    def setUp(self):
        self.ledger = ledger.Ledger()
        choose = random.Random(1)
        maker = exchanges.Maker()
        self.exchange = next(made for made in iter(lambda: maker.any(choose, "robusto"), None) if made.kind == "echo" and made.body)
        self.rude = maker.any(choose, "robusto", of="x")
        self.fields = {"server": "t1.1", "x-request-id": "id1"}

    def line(self, exchange=None, **changes):
        token = (exchange or self.exchange).token
        return {"target": f"/x?n=1&token={token}", "status": 200, "complete": True, "request_id": "id1", **changes}

    def assert_violations(self, *invariants):
        self.assertEqual([text.partition(":")[0] for text in self.ledger.violations], list(invariants))

    def answer(self, body=None, status=200, send=True, **fields):
        if send:
            self.ledger.sending(self.exchange)
        return self.ledger.answered(self.exchange, status, {**self.fields, **fields}, self.exchange.body if body is None else body)

    def log(self, *lines, process="t1.1"):
        self.ledger.log_of(process, lines)

    def test_what_is_right_is_no_violation(self):
        self.assertTrue(self.answer())
        self.log(self.line())
        self.ledger.snapshot("t1.1", STATS)
        self.ledger.close()
        self.assert_violations()

    def test_the_log_may_come_first(self):
        self.ledger.sending(self.exchange)
        self.log(self.line())
        self.answer(send=False)
        self.ledger.close()
        self.assert_violations()

    def test_a_wrong_byte(self):
        body = bytearray(self.exchange.body)
        body[-1] ^= 1
        self.assertFalse(self.answer(bytes(body)))
        self.assert_violations("wrong byte")

    def test_a_byte_too_few_or_too_many(self):
        self.answer(self.exchange.body[:-1])
        self.answer(self.exchange.body + b"a")
        self.assert_violations("wrong byte", "wrong byte")

    def test_a_wrong_byte_of_a_broken_answer(self):
        self.ledger.sending(self.exchange)
        self.ledger.answered(self.exchange, 200, self.fields, self.exchange.body[:1], whole=False)
        self.assert_violations()
        self.ledger.answered(self.exchange, 200, self.fields, b"\0", whole=False)
        self.assert_violations("wrong byte")

    def test_a_wrong_status_or_field(self):
        self.answer(status=500)
        self.exchange.fields = {"content-range": "bytes 1-2/3"}
        self.answer(**{"content-range": "bytes 1-2/4"})
        self.assert_violations("wrong byte", "wrong byte")

    def test_a_request_that_was_never_sent(self):
        self.log(self.line())
        self.assert_violations("not sent")

    def test_an_answer_to_a_part_of_a_request(self):
        self.ledger.sending(self.rude, whole=False)
        self.log(self.line(self.rude, status=400), self.line(self.rude, complete=False), self.line(self.rude, status=499))
        self.assert_violations()
        self.log(self.line(self.rude))
        self.assert_violations("not sent")

    def test_an_answer_without_a_target(self):
        self.log({"status": 400}, {"status": 200})
        self.assert_violations("not sent")

    def test_two_answers_to_one_request(self):
        self.answer()
        self.log(self.line())
        self.log(self.line(), process="t2.1")
        self.assert_violations("not sent")

    def test_two_answers_before_the_clients(self):
        self.ledger.sending(self.exchange)
        self.log(self.line(), self.line())
        self.assert_violations("not sent")

    def test_another_process_or_id_than_the_clients(self):
        self.answer()
        self.log(self.line(request_id="id2"))
        self.assert_violations("not sent")

    def test_an_answer_that_no_log_has(self):
        self.answer()
        self.ledger.close()
        self.assert_violations("not sent")

    def test_what_a_killed_process_had_no_time_to_log(self):
        self.answer()
        self.ledger.killed("t1.1")
        self.ledger.close()
        self.assert_violations()

    def test_what_a_killed_process_answered_and_another_one_again(self):
        self.ledger.killed("t1.1")
        self.ledger.sending(self.exchange)
        self.log(self.line())
        self.answer(send=False, server="t2.1")
        self.log(self.line(), process="t2.1")
        self.ledger.close()
        self.assert_violations()

    def test_a_request_that_was_read_and_not_answered(self):
        self.ledger.sending(self.exchange)
        self.ledger.not_read(self.exchange)
        self.log(self.line(status=499))
        self.assert_violations("lost")

    def test_a_request_that_came_to_nothing(self):
        self.ledger.sending(self.exchange)
        self.ledger.close()
        self.assert_violations("lost")

    def test_a_snapshot_that_does_not_add_up(self):
        self.ledger.snapshot("t1.1", STATS | {"accepted": 11})
        self.ledger.snapshot("t1.2", STATS | {"running": 1})
        self.ledger.snapshot("t1.3", STATS | {"connectionsOpen": 6})
        self.assert_violations("counters", "counters", "counters")

    def test_a_total_that_falls(self):
        self.ledger.snapshot("t1.1", STATS)
        self.ledger.snapshot("t1.1", STATS | {"completed": 9, "failed": 1})
        self.assert_violations("counters")

    def test_what_is_not_at_rest(self):
        process = types.SimpleNamespace(cancels=1, descriptors_at_start=15)

        def wrong(descriptors=15, lines=1, **changes):
            found = self.ledger.not_at_rest(process, STATS | changes, [self.line()] * lines, descriptors)
            return [invariant for invariant, _ in found]

        self.assertEqual(wrong(), [])
        self.assertEqual(wrong(cancelled=1), [])
        for name in ("queued", "running", "connectionsOpen", "5xx", "failed"):
            self.assertEqual(wrong(**{name: 1}), ["counters"], name)
        self.assertEqual(wrong(cancelled=2), ["counters"])
        self.assertEqual(wrong(lines=2), ["counters"])
        self.assertEqual(wrong(descriptors=16), ["descriptors"])
        self.assertEqual(wrong(descriptors=14), ["descriptors"])


if __name__ == "__main__":
    unittest.main()
