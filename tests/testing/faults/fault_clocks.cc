// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Clocks that jump: what they say is moved by the table's offsets, and so are the deadlines of waits
// that follow them, as the kernel would move them when the clock is set (clock_settime(2)) or has
// leapt. What the kernel is asked is always in its own time.

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include <algorithm>
#include <cerrno>

#include "tests/testing/faults/faults.h"

namespace robusto {
namespace {

constexpr int64_t kSecond = 1'000'000'000;
// How soon a wait notices that its clock has jumped.
constexpr int64_t kSlice = 20'000'000;

int RealClock(clockid_t clock, timespec* now) {
  return static_cast<int>(NextSyscall(SYS_clock_gettime, clock, reinterpret_cast<long>(now)));
}

int64_t Nanos(const timespec& time) { return int64_t{time.tv_sec} * kSecond + time.tv_nsec; }

timespec Timespec(int64_t nanos) {
  timespec time;
  time.tv_sec = nanos / kSecond;
  time.tv_nsec = nanos % kSecond;
  return time;
}

bool Sliced() { return Table() != nullptr && Table()->clocks != 0; }

int64_t Offset(clockid_t clock) {
  FaultTable* const table = Table();
  if (table == nullptr) return 0;
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
      return __atomic_load_n(&table->wall_offset_ns, __ATOMIC_ACQUIRE);
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_BOOTTIME:
      return __atomic_load_n(&table->monotonic_offset_ns, __ATOMIC_ACQUIRE);
    default:
      return 0;  // a thread's or the process's own
  }
}

int64_t ReadWithOffset(clockid_t clock, int64_t real) {
  const int64_t offset = Offset(clock);
  if (offset != 0) {
    const bool wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    Add(wall ? Table()->wall_reads : Table()->monotonic_reads, 1);
  }
  return real + offset;
}

int64_t Now(clockid_t clock) {
  timespec now;
  RealClock(clock, &now);
  return Nanos(now) + Offset(clock);
}

// The end of the next slice of a wait until `deadline`, in the kernel's time.
int64_t SliceEnd(clockid_t clock, int64_t deadline) {
  timespec now;
  RealClock(clock, &now);
  return std::min(deadline - Offset(clock), Nanos(now) + kSlice);
}

}  // namespace

int EpollWaitByClock(int (*next)(int, epoll_event*, int, int), int epoll, epoll_event* events,
                     int count, int timeout_ms) {
  if (!Sliced() || timeout_ms <= 0) return next(epoll, events, count, timeout_ms);
  const int64_t end = Now(CLOCK_MONOTONIC) + timeout_ms * (kSecond / 1000);
  for (;;) {
    const int64_t left = (end - Now(CLOCK_MONOTONIC) + 999'999) / 1'000'000;
    if (left <= 0) return 0;
    const int result =
        next(epoll, events, count, static_cast<int>(std::min(left, kSlice / 1'000'000)));
    if (result != 0) return result;
  }
}

long FutexByClock(const long* a) {
  const long operation = a[1] & FUTEX_CMD_MASK;
  const auto* const deadline = reinterpret_cast<const timespec*>(a[3]);
  if (!Sliced() || operation != FUTEX_WAIT_BITSET || deadline == nullptr) {
    return NextSyscall(SYS_futex, a[0], a[1], a[2], a[3], a[4], a[5]);
  }
  const clockid_t clock = (a[1] & FUTEX_CLOCK_REALTIME) != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  for (;;) {
    const timespec slice = Timespec(std::max<int64_t>(SliceEnd(clock, Nanos(*deadline)), 0));
    const long result =
        NextSyscall(SYS_futex, a[0], a[1], a[2], reinterpret_cast<long>(&slice), a[4], a[5]);
    if (result == 0 || errno != ETIMEDOUT || Now(clock) >= Nanos(*deadline)) return result;
  }
}

}  // namespace robusto

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const int result = robusto::RealClock(clock, now);
  if (result == 0) {
    *now = robusto::Timespec(robusto::ReadWithOffset(clock, robusto::Nanos(*now)));
  }
  return result;
}

time_t time(time_t* out) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(timeval* out, void*) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  out->tv_sec = now.tv_sec;
  out->tv_usec = now.tv_nsec / 1000;
  return 0;
}

// The waits of std::condition_variable. At the end of a slice it returns as if woken for no reason,
// which every caller has to be ready for: waiting on would miss who has signalled in between.
int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* deadline) {
  auto* const next = ROBUSTO_NEXT(pthread_cond_clockwait);
  if (!robusto::Sliced()) return next(condition, mutex, clock, deadline);
  const int64_t end = robusto::Nanos(*deadline);
  const timespec slice = robusto::Timespec(std::max<int64_t>(robusto::SliceEnd(clock, end), 0));
  const int result = next(condition, mutex, clock, &slice);
  return result == ETIMEDOUT && robusto::Now(clock) < end ? 0 : result;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                           const timespec* deadline) {
  // Another clock may have been chosen for this condition; where clocks jump none is.
  if (!robusto::Sliced()) {
    return ROBUSTO_NEXT(pthread_cond_timedwait)(condition, mutex, deadline);
  }
  return pthread_cond_clockwait(condition, mutex, CLOCK_REALTIME, deadline);
}

}  // extern "C"
