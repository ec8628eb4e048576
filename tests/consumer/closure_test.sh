#!/usr/bin/env bash
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
#
# closure_test.sh THREAD_POOL SERVER
#
# Each argument is a file with the list of targets that a target of robusto is built from: @robusto//workers:thread_pool and
# @robusto//http:server. The lists have what they must have, and nothing of a repository or folder that is not named here:
# no gRPC, no protobuf, no prometheus-cpp, no spdlog, and for the pool nothing of http.

set -euo pipefail

# Prints the targets of the file $1 with the names that repositories have for a build. Bazel's canonical names of
# modules are longer: @@robusto~//queue:futex with Bazel 7, @@robusto+//queue:futex with 8 and later.
targets() {
  sed -E -e 's/^@+//' -e 's/^([A-Za-z0-9_.-]+)[~+][^/]*/\1/' -e 's/^abseil-cpp/com_google_absl/' "$1"
}

# check FILE ALLOWED WANTED...: every target matches the pattern ALLOWED, and every WANTED is there.
check() {
  local closure=$1 allowed=$2 names wanted strange
  shift 2
  names=$(targets "${closure}")
  for wanted in "$@"; do
    grep -q "^${wanted}" <<<"${names}" || {
      echo "${closure} lacks ${wanted}; it begins with:" >&2
      head -n 5 "${closure}" >&2
      exit 1
    }
  done
  if strange=$(grep -vE "^(${allowed})" <<<"${names}"); then
    echo "${closure} has what it must not have:" >&2
    echo "${strange}" >&2
    exit 1
  fi
}

readonly BASE='com_google_absl//absl|platforms//|bazel_tools//|rules_cc//'
check "$1" "robusto//(queue|workers)[:/]|${BASE}" \
  robusto//queue:bounded_queue robusto//workers:task com_google_absl//
check "$2" "robusto//(queue|workers|http)[:/]|${BASE}" \
  robusto//http/message:request_parser robusto//workers:thread_pool robusto//queue:bounded_queue com_google_absl//
