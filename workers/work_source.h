// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// WorkSource: where an idle worker looks for work when the queue is empty.
//
// A server with a dedicated poller thread pays a hand-off for every request: the poller wakes a
// worker, the kernel switches threads, caches are cold. Instead a pool lets one idle worker at a
// time, the leader, poll the source itself ("leader/followers", Schmidt et al., Pattern-Oriented
// Software Architecture vol. 2). The tasks that it gets go to the tail of the pool's bounded queue like
// all others, and it takes the head itself: there is no hand-off, and the bound, the order, expiry and
// shedding apply. (If the queue is empty, the first of these tasks is the head, and the leader keeps it
// without writing it to the queue.) The HTTP event loop is a WorkSource; the consumer of a message
// broker could be another.

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

  // Waits until there is work, Interrupt is called or `timeout` has passed (0: does not wait). Puts up
  // to out.size() tasks into `out` and returns how many; the others are for the next call. May return
  // 0 early. Called by one thread at a time, not always the same one; each call happens after the end
  // of the one before. Must not throw. A call that never returns is abandoned by ThreadPool::Stop.
  virtual size_t Poll(absl::Span<TaskPtr> out, absl::Duration timeout) = 0;

  // Makes the current Poll, or else the next one, return soon. Any thread; must not block.
  virtual void Interrupt() = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_WORK_SOURCE_H_
