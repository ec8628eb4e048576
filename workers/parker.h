// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Parker: lets one thread sleep until another wakes it; a binary semaphore with one waiter.
//
// Why not a condition variable: each worker is chosen individually (last in, first out), and the
// thread that wakes it must not hold a lock for which the woken thread then waits. This is one futex(2)
// word.
//
// Thread-safety: Park and ParkFor by one thread, the owner; Unpark by any thread. Unpark happens before
// the return of the Park that it ends. Unpark before Park makes that Park return at once; two of them
// count as one.

#ifndef ROBUSTO_WORKERS_PARKER_H_
#define ROBUSTO_WORKERS_PARKER_H_

#include <atomic>
#include <cstdint>

namespace robusto {

class Parker {
 public:
  Parker() = default;
  Parker(const Parker&) = delete;
  Parker& operator=(const Parker&) = delete;

  // Sleeps until Unpark.
  void Park();
  // Sleeps until Unpark or for `nanoseconds`; false when the time has passed.
  bool ParkFor(int64_t nanoseconds);
  void Unpark();

 private:
  static constexpr uint32_t kEmpty = 0;
  static constexpr uint32_t kPermit = 1;
  static constexpr uint32_t kParked = ~uint32_t{0};  // kEmpty - 1

  // The futex word. Unpark's exchange (release) pairs with Park's exchange (acquire).
  std::atomic<uint32_t> state_{kEmpty};
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_PARKER_H_
