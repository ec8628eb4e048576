// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/stop_requests.h"

#include <utility>

namespace robusto {

void StopRequests::Add(absl::Duration timeout, Done done) {
  absl::optional<absl::StatusOr<StopReport>> report;
  {
    absl::MutexLock lock(&mu_);
    if (!timeout_.has_value()) timeout_ = timeout;
    report = report_;
    if (!report.has_value() && done) waiting_.push_back(done);
  }
  if (report.has_value() && done) done(*report);
}

absl::Duration StopRequests::Await() {
  const auto requested = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return timeout_.has_value(); };
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&requested));
  return *timeout_;
}

void StopRequests::Answer(const absl::StatusOr<StopReport>& report) {
  std::vector<Done> waiting;
  {
    absl::MutexLock lock(&mu_);
    report_ = report;
    waiting.swap(waiting_);
  }
  for (const Done& done : waiting) done(report);
}

}  // namespace robusto
