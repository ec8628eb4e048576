// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The argument and result types of the commands of robustoctl.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_COMMAND_CONTEXT_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_COMMAND_CONTEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "robusto/tools/robustoctl/admin_client.h"
#include "robusto/tools/robustoctl/ctl_flags.h"
#include "robusto/tools/robustoctl/exit_code.h"

namespace robusto {

struct CommandContext {
  AdminClient* client;
  const CtlFlags& flags;
  std::vector<std::string> arguments;  // without the name of the command
};

// The exit code, or the error that ended the command; InvalidArgument includes invalid arguments.
using CommandResult = absl::StatusOr<ExitCode>;

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_COMMAND_CONTEXT_H_
