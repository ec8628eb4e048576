// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/event_loop/connection_evictor.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "robusto/queue/monotonic_clock.h"

namespace robusto {

size_t ConnectionEvictor::Evict(size_t count) {
  size_t evicted = 0;
  while (evicted < count) {
    const absl::optional<Candidate> next = Next();
    if (!next.has_value()) break;
    if (next->connection->Evict(next->generation, among_ == Among::kAll)) ++evicted;
  }
  return evicted;
}

bool ConnectionEvictor::EvictLargest(size_t bytes) {
  const int64_t now_ns = clock_.Nanos();
  Connection* largest = nullptr;
  uint32_t generation = 0;
  table_->ForEach([&](Connection& connection) {
    const uint32_t current = connection.generation();
    const size_t charged = connection.charged_bytes();
    if (charged <= bytes || connection.StalledSince(now_ns) == kNever) return;
    bytes = charged;
    largest = &connection;
    generation = current;
  });
  return largest != nullptr && largest->Evict(generation, /*stalled=*/true);
}

absl::optional<ConnectionEvictor::Candidate> ConnectionEvictor::Next() {
  absl::MutexLock lock(&mu_);
  const int64_t now_ns = clock_.Nanos();
  for (bool searched = false;; searched = true) {
    while (!candidates_.empty()) {
      const Candidate candidate = candidates_.back();
      candidates_.pop_back();
      // A slow body's time moves a little with every byte.
      if (candidate.connection->generation() == candidate.generation &&
          StalledSince(*candidate.connection, now_ns) <= newest_ns_) {
        return candidate;
      }
    }
    if (searched) return absl::nullopt;
    FindCandidates();
  }
}

int64_t ConnectionEvictor::StalledSince(const Connection& connection, int64_t now_ns) const {
  if (among_ == Among::kAll) return connection.StalledSince(now_ns);
  return connection.has_served() ? connection.IdleSince() : kNever;
}

void ConnectionEvictor::FindCandidates() {
  const int64_t now_ns = clock_.Nanos();
  // A local variable is needed: the thread-safety analysis does not know that the lambda runs under
  // mu_, and rejects its access to candidates_.
  std::vector<Candidate> found = std::move(candidates_);
  found.clear();
  table_->ForEach([this, now_ns, &found](Connection& connection) {
    const uint32_t generation = connection.generation();
    const int64_t since = StalledSince(connection, now_ns);
    if (since != kNever) found.push_back({since, &connection, generation});
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
