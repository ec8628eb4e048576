// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// HealthService: grpc.health.v1.Health, as load balancers and grpcurl call it. gRPC's own implementation
// cannot ask for a token, and has no descriptor for reflection.
//
// Lifetime: the driver outlives the service, and the service outlives the calls of the gRPC server.
// Thread-safety: all methods.
// Lock order: mu_ is a leaf.

#ifndef ROBUSTO_ADMIN_GRPC_SERVICES_HEALTH_SERVICE_H_
#define ROBUSTO_ADMIN_GRPC_SERVICES_HEALTH_SERVICE_H_

#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"
#include "robusto/admin/grpc_services/health.grpc.pb.h"
#include "robusto/admin/service/stream_driver.h"

namespace robusto {

class HealthService final : public grpc::health::v1::Health::CallbackService {
 public:
  using Status = grpc::health::v1::HealthCheckResponse::ServingStatus;

  // `authorize` decides about every call; null: all calls are allowed. The calls of Watch end with the
  // driver.
  HealthService(StreamDriver* driver,
                std::function<grpc::Status(const grpc::ServerContextBase&)> authorize)
      : driver_(driver), authorize_(std::move(authorize)) {}

  // Adds or changes a service; "" is the server as a whole.
  void SetServing(const std::string& service, bool serving) ABSL_LOCKS_EXCLUDED(mu_);
  // Reports NOT_SERVING for all services, whatever is set later.
  void Shutdown() ABSL_LOCKS_EXCLUDED(mu_);
  // SERVICE_UNKNOWN if there is no such service.
  Status Get(const std::string& service) const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context,
                                  const grpc::health::v1::HealthCheckRequest* request,
                                  grpc::health::v1::HealthCheckResponse* response) override;
  grpc::ServerWriteReactor<grpc::health::v1::HealthCheckResponse>* Watch(
      grpc::CallbackServerContext* context,
      const grpc::health::v1::HealthCheckRequest* request) override;

  // Constant after construction.
  StreamDriver* const driver_;
  const std::function<grpc::Status(const grpc::ServerContextBase&)> authorize_;

  mutable absl::Mutex mu_;
  std::map<std::string, bool> serving_ ABSL_GUARDED_BY(mu_);
  bool shut_down_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_GRPC_SERVICES_HEALTH_SERVICE_H_
