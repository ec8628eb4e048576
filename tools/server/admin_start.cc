// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/admin_start.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "robusto/tools/server/flags/admin_flags.h"
#include "spdlog/spdlog.h"

namespace robusto {

absl::StatusOr<std::unique_ptr<AdminServer>> StartAdmin(
    Server& server, HealthMonitor* monitor, absl::Duration stop_timeout,
    const std::shared_ptr<StopRequests>& requests) {
  absl::optional<AdminServerOptions> options = AdminOptionsFromFlags();
  if (!options.has_value()) return nullptr;
  options->monitor = monitor;
  options->service.stop_timeout = stop_timeout;
  options->service.stop = [requests](absl::Duration timeout, StopRequests::Done done) {
    requests->Add(timeout, std::move(done));
  };
  options->service.traffic = [&server] {
    AdminTraffic traffic;
    const ServerStats stats = server.Stats();
    traffic.connections_open = stats.connections_open;
    traffic.connections_accepted = stats.connections_accepted;
    traffic.bytes_received = stats.bytes_received;
    traffic.bytes_sent = stats.bytes_sent;
    traffic.connections_in_exchange = stats.connections_in_exchange;
    return traffic;
  };
  absl::StatusOr<std::unique_ptr<AdminServer>> admin =
      AdminServer::Create(&server.pool(), *std::move(options));
  if (admin.ok()) return admin;
  const absl::Status status = AdminErrorInTermsOfFlags(admin.status());
  if (AdminAddressIsDefault() && absl::IsUnavailable(status)) {
    spdlog::warn("no admin service: {}; continuing without it", std::string(status.message()));
    return nullptr;
  }
  return status;
}

}  // namespace robusto
