// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/task.h"

namespace robusto {

absl::string_view RejectReasonName(RejectReason reason) {
  switch (reason) {
    case RejectReason::kQueueFull:
      return "queue_full";
    case RejectReason::kExpired:
      return "expired";
    case RejectReason::kDraining:
      return "draining";
    case RejectReason::kStopped:
      return "stopped";
  }
  return "unknown";
}

}  // namespace robusto
