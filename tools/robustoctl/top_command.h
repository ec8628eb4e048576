// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// `robustoctl top`: the live screen. If stdout is not a terminal, it does the same as stats --interval.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_TOP_COMMAND_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_TOP_COMMAND_H_

#include "robusto/tools/robustoctl/command_context.h"

namespace robusto {

// Must be called before the process starts its first thread, including gRPC's: a signal that is delivered to
// another thread would end the process without restoring the screen.
void PrepareTop();

CommandResult RunTop(const CommandContext& context);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_TOP_COMMAND_H_
