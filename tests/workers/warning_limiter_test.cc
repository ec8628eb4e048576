// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/warning_limiter.h"

#include <cstdint>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

TEST(WarningLimiterTest, AHundredASecondAreAdmittedAndTheNextOneCountsTheRest) {
  WarningLimiter limiter;
  const int64_t begin = 5 * kSecond;
  for (int i = 0; i < WarningLimiter::kPerSecond; ++i) {
    EXPECT_EQ(limiter.Admit(begin + i), absl::make_optional<uint64_t>(0)) << i;
  }
  for (int i = 0; i < 7; ++i) EXPECT_EQ(limiter.Admit(begin + kSecond - 1), absl::nullopt);
  EXPECT_EQ(limiter.Admit(begin + kSecond), absl::make_optional<uint64_t>(7));
  EXPECT_EQ(limiter.Admit(begin + kSecond), absl::make_optional<uint64_t>(0));
}

TEST(WarningLimiterTest, ASecondBeginsWithTheFirstWarningInIt) {
  WarningLimiter limiter;
  EXPECT_TRUE(limiter.Admit(1).has_value());
  const int64_t begin = 10 * kSecond;
  for (int i = 0; i < WarningLimiter::kPerSecond; ++i)
    EXPECT_TRUE(limiter.Admit(begin + kSecond / 2).has_value());
  EXPECT_EQ(limiter.Admit(begin + kSecond), absl::nullopt);
  EXPECT_EQ(limiter.Admit(begin + kSecond + kSecond / 2), absl::make_optional<uint64_t>(1));
}

TEST(WarningLimiterTest, AConditionThatLastsIsReportedOnceInItsInterval) {
  WarningLimiter limiter(1, absl::Seconds(10));
  EXPECT_EQ(limiter.Admit(0), absl::make_optional<uint64_t>(0));
  EXPECT_EQ(limiter.Admit(9 * kSecond), absl::nullopt);
  EXPECT_EQ(limiter.suppressed(), 1u);
  EXPECT_EQ(limiter.Admit(10 * kSecond), absl::make_optional<uint64_t>(1));
  EXPECT_EQ(limiter.suppressed(), 0u);
}

TEST(WarningLimiterTest, AnInfiniteIntervalAdmitsTheFirstOnly) {
  WarningLimiter limiter(1, absl::InfiniteDuration());
  EXPECT_TRUE(limiter.Admit(kSecond).has_value());
  EXPECT_FALSE(limiter.Admit(1'000'000'000 * kSecond).has_value());
}

}  // namespace
}  // namespace robusto
