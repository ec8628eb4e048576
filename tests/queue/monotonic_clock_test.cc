// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/queue/monotonic_clock.h"

#include <chrono>

#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(MonotonicClockTest, IsTheSteadyClock) {
  const auto steady = [] {
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  const int64_t before = steady();
  const int64_t now = MonotonicNanos();
  EXPECT_LE(before, now);
  EXPECT_LE(now, steady());
}

TEST(MonotonicClockTest, ADeadlineIsThatMuchLater) {
  EXPECT_EQ(DeadlineAfter(1000, absl::Nanoseconds(50)), 1050);
  EXPECT_EQ(DeadlineAfter(1000, absl::ZeroDuration()), 1000);
}

TEST(MonotonicClockTest, ATimeoutThatTheClockCannotCountIsNoDeadline) {
  EXPECT_LT(DeadlineAfter(MonotonicNanos(), kMaxWait - absl::Nanoseconds(1)), kNever);
  EXPECT_EQ(DeadlineAfter(MonotonicNanos(), kMaxWait), kNever);
  EXPECT_EQ(DeadlineAfter(MonotonicNanos(), absl::InfiniteDuration()), kNever);
}

TEST(MonotonicClockTest, TheTimeUntilADeadlineIsNeverNegative) {
  EXPECT_EQ(TimeUntil(1050, 1000), absl::Nanoseconds(50));
  EXPECT_EQ(TimeUntil(1000, 1000), absl::ZeroDuration());
  EXPECT_EQ(TimeUntil(900, 1000), absl::ZeroDuration());
  EXPECT_EQ(TimeUntil(kNever, 1000), absl::InfiniteDuration());
}

}  // namespace
}  // namespace robusto
