// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ParseCommandLine: absl::ParseCommandLine with the manners of a Unix program: --help lists the
// program's own flags on stdout and exits with 0, and a bad flag exits with 2.

#ifndef ROBUSTO_TOOLS_COMMAND_LINE_COMMAND_LINE_H_
#define ROBUSTO_TOOLS_COMMAND_LINE_COMMAND_LINE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace robusto {

// Sets the flags from the command line. Arguments that are no flags are an error. Does not return
// on an error or after --help. `about` says what the program does, for --help.
void ParseCommandLine(int argc, char** argv, absl::string_view about);

// `path`, which may be relative, as it was meant: `bazel run` starts programs in a directory of its
// own, and says in BUILD_WORKING_DIRECTORY where the command was typed.
std::string FromWhereTyped(const std::string& path);

// The parts of it, for programs that take arguments and have a help of their own.

// Sets the flags and returns the arguments that are none, without the program's name. Does not
// return on a bad flag.
std::vector<std::string> ParseFlags(int argc, char** argv);
// Breaks `text` at spaces into lines of at most 80 columns, each after `indent` spaces.
std::string WrapHelp(absl::string_view text, size_t indent);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_COMMAND_LINE_COMMAND_LINE_H_
