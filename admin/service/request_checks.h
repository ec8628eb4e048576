// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What the fields of admin requests may hold, beside what the pool itself checks. InvalidArgument
// names the field, its value and what would be accepted.
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

// No pool of this kind is well served by more threads; a larger number is a slip of the keyboard,
// and would take the machine's last thread before it failed.
constexpr int kMostThreads = 10000;

absl::Status CheckThreads(absl::string_view field, int value);

// The duration, or `unset` when the field is not set.
absl::StatusOr<absl::Duration> CheckDuration(absl::string_view field, bool has,
                                             const google::protobuf::Duration& value,
                                             absl::Duration unset, absl::Duration least,
                                             absl::Duration most);

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVICE_REQUEST_CHECKS_H_
