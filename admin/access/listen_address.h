// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ListenAddress: where the admin service listens, and who can reach that.
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
  std::string host;  // without brackets; "::" for ":port"; of a unix socket: its path
  int port = 0;      // 0: the kernel chooses
  // Only programs of this machine can reach it.
  bool local = false;

  // "127.0.0.1:50051", "[::1]:50051", "unix:/run/robusto.sock": as it was written, with this port.
  std::string WithPort(int bound_port) const;
};

// Takes "host:port", "[v6-address]:port", ":port" (all interfaces) and "unix:PATH". InvalidArgument
// says which of these it should be.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text);

// Why nobody can listen there now, in words; OK when it seems possible. gRPC only says that it did
// not work, and takes a unix socket away from a server that answers on it.
absl::Status CheckCanListen(const ListenAddress& address);

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_ACCESS_LISTEN_ADDRESS_H_
