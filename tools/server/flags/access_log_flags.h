// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The flags of the access log that every robusto server has, and the log that they make.

#ifndef ROBUSTO_TOOLS_SERVER_FLAGS_ACCESS_LOG_FLAGS_H_
#define ROBUSTO_TOOLS_SERVER_FLAGS_ACCESS_LOG_FLAGS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "robusto/http/logging/access_log.h"

namespace robusto {

// Null when --access_log is empty. The messages of errors begin with the flag. Lines that are lost
// are logged. Starts a thread: signals should be blocked by then.
absl::StatusOr<std::shared_ptr<AccessLog>> OpenAccessLogFromFlags();

// What SIGHUP asks for: opens its file anew, and logs how that went. `log` may be null.
void ReopenAccessLog(AccessLog* log);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_FLAGS_ACCESS_LOG_FLAGS_H_
