// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// `robustoctl top`: the live screen. On anything that is no terminal it is stats --interval.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_TOP_COMMAND_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_TOP_COMMAND_H_

#include "robusto/tools/robustoctl/command_context.h"

namespace robusto {

// Before the first thread of the process, gRPC's included: a signal must not end it in a thread that
// knows nothing of the screen.
void PrepareTop();

CommandResult RunTop(const CommandContext& context);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_TOP_COMMAND_H_
