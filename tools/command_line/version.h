// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The version of robusto, and how this program was built: for --version, the start of the log, and robusto_build_info.
//
// Thread-safety: pure functions.

#ifndef ROBUSTO_TOOLS_COMMAND_LINE_VERSION_H_
#define ROBUSTO_TOOLS_COMMAND_LINE_VERSION_H_

#include <string>

#include "absl/strings/string_view.h"

namespace robusto {

struct BuildInfo {
  absl::string_view version;   // "0.2.0"
  absl::string_view commit;    // empty: not known. Built with --copt=-DROBUSTO_COMMIT=\"...\"
  absl::string_view compiler;  // "gcc 12.2.0"
  absl::string_view mode;      // "optimized" or "debug", and the sanitizer
};
BuildInfo GetBuildInfo();

// What --version prints: the program, its version, the commit if known, compiler, build mode and the versions of libraries,
// one a line.
std::string VersionText(absl::string_view program);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_COMMAND_LINE_VERSION_H_
