#!/usr/bin/env python3
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
"""Compares robusto with other servers, and with the least that a server on epoll can do (floor.cc).

Every server runs on one processor and the load (wrk) on another, in interleaved rounds. The figure
to trust is the server's own processor time for a request, of all its threads, beside that of the
floor in the same round; rates and latencies depend on what else the machine does.

Needs the package wrk. The peers are the packages nginx-light (libnginx-mod-http-echo for POST),
lighttpd, libmicrohttpd-dev and libcpp-httplib-dev, system calls need strace; what is missing is
left out.
"""

import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

import measurements
import processes
import report
import servers
import workloads

# Runnable threads, on average over a minute, from which on the figures are doubtful: wrk and the
# server that it loads need a processor each.
_HIGH_LOAD = 0.5
_PACKAGES = ("nginx-light", "lighttpd", "libmicrohttpd-dev", "libcpp-httplib-dev", "wrk")


def parse_flags(arguments):
    parser = argparse.ArgumentParser(
        prog="compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [workload.name for workload in workloads.WORKLOADS]
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each workload; default: 5")
    parser.add_argument("--seconds", type=int, default=2, help="length of a round; default: 2")
    parser.add_argument("--quick", action="store_true", help="--rounds=2 --seconds=1")
    parser.add_argument("--workload", default="all", help="some, separated by commas: " + ", ".join(names))
    parser.add_argument(
        "--servers", default="all", help="some, separated by commas: " + ", ".join(servers.Servers.NAMES)
    )
    parser.add_argument("--server_cpu", type=int, default=1, help="the server's processor; default: 1")
    parser.add_argument("--load_cpu", type=int, default=0, help="wrk's processor; default: 0")
    parser.add_argument("--json", metavar="FILE", help="write all that was measured")
    parser.add_argument("--svg", metavar="FILE", help="write a chart")
    flags = parser.parse_args(arguments)
    if flags.quick:
        flags.rounds, flags.seconds = 2, 1
    for flag, known in (("workload", names), ("servers", list(servers.Servers.NAMES))):
        chosen = known if getattr(flags, flag) == "all" else getattr(flags, flag).split(",")
        for name in chosen:
            if name not in known:
                parser.error(f"--{flag}={name}: there are {', '.join(known)}")
        setattr(flags, flag, [name for name in known if name in chosen])
    if flags.rounds < 1 or flags.seconds < 1:
        parser.error("--rounds and --seconds are at least 1")
    if flags.server_cpu == flags.load_cpu:
        parser.error("--server_cpu and --load_cpu are two processors")
    return flags


def check_machine(flags):
    """Ends the program when this machine cannot do what the flags say."""
    available = os.sched_getaffinity(0)
    for flag in ("server_cpu", "load_cpu"):
        if getattr(flags, flag) not in available:
            sys.exit(
                f"compare: --{flag}={getattr(flags, flag)}: the processors are {sorted(available)}"
            )
    if shutil.which("wrk") is None:
        sys.exit("compare: there is no wrk: apt-get install wrk")


def runfiles():
    """Where the programs that Bazel built for this one are."""
    for root in (pathlib.Path.cwd(), pathlib.Path(sys.argv[0] + ".runfiles/robusto").absolute()):
        if (root / "tools/testbed/testbed").exists():
            return root
    sys.exit("compare: run it as: ./bazelw run //tests/benchmarks/http:compare")


def write(path, text):
    """Writes a file whose name is relative to where the user is."""
    path = pathlib.Path(os.environ.get("BUILD_WORKING_DIRECTORY", "."), path)
    path.write_text(text, encoding="utf-8")
    print(f"wrote {path}")


def machine():
    """What was compared, where and when."""
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        models = [line.partition(":")[2].strip() for line in cpuinfo if line.startswith("model name")]
    query = ["dpkg-query", "-W", "-f=${Version}"]
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "processors": f"{os.cpu_count()} x {models[0] if models else os.uname().machine}",
        "kernel": os.uname().release,
        "packages": {name: processes.first_line([*query, name]) for name in _PACKAGES},
        "load_average": os.getloadavg()[0],
    }


def say_load(load):
    print(f"load average before the start: {load:.1f}")
    if load > _HIGH_LOAD:
        print(
            "WARNING: other programs use the processors. Believe CPU / floor where its spread is narrow and\n"
            "others' CPU (their share of the server's processor) is low; rates and latencies, hardly.",
        )
    print(flush=True)


def compare(flags, directory, scratch, results):
    """Runs what the flags say; adds to `results` by workload, and prints, one after the other."""
    (directory / "plaintext").write_text("Hello, World!", encoding="utf-8")
    (directory / "file").write_bytes(os.urandom(workloads.FILE_BYTES))
    launcher = servers.Servers(runfiles(), directory, scratch, flags.server_cpu)
    run = measurements.Measurements(
        launcher,
        flags.servers,
        flags.rounds,
        flags.seconds,
        flags.server_cpu,
        flags.load_cpu,
        scratch,
    )
    for workload in workloads.WORKLOADS:
        if workload.name in flags.workload:
            results[workload.name] = run.run(workload)
            print(report.workload(results[workload.name]), flush=True)


def main():
    flags = parse_flags(sys.argv[1:])
    check_machine(flags)
    about = machine()
    print(f"{about['processors']}, Linux {about['kernel']}")
    say_load(about["load_average"])
    # What this program does between two rounds must not be on the server's processor.
    os.sched_setaffinity(0, {flags.load_cpu})
    with tempfile.TemporaryDirectory(prefix="robusto_compare_") as scratch:
        directory = pathlib.Path(scratch) / "files"
        directory.mkdir()
        results = {}
        try:
            compare(flags, directory, scratch, results)
        except KeyboardInterrupt:
            print("interrupted: what there is so far", file=sys.stderr)
    if flags.json:
        about["rounds"], about["seconds"] = flags.rounds, flags.seconds
        write(flags.json, json.dumps({"machine": about, "workloads": results}, indent=1) + "\n")
    if flags.svg:
        load = f"{about['processors']}, load {about['load_average']:.1f}"
        write(flags.svg, report.chart(results, load))


if __name__ == "__main__":
    main()
