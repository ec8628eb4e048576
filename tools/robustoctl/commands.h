// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The commands of robustoctl: names, arguments, help and implementation.
//
// Thread-safety: free functions; one command runs at a time.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_COMMANDS_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_COMMANDS_H_

#include <cstddef>
#include <vector>

#include "absl/strings/string_view.h"
#include "robusto/tools/robustoctl/command_context.h"

namespace robusto {

struct Command {
  absl::string_view name;
  absl::string_view arguments;           // "MIN MAX"; empty: the command has none
  absl::string_view summary;             // one line
  absl::string_view details;             // for `help COMMAND`; may have several lines
  std::vector<absl::string_view> flags;  // in addition to those of every command
  size_t max_arguments;
  CommandResult (*run)(const CommandContext& context);
};

// In the order in which help lists them.
const std::vector<Command>& Commands();
// Null if there is no command of this name.
const Command* FindCommand(absl::string_view name);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_COMMANDS_H_
