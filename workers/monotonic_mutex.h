// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// MonotonicMutex, MonotonicMutexLock, MonotonicCondVar: a mutex and a condition variable whose timed
// waits follow the monotonic clock, with annotations for -Wthread-safety.
//
// Why neither of the others: the timed waits of absl::Mutex and absl::CondVar follow the wall clock,
// so a deadline would move with every step of it, by an hour when the time is set back by an hour;
// std::mutex has no annotations. Where nothing waits with a timeout, absl::Mutex is the choice.
//
//   MonotonicMutex mu_;
//   MonotonicCondVar changed_;
//   int calls_ ABSL_GUARDED_BY(mu_) = 0;
//
//   MonotonicMutexLock lock(&mu_);
//   while (calls_ > 0) {
//     if (!changed_.WaitUntil(&mu_, deadline_ns)) break;
//   }
//
// Thread-safety: all methods. A wait may also return without a notification, so that every caller
// checks its condition again.

#ifndef ROBUSTO_WORKERS_MONOTONIC_MUTEX_H_
#define ROBUSTO_WORKERS_MONOTONIC_MUTEX_H_

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "absl/base/thread_annotations.h"
#include "robusto/queue/monotonic_clock.h"

namespace robusto {

class ABSL_LOCKABLE MonotonicMutex {
 public:
  MonotonicMutex() = default;
  MonotonicMutex(const MonotonicMutex&) = delete;
  MonotonicMutex& operator=(const MonotonicMutex&) = delete;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mu_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mu_.unlock(); }

 private:
  friend class MonotonicCondVar;
  std::mutex mu_;
};

class ABSL_SCOPED_LOCKABLE MonotonicMutexLock {
 public:
  explicit MonotonicMutexLock(MonotonicMutex* mu) ABSL_EXCLUSIVE_LOCK_FUNCTION(mu) : mu_(mu) {
    mu_->Lock();
  }
  ~MonotonicMutexLock() ABSL_UNLOCK_FUNCTION() { mu_->Unlock(); }
  MonotonicMutexLock(const MonotonicMutexLock&) = delete;
  MonotonicMutexLock& operator=(const MonotonicMutexLock&) = delete;

 private:
  MonotonicMutex* const mu_;
};

class MonotonicCondVar {
 public:
  MonotonicCondVar() = default;
  MonotonicCondVar(const MonotonicCondVar&) = delete;
  MonotonicCondVar& operator=(const MonotonicCondVar&) = delete;

  // Waits for a notification, with `mu` released meanwhile.
  void Wait(MonotonicMutex* mu) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) { WaitUntil(mu, kNever); }

  // Waits for a notification until `deadline_ns` on the clock of MonotonicNanos; kNever waits
  // without a deadline. False when the deadline has passed.
  bool WaitUntil(MonotonicMutex* mu, int64_t deadline_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu) {
    // The caller holds the lock before and after; unique_lock is only how the wait wants it.
    std::unique_lock<std::mutex> lock(mu->mu_, std::adopt_lock);
    bool notified = true;
    if (deadline_ns == kNever) {
      changed_.wait(lock);
    } else {
      const std::chrono::steady_clock::time_point at{std::chrono::nanoseconds(deadline_ns)};
      notified = changed_.wait_until(lock, at) == std::cv_status::no_timeout;
    }
    lock.release();
    return notified;
  }

  void NotifyAll() { changed_.notify_all(); }

 private:
  std::condition_variable changed_;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_MONOTONIC_MUTEX_H_
