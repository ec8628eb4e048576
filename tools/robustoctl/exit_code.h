// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The exit codes of robustoctl, which scripts rely on, and the error messages.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_EXIT_CODE_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_EXIT_CODE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace robusto {

enum ExitCode : int {
  kExitOk = 0,
  kExitPartly = 1,        // partial success: fewer workers than requested, requests lost by a stop
  kExitUsage = 2,         // invalid command line, or a value that the server rejects
  kExitUnreachable = 3,   // no admin service answers there, or it disappeared
  kExitRefused = 4,       // the state of the server does not allow the call now
  kExitNotPermitted = 5,  // no token, an unknown one, or a read-only one
  kExitNotFound = 6,      // no such request is running
  kExitTimedOut = 7,      // the time limit has passed
};

// The table of exit codes for the help.
absl::string_view ExitCodeHelp();

// Returns kExitPartly for an error that no other code describes.
ExitCode ExitCodeFor(const absl::Status& status);

// One line, without a line end: the command, the server's message, and how to fix the error.
std::string FailureText(absl::string_view command, absl::string_view address,
                        const absl::Status& status);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_EXIT_CODE_H_
