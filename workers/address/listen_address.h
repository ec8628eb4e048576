// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ListenAddress: the text form of an address to listen on or to connect to. The one parser for all ports (HTTP, admin
// service, metrics) and for robustoctl, so that all take the same forms and agree on what loopback is.
//
//   127.0.0.1:8080   localhost:8080   [::1]:8080   :8080 (all addresses)   unix:/run/robusto.sock
//   systemd   systemd:web   (sockets that were passed to the process; HTTP only)
//
// Here rather than in http/ or admin/ because these two must not depend on each other.
//
// Thread-safety: plain data and pure functions; no name is looked up.

#ifndef ROBUSTO_WORKERS_ADDRESS_LISTEN_ADDRESS_H_
#define ROBUSTO_WORKERS_ADDRESS_LISTEN_ADDRESS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace robusto {

struct ListenAddress {
  enum class Kind { kTcp, kUnix, kSystemd };

  Kind kind = Kind::kTcp;
  // kTcp: a name or an address, without brackets; empty: all addresses of the machine. kUnix: the path. kSystemd: the
  // name of the sockets, or empty for all of them.
  std::string host;
  int port = 0;  // kTcp; 0: the kernel chooses
  // Only programs on this machine can reach it: localhost, 127.0.0.0/8, ::1, or a unix socket. Other names that a
  // resolver maps to a loopback address do not count: the resolver may change its mind.
  bool local = false;

  bool unix_socket() const { return kind == Kind::kUnix; }
  // The text form of the same address with this port.
  std::string WithPort(int other_port) const;
};

// Which forms are taken.
enum class ListenForms { kWithoutSystemd, kAll };

// Returns an empty string and sets *address; or returns what would be accepted in place of `text`, as in "a port from
// 0 to 65535".
std::string TryParseListenAddress(absl::string_view text, ListenForms forms,
                                  ListenAddress* address);

// The same with InvalidArgument: `invalid listen address "x": expected host:port, ...`.
absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text,
                                                 ListenForms forms = ListenForms::kWithoutSystemd);

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_ADDRESS_LISTEN_ADDRESS_H_
