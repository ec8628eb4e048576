// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ResizeRequest, ResizeResult: plain data for a change of a ThreadPool's bounds. It has three
// safeguards for remote operators: a dry run, compare-and-set on the generation, and an automatic
// rollback unless the change is confirmed.
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
  // Changes nothing and returns what would happen.
  bool dry_run = false;
  // Acts only if the pool has this generation (PoolStats::generation). nullopt: always.
  absl::optional<uint64_t> if_generation;
  // The bounds revert to the previous ones after this time unless ConfirmResize is called. Must be
  // more than 0. absl::InfiniteDuration(): the bounds never revert, and a pending revert of an
  // earlier Resize is cancelled. If an earlier Resize is still unconfirmed, the previous bounds are
  // those from before that Resize.
  absl::Duration revert_after = absl::InfiniteDuration();
};

struct ResizeResult {
  uint64_t generation = 0;  // after the change; for a dry run, the current one
  PoolBounds before;
  int started = 0;  // workers started; for a dry run, workers that would be started
  int retired = 0;  // workers that were requested to exit; for a dry run, that would be
  int threads = 0;  // target threads after the change
};

// A Resize that waits for confirmation.
struct PendingRevert {
  PoolBounds bounds;  // the bounds after the revert
  absl::Duration remaining;
  uint64_t generation = 0;  // the generation of the Resize
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_RESIZE_H_
