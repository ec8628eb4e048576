// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AdminServer: a gRPC server with the AdminService of a pool, reflection and health, and the rules
// of who may reach it and do what.
//
//   AdminServerOptions options;
//   options.listen = "127.0.0.1:50051";
//   auto admin = AdminServer::Create(&pool, options);
//   if (!admin.ok()) return admin.status();
//   puts((*admin)->address().c_str());
//   ...
//   (*admin)->Shutdown(absl::Seconds(2));
//
// Who may. The default is a door that only this machine has: loopback, where every user of it gets
// in, or a unix socket, which only its owner can open. A wider address is refused unless it has
// both TLS and a way to know the caller: tokens (token_file.h), or certificates (tls_client_ca). In
// front of each call: with tls_client_ca, TLS itself turns away who has no certificate of that
// authority; with a token file, the token says the role; without one, everybody who got so far is
// an operator. Health and reflection ask for no token: a load balancer has none, and what they say
// is no secret.
//
// Shutdown order: health says NOT_SERVING, streams say their last word and end, then the port
// closes. The pool should be stopped before, so that its watchers see it.
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
  // host:port, [v6-address]:port, :port (all interfaces) or unix:PATH; port 0 takes a free one.
  std::string listen = "127.0.0.1:50051";
  // Listen on a wide address even without TLS or without knowing the caller.
  bool insecure = false;

  // Files in PEM form. TLS is on when the certificate and its key are given, mutual TLS when the
  // authority that callers' certificates must come from is given too.
  std::string tls_cert;
  std::string tls_key;
  std::string tls_client_ca;
  // See token_file.h; empty: callers need no token.
  std::string token_file;

  // The service's; authorize is the server's own and is overwritten.
  AdminServiceOptions service;
  // The monitor of the pool's health that the process has already, which outlives the server; null:
  // the server makes one, with these options.
  HealthMonitor* monitor = nullptr;
  HealthMonitor::Options health;
  // Told, in one line each, of what an operator may want to know. Must not block. Null: nobody is.
  std::function<void(absl::string_view)> on_warning;
};

class AdminServer {
 public:
  // Listens and serves from now on. InvalidArgument for options that do not go together or files
  // that do not hold what they should, Unavailable when the address cannot be had; the messages
  // begin with the option's name.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Create(ThreadPool* pool,
                                                             AdminServerOptions options);
  // Shuts down with a grace of 0.
  ~AdminServer();

  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // Where it listens, with the port that the kernel chose: "127.0.0.1:50051", "unix:/run/x".
  const std::string& address() const { return address_; }

  // Health says NOT_SERVING from now on: the server around the pool has begun to stop, and the pool
  // itself may be told last.
  void SayStopping() { monitor_->SayStopping(); }
  // Ends the service; streams have `grace` to say their last word. Once; later calls wait for it.
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
  std::unique_ptr<TokenFile> tokens_;  // null: no tokens are asked for
  std::unique_ptr<AdminService> service_;
  std::unique_ptr<grpc::Server> server_;

  // Own synchronisation.
  std::unique_ptr<HealthMonitor> own_monitor_;  // null: the process has one
  HealthMonitor* monitor_ = nullptr;
  uint64_t listener_ = 0;
  absl::once_flag shut_down_;
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVER_ADMIN_SERVER_H_
