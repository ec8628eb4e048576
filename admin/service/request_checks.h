// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Range checks for the fields of admin requests, in addition to those of the pool itself. The message
// of InvalidArgument names the field, its value and the accepted range.
//
// Thread-safety: free functions.

#ifndef ROBUSTO_ADMIN_SERVICE_REQUEST_CHECKS_H_
#define ROBUSTO_ADMIN_SERVICE_REQUEST_CHECKS_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"

namespace robusto {

// From 1 to kMaxThreads.
absl::Status CheckThreads(absl::string_view field, int value);

// The duration, or `unset` if the field is not set.
absl::StatusOr<absl::Duration> CheckDuration(absl::string_view field, bool has,
                                             const google::protobuf::Duration& value,
                                             absl::Duration unset, absl::Duration min,
                                             absl::Duration max);

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVICE_REQUEST_CHECKS_H_
