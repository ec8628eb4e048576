// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// FileSlots: bounds how many workers read files at the same time. A read from a disk, or a network
// file system, that has stalled blocks its worker for as long as the stall lasts (sendfile(2) has
// no timeout); without a bound the requests for files on such a disk would take every worker, and
// nothing else would be served.
//
//   if (slots.TryAcquire(max)) { sendfile(...); FileSlots::Waiter next = slots.Release(); }
//   else slots.Await({connection, generation}); // parked until OnFileSlot
//
// Invariants:
//   (F1) At most `max` slots are taken at a time.
//   (F2) A waiter is returned by a later Release, in order of arrival: Await after a TryAcquire that
//        failed misses no Release, because TryAcquireOrAwait does both under one lock.
//
// A waiter is a hint, not a reservation: it calls TryAcquireOrAwait again, and it may have been
// closed meanwhile, which its generation tells.
//
// Thread-safety: all methods. Lock order: mu_ is a leaf.

#ifndef ROBUSTO_HTTP_CONNECTION_FILE_SLOTS_H_
#define ROBUSTO_HTTP_CONNECTION_FILE_SLOTS_H_

#include <cstdint>
#include <deque>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"

namespace robusto {

class Connection;

class FileSlots {
 public:
  struct Waiter {
    Connection* connection = nullptr;
    uint32_t generation = 0;
  };

  // Takes a slot unless `max` are taken.
  [[nodiscard]] bool TryAcquire(int max) {
    absl::MutexLock lock(&mu_);
    if (taken_ >= max) return false;
    ++taken_;
    return true;
  }
  // The same; when it fails a later Release returns `waiter`.
  [[nodiscard]] bool TryAcquireOrAwait(int max, Waiter waiter) {
    absl::MutexLock lock(&mu_);
    if (taken_ < max) {
      ++taken_;
      return true;
    }
    waiters_.push_back(waiter);
    return false;
  }
  // Gives a slot back. The waiter to wake, if there is one.
  [[nodiscard]] absl::optional<Waiter> Release() {
    absl::MutexLock lock(&mu_);
    --taken_;
    if (waiters_.empty()) return absl::nullopt;
    const Waiter waiter = waiters_.front();
    waiters_.pop_front();
    return waiter;
  }

  int taken() const {
    absl::MutexLock lock(&mu_);
    return taken_;
  }

 private:
  mutable absl::Mutex mu_;
  int taken_ ABSL_GUARDED_BY(mu_) = 0;
  std::deque<Waiter> waiters_ ABSL_GUARDED_BY(mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_CONNECTION_FILE_SLOTS_H_
