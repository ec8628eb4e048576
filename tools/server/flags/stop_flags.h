// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The flags of a stop: how long it may take, and how long before it begins.

#ifndef ROBUSTO_TOOLS_SERVER_FLAGS_STOP_FLAGS_H_
#define ROBUSTO_TOOLS_SERVER_FLAGS_STOP_FLAGS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace robusto {

struct StopTimes {
  absl::Duration timeout;  // of a stop that signals start
  absl::Duration delay;    // between not being ready and the stop; finite
};

// InvalidArgument for a value out of range, naming the flag.
absl::StatusOr<StopTimes> StopTimesFromFlags();

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_FLAGS_STOP_FLAGS_H_
