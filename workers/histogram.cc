// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/histogram.h"

#include <algorithm>
#include <cmath>

#include "absl/numeric/bits.h"

namespace robusto {
namespace histogram_internal {

size_t BucketOf(int64_t nanoseconds) {
  constexpr int64_t kMaxUnits = (int64_t{1} << (kMaxBits - kUnitShift)) - 1;
  const uint64_t units =
      static_cast<uint64_t>(std::min(std::max<int64_t>(nanoseconds, 0) >> kUnitShift, kMaxUnits));
  // The highest kSubBucketBits + 1 bits say the bucket; below that, every unit is one.
  const int shift = std::max(0, static_cast<int>(absl::bit_width(units)) - (kSubBucketBits + 1));
  return (static_cast<size_t>(shift) << kSubBucketBits) + static_cast<size_t>(units >> shift);
}

int64_t ValueOf(size_t bucket) {
  if (bucket < 2 * kSubBuckets) {
    return (static_cast<int64_t>(bucket) << kUnitShift) + (int64_t{1} << (kUnitShift - 1));
  }
  const int shift = static_cast<int>(bucket >> kSubBucketBits) - 1;
  const int64_t units =
      static_cast<int64_t>(bucket - (static_cast<size_t>(shift) << kSubBucketBits)) << shift;
  return (units << kUnitShift) + (int64_t{1} << (shift + kUnitShift - 1));
}

}  // namespace histogram_internal

using histogram_internal::BucketOf;
using histogram_internal::kBuckets;
using histogram_internal::ValueOf;

absl::Duration DurationHistogram::Percentile(double percent) const {
  if (count_ == 0) return absl::ZeroDuration();
  // In this order: 7.0 / 100 * 100 is more than 7.
  const auto rank = std::max<uint64_t>(
      1, static_cast<uint64_t>(std::ceil(percent * static_cast<double>(count_) / 100)));
  if (rank >= count_) return max();
  uint64_t seen = 0;
  for (size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    // The middle of the last bucket may be more than anything that was seen.
    if (seen >= rank) return absl::Nanoseconds(std::min(ValueOf(i), max_ns_));
  }
  return max();
}

uint64_t DurationHistogram::CountUpTo(absl::Duration limit) const {
  uint64_t seen = 0;
  for (size_t i = 0; i < buckets_.size() && absl::Nanoseconds(ValueOf(i)) <= limit; ++i) {
    seen += buckets_[i];
  }
  return seen;
}

void DurationHistogram::Add(const DurationHistogram& other) {
  count_ += other.count_;
  sum_ns_ += other.sum_ns_;
  max_ns_ = std::max(max_ns_, other.max_ns_);
  if (other.buckets_.empty()) return;
  buckets_.resize(kBuckets);
  for (size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
}

DurationHistogram DurationHistogram::Since(const DurationHistogram& earlier) const {
  DurationHistogram since = *this;
  if (earlier.buckets_.empty() || buckets_.empty()) return since;
  since.count_ -= earlier.count_;
  since.sum_ns_ -= earlier.sum_ns_;
  int64_t highest = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    since.buckets_[i] -= earlier.buckets_[i];
    if (since.buckets_[i] > 0) highest = ValueOf(i);
  }
  if (max_ns_ == earlier.max_ns_) since.max_ns_ = std::min(highest, max_ns_);
  return since;
}

void HistogramRecorder::Record(int64_t nanoseconds) {
  nanoseconds = std::max<int64_t>(nanoseconds, 0);
  const auto add = [](auto& counter, auto delta) {
    counter.store(counter.load(std::memory_order_relaxed) + delta, std::memory_order_relaxed);
  };
  add(sum_ns_, nanoseconds);
  if (nanoseconds > max_ns_.load(std::memory_order_relaxed)) {
    max_ns_.store(nanoseconds, std::memory_order_relaxed);
  }
  add(buckets_[BucketOf(nanoseconds)], uint64_t{1});
}

void HistogramRecorder::AddTo(DurationHistogram* histogram) const {
  histogram->sum_ns_ += sum_ns_.load(std::memory_order_relaxed);
  histogram->max_ns_ = std::max(histogram->max_ns_, max_ns_.load(std::memory_order_relaxed));
  histogram->buckets_.resize(kBuckets);
  for (size_t i = 0; i < kBuckets; ++i) {
    const uint64_t count = buckets_[i].load(std::memory_order_relaxed);
    histogram->buckets_[i] += count;
    // Counted here, not apart, so that count() is always the sum of the buckets.
    histogram->count_ += count;
  }
}

}  // namespace robusto
