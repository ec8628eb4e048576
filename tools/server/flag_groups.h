// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The groups of a server's flags in --help.

#ifndef ROBUSTO_TOOLS_SERVER_FLAG_GROUPS_H_
#define ROBUSTO_TOOLS_SERVER_FLAG_GROUPS_H_

#include <vector>

#include "robusto/tools/command_line/command_line.h"

namespace robusto {

inline std::vector<FlagGroup> ServerFlagGroups() {
  return {{"server_main.cc", "Files"},
          {"server_flags.cc", "HTTP, workers and limits"},
          {"stop_flags.cc", "Stopping"},
          {"access_log_flags.cc", "Access log"},
          {"metrics_flags.cc", "Metrics and status page"},
          {"admin_flags.cc", "Admin service"}};
}

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_FLAG_GROUPS_H_
