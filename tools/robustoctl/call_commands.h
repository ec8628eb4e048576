// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The commands that make one call. commands.cc describes them for users.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_CALL_COMMANDS_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_CALL_COMMANDS_H_

#include "robusto/tools/robustoctl/command_context.h"

namespace robusto {

CommandResult RunWorkers(const CommandContext& context);
CommandResult RunResize(const CommandContext& context);
CommandResult RunConfirm(const CommandContext& context);
CommandResult RunGrow(const CommandContext& context);
CommandResult RunShrink(const CommandContext& context);
CommandResult RunCancel(const CommandContext& context);
CommandResult RunResume(const CommandContext& context);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_CALL_COMMANDS_H_
