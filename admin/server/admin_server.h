// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AdminServer: a gRPC server with the AdminService of a pool, reflection and health, and access control
// for them.
//
//   AdminServerOptions options;
//   options.listen = "127.0.0.1:50051";
//   auto admin = AdminServer::Create(&pool, options);
//   if (!admin.ok()) return admin.status();
//   puts((*admin)->address().c_str());
//   ...
//   (*admin)->Shutdown(absl::Seconds(2));
//
// Access. By default only this machine can connect: on loopback every local user, on a unix socket only
// its owner. A wider address is refused unless it has both TLS and a way to identify the caller: tokens
// (token_file.h) or certificates (tls_client_ca). With tls_client_ca, TLS rejects clients without a
// certificate of that authority. With a token file, the token determines the role; without one, every
// client that can connect is an operator. Health and reflection need no token: load balancers have none,
// and neither reveals anything secret.
//
// Shutdown order: health reports NOT_SERVING, streams send their last message and end, then the port
// closes. Stop the pool first, so that its watchers see that it has stopped.
//
// Lifetime: the pool outlives the server.
// Thread-safety: all methods.

#ifndef ROBUSTO_ADMIN_SERVER_ADMIN_SERVER_H_
#define ROBUSTO_ADMIN_SERVER_ADMIN_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/call_once.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpcpp/server.h"
#include "grpcpp/server_context.h"
#include "robusto/admin/access/token_file.h"
#include "robusto/admin/health/health_monitor.h"
#include "robusto/admin/service/admin_service.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

struct AdminServerOptions {
  // host:port, [v6-address]:port, :port (all interfaces) or unix:PATH; with port 0 the kernel chooses a
  // free port.
  std::string listen = "127.0.0.1:50051";
  // Allow a wide address without TLS or without a way to identify the caller.
  bool insecure = false;

  // Files in PEM format. A certificate and its key enable TLS. tls_client_ca enables mutual TLS: it is
  // the authority that must have signed the certificates of clients.
  std::string tls_cert;
  std::string tls_key;
  std::string tls_client_ca;
  // See token_file.h; empty: clients need no token.
  std::string token_file;

  // Options of the service. `authorize` is overwritten with the server's own.
  AdminServiceOptions service;
  // An existing health monitor of the pool, which must outlive the server. Null: the server creates one
  // with the options below.
  HealthMonitor* monitor = nullptr;
  HealthMonitor::Options health;
  // Called with a line of text for the log. Must not block. May be null.
  std::function<void(absl::string_view)> on_warning;
};

class AdminServer {
 public:
  // Starts listening and serving. InvalidArgument for contradictory options and invalid files,
  // Unavailable if the address cannot be bound; the messages begin with the name of the option.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Create(ThreadPool* pool,
                                                             AdminServerOptions options);
  // Shuts down with a grace of 0.
  ~AdminServer();

  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // The address with the port that the kernel chose: "127.0.0.1:50051", "unix:/run/x".
  const std::string& address() const { return address_; }

  // Ends the service; streams have `grace` to send their last messages. Later calls wait for the first.
  void Shutdown(absl::Duration grace);

 private:
  explicit AdminServer(AdminServerOptions options) : options_(std::move(options)) {}

  absl::Status Start(ThreadPool* pool);
  absl::Status Authorize(const grpc::ServerContextBase& context, AdminAccess access,
                         std::string* role);
  void Warn(absl::string_view text) const;

  // Constant after Create.
  AdminServerOptions options_;
  std::string address_;
  std::unique_ptr<TokenFile> tokens_;  // null: no token is required
  std::unique_ptr<AdminService> service_;
  std::unique_ptr<grpc::Server> server_;

  // Own synchronisation.
  std::unique_ptr<HealthMonitor> own_monitor_;  // null: options_.monitor is used
  HealthMonitor* monitor_ = nullptr;
  uint64_t listener_ = 0;
  absl::once_flag shut_down_;
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVER_ADMIN_SERVER_H_
