// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The exit codes of robustoctl, which scripts rely on, and the line that goes to stderr with one.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_EXIT_CODE_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_EXIT_CODE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace robusto {

enum ExitCode : int {
  kExitOk = 0,
  kExitPartly = 1,        // not all of it: fewer workers than asked for, requests lost by a stop
  kExitUsage = 2,         // the command line, or a value in it that the server does not take
  kExitUnreachable = 3,   // no server answers there as it should, or it went away
  kExitRefused = 4,       // the server's state does not allow it now
  kExitNotPermitted = 5,  // no token, an unknown one, or a read-only one
  kExitNotFound = 6,      // no such request is running
  kExitTimedOut = 7,      // no answer, or no end, in time
};

// The table above, for help.
absl::string_view ExitCodeHelp();

// kExitPartly for a failure that no other code describes.
ExitCode ExitCodeFor(const absl::Status& status);

// One line without its end: what failed, the server's own words, and what would be right.
std::string FailureText(absl::string_view command, absl::string_view address,
                        const absl::Status& status);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_EXIT_CODE_H_
