// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ListenAddress: the address of the admin service, and whether other machines can reach it.
//
// Thread-safety: plain data and free functions.

#ifndef ROBUSTO_ADMIN_ACCESS_LISTEN_ADDRESS_H_
#define ROBUSTO_ADMIN_ACCESS_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace robusto {

struct ListenAddress {
  bool unix_socket = false;
  std::string host;  // without brackets; "::" for ":port"; the path of a unix socket
  int port = 0;      // 0: the kernel chooses
  // Only programs on this machine can reach it.
  bool local = false;

  // The address with this port: "127.0.0.1:50051", "[::1]:50051", "unix:/run/robusto.sock".
  std::string WithPort(int bound_port) const;
};

// Parses "host:port", "[v6-address]:port", ":port" (all interfaces) and "unix:PATH". The message of
// InvalidArgument lists these forms.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

// Checks that the address can be bound now; the error says why not. gRPC itself reports no reason, and
// replaces a unix socket even while another server listens on it.
absl::Status CheckCanListen(const ListenAddress& address);

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_ACCESS_LISTEN_ADDRESS_H_
