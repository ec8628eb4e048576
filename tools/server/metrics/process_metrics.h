// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ProcessMetrics: what a server process counts beside its HTTP server, for Prometheus. docs/operations.md says what
// each metric means.
//
// Thread-safety: all methods.

#ifndef ROBUSTO_TOOLS_SERVER_METRICS_PROCESS_METRICS_H_
#define ROBUSTO_TOOLS_SERVER_METRICS_PROCESS_METRICS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"

namespace robusto {

struct ProcessStats {
  // How the program was built, for robusto_build_info.
  std::string version;
  std::string commit;
  std::string compiler;
  std::string mode;
  uint64_t server_log_lines_dropped = 0;
  uint64_t access_log_lines_dropped = 0;
};
using ProcessStatsSource = std::function<ProcessStats()>;

class ProcessMetrics final : public prometheus::Collectable {
 public:
  // `stats` gives the figures of each scrape. Null: there are no metrics.
  explicit ProcessMetrics(ProcessStatsSource stats) : stats_(std::move(stats)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const ProcessStatsSource stats_;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_METRICS_PROCESS_METRICS_H_
