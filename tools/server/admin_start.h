// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// StartAdmin: the admin service of a server process, connected to its server, its health and its stop.

#ifndef ROBUSTO_TOOLS_SERVER_ADMIN_START_H_
#define ROBUSTO_TOOLS_SERVER_ADMIN_START_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "robusto/admin/health/health_monitor.h"
#include "robusto/admin/server/admin_server.h"
#include "robusto/http/server.h"
#include "robusto/tools/server/stop_requests.h"

namespace robusto {

// The admin service that the flags describe (tools/server/flags/admin_flags.h). Null when they ask for none, or when another
// process has taken the default address: a default is no reason not to serve, and the log says so. Errors name the flag. A Stop
// without a timeout takes `stop_timeout`. `server` and `monitor` outlive the result.
absl::StatusOr<std::unique_ptr<AdminServer>> StartAdmin(
    Server& server, HealthMonitor* monitor, absl::Duration stop_timeout,
    const std::shared_ptr<StopRequests>& requests);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_ADMIN_START_H_
