// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ByteSize: the type of flags that are a number of bytes: 65536, 64K, 1M or 2G. A unit is a power of 1024; KiB and KB
// mean the same as K.
//
// Thread-safety: plain data and pure functions.

#ifndef ROBUSTO_TOOLS_COMMAND_LINE_BYTE_SIZE_H_
#define ROBUSTO_TOOLS_COMMAND_LINE_BYTE_SIZE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace robusto {

struct ByteSize {
  int64_t bytes = 0;
};

// For Abseil's flags. Negative numbers are parsed, so that the check of the range can report them.
bool AbslParseFlag(absl::string_view text, ByteSize* size, std::string* error);
std::string AbslUnparseFlag(ByteSize size);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_COMMAND_LINE_BYTE_SIZE_H_
