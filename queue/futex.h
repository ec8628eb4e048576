// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Private to //queue and //workers: sleeping on a 32-bit word, which is all that BoundedQueue and
// Parker ask of the kernel.
//
// Why not absl::Mutex: the queue's hot path wants the lock, the size and the parked threads in one
// cache line and wakes exactly the thread that it has picked, and ThreadSanitizer cannot see into a
// prebuilt Abseil, whereas it follows these atomics.

#ifndef ROBUSTO_QUEUE_FUTEX_H_
#define ROBUSTO_QUEUE_FUTEX_H_

#include <time.h>

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "robusto/queue/monotonic_clock.h"

namespace robusto {
namespace queue_internal {

// A point on the monotonic clock, which no change of the wall clock moves.
class Deadline {
 public:
  // `timeout` from now; it is not negative. A timeout of kMaxWait or more never passes.
  explicit Deadline(absl::Duration timeout);

  bool Passed() const;
  // The form that futex(2) takes: null is no deadline.
  const timespec* absolute() const { return at_ns_ == kNever ? nullptr : &at_; }

 private:
  const int64_t at_ns_;
  const timespec at_;
};

// Sleeps while `word` holds `expected`, until FutexWakeOne(&word) or `deadline`. May also return
// for no reason: the caller looks again at what it waits for.
void FutexWait(const std::atomic<uint32_t>& word, uint32_t expected, const Deadline& deadline);
void FutexWait(const std::atomic<uint32_t>& word, uint32_t expected);

// Wakes one thread that sleeps on `word`. Uses the address alone and never reads it, so the word
// may be gone by now: what is woken then is a sleeper that looks again.
void FutexWakeOne(const std::atomic<uint32_t>* word);

}  // namespace queue_internal
}  // namespace robusto

#endif  // ROBUSTO_QUEUE_FUTEX_H_
