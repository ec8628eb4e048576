// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// MetricsHandler: what the metrics listener answers.
//
//   GET  /metrics      the pool's metrics in Prometheus's text format
//   GET  /healthz      200 while the process can answer at all
//   GET  /readyz       200 while the pool can do its work, else 503 and why not
//   GET  /             the status page
//   GET  /status.json  what it shows
//   POST /resize?min=&max=&generation=   /drain   /resume   /cancel?task=&level=gentle|firm
//
// Authorization. The first three contain no secrets and need no token, because scrapers and load
// balancers have none. The status page shows the requests of other clients, so it needs a local
// caller or a token. The last four change the pool and always need an operator's token. The gRPC
// service without tokens accepts every local caller as an operator; this port must not, because
// every web page in the operator's browser can send a POST to it. A token comes in the field
// Authorization. No browser adds that field by itself (as it adds a cookie), so a page from another
// site cannot use the token. Origin and Host are checked, too.
//
// Thread-safety: the handler may be called from any thread.

#ifndef ROBUSTO_TOOLS_SERVER_METRICS_METRICS_HANDLER_H_
#define ROBUSTO_TOOLS_SERVER_METRICS_METRICS_HANDLER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/admin/access/token_file.h"
#include "robusto/admin/health/health_rules.h"
#include "robusto/http/api/handler.h"
#include "robusto/http/api/server_stats.h"
#include "robusto/tools/server/metrics/process_metrics.h"
#include "robusto/workers/recent_durations.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

// All that is pointed to outlives the handler.
struct MetricsHandlerOptions {
  ThreadPool* pool = nullptr;
  // What the server that the pool works for counts; null: not told.
  std::function<ServerStats()> http;
  // What the process counts beside that; null: not shown.
  ProcessStatsSource process;
  // The verdicts of /healthz and /readyz.
  std::function<Health()> health;
  // For the distributions of the last minute, on the status page.
  std::function<RecentDurations()> recent;
  // Null: reading needs no token, and every change is refused.
  TokenFile* tokens = nullptr;
  // Only programs of this machine reach the listener. Otherwise the status page is for those with a
  // token only.
  bool local = true;
  // The name that the listener was told to listen on, if it was one; see IsLocalHost.
  std::string own_name;
  // Called with one line for every requested change. Null: changes are not reported.
  std::function<void(absl::string_view)> on_change;
};

Handler MetricsHandler(MetricsHandlerOptions options);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_METRICS_METRICS_HANDLER_H_
