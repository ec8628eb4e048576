// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// CheckCanListen: whether the admin service can listen on an address. gRPC itself reports no reason, and replaces a unix
// socket even while another server listens on it.
//
// Thread-safety: free function.

#ifndef ROBUSTO_ADMIN_ACCESS_LISTEN_CHECK_H_
#define ROBUSTO_ADMIN_ACCESS_LISTEN_CHECK_H_

#include "absl/status/status.h"
#include "robusto/workers/address/listen_address.h"

namespace robusto {

// Checks that the address can be bound now; the error says why not. An address without a host can if one of IPv6 and IPv4
// can: a machine may have only one of them.
absl::Status CheckCanListen(const ListenAddress& address);

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_ACCESS_LISTEN_CHECK_H_
