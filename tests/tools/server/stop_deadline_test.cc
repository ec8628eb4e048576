// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/stop_deadline.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(StopDeadlineTest, AStepGetsWhatIsLeftUpToItsLimit) {
  const StopDeadline deadline(absl::Hours(1));
  EXPECT_LE(deadline.Left(), absl::Hours(1));
  EXPECT_EQ(deadline.Within(absl::Seconds(2)), absl::Seconds(2));
  EXPECT_LE(deadline.Within(absl::Hours(2)), absl::Hours(1));
}

TEST(StopDeadlineTest, AStepGetsALittleAlsoWhenNothingIsLeft) {
  const StopDeadline deadline(absl::ZeroDuration());
  EXPECT_EQ(deadline.Left(), absl::ZeroDuration());
  EXPECT_EQ(deadline.Within(absl::Seconds(2)), StopDeadline::kMinStep);
  EXPECT_EQ(deadline.Within(absl::ZeroDuration()), absl::ZeroDuration());
}

TEST(StopDeadlineTest, AStepEndsAlsoWhenTheStopNeedNot) {
  const StopDeadline deadline(absl::InfiniteDuration());
  EXPECT_EQ(deadline.Left(), absl::InfiniteDuration());
  EXPECT_EQ(deadline.Within(absl::Seconds(2)), absl::Seconds(2));
}

}  // namespace
}  // namespace robusto
