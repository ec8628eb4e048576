#!/usr/bin/env bash
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
#
# module_graph_test.sh BAZEL [OPTION...]
#
# A build that depends on robusto_core has no module of gRPC, prometheus-cpp or spdlog, or of what these bring. BAZEL is a Bazel 7
# or later, such as bazelisk; the options go to `mod graph`. Not a test of BUILD: a test cannot ask for the graph.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly bazel=$1
shift

graph=$("${bazel}" mod graph "$@")
modules=$(grep -oE '[a-z][A-Za-z0-9._-]*@[A-Za-z0-9._-]+' <<<"${graph}" | sort -u)
for wanted in robusto_core@ abseil-cpp@ rules_cc@; do
  grep -q "^${wanted}" <<<"${modules}" || {
    echo "the graph lacks ${wanted%@}:" >&2
    echo "${modules}" >&2
    exit 1
  }
done
# rules_swift, rules_apple and protobuf are there with Bazel 9, whose own tools depend on protobuf.
if unwanted=$(grep -E '^(grpc|prometheus-cpp|spdlog|fmt|boringssl|openssl|curl|civetweb|c-ares|envoy_api|gazelle|googleapis|google_benchmark|opentelemetry-cpp|rules_go|rules_perl|rules_rust|xds)@' <<<"${modules}"); then
  echo 'modules that robusto_core must not bring:' >&2
  echo "${unwanted}" >&2
  exit 1
fi
echo "$(wc -l <<<"${modules}") modules:"
echo "${modules}"
