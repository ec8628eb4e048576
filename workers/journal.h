// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Journal: the pool's decisions with their time and the state that they were based on: every grow,
// shrink, trim, respawn, cancel and stop, and summed rejections. It answers questions such as why
// there were forty threads last night.
//
// Bounded: the newest kCapacity events are kept. A reader that falls behind sees a gap in the sequence
// numbers.
//
// Thread-safety: all methods. Lock order: mu_ is a leaf.

#ifndef ROBUSTO_WORKERS_JOURNAL_H_
#define ROBUSTO_WORKERS_JOURNAL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/workers/monotonic_mutex.h"

namespace robusto {

struct PoolEvent {
  enum class Kind : uint8_t {
    kStart,     // count workers were started
    kGrow,      // count workers were started by a Grow
    kAutoGrow,  // count workers were started because a task had waited for oldest_wait
    kShrink,    // count workers were asked to exit by a Shrink
    kTrim,      // count workers were asked to exit because they had been idle for idle_timeout
    kResize,    // the bounds were changed; count is the resulting change of the number of threads
    kStartFailed,  // the system gave no thread; text says why
    kWorkerDied,   // worker_id died of an exception outside of a task's Run; text is its what()
    kRespawn,      // count workers were started so that there are min_threads again
    kReject,       // count tasks were rejected since the last such event; text is the reason
    kCancel,       // task_id was asked to give up
    kStuck,        // task_id has been running on worker_id for longer than stuck_after
    kDrain,
    kResume,
    kStop,     // a stop began; text names its requester and its deadline
    kStopped,  // the Stop has ended; text summarises its report
    kRevert,   // the bounds were reverted because a Resize was not confirmed; count as for kResize
    kConfirm,  // a Resize was confirmed
  };

  uint64_t sequence = 0;  // 1 for the first event of a pool, then consecutive
  absl::Time at;
  Kind kind = Kind::kStart;
  // The decision.
  int count = 0;
  uint64_t task_id = 0;
  int64_t worker_id = 0;
  std::string text;
  // The state that it was based on.
  int threads = 0;  // target threads, after the decision
  int min_threads = 0;
  absl::optional<int> max_threads;
  size_t queue_size = 0;
  absl::Duration oldest_wait;  // of the task at the queue's head; only with kAutoGrow
};

// "grow", "auto_grow", ...: for logs and labels.
absl::string_view PoolEventKindName(PoolEvent::Kind kind);

class Journal {
 public:
  static constexpr size_t kCapacity = 1024;

  // Sets the event's sequence number and time and appends it.
  void Append(PoolEvent event);

  // Returns up to `max` events with a sequence number of `from` or more (0 and 1: from the oldest
  // kept), oldest first. When the first one's number is larger than `from`, the events between are
  // no longer kept.
  std::vector<PoolEvent> Read(uint64_t from, size_t max) const;

  // Waits up to `timeout` for an event with number `sequence` or larger; true when there is one.
  bool Await(uint64_t sequence, absl::Duration timeout) const;
  // The same, but also returns, with false, after `ended` was set to true and WakeReaders was called.
  bool Await(uint64_t sequence, absl::Duration timeout, const std::atomic<bool>& ended) const;
  void WakeReaders() const;

  // The number of the newest event; 0 when there is none.
  uint64_t newest() const;

 private:
  mutable MonotonicMutex mu_;
  mutable MonotonicCondVar appended_;
  uint64_t newest_ ABSL_GUARDED_BY(mu_) = 0;
  std::deque<PoolEvent> events_ ABSL_GUARDED_BY(mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_JOURNAL_H_
