// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Deadlines on CLOCK_MONOTONIC_COARSE, for timeouts of seconds.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_COARSE_CLOCK_H_
#define ROBUSTO_HTTP_COARSE_CLOCK_H_

#include <time.h>

#include <cstdint>

#include "absl/time/time.h"
#include "http/timer_wheel.h"

namespace robusto {

// For timeouts of seconds: some 5 ns instead of 25, exact to a scheduler tick.
inline int64_t CoarseNanos() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// kNever also for what is too far away to be counted.
inline int64_t Later(int64_t from_ns, absl::Duration timeout) {
  const int64_t nanoseconds = absl::ToInt64Nanoseconds(timeout);
  return nanoseconds < TimerWheel::kNever - from_ns ? from_ns + nanoseconds : TimerWheel::kNever;
}

inline int64_t After(absl::Duration timeout) { return Later(CoarseNanos(), timeout); }

}  // namespace robusto

#endif  // ROBUSTO_HTTP_COARSE_CLOCK_H_
