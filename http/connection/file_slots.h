// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// FileSlots: bounds how many workers read files at the same time. A read from a disk, or a network
// file system, that has stalled blocks its worker for as long as the stall lasts (sendfile(2) has
// no timeout); without a bound the requests for files on such a disk would take every worker, and
// nothing else would be served.
//
//   // Parked until OnFileSlot.
//   if (!slots.TryAcquireOrAwait(max, {connection, generation})) return;
//   sendfile(...);
//   absl::optional<FileSlots::Waiter> next = slots.Release();  // to wake, if there is one
//
// The first turn of a file acquires its slot in the worker. Each later turn acquires it before the
// turn is queued, so the slot is also held while the turn waits in the pool's queue.
//
// Invariants:
//   (F1) At most `max` slots are taken at a time.
//   (F2) A later Release returns each waiter, in order of arrival. No Release is missed, because
//        TryAcquireOrAwait tries and appends the waiter under one lock.
//
// A returned waiter holds no reservation: its connection must acquire a slot again. The connection
// may have been closed meanwhile; then its generation differs.
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
  // As TryAcquire. When it fails, a later Release returns `waiter`.
  [[nodiscard]] bool TryAcquireOrAwait(int max, Waiter waiter) {
    absl::MutexLock lock(&mu_);
    if (taken_ < max) {
      ++taken_;
      return true;
    }
    waiters_.push_back(waiter);
    return false;
  }
  // Gives a slot back. Returns the waiter to wake, or nullopt if there is none.
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
