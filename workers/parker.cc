// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/parker.h"

#include "absl/time/time.h"
#include "robusto/queue/futex.h"

namespace robusto {

using queue_internal::Deadline;
using queue_internal::FutexWait;
using queue_internal::FutexWakeOne;

void Parker::Park() {
  // From kPermit to kEmpty, or from kEmpty to kParked.
  if (state_.fetch_sub(1, std::memory_order_acquire) == kPermit) return;
  for (;;) {
    FutexWait(state_, kParked);
    uint32_t permit = kPermit;
    if (state_.compare_exchange_strong(permit, kEmpty, std::memory_order_acquire)) return;
  }
}

bool Parker::ParkFor(int64_t nanoseconds) {
  if (state_.fetch_sub(1, std::memory_order_acquire) == kPermit) return true;
  FutexWait(state_, kParked, Deadline(absl::Nanoseconds(nanoseconds)));
  // Timed out, woken, or a spurious wake-up, which looks like a time-out. Every caller of a timed wait
  // has to expect one.
  return state_.exchange(kEmpty, std::memory_order_acquire) == kPermit;
}

void Parker::Unpark() {
  if (state_.exchange(kPermit, std::memory_order_release) == kParked) {
    FutexWakeOne(&state_);
  }
}

}  // namespace robusto
