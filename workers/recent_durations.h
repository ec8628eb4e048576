// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// RecentDurations: the distributions of the last ten seconds and the last minute, from a pool's
// histograms, which count since its start.
//
// After a day, current events no longer change a p99 since the start. The difference of two readings is
// the distribution of the time between them. So readings are kept for a minute, and recording costs
// nothing extra.
//
//   RecentDurations recent;
//   recent.Add(now, pool.Histograms());  // about once a second
//   recent.Last(RecentDurations::kTenSeconds, now, pool.Histograms()).histograms.service_time;
//
// Keeps some 25 readings of 30 KB. Thread-safety: none; the caller's lock.

#ifndef ROBUSTO_WORKERS_RECENT_DURATIONS_H_
#define ROBUSTO_WORKERS_RECENT_DURATIONS_H_

#include <chrono>
#include <deque>
#include <memory>

#include "absl/time/time.h"
#include "robusto/workers/pool_stats.h"

namespace robusto {

class RecentDurations {
 public:
  using Clock = std::chrono::steady_clock;
  enum Window { kTenSeconds, kMinute };
  struct Result {
    absl::Duration window;  // the time that the histograms really cover
    PoolHistograms histograms;
  };

  // A reading of the pool. One that comes too soon after the last is not kept.
  void Add(Clock::time_point at, const PoolHistograms& total);

  // Returns the durations between an earlier reading and `total`, the reading of `at`. The earlier
  // reading is the newest one that is at least as old as the window is long. If there is none, it
  // is the oldest reading. Without any reading the result is empty.
  Result Last(Window window, Clock::time_point at, const PoolHistograms& total) const;

 private:
  struct Reading {
    Clock::time_point at;
    std::shared_ptr<const PoolHistograms> total;
  };
  struct Track {
    Clock::duration length;
    Clock::duration step;  // at least, between two readings
    std::deque<Reading> readings;
  };

  // By Window. A window is up to a step (and the time between two calls of Add) longer than asked.
  Track tracks_[2] = {{std::chrono::seconds(10), std::chrono::milliseconds(900), {}},
                      {std::chrono::seconds(60), std::chrono::milliseconds(4900), {}}};
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_RECENT_DURATIONS_H_
