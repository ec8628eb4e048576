// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// StopRequests: collects the requests to stop, from signals and from callers of the admin service, for the
// main thread, which waits for the first one.
//
// Thread-safety: all methods.

#ifndef ROBUSTO_TOOLS_SERVER_STOP_REQUESTS_H_
#define ROBUSTO_TOOLS_SERVER_STOP_REQUESTS_H_

#include <functional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

class StopRequests {
 public:
  // Receives the report once the server has stopped.
  using Done = std::function<void(const absl::StatusOr<StopReport>&)>;

  // The first request decides the timeout; later ones join the stop that is under way. `done` may be null.
  void Add(absl::Duration timeout, Done done) ABSL_LOCKS_EXCLUDED(mu_);

  // Waits for the first request. Returns its timeout.
  absl::Duration Await() ABSL_LOCKS_EXCLUDED(mu_);

  // Gives the report to every request, later ones included. Call it once.
  void Answer(const absl::StatusOr<StopReport>& report) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Mutex mu_;
  absl::optional<absl::Duration> timeout_ ABSL_GUARDED_BY(mu_);
  std::vector<Done> waiting_ ABSL_GUARDED_BY(mu_);
  absl::optional<absl::StatusOr<StopReport>> report_ ABSL_GUARDED_BY(mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_STOP_REQUESTS_H_
