// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// StatusJson: the state of a pool for the status page: counts, distributions, workers and the newest
// events in one JSON object. The names are those of pool_admin.proto with the unit appended; the counts
// satisfy the identity that PoolStats guarantees.
//
// The object may change with the page. Programs should use /metrics or the gRPC service.
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

// Limits for a pool of thousands of workers: those with the longest-running tasks come first, then idle
// ones. Only the newest events are shown.
constexpr size_t kMaxStatusWorkers = 200;
constexpr size_t kMaxStatusEvents = 50;

struct StatusExtras {
  // Whether the client may also change the pool.
  bool may_operate = false;
  // Open HTTP connections; nullopt if unknown.
  absl::optional<uint64_t> connections_open;
  // The distributions of the last minute; null omits them.
  const RecentDurations* recent = nullptr;
};

std::string StatusJson(const ThreadPool& pool, const StatusExtras& extras);

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_STATUS_PAGE_STATUS_JSON_H_
