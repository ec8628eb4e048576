// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// That a timed wait does not follow the wall clock is tested with a clock that jumps:
// tests/integration/fault_clock_test.py.

#include "robusto/workers/monotonic_mutex.h"

#include <thread>

#include "gtest/gtest.h"
#include "robusto/queue/monotonic_clock.h"

namespace robusto {
namespace {

class Counter {
 public:
  void Increment() {
    MonotonicMutexLock lock(&mu_);
    ++value_;
    changed_.NotifyAll();
  }
  // False when the deadline passes first.
  bool AwaitValue(int value, int64_t deadline_ns) {
    MonotonicMutexLock lock(&mu_);
    while (value_ < value) {
      if (!changed_.WaitUntil(&mu_, deadline_ns)) break;
    }
    return value_ >= value;
  }
  int Await(int value) {
    MonotonicMutexLock lock(&mu_);
    while (value_ < value) changed_.Wait(&mu_);
    return value_;
  }

 private:
  MonotonicMutex mu_;
  MonotonicCondVar changed_;
  int value_ ABSL_GUARDED_BY(mu_) = 0;
};

TEST(MonotonicMutexTest, IncrementsOfManyThreadsAreAllCounted) {
  constexpr int kEach = 10000;
  Counter counter;
  const auto increment = [&] {
    for (int i = 0; i < kEach; ++i) counter.Increment();
  };
  std::thread first(increment);
  std::thread second(increment);
  EXPECT_EQ(counter.Await(2 * kEach), 2 * kEach);
  first.join();
  second.join();
}

TEST(MonotonicMutexTest, ANotificationEndsAWaitWithADeadline) {
  Counter counter;
  std::thread other([&] { counter.Increment(); });
  EXPECT_TRUE(counter.AwaitValue(1, DeadlineAfter(MonotonicNanos(), absl::Hours(1))));
  other.join();
}

TEST(MonotonicMutexTest, AWaitEndsAtItsDeadlineAndNotBefore) {
  Counter counter;
  const int64_t deadline = MonotonicNanos() + 2 * 1000 * 1000;
  EXPECT_FALSE(counter.AwaitValue(1, deadline));
  EXPECT_GE(MonotonicNanos(), deadline);
}

TEST(MonotonicMutexTest, AWaitWhoseDeadlineHasPassedReturnsAtOnce) {
  Counter counter;
  EXPECT_FALSE(counter.AwaitValue(1, MonotonicNanos() - 1));
}

}  // namespace
}  // namespace robusto
