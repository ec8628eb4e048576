// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AdminAcceptor: listens on an address and hands at most `max_connections` connections at a time to
// gRPC.
//
// gRPC's own listeners have no bound: hundreds of idle connections would take all descriptors of the process,
// and with them those of the HTTP server. Here further connections wait in the kernel's backlog until one ends;
// silent ones end soon, by GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS. Other reasons for listening without gRPC: it
// needs IPv6 for all interfaces, it makes a unix socket with too wide a mode for a moment and takes it from
// another server, and it reports no reason when it fails.
//
// gRPC does not report the end of a connection. The acceptor knows a connection by its descriptor and inode,
// and counts those that are still open when it reaches the bound.
//
// Thread-safety: Open: any thread; Start and Stop: one thread.

#ifndef ROBUSTO_ADMIN_SERVER_ADMIN_ACCEPTOR_H_
#define ROBUSTO_ADMIN_SERVER_ADMIN_ACCEPTOR_H_

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "robusto/workers/address/listen_address.h"
#include "robusto/workers/warning_limiter.h"

namespace robusto {

class AdminAcceptor {
 public:
  struct Options {
    int max_connections = 64;
    // Receives an accepted connection and owns its descriptor from then on. Called by the acceptor's thread.
    std::function<void(int listener_fd, int fd)> on_connection;
    // Called with a line of text for the log, at most once in ten seconds. Must not block. May be null.
    std::function<void(absl::string_view)> on_warning;
  };

  // Binds and listens; connections wait in the backlog until Start. The file of a unix socket has mode 0600 from
  // its first moment; a file that a dead process left behind is replaced. Unavailable if the address cannot be
  // bound; the message says why.
  static absl::StatusOr<std::unique_ptr<AdminAcceptor>> Open(const ListenAddress& address);
  // Stops, and removes the file of a unix socket.
  ~AdminAcceptor();

  AdminAcceptor(const AdminAcceptor&) = delete;
  AdminAcceptor& operator=(const AdminAcceptor&) = delete;

  // The address with the port that the kernel chose: "127.0.0.1:50051", "unix:/run/x".
  const std::string& address() const { return address_; }

  // Accepts from now on. Throws std::system_error if the system has no thread.
  void Start(Options options);
  // Stops accepting and closes the listeners. A second call has no effect.
  void Stop();

 private:
  struct Connection {
    int fd;
    ino_t inode;
  };

  AdminAcceptor(std::vector<int> listeners, int wake)
      : listeners_(std::move(listeners)), wake_(wake) {}

  void Main();
  // Whether there is room for one more connection, after forgetting those that have ended.
  bool HasRoom();
  // Accepts one connection. False if the system has no resources for it now.
  bool AcceptOne(int listener);
  void Warn(absl::string_view text);

  // Constant after Start.
  std::vector<int> listeners_;  // one, or one for each address of the host
  const int wake_;              // an eventfd; readable: stop
  std::string address_;
  std::string unix_path_;  // the file to remove; empty: none
  Options options_;

  // The acceptor's thread only.
  std::vector<Connection> connections_;
  WarningLimiter warnings_{1, absl::Seconds(10)};

  std::thread thread_;
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVER_ADMIN_ACCEPTOR_H_
