// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// TimerWheel: coarse deadlines for very many connections (Varghese and Lauck, "Hashed and
// Hierarchical Timing Wheels", 1987). Setting one costs a few instructions, whatever the number.
//
// Deadlines are lazy: a node fires at or after the time it was scheduled for, and its owner then
// looks whether the deadline has moved on and, if so, schedules it again. So a connection that
// moves its deadline with every request touches the wheel once in a timeout, not once in a request.
//
//   wheel.Schedule(&node, deadline_ns);                 // any thread; keeps the earlier time
//   wheel.TakeExpired(now_ns, &expired);                // the event loop
//   timeout = wheel.NextFireNanos() - now_ns;
//
// Times are nanoseconds on CLOCK_MONOTONIC. A node never fires early, and late by less than
// kTickNanos.
//
// Thread-safety: all methods. A scheduled node must stay where it is until it is taken; the wheel's
// destructor does not touch it.
// Lock order: mu_ is a leaf.

#ifndef ROBUSTO_HTTP_IO_TIMER_WHEEL_H_
#define ROBUSTO_HTTP_IO_TIMER_WHEEL_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "robusto/queue/monotonic_clock.h"

namespace robusto {

class TimerWheel {
 public:
  // 2^26 ns, about 67 ms: small beside timeouts of seconds.
  static constexpr int kTickShift = 26;
  static constexpr int64_t kTickNanos = int64_t{1} << kTickShift;

  // Part of what has a deadline.
  class Node {
   public:
    // When it will fire at the latest; kNever while it is not scheduled. Any thread.
    int64_t scheduled_ns() const { return scheduled_ns_.load(); }

   private:
    friend class TimerWheel;
    // Under TimerWheel::mu_; atomic so that the owner can look before it takes the lock.
    std::atomic<int64_t> scheduled_ns_{kNever};
    Node* previous_ = nullptr;
    Node* next_ = nullptr;
    uint32_t slot_ = 0;
  };

  explicit TimerWheel(int64_t now_ns);

  // Makes `node` fire at `at_ns`, or earlier when it is scheduled for earlier already or `at_ns` is
  // beyond the wheel's horizon. Returns true when that is before everything else that was
  // scheduled: a thread that sleeps until NextFireNanos must then be woken.
  bool Schedule(Node* node, int64_t at_ns);
  // Appends the nodes whose time has come; they are not scheduled any more.
  void TakeExpired(int64_t now_ns, std::vector<Node*>* expired);
  // When to call TakeExpired next; kNever when nothing is scheduled.
  int64_t NextFireNanos() const { return next_fire_ns_.load(); }

 private:
  static constexpr uint32_t kSlots = 1024;  // about 68 s
  static constexpr uint32_t kWords = kSlots / 64;

  void Unlink(Node* node) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FindNextFire() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  absl::Mutex mu_;
  int64_t current_tick_ ABSL_GUARDED_BY(mu_);  // everything before it has been taken
  std::array<Node*, kSlots> slots_ ABSL_GUARDED_BY(mu_) = {};
  std::array<uint64_t, kWords> occupied_ ABSL_GUARDED_BY(mu_) = {};  // a bit a slot
  // Written under mu_, read without.
  std::atomic<int64_t> next_fire_ns_{kNever};
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_IO_TIMER_WHEEL_H_
