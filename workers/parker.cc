// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "workers/parker.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

namespace robusto {
namespace {

static_assert(sizeof(std::atomic<int32_t>) == sizeof(int32_t), "futex(2) needs the bare word");

// Returns false on a time-out only; a spurious wake-up looks like a wake-up.
bool FutexWait(std::atomic<int32_t>* word, int32_t expected, const timespec* timeout) {
  const long result = syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, timeout, nullptr, 0);
  return !(result == -1 && errno == ETIMEDOUT);
}

}  // namespace

void Parker::Park() {
  // From kPermit to kEmpty, or from kEmpty to kParked.
  if (state_.fetch_sub(1, std::memory_order_acquire) == kPermit) return;
  for (;;) {
    FutexWait(&state_, kParked, nullptr);
    int32_t permit = kPermit;
    if (state_.compare_exchange_strong(permit, kEmpty, std::memory_order_acquire)) return;
  }
}

bool Parker::ParkFor(int64_t nanoseconds) {
  if (state_.fetch_sub(1, std::memory_order_acquire) == kPermit) return true;
  timespec timeout;
  timeout.tv_sec = nanoseconds / 1000000000;
  timeout.tv_nsec = nanoseconds % 1000000000;
  FutexWait(&state_, kParked, &timeout);
  // Timed out, woken, or woken without reason: the last reads as a time-out, which every caller of
  // a timed wait has to be ready for.
  return state_.exchange(kEmpty, std::memory_order_acquire) == kPermit;
}

void Parker::Unpark() {
  if (state_.exchange(kPermit, std::memory_order_release) == kParked) {
    syscall(SYS_futex, &state_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
  }
}

}  // namespace robusto
