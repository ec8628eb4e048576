// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The commands that last: those that watch, and those that wait for something to end.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_WATCH_COMMANDS_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_WATCH_COMMANDS_H_

#include "absl/time/time.h"
#include "robusto/tools/robustoctl/command_context.h"

namespace robusto {

CommandResult RunStats(const CommandContext& context);
// Prints one line, or JSON, for each snapshot until the pool has stopped.
CommandResult WatchStatsLines(const CommandContext& context, absl::Duration interval);
CommandResult RunEvents(const CommandContext& context);
CommandResult RunDrain(const CommandContext& context);
CommandResult RunStop(const CommandContext& context);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_WATCH_COMMANDS_H_
