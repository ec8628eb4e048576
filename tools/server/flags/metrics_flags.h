// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The flags of the metrics listener that every robusto server has, and the listener that they make.

#ifndef ROBUSTO_TOOLS_SERVER_FLAGS_METRICS_FLAGS_H_
#define ROBUSTO_TOOLS_SERVER_FLAGS_METRICS_FLAGS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "robusto/admin/health/health_monitor.h"
#include "robusto/http/server.h"
#include "robusto/tools/server/metrics/metrics_server.h"
#include "robusto/tools/server/metrics/process_metrics.h"

namespace robusto {

// Null when --metrics is empty, or when it is as it was and something else has that address: a
// default is no reason not to serve (that of others is 9100, too). The messages of errors begin
// with the flag. What it does and what goes wrong is logged. `server` and `monitor`, which is that of
// its pool, outlive it, and so does what `process` uses.
absl::StatusOr<std::unique_ptr<MetricsServer>> StartMetricsFromFlags(
    Server& server, HealthMonitor* monitor, const ProcessStatsSource& process);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_FLAGS_METRICS_FLAGS_H_
