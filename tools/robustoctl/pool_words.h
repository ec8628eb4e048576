// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Names of the pool's states, bounds and events for all outputs of robustoctl.
//
// Thread-safety: free functions. Results are printable ASCII, whatever the server sent.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_POOL_WORDS_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_POOL_WORDS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/admin/pool_admin.pb.h"

namespace robusto {

// "running", "draining"; "unknown" for a state of a newer server.
absl::string_view StateWord(admin::v1::PoolState state);
// "idle", "busy", "stuck".
absl::string_view WorkerWord(admin::v1::WorkerState state);

// "4 to 32", "4 or more".
std::string BoundsWords(int min_threads, bool has_max_threads, int max_threads);
// The same for any message that has these fields.
template <typename Message>
std::string BoundsWords(const Message& message) {
  return BoundsWords(message.min_threads(), message.has_max_threads(), message.max_threads());
}

// "the bounds return to 4 to 8 in 42.0s unless confirmed: robustoctl confirm 7".
std::string RevertWords(const admin::v1::PendingRevert& pending);

// The number of expired and rejected tasks.
uint64_t Refused(const admin::v1::PoolStats& stats);

// The event as a clause: "added 2 workers: a request had waited for 120ms".
std::string EventWords(const admin::v1::PoolEvent& event);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_POOL_WORDS_H_
