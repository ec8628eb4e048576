// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "tools/robustoctl/exit_code.h"

#include "absl/strings/str_cat.h"
#include "tools/robustoctl/human_text.h"

namespace robusto {
namespace {

// What somebody who reads the error can do about it, after the server's own words.
absl::string_view Remedy(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kAborted:
      return "; `robustoctl stats` shows the generation that there is now";
    case absl::StatusCode::kUnauthenticated:
      return "; --token_file names a file with a token that the server knows";
    case absl::StatusCode::kPermissionDenied:
      return "; it takes an operator's token in --token_file";
    case absl::StatusCode::kNotFound:
      return "; `robustoctl workers` lists what is running";
    default:
      return "";
  }
}

}  // namespace

absl::string_view ExitCodeHelp() {
  return "  0  done\n"
         "  1  not all of it: fewer workers than asked for, or a stop lost requests\n"
         "  2  the command line, or a value in it that the server does not take\n"
         "  3  no server answers at --address, or it went away\n"
         "  4  refused: the server's state does not allow it now\n"
         "  5  not permitted: no token, an unknown one, or a read-only one\n"
         "  6  no such request is running\n"
         "  7  no answer, or no end, within --timeout\n";
}

ExitCode ExitCodeFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return kExitUsage;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kUnimplemented:
      return kExitUnreachable;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kResourceExhausted:
      return kExitRefused;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kExitNotPermitted;
    case absl::StatusCode::kNotFound:
      return kExitNotFound;
    case absl::StatusCode::kDeadlineExceeded:
      return kExitTimedOut;
    default:
      return kExitPartly;
  }
}

std::string FailureText(absl::string_view command, absl::string_view address,
                        const absl::Status& status) {
  // It came over the network, and goes to a terminal.
  const std::string message = PrintableText(status.message());
  if (status.code() == absl::StatusCode::kUnavailable) {
    return absl::StrCat("robustoctl: ", command, ": no server answers at ", address, ": ", message,
                        "; --address is to be the server's --admin");
  }
  if (status.code() == absl::StatusCode::kUnimplemented) {
    return absl::StrCat("robustoctl: ", command, ": what answers at ", address,
                        " is no admin service of robusto: ", message);
  }
  return absl::StrCat("robustoctl: ", command, ": ", message, Remedy(status.code()), " (",
                      absl::StatusCodeToString(status.code()), ")");
}

}  // namespace robusto
