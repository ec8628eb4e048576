// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/stop_requests.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace robusto {

void StopRequests::Add(Request request, Done done) {
  absl::optional<absl::StatusOr<StopReport>> report;
  {
    absl::MutexLock lock(&mu_);
    if (!first_.has_value()) first_ = std::move(request);
    report = report_;
    if (!report.has_value() && done) waiting_.push_back(done);
  }
  if (report.has_value() && done) done(*report);
}

StopRequests::Request StopRequests::Await() {
  const auto requested = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return first_.has_value(); };
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&requested));
  return *first_;
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

std::string StopReason(const StopRequests::Request& request, absl::Duration delay, absl::Time now) {
  std::string reason = absl::StrCat(request.requester, "; ");
  const absl::Time end = now + delay + request.timeout;
  if (end == absl::InfiniteFuture()) {
    absl::StrAppend(&reason, "no deadline: ");
  } else {
    absl::StrAppend(&reason, "until ",
                    absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", end, absl::UTCTimeZone()), ": ");
  }
  if (delay > absl::ZeroDuration()) {
    absl::StrAppend(&reason, "serves for ", absl::FormatDuration(delay), ", then ");
  }
  if (request.timeout == absl::InfiniteDuration()) {
    absl::StrAppend(&reason, "waits for all requests to finish");
  } else {
    absl::StrAppend(&reason, "requests have ", absl::FormatDuration(request.timeout), " to finish");
  }
  return reason;
}

}  // namespace robusto
