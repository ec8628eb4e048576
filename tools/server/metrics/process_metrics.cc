// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/metrics/process_metrics.h"

#include "robusto/admin/metrics/metric_family.h"

namespace robusto {

std::vector<prometheus::MetricFamily> ProcessMetrics::Collect() const {
  if (!stats_) return {};
  const ProcessStats stats = stats_();
  prometheus::MetricFamily dropped = MakeFamily(
      prometheus::MetricType::Counter, "robusto_log_lines_dropped_total",
      "Log lines that were not written: the log's destination was full, broken or too slow.");
  AddLabelled(&dropped, "log", "access", static_cast<double>(stats.access_log_lines_dropped));
  AddLabelled(&dropped, "log", "server", static_cast<double>(stats.server_log_lines_dropped));
  prometheus::MetricFamily build =
      MakeFamily(prometheus::MetricType::Gauge, "robusto_build_info",
                 "1, with the version and how the program was built as labels.");
  prometheus::ClientMetric& metric = build.metric.emplace_back();
  metric.label = {{"version", stats.version},
                  {"commit", stats.commit},
                  {"compiler", stats.compiler},
                  {"mode", stats.mode}};
  metric.gauge.value = 1;
  return {std::move(build), std::move(dropped)};
}

}  // namespace robusto
