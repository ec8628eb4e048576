// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// PoolMetrics: what a ThreadPool counts, for Prometheus.
//
//   PoolMetrics metrics(&pool);
//   response.SetHeader("Content-Type", kMetricsContentType);
//   response.Write(MetricsText(metrics));
//
// It is a prometheus::Collectable, and so can be registered with a prometheus::Exposer beside other
// metrics as well. Nothing is counted twice: every scrape reads the pool's own statistics, and an
// application that is not scraped pays nothing. docs/operations.md says what each metric means.
//
// In every scrape, exactly: robusto_tasks_accepted_total = the sum of robusto_tasks_total over its
// outcomes + robusto_tasks_queued + robusto_tasks_running.
//
// Lifetime: the pool outlives it.
// Thread-safety: all methods.

#ifndef ROBUSTO_ADMIN_METRICS_H_
#define ROBUSTO_ADMIN_METRICS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"
#include "workers/thread_pool.h"

namespace robusto {

class PoolMetrics final : public prometheus::Collectable {
 public:
  // `http_connections` gives how many connections are open, for robusto_http_connections; null:
  // there is no such metric.
  explicit PoolMetrics(const ThreadPool* pool, std::function<uint64_t()> http_connections = nullptr)
      : pool_(pool), http_connections_(std::move(http_connections)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const ThreadPool* const pool_;
  const std::function<uint64_t()> http_connections_;
};

// Prometheus's text format, and its media type.
std::string MetricsText(const prometheus::Collectable& metrics);
constexpr absl::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_METRICS_H_
