// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// PoolStats, WorkerInfo, PollActivity: snapshots of a ThreadPool. Plain data, safe to copy and keep.

#ifndef ROBUSTO_WORKERS_POOL_STATS_H_
#define ROBUSTO_WORKERS_POOL_STATS_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/workers/histogram.h"
#include "robusto/workers/resize.h"
#include "robusto/workers/task.h"

namespace robusto {

// The pool's lifecycle. A pool is used once: no state follows kStopped.
enum class PoolState : uint8_t {
  kCreated,   // no threads yet; refuses tasks
  kRunning,   // takes tasks
  kDraining,  // refuses tasks, finishes those it has
  kStopped,   // refuses tasks, has no threads (but for abandoned ones)
};

inline absl::string_view PoolStateName(PoolState state) {
  switch (state) {
    case PoolState::kCreated:
      return "created";
    case PoolState::kRunning:
      return "running";
    case PoolState::kDraining:
      return "draining";
    case PoolState::kStopped:
      return "stopped";
  }
  return "unknown";
}

// What one worker has done since it started.
struct WorkerTotals {
  uint64_t started = 0;  // completed + failed + cancelled, + 1 while a task runs
  uint64_t completed = 0;
  uint64_t failed = 0;     // the task threw
  uint64_t cancelled = 0;  // the task ended after Cancel
  absl::Duration busy;     // time spent inside tasks that have ended

  uint64_t ended() const { return completed + failed + cancelled; }

  WorkerTotals& operator+=(const WorkerTotals& other) {
    started += other.started;
    completed += other.completed;
    failed += other.failed;
    cancelled += other.cancelled;
    busy += other.busy;
    return *this;
  }
};

struct WorkerInfo {
  int64_t id = 0;
  bool busy = false;
  uint64_t task_id = 0;  // 0 while idle
  absl::Duration running_for;
  bool stuck = false;  // for longer than stuck_after
  TaskDescription task;
  WorkerTotals totals;
};

struct PoolStats {
  PoolState state = PoolState::kCreated;
  int min_threads = 0;
  absl::optional<int> max_threads;  // nullopt: no limit
  int threads = 0;                  // idle + busy; an abandoned thread is not among them
  int idle = 0;
  int busy = 0;
  int target_threads = 0;  // threads that are not going to exit
  int retiring = 0;        // requested exits that no worker has followed yet
  int abandoned = 0;       // threads that Stop gave up on, the supervisor included
  int stuck = 0;           // of the busy ones
  absl::Duration uptime;   // since Start
  // Starts at 1. Incremented by every Resize and its reversal, and by every Grow and Shrink that
  // changed something, but not by the pool's own growing and trimming.
  uint64_t generation = 0;
  absl::optional<PendingRevert> pending_revert;

  size_t queue_size = 0;
  size_t queue_capacity = 0;

  // Totals since Create. accepted = completed + failed + cancelled + expired + rejected() + queued
  // + running, in every snapshot.
  uint64_t accepted = 0;  // offered to the pool
  uint64_t completed = 0;
  uint64_t failed = 0;
  uint64_t cancelled = 0;
  uint64_t expired = 0;
  uint64_t rejected_full = 0;
  uint64_t rejected_draining = 0;
  uint64_t rejected_stopped = 0;
  uint64_t queued = 0;       // accepted, not taken yet
  uint64_t running = 0;      // taken by a worker, not ended
  absl::Duration busy_time;  // inside tasks that have ended, summed over all workers

  uint64_t rejected() const { return rejected_full + rejected_draining + rejected_stopped; }
};

// How the pool's work source is polled; a snapshot. Whether it is still polled cannot be told from one
// snapshot, since an idle pool sleeps in its poll for hours. ThreadPool::InterruptPoll ends a poll that
// sleeps, and `polls` advances; it does not advance while the thread that polls hangs, and not when no
// thread polls.
struct PollActivity {
  uint64_t polls = 0;         // that have ended, since Create
  int64_t last_ended_ns = 0;  // on the clock of MonotonicNanos; 0 before the first
  // A thread holds the lead: it is inside of WorkSource::Poll, or queues what that returned. False
  // after ThreadPool::Stop has returned: no thread is inside, and none will be.
  bool polling = false;
};

// Distributions since Create, over all workers.
struct PoolHistograms {
  DurationHistogram queue_wait;    // of tasks that ran: from Put to Run
  DurationHistogram service_time;  // of tasks that have ended: their Run
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_POOL_STATS_H_
