// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/metrics/metrics.h"

#include <limits>
#include <sstream>

#include "absl/time/time.h"
#include "prometheus/client_metric.h"
#include "prometheus/metric_type.h"
#include "prometheus/text_serializer.h"
#include "robusto/admin/metrics/metric_family.h"
#include "robusto/workers/histogram.h"
#include "robusto/workers/pool_stats.h"

namespace robusto {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

// In seconds, from the time that a cached file takes to the longest that clients wait. With steps of
// about 2.5, an estimated percentile is accurate to that factor, and a scrape stays small.
constexpr double kBucketBounds[] = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                    0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                    1,      2.5,     5,      10,    25,     60};

MetricFamily Histogram(const char* name, const char* help, const DurationHistogram& histogram) {
  MetricFamily family = MakeFamily(MetricType::Histogram, name, help);
  ClientMetric::Histogram& to = family.metric.emplace_back().histogram;
  to.sample_count = histogram.count();
  to.sample_sum = absl::ToDoubleSeconds(histogram.sum());
  for (const double bound : kBucketBounds) {
    to.bucket.push_back({histogram.CountUpTo(absl::Seconds(bound)), bound});
  }
  to.bucket.push_back({histogram.count(), std::numeric_limits<double>::infinity()});
  return family;
}

MetricFamily States(const PoolStats& stats) {
  MetricFamily family = MakeFamily(MetricType::Gauge, "robusto_pool_state",
                                   "1 for the current state of the pool, 0 for the other states.");
  for (const PoolState state :
       {PoolState::kCreated, PoolState::kRunning, PoolState::kDraining, PoolState::kStopped}) {
    AddLabelled(&family, "state", PoolStateName(state), state == stats.state ? 1 : 0);
  }
  return family;
}

MetricFamily Outcomes(const PoolStats& stats) {
  MetricFamily family = MakeFamily(MetricType::Counter, "robusto_tasks_total",
                                   "Tasks that have ended or were rejected, by outcome.");
  const auto add = [&family](absl::string_view outcome, uint64_t count) {
    AddLabelled(&family, "outcome", outcome, static_cast<double>(count));
  };
  add("completed", stats.completed);
  add("failed", stats.failed);
  add("cancelled", stats.cancelled);
  add("expired", stats.expired);
  add("rejected_queue_full", stats.rejected_full);
  add("rejected_draining", stats.rejected_draining);
  add("rejected_stopped", stats.rejected_stopped);
  return family;
}

}  // namespace

std::vector<MetricFamily> PoolMetrics::Collect() const {
  const PoolStats stats = pool_->Stats();
  const PoolHistograms histograms = pool_->Histograms();
  return {
      States(stats),
      MakeGauge("robusto_pool_uptime_seconds", "Time since the pool was started.",
                absl::ToDoubleSeconds(stats.uptime)),
      MakeGauge("robusto_pool_threads", "Worker threads that are alive.", stats.threads),
      MakeGauge("robusto_pool_threads_idle", "Worker threads that are waiting for work.",
                stats.idle),
      MakeGauge("robusto_pool_threads_busy", "Worker threads that are running a task.", stats.busy),
      MakeGauge("robusto_pool_threads_retiring",
                "Worker threads that will exit when they next ask for work.", stats.retiring),
      MakeGauge("robusto_pool_threads_stuck",
                "Busy threads whose task has been running for longer than stuck_after.",
                stats.stuck),
      MakeGauge("robusto_pool_threads_abandoned",
                "Threads that a stop gave up on because they did not return.", stats.abandoned),
      MakeGauge("robusto_pool_threads_min", "Minimum number of worker threads.", stats.min_threads),
      MakeGauge("robusto_pool_threads_max", "Maximum number of worker threads; +Inf: no limit.",
                stats.max_threads.has_value() ? *stats.max_threads
                                              : std::numeric_limits<double>::infinity()),
      MakeGauge("robusto_pool_queue_size", "Tasks in the queue.",
                static_cast<double>(stats.queue_size)),
      MakeGauge("robusto_pool_queue_capacity",
                "Maximum number of tasks in the queue; further tasks are rejected.",
                static_cast<double>(stats.queue_capacity)),
      MakeCounter("robusto_pool_busy_seconds_total",
                  "Time spent inside tasks that have ended, summed over all worker threads.",
                  absl::ToDoubleSeconds(stats.busy_time)),
      MakeCounter("robusto_tasks_accepted_total", "Tasks offered to the pool.",
                  static_cast<double>(stats.accepted)),
      Outcomes(stats),
      MakeGauge("robusto_tasks_queued", "Tasks that are waiting to run.",
                static_cast<double>(stats.queued)),
      MakeGauge("robusto_tasks_running",
                "Tasks that a worker has taken and that have not ended yet.",
                static_cast<double>(stats.running)),
      Histogram("robusto_queue_wait_seconds",
                "Time that tasks waited in the queue before they ran.", histograms.queue_wait),
      Histogram("robusto_service_seconds", "Time that tasks ran; counted when they end.",
                histograms.service_time),
  };
}

std::string MetricsText(absl::Span<const prometheus::Collectable* const> metrics) {
  std::vector<MetricFamily> all;
  for (const prometheus::Collectable* collectable : metrics) {
    for (MetricFamily& family : collectable->Collect()) all.push_back(std::move(family));
  }
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, all);
  return text.str();
}

}  // namespace robusto
