// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// PoolMetrics: the statistics of a ThreadPool for Prometheus.
//
//   PoolMetrics metrics(&pool);
//   response.SetHeader("Content-Type", kMetricsContentType);
//   response.Write(MetricsText({&metrics}));
//
// It is a prometheus::Collectable, so it can also be registered with a prometheus::Exposer. Every scrape
// reads the pool's own statistics; an application that is not scraped pays nothing.
// docs/operations.md documents each metric.
//
// In every scrape, exactly: robusto_tasks_accepted_total = the sum of robusto_tasks_total over its
// outcomes + robusto_tasks_queued + robusto_tasks_running.
//
// Lifetime: the pool outlives it.
// Thread-safety: all methods.

#ifndef ROBUSTO_ADMIN_METRICS_METRICS_H_
#define ROBUSTO_ADMIN_METRICS_METRICS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "prometheus/collectable.h"
#include "prometheus/metric_family.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

class PoolMetrics final : public prometheus::Collectable {
 public:
  explicit PoolMetrics(const ThreadPool* pool) : pool_(pool) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const ThreadPool* const pool_;
};

// All metrics in Prometheus' text format, and its media type.
std::string MetricsText(absl::Span<const prometheus::Collectable* const> metrics);
constexpr absl::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_METRICS_METRICS_H_
