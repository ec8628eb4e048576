// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/recent_durations.h"

namespace robusto {

void RecentDurations::Add(Clock::time_point at, const PoolHistograms& total) {
  std::shared_ptr<const PoolHistograms> kept;
  for (Track& track : tracks_) {
    if (!track.readings.empty() && at - track.readings.back().at < track.step) continue;
    if (kept == nullptr) kept = std::make_shared<const PoolHistograms>(total);
    track.readings.push_back({at, kept});
    // The first but one is old enough: the first is not needed any more.
    while (track.readings.size() > 1 && at - track.readings[1].at >= track.length) {
      track.readings.pop_front();
    }
  }
}

RecentDurations::Result RecentDurations::Last(Window window, Clock::time_point at,
                                              const PoolHistograms& total) const {
  const Track& track = tracks_[window];
  Result result;
  if (track.readings.empty()) return result;
  auto from = track.readings.begin();
  while (from + 1 != track.readings.end() && at - (from + 1)->at >= track.length) ++from;
  result.window = absl::FromChrono(at - from->at);
  result.histograms.queue_wait = total.queue_wait.Since(from->total->queue_wait);
  result.histograms.service_time = total.service_time.Since(from->total->service_time);
  return result;
}

}  // namespace robusto
