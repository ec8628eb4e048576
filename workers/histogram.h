// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// DurationHistogram: a distribution of durations from nanoseconds to an hour, in fixed memory.
//
// A mean hides the slow few. This counts durations in buckets whose width grows with their value (as
// HdrHistogram does), so that every percentile is known to within kRelativeError, or kResolution for
// very short ones.
//
//   HistogramRecorder recorder;           // one thread records, without a locked instruction
//   recorder.Record(1'234'567);           // nanoseconds
//   DurationHistogram sum;
//   recorder.AddTo(&sum);                 // any thread
//   absl::Duration p99 = sum.Percentile(99);
//
// Thread-safety: DurationHistogram is plain data. HistogramRecorder: Record by one thread, AddTo by
// any, at any time; a duration that is recorded during an AddTo may or may not be included.

#ifndef ROBUSTO_WORKERS_HISTOGRAM_H_
#define ROBUSTO_WORKERS_HISTOGRAM_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/time/time.h"

namespace robusto {

namespace histogram_internal {

// Durations are counted in units of 2^kUnitShift ns; up to 2 * kSubBuckets units exactly, and from
// there in kSubBuckets buckets for each power of two.
constexpr int kUnitShift = 8;
constexpr int kSubBucketBits = 6;
constexpr size_t kSubBuckets = size_t{1} << kSubBucketBits;
constexpr int kMaxBits = 42;  // 2^42 ns: 73 minutes; more is counted as that
constexpr size_t kBuckets =
    static_cast<size_t>(kMaxBits - kUnitShift - kSubBucketBits + 1) * kSubBuckets;

size_t BucketOf(int64_t nanoseconds);
// The middle of a bucket, in nanoseconds.
int64_t ValueOf(size_t bucket);

}  // namespace histogram_internal

class DurationHistogram {
 public:
  // Half a bucket's width: two significant digits.
  static constexpr double kRelativeError = 0.5 / histogram_internal::kSubBuckets;
  static constexpr absl::Duration kResolution = absl::Nanoseconds(256);

  uint64_t count() const { return count_; }
  // Exact.
  absl::Duration sum() const { return absl::Nanoseconds(sum_ns_); }
  absl::Duration max() const { return absl::Nanoseconds(max_ns_); }
  // The duration that `percent` of all durations do not exceed; 0 when there are none. 0 < percent <=
  // 100. The maximum is exact.
  absl::Duration Percentile(double percent) const;
  // How many durations do not exceed `limit`, for cumulative buckets as in Prometheus.
  uint64_t CountUpTo(absl::Duration limit) const;

  void Add(const DurationHistogram& other);
  // The durations recorded after `earlier`, a reading of the same recorders. Its max() is exact if it
  // is the maximum of all, else as exact as a percentile.
  DurationHistogram Since(const DurationHistogram& earlier) const;

 private:
  friend class HistogramRecorder;

  uint64_t count_ = 0;
  int64_t sum_ns_ = 0;
  int64_t max_ns_ = 0;
  std::vector<uint64_t> buckets_;  // empty, or kBuckets of them
};

class HistogramRecorder {
 public:
  HistogramRecorder() = default;

  // Negative durations count as 0.
  void Record(int64_t nanoseconds);
  void AddTo(DurationHistogram* histogram) const;

 private:
  // Written by one thread with plain loads and relaxed stores.
  std::atomic<int64_t> sum_ns_{0};
  std::atomic<int64_t> max_ns_{0};
  std::array<std::atomic<uint64_t>, histogram_internal::kBuckets> buckets_{};
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_HISTOGRAM_H_
