// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Private to //queue and //workers: QueueLock, a mutex in four bytes for critical sections of a few
// nanoseconds.
//
// Why not std::mutex: it is ten times the size, so the queue would span two cache lines, and it
// goes to sleep at once where here the holder is nearly always done before a sleep has begun. A
// thread that finds the lock taken backs off for longer than a critical section lasts, on purpose:
// the holder then gets a run of many operations for each transfer of the cache line, which is where
// most of the queue's speed under contention comes from (docs/adr/0001-bounded-queue.md).
//
// Thread-safety: all methods. Not recursive. Unfair, like std::mutex.

#ifndef ROBUSTO_QUEUE_QUEUE_LOCK_H_
#define ROBUSTO_QUEUE_QUEUE_LOCK_H_

#include <atomic>
#include <cstdint>

#include "absl/base/optimization.h"
#include "absl/base/thread_annotations.h"
#include "robusto/queue/futex.h"

namespace robusto {
namespace queue_internal {

class ABSL_LOCKABLE QueueLock {
 public:
  QueueLock() = default;
  QueueLock(const QueueLock&) = delete;
  QueueLock& operator=(const QueueLock&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    uint32_t free = kFree;
    if (ABSL_PREDICT_FALSE(!word_.compare_exchange_strong(free, kHeld, std::memory_order_acquire,
                                                          std::memory_order_relaxed))) {
      LockSlowly();
    }
  }

  // After the exchange this object is not read any more: the next holder of the lock may
  // destroy it.
  void Unlock() ABSL_UNLOCK_FUNCTION() {
    if (ABSL_PREDICT_FALSE(word_.exchange(kFree, std::memory_order_release) == kHeldWithSleepers)) {
      FutexWakeOne(&word_);
    }
  }

 private:
  static constexpr uint32_t kFree = 0;
  static constexpr uint32_t kHeld = 1;
  static constexpr uint32_t kHeldWithSleepers = 2;

  void LockSlowly();

  // Unlock's release pairs with the acquire of the next Lock: all that a holder wrote is seen by
  // the holders after it.
  std::atomic<uint32_t> word_{kFree};
};

}  // namespace queue_internal
}  // namespace robusto

#endif  // ROBUSTO_QUEUE_QUEUE_LOCK_H_
