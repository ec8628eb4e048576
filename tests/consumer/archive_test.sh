#!/usr/bin/env bash
# Copyright 2026 The robusto authors.
# SPDX-License-Identifier: Apache-2.0
#
# archive_test.sh DIR [OPTION...]
#
# A new workspace in a temporary directory uses the archives that tools/release made in DIR: by WORKSPACE that of robusto or,
# with ROBUSTO_MODULES=1, by MODULE.bazel that of robusto_core. It builds the README's example and runs it. The options go
# to Bazel. Not a test of BUILD: it runs Bazel.

set -euo pipefail

archives=$(cd "$1" && pwd)
shift
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly archives here

cd "${archives}"
sha256sum --quiet -c SHA256SUMS
version=$(ls robusto_core-*.tar.gz)
version=${version#robusto_core-}
version=${version%.tar.gz}

checksum() { sed -n "s/  $1-${version}.tar.gz$//p" SHA256SUMS; }

workspace=$(mktemp -d)
trap 'rm -rf "${workspace}"' EXIT
cp "${here}/ten_lines.cc" "${workspace}"
cat >"${workspace}/WORKSPACE" <<END
load("@bazel_tools//tools/build_defs/repo:http.bzl", "http_archive")
http_archive(
    name = "robusto",
    sha256 = "$(checksum robusto)",
    strip_prefix = "robusto-${version}",
    urls = ["file://${archives}/robusto-${version}.tar.gz"],
)
load("@robusto//tools/deps:distro.bzl", "distro_repositories")
distro_repositories()
END
touch "${workspace}/WORKSPACE.bzlmod"
cat >"${workspace}/MODULE.bazel" <<END
bazel_dep(name = "robusto_core", version = "${version}", repo_name = "robusto")
archive_override(
    module_name = "robusto_core",
    integrity = "sha256-$(openssl dgst -sha256 -binary "robusto_core-${version}.tar.gz" | base64)",
    strip_prefix = "robusto_core-${version}",
    urls = ["file://${archives}/robusto_core-${version}.tar.gz"],
)
bazel_dep(name = "rules_cc", version = "0.2.22")
END
cat >"${workspace}/BUILD" <<'END'
load("@rules_cc//cc:defs.bzl", "cc_binary")
cc_binary(
    name = "ten_lines",
    srcs = ["ten_lines.cc"],
    deps = ["@robusto//workers:thread_pool"],
)
END

cd "${workspace}"
"${here}/../../bazelw" build --cxxopt=-std=c++17 "$@" //:ten_lines
# Ten tasks have run.
[[ $(bazel-bin/ten_lines | wc -l) == 10 ]]
"${here}/../../bazelw" shutdown
