// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ParseCommandLine: absl::ParseCommandLine with the conventions of a Unix program. --help lists the program's own flags in
// groups, --version prints how it was built, and both exit with 0. An invalid flag is one line on stderr that begins with
// the program's name and suggests what was meant (flag_errors.h); the exit code is then 2.

#ifndef ROBUSTO_TOOLS_COMMAND_LINE_COMMAND_LINE_H_
#define ROBUSTO_TOOLS_COMMAND_LINE_COMMAND_LINE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace robusto {

// The flags that are defined in one source file, for --help.
struct FlagGroup {
  absl::string_view file;  // the end of the file's name
  absl::string_view title;
};

// Sets the flags from the command line. An argument that is not a flag is an error. Does not return on an error, or after --help
// or --version. `about` says what the program does, for --help.
void ParseCommandLine(int argc, char** argv, absl::string_view about,
                      const std::vector<FlagGroup>& groups);

// `path` relative to the directory in which the command was entered: `bazel run` starts programs in another directory, and
// passes the original one in BUILD_WORKING_DIRECTORY.
std::string ResolveInvocationPath(const std::string& path);

// For programs that take arguments and have a help of their own.

// Sets the flags and returns the other arguments, without the program's name. Does not return on an invalid flag, or after
// --version.
std::vector<std::string> ParseFlags(int argc, char** argv);
// Breaks `text` at spaces into lines of at most 80 columns, each after `indent` spaces.
std::string WrapHelp(absl::string_view text, size_t indent);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_COMMAND_LINE_COMMAND_LINE_H_
