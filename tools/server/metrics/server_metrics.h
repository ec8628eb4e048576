// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ServerMetrics: what an HTTP server counts (http/api/server_stats.h), for Prometheus, as PoolMetrics
// does for its pool. docs/operations.md says what each metric means.
//
// Thread-safety: all methods.

#ifndef ROBUSTO_TOOLS_SERVER_METRICS_SERVER_METRICS_H_
#define ROBUSTO_TOOLS_SERVER_METRICS_SERVER_METRICS_H_

#include <functional>
#include <utility>
#include <vector>

#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"
#include "robusto/http/api/server_stats.h"

namespace robusto {

class ServerMetrics final : public prometheus::Collectable {
 public:
  // `stats` gives the figures of each scrape. Null: there are no metrics.
  explicit ServerMetrics(std::function<ServerStats()> stats) : stats_(std::move(stats)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const std::function<ServerStats()> stats_;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_METRICS_SERVER_METRICS_H_
