// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// kExitUsage: the exit code of every robusto program whose command line is invalid.

#ifndef ROBUSTO_TOOLS_COMMAND_LINE_EXIT_USAGE_H_
#define ROBUSTO_TOOLS_COMMAND_LINE_EXIT_USAGE_H_

namespace robusto {

constexpr int kExitUsage = 2;

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_COMMAND_LINE_EXIT_USAGE_H_
