// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Private to //queue and //workers: whether a thread should spin before it sleeps, and for how long.
//
// Parking a thread and waking it costs some microseconds. A thread that expects what it waits for
// within that time spins first.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_QUEUE_SPIN_H_
#define ROBUSTO_QUEUE_SPIN_H_

namespace robusto {
namespace queue_internal {

// Tells the processor that this thread spins.
inline void CpuRelax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// How many processors this process may run on.
int UsableCpus();

// Whether spinning can help at all: on a single processor the thread that is waited for cannot run
// meanwhile.
bool SpinningMayHelp();

// How long SpinUntil spins: 2 us on Zen 4, 6 us on Skylake and later, about what parking and being
// woken costs. Longer spins save few more wake-ups and slow the producers down
// (docs/performance.md). The condition is checked every 16 pauses only, because each check takes
// the cache line from the thread that is about to change it.
constexpr int kChecksBeforeParking = 8;
constexpr int kPausesPerCheck = 16;

// Spins until `condition()` is true, for a bounded time; returns whether it is. Does not yield:
// on a busy machine sched_yield(2) gives a whole time slice away where a woken thread would run at
// once (docs/adr/0001-bounded-queue.md).
template <typename Condition>
bool SpinUntil(Condition condition) {
  for (int check = 0; check < kChecksBeforeParking; ++check) {
    for (int i = 0; i < kPausesPerCheck; ++i) CpuRelax();
    if (condition()) return true;
  }
  return false;
}

}  // namespace queue_internal
}  // namespace robusto

#endif  // ROBUSTO_QUEUE_SPIN_H_
