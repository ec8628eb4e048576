// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/top_history.h"

#include <cstdint>

#include "robusto/tools/robustoctl/wire_time.h"

namespace robusto {
namespace {

using admin::v1::DurationSummary;
using admin::v1::PoolStats;

absl::Duration MeanBetween(const DurationSummary& before, const DurationSummary& after) {
  if (after.count() <= before.count()) return absl::ZeroDuration();
  return (FromWire(after.sum()) - FromWire(before.sum())) /
         static_cast<int64_t>(after.count() - before.count());
}

uint64_t Shed(const PoolStats& stats) {
  return stats.expired() + stats.rejected_queue_full() + stats.rejected_draining() +
         stats.rejected_stopped();
}

}  // namespace

void TopHistory::Add(const PoolStats& stats) {
  // Use the uptime, because the clock may be set.
  const absl::Duration passed = FromWire(stats.uptime()) - FromWire(last_.uptime());
  if (!has_last_ || passed < absl::ZeroDuration() || stats.accepted() < last_.accepted()) {
    samples_.clear();
  } else if (passed > absl::ZeroDuration()) {
    const auto rate = [&](uint64_t before, uint64_t after) {
      return after <= before ? 0
                             : static_cast<double>(after - before) / absl::ToDoubleSeconds(passed);
    };
    TopSample sample;
    sample.completed = rate(last_.completed(), stats.completed());
    sample.failed = rate(last_.failed(), stats.failed());
    sample.cancelled = rate(last_.cancelled(), stats.cancelled());
    sample.shed = rate(Shed(last_), Shed(stats));
    sample.wait = MeanBetween(last_.queue_wait(), stats.queue_wait());
    sample.service = MeanBetween(last_.service_time(), stats.service_time());
    samples_.push_back(sample);
    if (samples_.size() > kSamples) samples_.pop_front();
  }
  last_ = stats;
  has_last_ = true;
}

}  // namespace robusto
