// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The help of robustoctl.
//
// Thread-safety: free functions.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_CTL_HELP_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_CTL_HELP_H_

#include <string>

#include "robusto/tools/robustoctl/commands.h"

namespace robusto {

// All commands, the flags that every command has, and the exit codes.
std::string Help();
// One command and its flags.
std::string HelpFor(const Command& command);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_CTL_HELP_H_
