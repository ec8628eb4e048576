// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/logging/warning_limiter.h"

#include <cstdint>

#include "absl/types/optional.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

TEST(WarningLimiterTest, SoManyASecondAreToldAndTheNextOneTellsOfTheRest) {
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
  limiter.Admit(1);
  const int64_t begin = 10 * kSecond;
  for (int i = 0; i < WarningLimiter::kPerSecond; ++i) limiter.Admit(begin + kSecond / 2);
  EXPECT_EQ(limiter.Admit(begin + kSecond), absl::nullopt);
  EXPECT_EQ(limiter.Admit(begin + kSecond + kSecond / 2), absl::make_optional<uint64_t>(1));
}

}  // namespace
}  // namespace robusto
