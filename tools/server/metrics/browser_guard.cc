// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/metrics/browser_guard.h"

#include <arpa/inet.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace robusto {
namespace {

bool IsAddress(int family, absl::string_view text) {
  unsigned char address[sizeof(in6_addr)];
  return inet_pton(family, std::string(text).c_str(), address) == 1;
}

// Without the port.
absl::string_view NameOf(absl::string_view host) {
  const size_t bracket = host.rfind(']');
  const size_t colon = host.rfind(':');
  const bool has_port =
      colon != absl::string_view::npos && (bracket == absl::string_view::npos || colon > bracket);
  return has_port ? host.substr(0, colon) : host;
}

}  // namespace

bool IsLocalHost(absl::string_view host, absl::string_view own_name) {
  absl::string_view name = NameOf(host);
  if (absl::ConsumePrefix(&name, "[")) {
    return absl::ConsumeSuffix(&name, "]") && IsAddress(AF_INET6, name);
  }
  return IsAddress(AF_INET, name) || absl::EqualsIgnoreCase(name, "localhost") ||
         (!own_name.empty() && absl::EqualsIgnoreCase(name, own_name));
}

bool IsSameOrigin(absl::string_view origin, absl::string_view host) {
  if (!absl::ConsumePrefix(&origin, "http://") && !absl::ConsumePrefix(&origin, "https://")) {
    return false;  // "null" among them
  }
  return !host.empty() && absl::EqualsIgnoreCase(origin, host);
}

}  // namespace robusto
