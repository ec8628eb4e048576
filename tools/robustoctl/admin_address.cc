// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/admin_address.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace robusto {
namespace {

absl::Status Bad(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "--address=", text, ": ", why, "; expected host:port, [v6-address]:port or unix:PATH"));
}

bool AllOf(absl::string_view text, bool (*test)(unsigned char)) {
  for (const char c : text) {
    if (!test(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

bool IsOfHost(unsigned char c) {
  return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_';
}

bool IsOfV4(unsigned char c) { return absl::ascii_isdigit(c) || c == '.'; }

bool IsOfV6(unsigned char c) {
  // With a zone: fe80::1%eth0.
  return absl::ascii_isalnum(c) || c == ':' || c == '.' || c == '%';
}

}  // namespace

absl::StatusOr<AdminAddress> ParseAdminAddress(absl::string_view text) {
  absl::string_view path = text;
  if (absl::ConsumePrefix(&path, "unix:")) {
    if (path.empty()) return Bad(text, "the path is missing");
    return AdminAddress{absl::StrCat("unix:", path), true};
  }
  if (absl::StrContains(text, "://")) return Bad(text, "URLs are not supported");
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return Bad(text, "the port is missing");
  const absl::string_view host = text.substr(0, colon);
  const absl::string_view port = text.substr(colon + 1);
  int number = 0;
  if (port.empty() || !AllOf(port, absl::ascii_isdigit) || !absl::SimpleAtoi(port, &number) ||
      number < 1 || number > 65535) {
    return Bad(text, absl::StrCat("the port \"", port, "\" is not a number from 1 to 65535"));
  }
  if (host.empty()) return AdminAddress{absl::StrCat("ipv4:127.0.0.1:", port), true};
  if (host.front() == '[') {
    if (host.back() != ']' || host.size() < 4 || !AllOf(host.substr(1, host.size() - 2), IsOfV6)) {
      return Bad(text, "the text in brackets is not an IPv6 address");
    }
    return AdminAddress{absl::StrCat("ipv6:", text), host == "[::1]"};
  }
  if (absl::StrContains(host, ':')) return Bad(text, "an IPv6 address needs brackets");
  if (!AllOf(host, IsOfHost)) return Bad(text, absl::StrCat("\"", host, "\" is not a host name"));
  return AdminAddress{
      absl::StrCat("dns:", text),
      host == "localhost" || (absl::StartsWith(host, "127.") && AllOf(host, IsOfV4))};
}

}  // namespace robusto
