// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/service/request_checks.h"

#include "absl/strings/str_cat.h"
#include "robusto/admin/service/pool_messages.h"
#include "robusto/workers/pool_options.h"

namespace robusto {

absl::Status CheckThreads(absl::string_view field, int value) {
  if (value >= 1 && value <= kMaxThreads) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, " is ", value, "; it must be from 1 to ", kMaxThreads));
}

absl::StatusOr<absl::Duration> CheckDuration(absl::string_view field, bool has,
                                             const google::protobuf::Duration& value,
                                             absl::Duration unset, absl::Duration min,
                                             absl::Duration max) {
  if (!has) return unset;
  const absl::Duration duration = ToDuration(value);
  if (duration >= min && duration <= max) return duration;
  return absl::InvalidArgumentError(absl::StrCat(field, " is ", absl::FormatDuration(duration),
                                                 "; it must be from ", absl::FormatDuration(min),
                                                 " to ", absl::FormatDuration(max)));
}

}  // namespace robusto
