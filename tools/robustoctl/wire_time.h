// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Conversion between the durations and timestamps of protobuf and Abseil.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_WIRE_TIME_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_WIRE_TIME_H_

#include <cstdint>

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace robusto {

inline absl::Duration FromWire(const google::protobuf::Duration& from) {
  return absl::Seconds(from.seconds()) + absl::Nanoseconds(from.nanos());
}

inline absl::Time FromWire(const google::protobuf::Timestamp& from) {
  return absl::FromUnixSeconds(from.seconds()) + absl::Nanoseconds(from.nanos());
}

// `from` must be finite: protobuf has no infinite duration.
inline void ToWire(absl::Duration from, google::protobuf::Duration* to) {
  to->set_seconds(absl::IDivDuration(from, absl::Seconds(1), &from));
  to->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(from)));
}

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_WIRE_TIME_H_
