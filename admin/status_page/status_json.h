// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// StatusJson: a pool at a glance, for the status page: its counts, distributions, workers and
// newest events, in one JSON object. The names are those of pool_admin.proto, with the unit at the
// end; the counts keep the identity that PoolStats promises.
//
// For machines there are /metrics and the gRPC service: this object may change with the page.
//
// Thread-safety: any thread.

#ifndef ROBUSTO_ADMIN_STATUS_PAGE_STATUS_JSON_H_
#define ROBUSTO_ADMIN_STATUS_PAGE_STATUS_JSON_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/types/optional.h"
#include "robusto/workers/recent_durations.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

// What a pool of thousands says about its workers is cut off after so many: the longest-running
// first, then idle ones. The newest events, likewise.
constexpr size_t kStatusWorkers = 200;
constexpr size_t kStatusEvents = 50;

struct StatusExtras {
  // The caller may also change the pool.
  bool may_operate = false;
  // Open HTTP connections; nullopt: not known here.
  absl::optional<uint64_t> connections_open;
  // For what happened in the last minute; null: not told.
  const RecentDurations* recent = nullptr;
};

std::string StatusJson(const ThreadPool& pool, const StatusExtras& extras);

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_STATUS_PAGE_STATUS_JSON_H_
