// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/health/health_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace robusto {

Health HealthRules::Check(const Inputs& now) {
  const absl::Duration passed =
      last_.has_value()
          ? std::min(absl::Nanoseconds(now.now_ns - last_->now_ns), 2 * options_.interval)  // H5
          : absl::ZeroDuration();
  const bool works = now.state == PoolState::kRunning || now.state == PoolState::kDraining;

  const bool polled =
      !works || !now.has_work_source || !last_.has_value() || now.polls != last_->polls;
  without_poll_ = polled ? absl::ZeroDuration() : without_poll_ + passed;

  const bool started = !last_.has_value() || now.started != last_->started;
  if (!works || started || now.idle > 0) {
    without_start_ = absl::ZeroDuration();
  } else if (now.queued > 0 || without_start_ > options_.progress_timeout) {
    // A stall does not end when the waiting tasks expire: the next ones would only wait as well.
    without_start_ += passed;
  } else {
    without_start_ = absl::ZeroDuration();
  }
  last_ = now;

  Health health;
  if (without_poll_ > options_.poll_timeout) {
    health.not_live = absl::StrCat("the event loop was not polled for more than ",
                                   absl::FormatDuration(options_.poll_timeout));
  }
  if (now.state == PoolState::kStopping) {
    health.not_ready = "the server is stopping";
  } else if (now.state != PoolState::kRunning) {
    health.not_ready = absl::StrCat("the pool is ", PoolStateName(now.state));
  } else if (!health.live()) {
    health.not_ready = health.not_live;
  } else if (now.threads < now.min_threads) {
    health.not_ready =
        absl::StrCat("only ", now.threads, " workers are alive; min_threads is ", now.min_threads);
  } else if (without_start_ > options_.progress_timeout) {
    health.not_ready =
        absl::StrCat("all workers are busy, and no queued request was started for more than ",
                     absl::FormatDuration(options_.progress_timeout));
  }
  return health;
}

}  // namespace robusto
