// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/queue/spin.h"

#include <sched.h>

#include <algorithm>

namespace robusto {
namespace queue_internal {

int UsableCpus() {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  // Fails only where there are more processors than the set has room for.
  if (::sched_getaffinity(0, sizeof(cpus), &cpus) != 0) return CPU_SETSIZE;
  return std::max(1, CPU_COUNT(&cpus));
}

bool SpinningMayHelp() {
  static const bool may_help = UsableCpus() > 1;
  return may_help;
}

}  // namespace queue_internal
}  // namespace robusto
