// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ChangePool: what the status page's buttons do, from a path and its query:
//
//   /resize?min=4&max=32&generation=7   max: absent or empty for no limit; generation: only while
//                                       it is the pool's, absent for at any
//   /drain   /resume
//   /cancel?task=17&level=gentle        or firm
//
// The caller does the authorization.
// Thread-safety: any thread.

#ifndef ROBUSTO_TOOLS_SERVER_METRICS_POOL_CHANGES_H_
#define ROBUSTO_TOOLS_SERVER_METRICS_POOL_CHANGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

// Whether ChangePool knows the path.
bool IsPoolChange(absl::string_view path);

// In words, what was done. The pool's own errors, and InvalidArgument for parameters that are
// missing or no such numbers, NotFound for another path.
absl::StatusOr<std::string> ChangePool(ThreadPool& pool, absl::string_view path,
                                       absl::string_view query);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_METRICS_POOL_CHANGES_H_
