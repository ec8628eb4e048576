// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/grpc_services/health_service.h"

#include <memory>
#include <utility>

#include "absl/types/optional.h"
#include "robusto/admin/service/message_stream.h"

namespace robusto {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

// Watch: the status now, and whenever it has changed.
class HealthStream final : public MessageStream<HealthCheckResponse> {
 public:
  HealthStream(StreamDriver* driver, const HealthService* service, std::string name)
      : MessageStream(driver), service_(service), name_(std::move(name)) {}

 private:
  Step Next(Clock::time_point, bool ending, HealthCheckResponse* message) override {
    Step step;
    const HealthService::Status status = service_->Get(name_);
    if (status != last_) {
      last_ = status;
      message->set_status(status);
      step.write = true;
    }
    if (ending) {
      step.finish =
          grpc::Status(grpc::StatusCode::UNAVAILABLE, "the admin service is shutting down");
    }
    return step;
  }

  const HealthService* const service_;
  const std::string name_;
  absl::optional<HealthService::Status> last_;
};

}  // namespace

void HealthService::SetServing(const std::string& service, bool serving) {
  {
    absl::MutexLock lock(&mu_);
    serving_[service] = serving;
  }
  driver_->Wake();
}

void HealthService::Shutdown() {
  {
    absl::MutexLock lock(&mu_);
    shut_down_ = true;
  }
  driver_->Wake();
}

HealthService::Status HealthService::Get(const std::string& service) const {
  absl::MutexLock lock(&mu_);
  const auto found = serving_.find(service);
  if (found == serving_.end()) return HealthCheckResponse::SERVICE_UNKNOWN;
  return found->second && !shut_down_ ? HealthCheckResponse::SERVING
                                      : HealthCheckResponse::NOT_SERVING;
}

grpc::ServerUnaryReactor* HealthService::Check(grpc::CallbackServerContext* context,
                                               const HealthCheckRequest* request,
                                               HealthCheckResponse* response) {
  grpc::Status status = authorize_ ? authorize_(*context) : grpc::Status::OK;
  if (status.ok()) {
    const Status health = Get(request->service());
    if (health == HealthCheckResponse::SERVICE_UNKNOWN) {
      status = grpc::Status(grpc::StatusCode::NOT_FOUND, "unknown service");
    } else {
      response->set_status(health);
    }
  }
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(std::move(status));
  return reactor;
}

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(
    grpc::CallbackServerContext* context, const HealthCheckRequest* request) {
  grpc::Status status = authorize_ ? authorize_(*context) : grpc::Status::OK;
  if (!status.ok()) return new RefusedStream<HealthCheckResponse>(std::move(status));
  return HealthStream::Launch(std::make_shared<HealthStream>(driver_, this, request->service()));
}

}  // namespace robusto
