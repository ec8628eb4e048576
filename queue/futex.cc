// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/queue/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace robusto {
namespace queue_internal {
namespace {

// FUTEX_WAIT_BITSET rather than FUTEX_WAIT: its time is absolute, so that a thread which is woken
// for nothing sleeps on to the same deadline.
void Wait(const std::atomic<uint32_t>& word, uint32_t expected, const timespec* until) {
  ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, until, nullptr,
            FUTEX_BITSET_MATCH_ANY);
}

}  // namespace

Deadline::Deadline(absl::Duration timeout)
    : at_ns_(DeadlineAfter(MonotonicNanos(), timeout)),
      at_(absl::ToTimespec(absl::Nanoseconds(at_ns_))) {}

bool Deadline::Passed() const { return at_ns_ != kNever && MonotonicNanos() >= at_ns_; }

void FutexWait(const std::atomic<uint32_t>& word, uint32_t expected, const Deadline& deadline) {
  Wait(word, expected, deadline.absolute());
}

void FutexWait(const std::atomic<uint32_t>& word, uint32_t expected) {
  Wait(word, expected, nullptr);
}

void FutexWakeOne(const std::atomic<uint32_t>* word) {
  ::syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace queue_internal
}  // namespace robusto
