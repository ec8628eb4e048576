// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// WarningLimiter: limits how many warnings are logged in an interval, and counts the rest. Clients decide how
// many bad messages a server gets, and must not be able to fill a disk with log lines. One home for all rate limits
// of warnings: for lines that differ, so many a second; for a condition that lasts, one in ten seconds.
//
//   WarningLimiter limiter;                                          // 100 a second
//   WarningLimiter limiter(1, absl::Seconds(10));                    // a condition that lasts
//   if (const auto suppressed = limiter.Admit(MonotonicNanos())) {
//     if (*suppressed > 0) Warn(absl::StrCat(*suppressed, " more warnings, not shown"));
//     Warn(text);
//   }
//
// Thread-safety: all methods.

#ifndef ROBUSTO_WORKERS_WARNING_LIMITER_H_
#define ROBUSTO_WORKERS_WARNING_LIMITER_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/queue/monotonic_clock.h"

namespace robusto {

class WarningLimiter {
 public:
  static constexpr int kPerSecond = 100;

  // 100 a second.
  WarningLimiter() : WarningLimiter(kPerSecond, absl::Seconds(1)) {}
  // `count` in each `interval`, which begins with the first warning after the one before.
  WarningLimiter(int count, absl::Duration interval) : count_(count), interval_(interval) {}

  WarningLimiter(const WarningLimiter&) = delete;
  WarningLimiter& operator=(const WarningLimiter&) = delete;

  // Whether a warning may be logged at `now_ns` (MonotonicNanos): nullopt if not, else the number of warnings
  // suppressed since the last one that was admitted.
  [[nodiscard]] absl::optional<uint64_t> Admit(int64_t now_ns) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    if (admitted_ == 0 || now_ns >= end_ns_) {
      end_ns_ = DeadlineAfter(now_ns, interval_);
      admitted_ = 0;
    }
    if (admitted_ == count_) {
      ++suppressed_;
      return absl::nullopt;
    }
    ++admitted_;
    const uint64_t suppressed = suppressed_;
    suppressed_ = 0;
    return suppressed;
  }

  // Warnings suppressed since the last one that was admitted: for a line at the end.
  uint64_t suppressed() const ABSL_LOCKS_EXCLUDED(mu_) {
    absl::MutexLock lock(&mu_);
    return suppressed_;
  }

 private:
  const int count_;
  const absl::Duration interval_;

  mutable absl::Mutex mu_;
  int64_t end_ns_ ABSL_GUARDED_BY(mu_) = 0;  // of the interval
  int admitted_ ABSL_GUARDED_BY(mu_) = 0;    // in it
  uint64_t suppressed_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_WARNING_LIMITER_H_
