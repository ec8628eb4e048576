// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/event_loop/idle_evictor.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "robusto/http/io/timer_wheel.h"

namespace robusto {

size_t IdleEvictor::Evict(size_t count) {
  size_t evicted = 0;
  while (evicted < count) {
    const absl::optional<Candidate> next = Next();
    if (!next.has_value()) break;
    if (next->connection->Evict(next->generation, among_ == Among::kAll)) ++evicted;
  }
  return evicted;
}

absl::optional<IdleEvictor::Candidate> IdleEvictor::Next() {
  absl::MutexLock lock(&mu_);
  const int64_t now_ns = clock_.Nanos();
  for (bool looked = false;; looked = true) {
    while (!candidates_.empty()) {
      const Candidate candidate = candidates_.back();
      candidates_.pop_back();
      // A slow body's time moves a little with every byte.
      if (candidate.connection->generation() == candidate.generation &&
          WaitsSince(*candidate.connection, now_ns) <= newest_ns_) {
        return candidate;
      }
    }
    if (looked) return absl::nullopt;
    Look();
  }
}

int64_t IdleEvictor::WaitsSince(const Connection& connection, int64_t now_ns) const {
  if (among_ == Among::kAll) return connection.WaitsSince(now_ns);
  return connection.has_served() ? connection.IdleSince() : TimerWheel::kNever;
}

void IdleEvictor::Look() {
  const int64_t now_ns = clock_.Nanos();
  // Under another name: what a lambda does is not known to be done under mu_.
  std::vector<Candidate> found = std::move(candidates_);
  found.clear();
  table_->ForEach([this, now_ns, &found](Connection& connection) {
    const uint32_t generation = connection.generation();
    const int64_t since = WaitsSince(connection, now_ns);
    if (since != TimerWheel::kNever) found.push_back({since, &connection, generation});
  });
  const size_t kept = std::min(found.size(), kBatch);
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(),
                    [](const Candidate& a, const Candidate& b) { return a.since_ns < b.since_ns; });
  found.resize(kept);
  newest_ns_ = kept == 0 ? 0 : found.back().since_ns;
  std::reverse(found.begin(), found.end());
  candidates_ = std::move(found);
}

}  // namespace robusto
