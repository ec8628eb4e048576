// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Exit codes of a server process. An invalid command line exits with kExitUsage
// (tools/command_line/exit_usage.h).

#ifndef ROBUSTO_TOOLS_SERVER_EXIT_CODE_H_
#define ROBUSTO_TOOLS_SERVER_EXIT_CODE_H_

namespace robusto {

constexpr int kExitClean = 0;  // stopped, and nothing was lost
constexpr int kExitLost = 1;   // the stop rejected, cancelled or abandoned requests

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_EXIT_CODE_H_
