// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The monotonic clock as a count of nanoseconds: the one clock of the queue, the pool, the server and
// their timers. Times are int64_t, because they are stored in atomics, compared and subtracted on
// every request.
//
// No change of the wall clock moves it: neither a deadline nor a measured duration jumps when an
// administrator or NTP sets the time.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_QUEUE_MONOTONIC_CLOCK_H_
#define ROBUSTO_QUEUE_MONOTONIC_CLOCK_H_

#include <time.h>

#include <cstdint>
#include <limits>

#include "absl/time/time.h"

namespace robusto {

// A time that never comes: no deadline, nothing scheduled.
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// A century. Longer durations, absl::InfiniteDuration() included, count as infinite: adding one to
// the clock could overflow.
constexpr absl::Duration kMaxWait = absl::Hours(24 * 365 * 100);

// CLOCK_MONOTONIC or CLOCK_MONOTONIC_COARSE in nanoseconds.
inline int64_t ClockNanos(clockid_t clock) {
  // The clock of std::chrono::steady_clock, without the call into another library.
  timespec now;
  ::clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// CLOCK_MONOTONIC in nanoseconds.
inline int64_t MonotonicNanos() { return ClockNanos(CLOCK_MONOTONIC); }

// `timeout` after `from_ns`; kNever for a timeout of kMaxWait or more.
inline int64_t DeadlineAfter(int64_t from_ns, absl::Duration timeout) {
  return timeout >= kMaxWait ? kNever : from_ns + absl::ToInt64Nanoseconds(timeout);
}

// The time from `now_ns` until `deadline_ns`, not negative; infinite for kNever.
inline absl::Duration TimeUntil(int64_t deadline_ns, int64_t now_ns) {
  if (deadline_ns == kNever) return absl::InfiniteDuration();
  return deadline_ns <= now_ns ? absl::ZeroDuration() : absl::Nanoseconds(deadline_ns - now_ns);
}

}  // namespace robusto

#endif  // ROBUSTO_QUEUE_MONOTONIC_CLOCK_H_
