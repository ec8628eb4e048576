// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The flags of robustoctl and their values.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_CTL_FLAGS_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_CTL_FLAGS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/tools/robustoctl/admin_client.h"

namespace robusto {

struct CtlFlags {
  AdminClientOptions client;
  bool timeout_given = false;
  bool json = false;
  absl::optional<absl::Duration> interval;
  // resize
  absl::optional<int> min;
  absl::optional<int> max;
  bool dry_run = false;
  absl::optional<uint64_t> if_generation;
  absl::optional<absl::Duration> revert_after;
  // cancel, drain, stop, events
  absl::optional<absl::Duration> firm_after;
  bool wait = false;
  absl::optional<absl::Duration> stop_timeout;
  bool follow = false;
  uint64_t since = 0;
};

// Reads the parsed command line and ROBUSTOCTL_ADDRESS. InvalidArgument, naming the flag, for a duration
// out of range.
absl::StatusOr<CtlFlags> CtlFlagsFromCommandLine();

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_CTL_FLAGS_H_
