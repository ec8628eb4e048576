// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Journal: what the pool decided, when, and on what grounds: every grow, shrink, trim, respawn,
// cancel and stop, and the rejections in sums. An operator who asks in the morning why there were
// forty threads at night finds the answer here.
//
// Bounded: the newest kCapacity events are kept; whoever reads too seldom sees from the numbers
// that events are missing.
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
    kStart,        // count workers were started
    kGrow,         // count workers were started because somebody asked
    kAutoGrow,     // count workers were started because a task had waited for oldest_wait
    kShrink,       // count workers were retired because somebody asked
    kTrim,         // count workers were retired because they had been idle for idle_timeout
    kResize,       // the bounds were moved; count is the change of the threads that this asked for
    kStartFailed,  // the system gave no thread; text says why
    kWorkerDied,   // worker_id ended by an exception out of its own machinery; text is its what()
    kRespawn,      // count workers were started so that there are min_threads again
    kReject,       // count tasks were rejected since the last such event; text is the reason
    kCancel,       // task_id was asked to give up
    kStuck,        // task_id has been running on worker_id for longer than stuck_after
    kDrain,
    kResume,
    kStop,     // a Stop began
    kStopped,  // it has ended; text is the report in short
    kRevert,   // the bounds returned, as nobody had confirmed a Resize; count as with it
    kConfirm,  // somebody confirmed a Resize
  };

  uint64_t sequence = 0;  // 1 for the first event of a pool, one more for each
  absl::Time at;
  Kind kind = Kind::kStart;
  // What was decided.
  int count = 0;
  uint64_t task_id = 0;
  int64_t worker_id = 0;
  std::string text;
  // What it was decided on.
  int threads = 0;  // staying, after the decision
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

  // Numbers and dates the event and appends it.
  void Append(PoolEvent event);

  // Up to `max` events from number `from` on (0 and 1: from the oldest kept), oldest first. When
  // the first of them has a larger number than was asked for, those between are gone.
  std::vector<PoolEvent> Read(uint64_t from, size_t max) const;

  // Waits until there is an event with number `sequence` or larger, or for `timeout`; true when
  // there is.
  bool Await(uint64_t sequence, absl::Duration timeout) const;
  // The same, but it also ends, with false, when *ended has been set to true and then
  // WakeReaders called.
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
