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

namespace robusto {
namespace queue_internal {

// A point on the monotonic clock, which no change of the wall clock moves.
class Deadline {
 public:
  // `timeout` from now; it is not negative. absl::InfiniteDuration(), and whatever is too long for
  // the clock to count, never passes.
  explicit Deadline(absl::Duration timeout);

  bool Passed() const;
  // As futex(2) wants it: null means for ever.
  const timespec* absolute() const { return infinite_ ? nullptr : &at_; }

 private:
  bool infinite_;
  timespec at_ = {};
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
