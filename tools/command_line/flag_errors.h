// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// FindFlagError: what is wrong with the flags of a command line, in one line that names the flag, the value and what would be
// right. Abseil's own messages begin with "ERROR:", name no alternative, and come with an exit code of 1.
//
// Thread-safety: call it before threads are started: it parses values into the flags.

#ifndef ROBUSTO_TOOLS_COMMAND_LINE_FLAG_ERRORS_H_
#define ROBUSTO_TOOLS_COMMAND_LINE_FLAG_ERRORS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace robusto {

// Empty: the flags among `arguments` (without the program's name) exist and have values of their type.
std::string FindFlagError(const std::vector<absl::string_view>& arguments);

// The flag that was probably meant by `name`, or an empty string: by the words that other servers use ("port" for "listen"), or by
// spelling.
std::string SuggestFlag(absl::string_view name);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_COMMAND_LINE_FLAG_ERRORS_H_
