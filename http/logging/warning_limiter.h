// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// WarningLimiter: how many warnings are told. Whoever sends bad messages decides how many lines the
// server's log gets, and must not be able to fill a disk with them.
//
// Thread-safety: all methods.

#ifndef ROBUSTO_HTTP_LOGGING_WARNING_LIMITER_H_
#define ROBUSTO_HTTP_LOGGING_WARNING_LIMITER_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"

namespace robusto {

class WarningLimiter {
 public:
  // In each second, which begins with the first warning after the one before.
  static constexpr int kPerSecond = 100;

  // Whether one more may be told at `now_ns` (CLOCK_MONOTONIC): nullopt when not, else how many were
  // not told since the last that was.
  absl::optional<uint64_t> Admit(int64_t now_ns) {
    absl::MutexLock lock(&mu_);
    if (told_ == 0 || now_ns - began_ns_ >= kSecondNanos) {
      began_ns_ = now_ns;
      told_ = 0;
    }
    if (told_ == kPerSecond) {
      ++left_out_;
      return absl::nullopt;
    }
    ++told_;
    const uint64_t left_out = left_out_;
    left_out_ = 0;
    return left_out;
  }

 private:
  static constexpr int64_t kSecondNanos = 1'000'000'000;

  absl::Mutex mu_;
  int64_t began_ns_ ABSL_GUARDED_BY(mu_) = 0;
  int told_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t left_out_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_LOGGING_WARNING_LIMITER_H_
