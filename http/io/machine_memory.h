// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// How much memory this process may use: the smallest of the machine's memory and the limits of the
// control groups that it is in (cgroups(7), memory.max of version 2 and memory.limit_in_bytes of
// version 1).
//
// Thread-safety: all functions. They read files in /proc and /sys.

#ifndef ROBUSTO_HTTP_IO_MACHINE_MEMORY_H_
#define ROBUSTO_HTTP_IO_MACHINE_MEMORY_H_

#include <cstdint>
#include <string>

namespace robusto {

// In bytes. Limits that cannot be read do not count.
uint64_t UsableMemoryBytes();

// The same, of the limits below `root`, with `physical` bytes in the machine: for tests.
uint64_t UsableMemoryBytes(const std::string& root, uint64_t physical);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_IO_MACHINE_MEMORY_H_
