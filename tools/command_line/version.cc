// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/command_line/version.h"

#include "absl/base/config.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/stubs/common.h"
#include "grpcpp/grpcpp.h"
#include "spdlog/version.h"

#ifndef ROBUSTO_COMMIT
#define ROBUSTO_COMMIT ""
#endif

namespace robusto {
namespace {

// As in MODULE.bazel; a test compares the two.
constexpr absl::string_view kVersion = "0.2.0";

#if defined(__clang__)
constexpr absl::string_view kCompiler = "clang " __clang_version__;
#else
constexpr absl::string_view kCompiler = "gcc " __VERSION__;
#endif

#if defined(__SANITIZE_ADDRESS__)
constexpr absl::string_view kMode = "address sanitizer";
#elif defined(__SANITIZE_THREAD__)
constexpr absl::string_view kMode = "thread sanitizer";
#elif defined(NDEBUG)
constexpr absl::string_view kMode = "optimized";
#else
constexpr absl::string_view kMode = "debug";
#endif

std::string AbseilVersion() {
#ifdef ABSL_LTS_RELEASE_VERSION
  return absl::StrCat(ABSL_LTS_RELEASE_VERSION, ".", ABSL_LTS_RELEASE_PATCH_LEVEL);
#else
  return "unreleased";
#endif
}

}  // namespace

BuildInfo GetBuildInfo() { return {kVersion, ROBUSTO_COMMIT, kCompiler, kMode}; }

std::string VersionText(absl::string_view program) {
  const BuildInfo build = GetBuildInfo();
  return absl::StrCat(program, " (robusto) ", build.version, "\n",
                      build.commit.empty() ? "" : absl::StrCat("commit: ", build.commit, "\n"),
                      "compiler: ", build.compiler, "\nbuild: ", build.mode, "\nlibraries: gRPC ",
                      grpc::Version(), ", protobuf ",
                      google::protobuf::internal::VersionString(GOOGLE_PROTOBUF_VERSION),
                      ", Abseil ", AbseilVersion(), ", spdlog ", SPDLOG_VER_MAJOR, ".",
                      SPDLOG_VER_MINOR, ".", SPDLOG_VER_PATCH, "\n");
}

}  // namespace robusto
