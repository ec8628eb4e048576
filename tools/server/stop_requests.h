// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// StopRequests: collects the requests to stop, from signals and from callers of the admin service, for the
// main thread, which waits for the first one.
//
// StopReason: the text of the journal's stop event. It names the requester and the deadline.
//
// Thread-safety: all methods.

#ifndef ROBUSTO_TOOLS_SERVER_STOP_REQUESTS_H_
#define ROBUSTO_TOOLS_SERVER_STOP_REQUESTS_H_

#include <functional>
#include <string>
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

  struct Request {
    std::string requester;  // "SIGTERM", "Stop from ipv4:127.0.0.1:40312 as operator"
    absl::Duration timeout;
  };

  // The first request decides; later ones join the stop that is under way. `done` may be null.
  void Add(Request request, Done done) ABSL_LOCKS_EXCLUDED(mu_);

  // Waits for the first request and returns it.
  Request Await() ABSL_LOCKS_EXCLUDED(mu_);

  // Gives the report to every request, later ones included. Call it once.
  void Answer(const absl::StatusOr<StopReport>& report) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Mutex mu_;
  absl::optional<Request> first_ ABSL_GUARDED_BY(mu_);
  std::vector<Done> waiting_ ABSL_GUARDED_BY(mu_);
  absl::optional<absl::StatusOr<StopReport>> report_ ABSL_GUARDED_BY(mu_);
};

// "SIGTERM; until 2026-11-28T10:00:15Z: serves for 5s, then requests have 10s to finish". `delay` is the time
// before the stop refuses requests, `now` the time of the request.
std::string StopReason(const StopRequests::Request& request, absl::Duration delay, absl::Time now);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_STOP_REQUESTS_H_
