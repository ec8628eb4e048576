// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ResizeRequest, ResizeResult: a change of a ThreadPool's bounds with the safeguards that an
// operator wants who makes it from afar: to see first what it would do, to make it only if nobody
// else was faster, and to have it taken back unless he can still reach the pool to confirm it.
// Plain data.
//
//   ResizeRequest request;
//   request.min_threads = 4;
//   request.max_threads = 32;
//   request.if_generation = pool->Stats().generation;
//   request.revert_after = absl::Minutes(1);
//   absl::StatusOr<ResizeResult> result = pool->Resize(request);
//   ...
//   pool->ConfirmResize(result->generation).IgnoreError();

#ifndef ROBUSTO_WORKERS_RESIZE_H_
#define ROBUSTO_WORKERS_RESIZE_H_

#include <cstdint>

#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace robusto {

struct PoolBounds {
  int min_threads = 0;
  absl::optional<int> max_threads;  // nullopt: no limit
};

struct ResizeRequest {
  int min_threads = 0;
  absl::optional<int> max_threads;  // nullopt: no limit
  // Changes nothing and says what would happen.
  bool dry_run = false;
  // Acts only at this generation of the pool (PoolStats::generation). nullopt: at any.
  absl::optional<uint64_t> if_generation;
  // The bounds return to what they were after this time unless ConfirmResize is called; more than
  // 0. absl::InfiniteDuration(): they never do, nor do those of an earlier Resize that nobody has
  // confirmed. While one waits to be confirmed, "what they were" means before that one.
  absl::Duration revert_after = absl::InfiniteDuration();
};

struct ResizeResult {
  uint64_t generation = 0;  // after the change; of a dry run: as it is
  PoolBounds before;
  int started = 0;  // workers; of a dry run: that would be
  int retired = 0;
  int threads = 0;  // staying, after the change
};

// A Resize that waits to be confirmed.
struct PendingRevert {
  PoolBounds bounds;  // that return
  absl::Duration remaining;
  uint64_t generation = 0;  // of the Resize
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_RESIZE_H_
