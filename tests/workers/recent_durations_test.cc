// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/recent_durations.h"

#include <chrono>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/workers/histogram.h"
#include "robusto/workers/pool_stats.h"

namespace robusto {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr RecentDurations::Clock::time_point kStart{};

// A pool whose tasks last for as long as the test says.
class Counts {
 public:
  void Serve(int count, absl::Duration each) {
    for (int i = 0; i < count; ++i) service_.Record(absl::ToInt64Nanoseconds(each));
  }
  PoolHistograms Total() const {
    PoolHistograms total;
    service_.AddTo(&total.service_time);
    return total;
  }

 private:
  HistogramRecorder service_;
};

TEST(RecentDurationsTest, IsEmptyBeforeTheFirstReading) {
  const RecentDurations recent;
  Counts counts;
  counts.Serve(5, absl::Milliseconds(1));
  const auto last = recent.Last(RecentDurations::kMinute, kStart + seconds(7), counts.Total());
  EXPECT_EQ(last.window, absl::ZeroDuration());
  EXPECT_EQ(last.histograms.service_time.count(), 0);
}

TEST(RecentDurationsTest, TellsOfTheLastTenSecondsAndTheLastMinute) {
  RecentDurations recent;
  Counts counts;
  // An hour of 1 ms, then a minute of 10 ms, then ten seconds of 100 ms; ten of each in a second.
  int now = 0;
  const auto run = [&](int for_seconds, absl::Duration each) {
    for (int i = 0; i < for_seconds; ++i) {
      recent.Add(kStart + seconds(now), counts.Total());
      counts.Serve(10, each);
      ++now;
    }
  };
  run(3600, absl::Milliseconds(1));
  run(60, absl::Milliseconds(10));
  run(10, absl::Milliseconds(100));
  const auto at = kStart + seconds(now);

  const auto ten = recent.Last(RecentDurations::kTenSeconds, at, counts.Total());
  EXPECT_EQ(ten.window, absl::Seconds(10));
  EXPECT_EQ(ten.histograms.service_time.count(), 100);
  EXPECT_EQ(ten.histograms.service_time.sum(), absl::Seconds(10));
  EXPECT_NEAR(absl::ToDoubleMilliseconds(ten.histograms.service_time.Percentile(50)), 100, 1);

  const auto minute = recent.Last(RecentDurations::kMinute, at, counts.Total());
  EXPECT_GE(minute.window, absl::Seconds(60));
  EXPECT_LT(minute.window, absl::Seconds(66));
  EXPECT_EQ(minute.histograms.service_time.count(), 10 * absl::ToInt64Seconds(minute.window));
  EXPECT_NEAR(absl::ToDoubleMilliseconds(minute.histograms.service_time.Percentile(50)), 10, 0.1);
  EXPECT_NEAR(absl::ToDoubleMilliseconds(minute.histograms.service_time.Percentile(90)), 100, 1);
}

TEST(RecentDurationsTest, BeginsWithTheFirstReadingWhileItIsYoung) {
  RecentDurations recent;
  Counts counts;
  recent.Add(kStart, counts.Total());
  counts.Serve(3, absl::Milliseconds(2));
  // Too soon to be kept.
  recent.Add(kStart + milliseconds(100), counts.Total());
  const auto last =
      recent.Last(RecentDurations::kTenSeconds, kStart + milliseconds(200), counts.Total());
  EXPECT_EQ(last.window, absl::Milliseconds(200));
  EXPECT_EQ(last.histograms.service_time.count(), 3);
}

TEST(RecentDurationsTest, ForgetsALongestThatIsLongAgo) {
  RecentDurations recent;
  Counts counts;
  counts.Serve(1, absl::Seconds(5));
  recent.Add(kStart, counts.Total());
  counts.Serve(1, absl::Milliseconds(2));
  const auto last = recent.Last(RecentDurations::kMinute, kStart + seconds(1), counts.Total());
  EXPECT_NEAR(absl::ToDoubleMilliseconds(last.histograms.service_time.max()), 2, 0.02);
  // A longest that came since is exact.
  counts.Serve(1, absl::Seconds(6));
  EXPECT_EQ(recent.Last(RecentDurations::kMinute, kStart + seconds(1), counts.Total())
                .histograms.service_time.max(),
            absl::Seconds(6));
}

}  // namespace
}  // namespace robusto
