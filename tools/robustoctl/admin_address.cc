// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/admin_address.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "robusto/workers/address/listen_address.h"

namespace robusto {
namespace {

absl::Status Bad(absl::string_view text, absl::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat("--address=", text, ": expected ", expected));
}

}  // namespace

absl::StatusOr<AdminAddress> ParseAdminAddress(absl::string_view text) {
  ListenAddress address;
  const std::string expected = TryParseListenAddress(text, ListenForms::kWithoutSystemd, &address);
  if (!expected.empty()) return Bad(text, expected);
  if (address.unix_socket()) return AdminAddress{std::string(text), true};
  if (address.port == 0) return Bad(text, "a port from 1 to 65535");
  // No host means this machine.
  if (address.host.empty()) {
    return AdminAddress{absl::StrCat("ipv4:127.0.0.1:", address.port), true};
  }
  const bool v6 = absl::StrContains(address.host, ':');
  return AdminAddress{absl::StrCat(v6 ? "ipv6:" : "dns:", text), address.local};
}

}  // namespace robusto
