// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/queue/bounded_queue.h"

#include <cstdio>
#include <cstdlib>

namespace robusto {
namespace queue_internal {

void AbortOnCapacity(size_t capacity, size_t greatest) {
  std::fprintf(stderr, "robusto::BoundedQueue: capacity is %zu; it must be from 1 to %zu\n",
               capacity, greatest);
  std::abort();
}

void AbortOnDestructionWhileParked() {
  std::fputs("robusto::BoundedQueue: destroyed while a thread waits in it\n", stderr);
  std::abort();
}

}  // namespace queue_internal
}  // namespace robusto
