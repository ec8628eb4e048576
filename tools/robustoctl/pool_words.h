// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The pool's states, bounds and events in words, one place for all of robustoctl's outputs.
//
// Thread-safety: free functions. What they return is printable ASCII, whatever the server sent.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_POOL_WORDS_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_POOL_WORDS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/admin/pool_admin.pb.h"

namespace robusto {

// "running", "draining"; "unknown" for a state that a newer server has.
absl::string_view StateWord(admin::v1::PoolState state);
// "idle", "busy", "stuck".
absl::string_view WorkerWord(admin::v1::WorkerState state);

// "4 to 32", "4 or more".
std::string BoundsWords(int min_threads, bool has_max_threads, int max_threads);
// Of any message that has the bounds.
template <typename Message>
std::string BoundsWords(const Message& message) {
  return BoundsWords(message.min_threads(), message.has_max_threads(), message.max_threads());
}

// "the bounds return to 4 to 8 in 42.0s; to keep them: robustoctl confirm 7".
std::string RevertWords(const admin::v1::PendingRevert& pending);

// Expired and rejected.
uint64_t Refused(const admin::v1::PoolStats& stats);

// What happened, as a clause: "started 2 workers: a request had waited for 120ms".
std::string EventWords(const admin::v1::PoolEvent& event);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_POOL_WORDS_H_
