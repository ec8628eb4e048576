#!/usr/bin/env bash
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
#
# The list of targets in $1, what @robusto//workers:thread_pool is built from, has robusto's queue and
# workers and Abseil in it, and nothing of gRPC, protobuf, spdlog or robusto's own http and admin.

set -euo pipefail

readonly closure=$1
for wanted in @robusto//queue:bounded_queue @robusto//workers:task @com_google_absl//; do
  grep -q "^@\{0,1\}${wanted}" "${closure}" || {
    echo "not in the closure: ${wanted}" >&2
    exit 1
  }
done
if grep -iE 'grpc|protobuf|spdlog|gtest|robusto//(http|admin|tests)' "${closure}"; then
  echo "in the closure, and should not be: see above" >&2
  exit 1
fi
