// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/exit_code.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "robusto/workers/text/escape.h"

namespace robusto {
namespace {

// How to fix the error; follows the server's message.
absl::string_view Remedy(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kAborted:
      return "; `robustoctl stats` prints the current generation";
    case absl::StatusCode::kUnauthenticated:
      return "; set --token_file to a file with a token that the server accepts";
    case absl::StatusCode::kPermissionDenied:
      return "; set --token_file to a file with an operator token";
    case absl::StatusCode::kNotFound:
      return "; `robustoctl workers` lists the running requests";
    case absl::StatusCode::kDeadlineExceeded:
      return "; --timeout sets a longer limit";
    default:
      return "";
  }
}

// Extracts the cause from "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1:
// CAUSE"; the error message names the address anyway.
absl::string_view Cause(absl::string_view message) {
  constexpr absl::string_view kLast = "last error: ";
  const size_t last = message.find(kLast);
  if (last == absl::string_view::npos) return message;
  message.remove_prefix(last + kLast.size());
  for (const absl::string_view scheme : {": ipv4:", ": ipv6:", ": unix:"}) {
    const size_t address = message.find(scheme);
    if (address == absl::string_view::npos) continue;
    const size_t end = message.find(": ", address + scheme.size());
    if (end != absl::string_view::npos) return message.substr(end + 2);
  }
  return message;
}

// Describes a connection error, and which flag fixes it.
std::string ConnectionText(absl::string_view address, absl::string_view cause) {
  const auto has = [&](absl::string_view words) { return absl::StrContains(cause, words); };
  if (has("http1.x server") || has("http2 server preface")) {
    return absl::StrCat("the server at ", address,
                        " does not speak gRPC; --address must be the server's --admin, not its "
                        "--listen or --metrics");
  }
  if (has("wrong version number") || has("WRONG_VERSION_NUMBER")) {
    return absl::StrCat("the server at ", address,
                        " does not speak TLS; omit --tls and the flags that imply it");
  }
  if (has("certificate verify failed") || has("CERTIFICATE_VERIFY_FAILED")) {
    return absl::StrCat("the certificate of the server at ", address,
                        " is not signed by a trusted authority; set --ca_file to the certificate "
                        "of its authority");
  }
  if (has("is not in peer certificate") || has("Hostname Verification Check failed")) {
    return absl::StrCat("the certificate of the server at ", address,
                        " is for another name; set --tls_name to the name in the certificate");
  }
  if (has("Socket closed") || has("onnection reset")) {
    return absl::StrCat(
        "the server at ", address,
        " closed the connection; it has ended, or requires TLS (--tls, --ca_file) or a client "
        "certificate (--cert_file, --key_file)");
  }
  if (has("service is shutting down")) {
    return absl::StrCat("the server at ", address, " is shutting down");
  }
  if (has("DNS resolution failed")) {
    return absl::StrCat("no server answers at ", address, ": cannot resolve the name: ", cause);
  }
  return absl::StrCat("no server answers at ", address, ": ", cause,
                      "; check that the server is running and that --address is its --admin");
}

}  // namespace

absl::string_view ExitCodeHelp() {
  return "  0  success\n"
         "  1  partial success: fewer workers than requested, or a stop lost requests\n"
         "  2  invalid command line, or a value that the server rejects\n"
         "  3  no admin service answers at --address, or it disappeared\n"
         "  4  refused: the state of the server does not allow the call now\n"
         "  5  not permitted: no token, an unknown token, or a read-only token\n"
         "  6  no such request is running\n"
         "  7  the time limit (--timeout) has passed\n";
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
  // The message comes from the network and is printed on a terminal.
  const std::string message = PrintableText(status.message());
  if (status.code() == absl::StatusCode::kUnavailable) {
    return absl::StrCat("robustoctl: ", command, ": ", ConnectionText(address, Cause(message)));
  }
  if (status.code() == absl::StatusCode::kUnimplemented) {
    return absl::StrCat("robustoctl: ", command, ": the gRPC server at ", address,
                        " has no admin service of robusto: ", message);
  }
  return absl::StrCat("robustoctl: ", command, ": ", message, Remedy(status.code()), " (",
                      absl::StatusCodeToString(status.code()), ")");
}

}  // namespace robusto
