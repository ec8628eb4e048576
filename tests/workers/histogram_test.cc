// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/histogram.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

constexpr int64_t kMinute = int64_t{60} * 1000 * 1000 * 1000;

DurationHistogram Of(std::initializer_list<int64_t> values) {
  HistogramRecorder recorder;
  for (int64_t value : values) recorder.Record(value);
  DurationHistogram histogram;
  recorder.AddTo(&histogram);
  return histogram;
}

TEST(HistogramTest, EveryPercentileIsWithinTheRelativeErrorOrTheResolution) {
  const auto resolution =
      static_cast<double>(absl::ToInt64Nanoseconds(DurationHistogram::kResolution));
  for (double exact = 1; exact < 70.0 * kMinute; exact *= 1.0007) {
    const auto value = static_cast<int64_t>(exact);
    // A larger one beside it, or the maximum, which is exact, would be the answer.
    const DurationHistogram histogram = Of({value, 72 * kMinute});
    const auto got = static_cast<double>(absl::ToInt64Nanoseconds(histogram.Percentile(50)));
    const double allowed =
        std::max(DurationHistogram::kRelativeError * static_cast<double>(value), resolution);
    ASSERT_NEAR(got, static_cast<double>(value), allowed);
  }
}

TEST(HistogramTest, BucketsFollowEachOtherWithoutGapOrOverlap) {
  for (size_t bucket = 0; bucket < histogram_internal::kBuckets; ++bucket) {
    EXPECT_EQ(histogram_internal::BucketOf(histogram_internal::ValueOf(bucket)), bucket);
  }
  size_t last = 0;
  for (int64_t ns = 0; ns < 1'000'000; ns += 100) {
    const size_t bucket = histogram_internal::BucketOf(ns);
    ASSERT_LE(last, bucket);
    ASSERT_LE(bucket, last + 1);
    last = bucket;
  }
}

TEST(HistogramTest, AnEmptyOneHasNoPercentiles) {
  const DurationHistogram histogram;
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_EQ(histogram.Percentile(50), absl::ZeroDuration());
  EXPECT_EQ(histogram.Percentile(100), absl::ZeroDuration());
  EXPECT_EQ(histogram.CountUpTo(absl::InfiniteDuration()), 0);
}

TEST(HistogramTest, OneValueIsEveryPercentile) {
  const DurationHistogram histogram = Of({1000 * 1000});
  for (double percent : {0.001, 1.0, 50.0, 99.9, 100.0}) {
    EXPECT_EQ(histogram.Percentile(percent), absl::Milliseconds(1)) << percent;
  }
}

TEST(HistogramTest, ThePercentileIsTheSmallestValueThatSoManyAreNotLongerThan) {
  HistogramRecorder recorder;
  for (int64_t i = 1; i <= 100; ++i) recorder.Record(i << 8);  // one bucket each
  DurationHistogram histogram;
  recorder.AddTo(&histogram);
  for (int percent = 1; percent < 100; ++percent) {
    ASSERT_EQ(absl::ToInt64Nanoseconds(histogram.Percentile(percent)) >> 8, percent);
  }
  EXPECT_EQ(absl::ToInt64Nanoseconds(histogram.Percentile(0.5)) >> 8, 1);
  EXPECT_EQ(absl::ToInt64Nanoseconds(histogram.Percentile(98.5)) >> 8, 99);
  EXPECT_EQ(histogram.Percentile(100), absl::Nanoseconds(100 << 8)) << "exact";
}

TEST(HistogramTest, WhatIsTooLongForTheBucketsIsCountedInTheLast) {
  const int64_t day = 24 * 60 * kMinute;
  const DurationHistogram histogram = Of({day, 2 * day, 1});
  EXPECT_EQ(histogram.count(), 3);
  EXPECT_EQ(histogram.max(), absl::Nanoseconds(2 * day)) << "exact";
  EXPECT_EQ(histogram.sum(), absl::Nanoseconds(3 * day + 1)) << "exact";
  EXPECT_GT(histogram.Percentile(60), absl::Minutes(70));
  EXPECT_EQ(histogram.Percentile(100), absl::Nanoseconds(2 * day));
}

TEST(HistogramTest, NegativeDurationsCountAsNone) {
  const DurationHistogram histogram = Of({-5, INT64_MIN});
  EXPECT_EQ(histogram.count(), 2);
  EXPECT_EQ(histogram.sum(), absl::ZeroDuration());
  EXPECT_EQ(histogram.max(), absl::ZeroDuration());
}

TEST(HistogramTest, CountUpToGivesCumulativeBuckets) {
  const DurationHistogram histogram = Of({1'000, 1'000'000, 2'000'000, 1'000'000'000});
  EXPECT_EQ(histogram.CountUpTo(absl::Nanoseconds(1)), 0);
  EXPECT_EQ(histogram.CountUpTo(absl::Microseconds(10)), 1);
  EXPECT_EQ(histogram.CountUpTo(absl::Milliseconds(1.5)), 2);
  EXPECT_EQ(histogram.CountUpTo(absl::Seconds(2)), 4);
  EXPECT_EQ(histogram.CountUpTo(absl::InfiniteDuration()), 4);
}

TEST(HistogramTest, AddSums) {
  DurationHistogram sum = Of({1'000'000, 5'000'000});
  sum.Add(Of({9'000'000}));
  sum.Add(DurationHistogram());
  EXPECT_EQ(sum.count(), 3);
  EXPECT_EQ(sum.sum(), absl::Milliseconds(15));
  EXPECT_EQ(sum.max(), absl::Milliseconds(9));
  DurationHistogram empty;
  empty.Add(sum);
  EXPECT_EQ(empty.Percentile(100), absl::Milliseconds(9));
}

TEST(HistogramTest, WhileOneThreadRecordsAnyMayRead) {
  HistogramRecorder recorder;
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 20000; ++i) recorder.Record(i);
    done.store(true);
  });
  uint64_t last = 0;
  while (!done.load()) {
    DurationHistogram histogram;
    recorder.AddTo(&histogram);
    ASSERT_GE(histogram.count(), last);
    ASSERT_EQ(histogram.CountUpTo(absl::InfiniteDuration()), histogram.count());
    last = histogram.count();
  }
  writer.join();
}

}  // namespace
}  // namespace robusto
