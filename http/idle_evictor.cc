// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "http/idle_evictor.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "http/timer_wheel.h"

namespace robusto {

size_t IdleEvictor::Evict(size_t count) {
  size_t evicted = 0;
  while (evicted < count) {
    const absl::optional<Candidate> next = Next();
    if (!next.has_value()) break;
    if (next->connection->Evict(next->generation)) ++evicted;
  }
  return evicted;
}

absl::optional<IdleEvictor::Candidate> IdleEvictor::Next() {
  absl::MutexLock lock(&mu_);
  for (bool looked = false;; looked = true) {
    while (!candidates_.empty()) {
      const Candidate candidate = candidates_.back();
      candidates_.pop_back();
      if (candidate.connection->generation() == candidate.generation &&
          candidate.connection->IdleSince() == candidate.idle_since_ns) {
        return candidate;
      }
    }
    if (looked) return absl::nullopt;
    Look();
  }
}

void IdleEvictor::Look() {
  // Under another name: what a lambda does is not known to be done under mu_.
  std::vector<Candidate> found = std::move(candidates_);
  found.clear();
  table_->ForEach([this, &found](Connection& connection) {
    const uint32_t generation = connection.generation();
    if (among_ == Among::kServed && !connection.has_served()) return;
    const int64_t idle_since = connection.IdleSince();
    if (idle_since != TimerWheel::kNever) {
      found.push_back({idle_since, &connection, generation});
    }
  });
  const size_t kept = std::min(found.size(), kBatch);
  std::partial_sort(
      found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(),
      [](const Candidate& a, const Candidate& b) { return a.idle_since_ns < b.idle_since_ns; });
  found.resize(kept);
  std::reverse(found.begin(), found.end());
  candidates_ = std::move(found);
}

}  // namespace robusto
