// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Autoscaler: how many workers to start or to make exit, and when to ask again. Only arithmetic: it has
// no threads and reads no clock, so that every decision can be tested.
//
// It grows when the task at the head of the queue has waited longer than grow_after: by an eighth of
// the threads (at least one), at most once per grow_after, so that a step can take effect before the
// next. It trims when the worker that has been idle longest has been idle for idle_timeout: a tenth of
// the surplus, at most once per kTrimInterval, so that a pause between two bursts costs few threads and
// a thousand surplus threads are still gone in a minute. Never below min, never above max, never a
// busy worker.
//
// Thread-safety: none.

#ifndef ROBUSTO_WORKERS_AUTOSCALER_H_
#define ROBUSTO_WORKERS_AUTOSCALER_H_

#include <algorithm>
#include <cstdint>

#include "absl/types/optional.h"
#include "robusto/queue/monotonic_clock.h"

namespace robusto {

class Autoscaler {
 public:
  static constexpr int64_t kTrimInterval = 1'000'000'000;

  // In nanoseconds; negative: never.
  Autoscaler(int64_t grow_after_ns, int64_t idle_timeout_ns)
      : grow_after_ns_(grow_after_ns), idle_timeout_ns_(idle_timeout_ns) {}

  struct Inputs {
    int64_t now_ns = 0;
    int threads = 0;  // target threads
    int min_threads = 1;
    absl::optional<int> max_threads;  // nullopt: it does not grow
    int64_t oldest_wait_ns = 0;       // of the queue's head; 0 when the queue is empty
    int64_t idle_since_ns = kNever;   // of the worker that has been idle longest; kNever: none
  };

  // How many workers to start now.
  int Grow(const Inputs& inputs) {
    if (grow_after_ns_ < 0 || inputs.oldest_wait_ns <= grow_after_ns_ ||
        inputs.threads >= inputs.max_threads.value_or(0) || inputs.now_ns < next_grow_ns_) {
      return 0;
    }
    next_grow_ns_ = inputs.now_ns + grow_after_ns_;
    return std::min(std::max(1, inputs.threads / 8), *inputs.max_threads - inputs.threads);
  }

  // How many idle workers to make exit now.
  int Trim(const Inputs& inputs) {
    if (NextTrim(inputs) > inputs.now_ns) return 0;
    next_trim_ns_ = inputs.now_ns + kTrimInterval;
    return std::max(1, (inputs.threads - inputs.min_threads) / 10);
  }

  // When Trim should be asked next; kNever while there is no surplus.
  int64_t NextTrim(const Inputs& inputs) const {
    if (idle_timeout_ns_ < 0 || inputs.threads <= inputs.min_threads) return kNever;
    // With every worker busy, none can have been idle for idle_timeout before that time from now.
    const int64_t since = std::min(inputs.idle_since_ns, inputs.now_ns);
    return std::max(since + idle_timeout_ns_ + (inputs.idle_since_ns == kNever ? 1 : 0),
                    next_trim_ns_);
  }

 private:
  const int64_t grow_after_ns_;
  const int64_t idle_timeout_ns_;
  int64_t next_grow_ns_ = 0;
  int64_t next_trim_ns_ = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_AUTOSCALER_H_
