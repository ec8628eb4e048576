// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ParseCommandLine: absl::ParseCommandLine with the manners of a Unix program: --help lists the
// program's own flags on stdout and exits with 0, and a bad flag exits with 2.

#ifndef ROBUSTO_TOOLS_COMMAND_LINE_H_
#define ROBUSTO_TOOLS_COMMAND_LINE_H_

#include "absl/strings/string_view.h"

namespace robusto {

// Sets the flags from the command line. Arguments that are no flags are an error. Does not return
// on an error or after --help. `about` says what the program does, for --help.
void ParseCommandLine(int argc, char** argv, absl::string_view about);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_COMMAND_LINE_H_
