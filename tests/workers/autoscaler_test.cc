// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/autoscaler.h"

#include <cstdint>

#include "absl/types/optional.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kSecond = 1000 * kMs;
constexpr int64_t kNow = 1000 * kSecond;

Autoscaler::Inputs At(int64_t now, int threads, int min_threads, absl::optional<int> max_threads) {
  Autoscaler::Inputs inputs;
  inputs.now_ns = now;
  inputs.threads = threads;
  inputs.min_threads = min_threads;
  inputs.max_threads = max_threads;
  return inputs;
}

struct GrowCase {
  const char* name;
  int64_t grow_after;
  int threads;
  absl::optional<int> max_threads;
  int64_t oldest_wait;
  int want;
};

TEST(AutoscalerTest, GrowsWhenTheOldestTaskHasWaitedLongerThanTheTargetAndBelowMax) {
  const GrowCase cases[] = {
      {"empty queue", 20 * kMs, 8, 16, 0, 0},
      {"on target", 20 * kMs, 8, 16, 20 * kMs, 0},
      {"beyond the target", 20 * kMs, 8, 16, 20 * kMs + 1, 1},
      {"an eighth", 20 * kMs, 80, 1000, kSecond, 10},
      {"an eighth, rounded down", 20 * kMs, 79, 1000, kSecond, 9},
      {"at least one", 20 * kMs, 1, 1000, kSecond, 1},
      {"not past max", 20 * kMs, 80, 83, kSecond, 3},
      {"at max", 20 * kMs, 80, 80, kSecond, 0},
      {"above max, which was lowered", 20 * kMs, 80, 8, kSecond, 0},
      {"no max", 20 * kMs, 8, absl::nullopt, kSecond, 0},
      {"never", -1, 8, 16, kSecond, 0},
      {"all have died", 20 * kMs, 0, 4, kSecond, 1},
  };
  for (const GrowCase& c : cases) {
    Autoscaler autoscaler(c.grow_after, -1);
    Autoscaler::Inputs inputs = At(kNow, c.threads, 1, c.max_threads);
    inputs.oldest_wait_ns = c.oldest_wait;
    EXPECT_EQ(autoscaler.Grow(inputs), c.want) << c.name;
  }
}

TEST(AutoscalerTest, GrowsAgainOnlyWhenTheLastStepCouldShowItsEffect) {
  Autoscaler autoscaler(20 * kMs, -1);
  Autoscaler::Inputs inputs = At(kNow, 8, 1, 100);
  inputs.oldest_wait_ns = kSecond;
  EXPECT_EQ(autoscaler.Grow(inputs), 1);
  inputs.now_ns += 20 * kMs - 1;
  EXPECT_EQ(autoscaler.Grow(inputs), 0);
  inputs.now_ns += 1;
  EXPECT_EQ(autoscaler.Grow(inputs), 1);
}

TEST(AutoscalerTest, ReachesAThousandThreadsInSeconds) {
  Autoscaler autoscaler(20 * kMs, -1);
  Autoscaler::Inputs inputs = At(kNow, 1, 1, 1000);
  inputs.oldest_wait_ns = kSecond;
  while (inputs.threads < 1000) {
    inputs.threads += autoscaler.Grow(inputs);
    inputs.now_ns += 20 * kMs;
    ASSERT_LT(inputs.now_ns, kNow + 3 * kSecond);
  }
}

struct TrimCase {
  const char* name;
  int64_t idle_timeout;
  int threads;
  int min_threads;
  int64_t idle_since;
  int want;
  int64_t next;  // as NextTrim says before
};

TEST(AutoscalerTest, TrimsWhatWasIdleForTheTimeoutAndNeverBelowMin) {
  const TrimCase cases[] = {
      {"no surplus", 60 * kSecond, 10, 10, 0, 0, kNever},
      {"below min", 60 * kSecond, 9, 10, 0, 0, kNever},
      {"idle for long enough", 60 * kSecond, 11, 10, kNow - 60 * kSecond, 1, kNow},
      {"idle for too short", 60 * kSecond, 11, 10, kNow - 60 * kSecond + 1, 0, kNow + 1},
      {"nobody is idle", 60 * kSecond, 11, 10, kNever, 0, kNow + 60 * kSecond + 1},
      {"a tenth of the surplus", 60 * kSecond, 1010, 10, 0, 100, 60 * kSecond},
      {"at least one", 60 * kSecond, 15, 10, 0, 1, 60 * kSecond},
      {"never", -1, 15, 10, 0, 0, kNever},
  };
  for (const TrimCase& c : cases) {
    Autoscaler autoscaler(-1, c.idle_timeout);
    Autoscaler::Inputs inputs = At(kNow, c.threads, c.min_threads, absl::nullopt);
    inputs.idle_since_ns = c.idle_since;
    EXPECT_EQ(autoscaler.NextTrim(inputs), c.next) << c.name;
    EXPECT_EQ(autoscaler.Trim(inputs), c.want) << c.name;
  }
}

TEST(AutoscalerTest, TrimsOnceInAnIntervalAndIsDoneInAMinute) {
  Autoscaler autoscaler(-1, 60 * kSecond);
  Autoscaler::Inputs inputs = At(kNow, 1010, 10, absl::nullopt);
  inputs.idle_since_ns = 0;
  inputs.threads -= autoscaler.Trim(inputs);
  EXPECT_EQ(inputs.threads, 910);
  EXPECT_EQ(autoscaler.NextTrim(inputs), kNow + Autoscaler::kTrimInterval);
  inputs.now_ns += Autoscaler::kTrimInterval - 1;
  EXPECT_EQ(autoscaler.Trim(inputs), 0);
  inputs.now_ns += 1;
  while (inputs.threads > 10) {
    inputs.threads -= autoscaler.Trim(inputs);
    inputs.now_ns += Autoscaler::kTrimInterval;
    ASSERT_LE(inputs.now_ns, kNow + 60 * kSecond);
  }
  EXPECT_EQ(inputs.threads, 10);
  EXPECT_EQ(autoscaler.NextTrim(inputs), kNever);
}

}  // namespace
}  // namespace robusto
