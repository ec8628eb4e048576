// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The commands of robustoctl: their names, arguments and help, and what they do.
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
  absl::string_view arguments;           // "MIN MAX"; empty: it takes none
  absl::string_view summary;             // one line
  absl::string_view details;             // for `help COMMAND`; lines
  std::vector<absl::string_view> flags;  // beside those that every command has
  size_t most_arguments;
  CommandResult (*run)(const CommandContext& context);
};

// In the order in which help lists them.
const std::vector<Command>& Commands();
// Null when there is none of this name.
const Command* FindCommand(absl::string_view name);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_COMMANDS_H_
