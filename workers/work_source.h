// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// WorkSource: where an idle worker looks for work when the queue is empty.
//
// A server with a dedicated poller thread pays a hand-off for every request: the poller wakes a
// worker, the kernel switches threads, caches are cold. Instead a pool lets one idle worker at a
// time, the leader, poll the source itself ("leader/followers", Schmidt et al., Pattern-Oriented
// Software Architecture vol. 2). What it gets goes to the tail of the pool's bounded queue like
// everything else, and it takes the head itself: no hand-off, and the bound, the order, expiry and
// shedding hold. (With nothing else in the queue the first of them is that head, and does not go
// through the queue's memory to come back to the same thread.) The HTTP event loop is a WorkSource; a
// message broker's consumer could be another.

#ifndef ROBUSTO_WORKERS_WORK_SOURCE_H_
#define ROBUSTO_WORKERS_WORK_SOURCE_H_

#include <cstddef>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "robusto/workers/task.h"

namespace robusto {

class WorkSource {
 public:
  virtual ~WorkSource() = default;

  // Waits until there is work, Interrupt is called or `timeout` has passed (0: only looks), puts up
  // to out.size() tasks into `out` and returns how many. It may return 0 early. What does not fit
  // is kept for the next call. Called by one thread at a time, not always the same; each call
  // happens after the end of the one before. Must not throw.
  virtual size_t Poll(absl::Span<TaskPtr> out, absl::Duration timeout) = 0;

  // Makes the Poll under way, or else the next one, return soon. Any thread; must not block.
  virtual void Interrupt() = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_WORK_SOURCE_H_
