// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/exit_code.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "robusto/tools/robustoctl/human_text.h"

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
    case absl::StatusCode::kDeadlineExceeded:
      return "; --timeout gives it longer";
    default:
      return "";
  }
}

// gRPC says "failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: why"; only
// the why is news to whoever gave the address.
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

// What is wrong between here and `address`, and what to do, in the words of the flags.
std::string ConnectionText(absl::string_view address, absl::string_view cause) {
  const auto has = [&](absl::string_view words) { return absl::StrContains(cause, words); };
  if (has("http1.x server") || has("http2 server preface")) {
    return absl::StrCat("what answers at ", address,
                        " is no gRPC server; --address is to be the server's --admin, not its "
                        "--listen or --metrics");
  }
  if (has("wrong version number") || has("WRONG_VERSION_NUMBER")) {
    return absl::StrCat("the server at ", address,
                        " does not speak TLS; leave out --tls and the files of certificates");
  }
  if (has("certificate verify failed") || has("CERTIFICATE_VERIFY_FAILED")) {
    return absl::StrCat("the certificate of the server at ", address,
                        " is of no authority that is trusted here; --ca_file names the file of the "
                        "authority that made it");
  }
  if (has("is not in peer certificate") || has("Hostname Verification Check failed")) {
    return absl::StrCat("the certificate of the server at ", address,
                        " is for another name; --tls_name is to be the name in it");
  }
  if (has("Socket closed") || has("onnection reset")) {
    return absl::StrCat(
        "the server at ", address,
        " closed the connection; it has ended, or wants TLS (--tls, --ca_file) or a "
        "certificate that it knows (--cert_file, --key_file)");
  }
  if (has("service is ending")) {
    return absl::StrCat("the server at ", address, " is ending");
  }
  if (has("DNS resolution failed")) {
    return absl::StrCat("no server answers at ", address, ": the name cannot be resolved: ", cause);
  }
  return absl::StrCat("no server answers at ", address, ": ", cause,
                      "; is it up, and is --address its --admin?");
}

}  // namespace

absl::string_view ExitCodeHelp() {
  return "  0  done\n"
         "  1  not all of it: fewer workers than asked for, or a stop lost requests\n"
         "  2  the command line, or a value in it that the server does not take\n"
         "  3  no server answers at --address as it should, or it went away\n"
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
    return absl::StrCat("robustoctl: ", command, ": ", ConnectionText(address, Cause(message)));
  }
  if (status.code() == absl::StatusCode::kUnimplemented) {
    return absl::StrCat("robustoctl: ", command, ": what answers at ", address,
                        " is no admin service of robusto: ", message);
  }
  return absl::StrCat("robustoctl: ", command, ": ", message, Remedy(status.code()), " (",
                      absl::StatusCodeToString(status.code()), ")");
}

}  // namespace robusto
