# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""What was sent, what was answered and what the servers say of it; whatever of that does not agree is a violation.

Invariants, by the names that violations carry:

  wrong byte   (I1) status, fields and every byte of an answer are the right ones; what came of a broken one, too
  not sent     (I2) an answer is that of the request: the one process that it names has its token in the access log, under
               the id that the answer told, once. No process has a token that was not sent, and none has answered
               with 2xx what was sent in part only
  lost         (I3) each request of a client that stays is answered, but for what is counted as one of
                 refused   503 "draining" of a process that an operator drained meanwhile
                 cancelled an operator named this very request
                 killed    a process of that backend got SIGKILL meanwhile
                 not read  the process was stopping, and its access log does not know of the request: the connection was
                           closed while idle, or was never accepted (RFC 9112, 9.3.1); never through the proxy
  counters     (I4) in every snapshot accepted = outcomes + queued + running, and no total falls; when all is quiet nothing is
               queued, running or connected, the failed are the requests for /throw, the cancelled no more than were
               named, and the responses by class are those of the access log
  descriptors  (I5) when all is quiet a process has as many as at its start
  memory       (I6) and not much more memory
  exit         (I7) SIGTERM ends a process with 0, in time, and nothing is in its log that says otherwise
"""

import collections
import json
import re

TOKEN = re.compile(r"[?&]token=([a-z][0-9]+)$")
PRINTED = 20


class Ledger:
    """Of one thread, but for `read_log`."""

    def __init__(self):
        self.violations = []
        self.counts = collections.Counter()
        self._sent = {}  # token: whether it was sent to its end
        self._answers = {}  # token: (process, status, id), until the log has it, too
        self._logged = {}  # token: (process, status, id), of whole answers, until the client has it, too
        self._settled = set()
        self._unread = set()  # tokens that no log may have
        self._cancelled = set()
        self._killed = set()  # names of processes
        self._snapshots = {}  # the last one of each process
        self.most_grown = 0  # bytes, of any process at rest

    def violation(self, invariant, text):
        self.violations.append(f"{invariant}: {text}")
        if len(self.violations) <= PRINTED:
            print(f"VIOLATION {self.violations[-1]}", flush=True)

    # What clients tell.

    def sending(self, exchange, whole=True):
        """To be called before the first byte goes; `whole` is whether the last one may go, too."""
        self._sent[exchange.token] = whole
        self.counts["sent by rude clients" if exchange.token[0] == "x" else "sent"] += 1

    def answered(self, exchange, status, fields, body, whole=True):
        """`body` is what there was of it. True when all was right."""
        what = f"{exchange.token} {exchange.kind} from {fields.get('server')}"
        if status != exchange.status:
            self.violation("wrong byte", f"{what}: status {status}, not {exchange.status}")
            return False
        wrong = {name: fields.get(name) for name, value in exchange.fields.items() if fields.get(name) != value}
        if wrong:
            self.violation("wrong byte", f"{what}: {wrong}, not {exchange.fields}")
            return False
        if body != (exchange.body if whole else exchange.body[: len(body)]):
            at = next((i for i, pair in enumerate(zip(body, exchange.body)) if pair[0] != pair[1]), None)
            self.violation("wrong byte", f"{what}: {len(body)} bytes, not {len(exchange.body)}; first difference at {at}")
            return False
        if whole:
            self.counts["answered"] += 1
            self._agree(self._answers, self._logged, exchange.token, self._name(status, fields))
        return True

    def refused(self, exchange, status, fields):
        self.counts["refused"] += 1
        self._agree(self._answers, self._logged, exchange.token, self._name(status, fields))

    def not_read(self, exchange):
        """No answer, which is right if the server has not read it."""
        self.counts["not read"] += 1
        self._unread.add(exchange.token)
        if exchange.token in self._logged:
            self.violation("lost", f"{exchange.token} {exchange.kind}: read and not answered")

    def may_be_cancelled(self, token):
        self._cancelled.add(token)

    def is_cancelled(self, token):
        return token in self._cancelled

    def _name(self, status, fields):
        return fields.get("server"), status, fields.get("x-request-id")

    def _agree(self, mine, theirs, token, what):
        other = theirs.pop(token, None)
        if other is None:
            mine[token] = what
            return
        self._settled.add(token)
        if what != other:
            self.violation("not sent", f"{token}: the client and the log have {sorted([what, other], key=str)}")

    # What servers tell.

    def killed(self, process):
        self._killed.add(process)

    @staticmethod
    def read_log(path):
        """The lines of an access log. The last one of a killed process may be a part."""
        lines = path.read_text(encoding="ascii").splitlines()
        whole = []
        for number, line in enumerate(lines):
            try:
                whole.append(json.loads(line))
            except json.JSONDecodeError:
                if number != len(lines) - 1:
                    raise
        return whole

    def log_of(self, process, lines):
        """All lines of the access log of a process that has ended, or from which nothing more will come."""
        for line in lines:
            self.counts["log lines"] += 1
            token = TOKEN.search(line.get("target", ""))
            if token is None:
                # A head that was cut, or is none: nobody's answer.
                if 200 <= line["status"] < 300:
                    self.violation("not sent", f"{process} answered {line}")
                continue
            self._log_line(process, token[1], line)

    def _log_line(self, process, token, line):
        if token[0] == "w":  # of the process's first moments, before anybody's
            return None
        if token not in self._sent:
            return self.violation("not sent", f"{process} knows {token}, which was never sent: {line}")
        if token in self._unread:
            return self.violation("lost", f"{process} has read and not answered {token}: {line}")
        if not line["complete"] or line["status"] == 499:
            self.counts["log lines of broken answers"] += 1
            return None
        if not self._sent[token] and 200 <= line["status"] < 300:
            return self.violation("not sent", f"{process} answered {token}, of which a part was sent: {line}")
        answer = (process, line["status"], line["request_id"])
        if process in self._killed and self._answers.get(token) != answer:
            return None  # it may not have reached the proxy, which then has asked another
        if token in self._logged or token in self._settled:
            return self.violation("not sent", f"{process} answered {token}, which was answered before: {line}")
        self._agree(self._logged, self._answers, token, answer)
        return None

    def close(self):
        """After all logs: every answer must be in one, except for what a killed process had no time to write. And every
        request of those that stay must have come to something."""
        ends = sum(self.counts[name] for name in ("answered", "refused", "cancelled", "killed", "not read"))
        if not self.violations and ends != self.counts["sent"]:
            self.violation("lost", f"{self.counts['sent']} requests were sent, of which {ends} came to an end")
        for token, (process, status, _) in self._answers.items():
            if process not in self._killed:
                self.violation("not sent", f"the client has {status} for {token}, of which the log of {process} says nothing")

    # Counters.

    def snapshot(self, process, now):
        """`now` has the names of GetStats."""
        self.counts["snapshots"] += 1
        total = sum(now[name] for name in OUTCOMES) + now["queued"] + now["running"]
        if now["accepted"] != total:
            self.violation("counters", f"{process}: accepted {now['accepted']}, but {total} in all: {now}")
        if now["connectionsOpen"] > now["connectionsAccepted"]:
            self.violation("counters", f"{process}: more connections open than accepted: {now}")
        # Two that are taken at the same time may come in any order.
        before = self._snapshots.get(process)
        if before is not None and before["accepted"] <= now["accepted"]:
            fell = [name for name in OUTCOMES if now[name] < before[name]]
            if fell:
                self.violation("counters", f"{process}: {fell} fell: {before}, then {now}")
        self._snapshots[process] = now

    @staticmethod
    def not_at_rest(process, now, lines, descriptors):
        """What is not as it must be when nobody is connected: invariants and texts."""
        wrong = [("counters", f"{now[name]} {name}") for name in ("queued", "running", "connectionsOpen") if now[name]]
        classes = collections.Counter(f"{line['status'] // 100}xx" for line in lines if line["status"] != 499)
        for name in ("2xx", "3xx", "4xx", "5xx"):
            if now[name] != classes[name]:
                wrong.append(("counters", f"{now[name]} responses {name}, but {classes[name]} such lines in the access log"))
        throws = sum(line.get("target", "").startswith("/throw") and line["status"] == 500 for line in lines)
        if now["failed"] != throws:
            wrong.append(("counters", f"{now['failed']} failed, {throws} were asked to"))
        if now["cancelled"] > process.cancels:
            wrong.append(("counters", f"{now['cancelled']} cancelled, {process.cancels} were asked to"))
        if descriptors != process.descriptors_at_start:
            wrong.append(("descriptors", f"{descriptors}, at the start {process.descriptors_at_start}"))
        return wrong


OUTCOMES = ["completed", "failed", "cancelled", "expired", "rejectedQueueFull", "rejectedDraining", "rejectedStopped"]
