// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AdminAddress: --address as users write it, converted to gRPC's form.
//
// Thread-safety: free functions.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_ADMIN_ADDRESS_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_ADMIN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace robusto {

struct AdminAddress {
  std::string grpc_target;
  bool on_this_machine =
      false;  // a unix socket or a loopback address: no network carries the token
};

// Parses "host:port", ":port", "[v6-address]:port" or "unix:PATH". The message of InvalidArgument lists
// these forms.
absl::StatusOr<AdminAddress> ParseAdminAddress(absl::string_view text);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_ADMIN_ADDRESS_H_
