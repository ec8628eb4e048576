// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Counts what the whole program asks of the heap: linking this replaces operator new and delete, so
// a test that needs it is a binary of its own.
//
// Thread-safety: all functions; every thread's allocations count.

#ifndef ROBUSTO_TESTS_TESTING_ALLOCATIONS_H_
#define ROBUSTO_TESTS_TESTING_ALLOCATIONS_H_

#include <cstdint>

namespace robusto {

// How many times memory was allocated so far.
uint64_t Allocations();
// The bytes that are allocated now, as the heap rounds them.
int64_t AllocatedBytes();

}  // namespace robusto

#endif  // ROBUSTO_TESTS_TESTING_ALLOCATIONS_H_
