// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// TaskQueue: the order in which queued tasks are taken, which is first in, first out. Another order
// (by priority, by client, newest first under overload) is a change of this class only, not of the
// workers or the dispatcher.
//
// Its guarantees are BoundedQueue's: bounded, linearizable, no allocation after construction.
//
// Thread-safety: all methods.

#ifndef ROBUSTO_WORKERS_TASK_QUEUE_H_
#define ROBUSTO_WORKERS_TASK_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <utility>

#include "absl/time/time.h"
#include "robusto/queue/bounded_queue.h"
#include "robusto/workers/task.h"

namespace robusto {

// A task on its way through the pool. Times are MonotonicNanos().
struct QueuedTask {
  TaskPtr task;
  uint64_t id = 0;          // unique within the pool, from 1
  int64_t accepted_ns = 0;  // when it was offered
  int64_t taken_ns = 0;     // when a worker took it
};

class TaskQueue {
 public:
  explicit TaskQueue(size_t capacity) : queue_(capacity) {}

  PushResult TryPush(QueuedTask&& task) { return queue_.TryPush(std::move(task)); }
  PushResult Push(QueuedTask&& task, absl::Duration timeout) {
    return queue_.Push(std::move(task), timeout);
  }
  // The next task, in this queue's order.
  PopResult TryPop(QueuedTask& out) { return queue_.TryPop(out); }

  // Removes a task that was accepted before `accepted_before_ns`, if there is one. Otherwise sets
  // *oldest_ns to the time at which the oldest task was accepted, 0 if the queue is empty. (An order
  // that is not by age has to track the oldest task for this.)
  bool TryPopOlder(int64_t accepted_before_ns, QueuedTask& out, int64_t* oldest_ns) {
    *oldest_ns = 0;
    return queue_.TryPopIf(out, [&](const QueuedTask& head) {
      *oldest_ns = head.accepted_ns;
      return head.accepted_ns < accepted_before_ns;
    }) == PopIfResult::kOk;
  }

  void Close() { queue_.Close(); }
  size_t size() const { return queue_.size(); }
  size_t capacity() const { return queue_.capacity(); }

 private:
  BoundedQueue<QueuedTask> queue_;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_TASK_QUEUE_H_
