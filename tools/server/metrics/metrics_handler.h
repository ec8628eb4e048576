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
// Who may. The first three tell no secrets and ask for nothing, as scrapers and load balancers have
// none. The status page shows what others request, and so it is for this machine, or for those with
// a token. The last four change the pool, and always need an operator's token: that everybody on
// this machine is an operator of the gRPC service where there are no tokens is no model for a port
// that every web page in the operator's browser can send a POST to. A token comes in the field
// Authorization, which no browser adds by itself (as it does a cookie), so that a page from
// elsewhere cannot use it; Origin and Host are checked besides.
//
// Thread-safety: the handler may be called from any thread.

#ifndef ROBUSTO_TOOLS_SERVER_METRICS_METRICS_HANDLER_H_
#define ROBUSTO_TOOLS_SERVER_METRICS_METRICS_HANDLER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/admin/access/token_file.h"
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
  // Empty: ready.
  std::function<std::string()> why_not_ready;
  // For the distributions of the last minute, on the status page.
  std::function<RecentDurations()> recent;
  // Null: nobody needs a token to read, and nobody may change anything.
  TokenFile* tokens = nullptr;
  // Only programs of this machine reach the listener. Otherwise the status page is for those with a
  // token only.
  bool local = true;
  // The name that the listener was told to listen on, if it was one; see IsLocalHost.
  std::string own_name;
  // Told, in one line, of every change that was asked for. Null: nobody is.
  std::function<void(absl::string_view)> on_change;
};

Handler MetricsHandler(MetricsHandlerOptions options);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_METRICS_METRICS_HANDLER_H_
