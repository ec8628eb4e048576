// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Private to //queue: WaitList, the threads that are parked on one side of a BoundedQueue, in the
// order in which they came. A parked thread's entry lives on its own stack, so parking allocates
// nothing and each thread is woken by itself.
//
// Thread-safety: every method of WaitList is called under the queue's lock; Waiter::Sleep without.

#ifndef ROBUSTO_QUEUE_WAIT_LIST_H_
#define ROBUSTO_QUEUE_WAIT_LIST_H_

#include <atomic>
#include <cstdint>

#include "robusto/queue/futex.h"

namespace robusto {
namespace queue_internal {

class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  // Returns when this entry was picked to be woken, or at the deadline, whichever is first.
  void Sleep(const Deadline& deadline) const {
    while (word_.load(std::memory_order_acquire) == kParked) {
      if (deadline.Passed()) return;
      FutexWait(word_, kParked, deadline);
    }
  }

 private:
  friend class WaitList;
  static constexpr uint32_t kParked = 0;
  static constexpr uint32_t kPicked = 1;

  // PickNext's release pairs with the acquire in Sleep. An atomic because Sleep reads it without
  // the lock; it is only ever written under the lock.
  std::atomic<uint32_t> word_{kParked};
  Waiter* next_ = nullptr;
  Waiter* previous_ = nullptr;
};

class WaitList {
 public:
  WaitList() = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  bool empty() const { return first_ == nullptr; }
  // A thread has been picked and has not come back to the lock yet.
  bool waking() const { return waking_; }

  void AddLast(Waiter* waiter) {
    Insert(waiter);
    if (first_ == nullptr) first_ = waiter;
  }
  // For a thread that was woken and found nothing: it keeps its place in the line.
  void AddFirst(Waiter* waiter) {
    Insert(waiter);
    first_ = waiter;
  }

  // Takes the longest-waiting thread off the list, which must not be empty, and returns what to
  // give to FutexWakeOne once the lock is released. The entry itself may be gone by then.
  const std::atomic<uint32_t>* PickNext() {
    Waiter* waiter = first_;
    Remove(waiter);
    waking_ = true;
    waiter->word_.store(Waiter::kPicked, std::memory_order_release);
    return &waiter->word_;
  }

  // What a thread does first when it has the lock again after Sleep, picked or not.
  void Leave(Waiter* waiter) {
    if (waiter->word_.load(std::memory_order_relaxed) == Waiter::kPicked) {
      waking_ = false;
    } else {
      Remove(waiter);
    }
  }

 private:
  // A ring through first_: first_->previous_ is the last.
  void Insert(Waiter* waiter) {
    waiter->word_.store(Waiter::kParked, std::memory_order_relaxed);
    if (first_ == nullptr) {
      waiter->next_ = waiter->previous_ = waiter;
    } else {
      waiter->next_ = first_;
      waiter->previous_ = first_->previous_;
      waiter->previous_->next_ = waiter;
      first_->previous_ = waiter;
    }
  }
  void Remove(Waiter* waiter) {
    if (waiter->next_ == waiter) {
      first_ = nullptr;
    } else {
      waiter->next_->previous_ = waiter->previous_;
      waiter->previous_->next_ = waiter->next_;
      if (first_ == waiter) first_ = waiter->next_;
    }
  }

  Waiter* first_ = nullptr;
  bool waking_ = false;
};

}  // namespace queue_internal
}  // namespace robusto

#endif  // ROBUSTO_QUEUE_WAIT_LIST_H_
