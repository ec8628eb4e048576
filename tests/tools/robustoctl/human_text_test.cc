// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/human_text.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(HumanTextTest, DurationsHaveThreeDigitsAndAUnit) {
  const std::vector<std::pair<absl::Duration, std::string>> cases = {
      {absl::ZeroDuration(), "0s"},
      {absl::Nanoseconds(999), "999ns"},
      {absl::Nanoseconds(1234), "1.23us"},
      {absl::Nanoseconds(9996), "10.0us"},
      {absl::Nanoseconds(999499), "999us"},
      {absl::Nanoseconds(999501), "1.00ms"},
      {absl::Milliseconds(999.6), "1.00s"},
      {absl::Seconds(59.9), "59.9s"},
      {absl::Seconds(60), "1m00s"},
      {absl::Minutes(187), "3h07m"},
      {absl::Hours(52), "2d04h"},
      {absl::Hours(24 * 4000), "4000d00h"},
      {-absl::Seconds(5), "-5.00s"},
      {absl::InfiniteDuration(), "infinite"},
      {-absl::InfiniteDuration(), "-infinite"},
  };
  for (const auto& [duration, want] : cases) EXPECT_EQ(DurationText(duration), want);
}

TEST(HumanTextTest, CountsRatesAndBytesAreShort) {
  EXPECT_EQ(CountText(0), "0");
  EXPECT_EQ(CountText(999), "999");
  EXPECT_EQ(CountText(1000), "1.00k");
  EXPECT_EQ(CountText(999499), "999k");
  EXPECT_EQ(CountText(999500), "1.00M");
  EXPECT_EQ(CountText(2e12), "2000G");
  EXPECT_EQ(RateText(0), "0/s");
  EXPECT_EQ(RateText(0.25), "0.25/s");
  EXPECT_EQ(RateText(12345), "12.3k/s");
  EXPECT_EQ(BytesText(999), "999 B");
  EXPECT_EQ(BytesText(1500000), "1.50 MB");
  EXPECT_EQ(Counted(1, "worker"), "1 worker");
  EXPECT_EQ(Counted(0, "worker"), "0 workers");
}

TEST(HumanTextTest, FittedTextHasExactlyTheWidth) {
  EXPECT_EQ(FitLeft("abc", 5), "abc  ");
  EXPECT_EQ(FitRight("abc", 5), "  abc");
  EXPECT_EQ(FitLeft("abcdef", 4), "abc~");
  EXPECT_EQ(FitRight("abcdef", 4), "abc~");
  EXPECT_EQ(FitLeft("abc", 0), "");
  EXPECT_EQ(FitLeft("abc", 1), "~");
}

}  // namespace
}  // namespace robusto
