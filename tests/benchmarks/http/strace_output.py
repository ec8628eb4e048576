# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""How often each system call was made, from the table that `strace -c` writes."""


def parse(text):
    """Calls by name, the most frequent first."""
    calls = {}
    for line in text.splitlines():
        # % time, seconds, usecs/call, calls, errors where there are any, name
        fields = line.split()
        if len(fields) in (5, 6) and fields[3].isdigit() and fields[-1] != "total":
            calls[fields[-1]] = int(fields[3])
    return dict(sorted(calls.items(), key=lambda call: -call[1]))


def per_request(text, requests, least=0.0005):
    """Calls for each request, without those that make less than `least`."""
    result = {name: count / requests for name, count in parse(text).items()}
    return {name: count for name, count in result.items() if count >= least}
