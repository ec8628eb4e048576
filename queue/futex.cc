// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/queue/futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace robusto {
namespace queue_internal {
namespace {

// A century: far beyond any use, and still far from overflowing the sum with the clock.
constexpr absl::Duration kForEver = absl::Hours(24 * 365 * 100);

timespec Now() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now;
}

// FUTEX_WAIT_BITSET rather than FUTEX_WAIT: its time is absolute, so that a thread which is woken
// for nothing sleeps on to the same deadline.
void Wait(const std::atomic<uint32_t>& word, uint32_t expected, const timespec* until) {
  ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, until, nullptr,
            FUTEX_BITSET_MATCH_ANY);
}

}  // namespace

Deadline::Deadline(absl::Duration timeout) : infinite_(timeout >= kForEver) {
  if (!infinite_) at_ = absl::ToTimespec(absl::DurationFromTimespec(Now()) + timeout);
}

bool Deadline::Passed() const {
  if (infinite_) return false;
  const timespec now = Now();
  return now.tv_sec > at_.tv_sec || (now.tv_sec == at_.tv_sec && now.tv_nsec >= at_.tv_nsec);
}

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
