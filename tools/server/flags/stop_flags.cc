// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/flags/stop_flags.h"

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

ABSL_FLAG(absl::Duration, stop_timeout, absl::Seconds(10),
          "after SIGTERM, SIGINT or a Stop of the admin service: how long requests may take to "
          "finish; a second "
          "Ctrl-C, or any stop signal more than a second later, ends the process at once");
ABSL_FLAG(absl::Duration, stop_delay, absl::ZeroDuration(),
          "how long to keep serving after /readyz starts failing, so that load balancers can drain "
          "traffic; "
          "--stop_timeout starts afterwards");

namespace robusto {

absl::StatusOr<StopTimes> StopTimesFromFlags() {
  StopTimes times;
  times.timeout = absl::GetFlag(FLAGS_stop_timeout);
  if (times.timeout < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--stop_timeout=", absl::FormatDuration(times.timeout), ": must be 0s or more, or inf"));
  }
  times.delay = absl::GetFlag(FLAGS_stop_delay);
  // An infinite delay would mean no stop at all.
  if (times.delay < absl::ZeroDuration() || times.delay == absl::InfiniteDuration()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--stop_delay=", absl::FormatDuration(times.delay), ": must be 0s or more, and finite"));
  }
  return times;
}

}  // namespace robusto
