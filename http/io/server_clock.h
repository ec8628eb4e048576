// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ServerClock: what time it is for connections and their event loop. The system's time, unless a test
// moves the hand itself; which of the two is a branch that always goes the same way, not a virtual
// call.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_IO_SERVER_CLOCK_H_
#define ROBUSTO_HTTP_IO_SERVER_CLOCK_H_

#include <time.h>

#include <atomic>
#include <cstdint>

#include "absl/base/optimization.h"
#include "absl/time/time.h"
#include "robusto/queue/monotonic_clock.h"

namespace robusto {

class ServerClock {
 public:
  ServerClock() = default;
  // Always shows `*hand_ns`, which must outlive it.
  explicit ServerClock(const std::atomic<int64_t>* hand_ns) : hand_ns_(hand_ns) {}

  // CLOCK_MONOTONIC.
  int64_t Nanos() const { return Read(CLOCK_MONOTONIC); }
  // The same, exact to a scheduler tick, for 5 ns instead of 25: for timeouts of seconds.
  int64_t CoarseNanos() const { return Read(CLOCK_MONOTONIC_COARSE); }
  // The deadline of a timeout that begins now; kNever as from DeadlineAfter.
  int64_t After(absl::Duration timeout) const { return DeadlineAfter(CoarseNanos(), timeout); }

 private:
  int64_t Read(clockid_t id) const {
    if (ABSL_PREDICT_FALSE(hand_ns_ != nullptr)) return hand_ns_->load();
    return ClockNanos(id);
  }

  const std::atomic<int64_t>* hand_ns_ = nullptr;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_IO_SERVER_CLOCK_H_
