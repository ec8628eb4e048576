// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// HealthRules: the verdict on a pool's health, as a pure policy without threads and without a clock.
//
// There are two verdicts. A server is live while it can do its work at all: an orchestrator restarts one
// that is not. It is ready while it should receive requests: a load balancer skips one that is not. The
// rules, for checks about once per `interval`:
//
//   (H1) Lifecycle: ready only in the state running.
//   (H2) Threads: not ready while fewer than min_threads workers are alive.
//   (H3) Polling: neither live nor ready if no poll of the work source has ended for poll_timeout. The
//        monitor interrupts a poll that sleeps, so a source that is polled shows it at the next check. A
//        pool without a work source, or one that is not running or draining, passes.
//   (H4) Progress: not ready if tasks are queued, no worker is idle, and no task has started for
//        progress_timeout; ready again as soon as a task starts or a worker is idle. A server that
//        answers what it admits is thus ready however full its queue, and one without requests is not
//        judged by the requests that it does not have.
//   (H5) Pauses: one check adds at most two intervals to the ages of H3 and H4. A process that was
//        stopped (a paused container, a migrated machine) is therefore not blamed for the gap.
//
// The rules use counters only. Nothing is put into the queue, so no client loses a slot to a health check,
// and no total, histogram, alert or autoscaling decision counts one.
//
// Thread-safety: none; one thread.

#ifndef ROBUSTO_ADMIN_HEALTH_HEALTH_RULES_H_
#define ROBUSTO_ADMIN_HEALTH_HEALTH_RULES_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/workers/pool_stats.h"

namespace robusto {

struct Health {
  std::string not_live;   // why the server cannot work; empty: it is live
  std::string not_ready;  // why it should not receive requests; empty: it is ready

  bool live() const { return not_live.empty(); }
  bool ready() const { return not_ready.empty(); }
  bool operator==(const Health& other) const {
    return not_live == other.not_live && not_ready == other.not_ready;
  }
  bool operator!=(const Health& other) const { return !(*this == other); }
};

class HealthRules {
 public:
  struct Options {
    absl::Duration interval = absl::Seconds(1);
    absl::Duration poll_timeout = absl::Seconds(5);
    absl::Duration progress_timeout = absl::Seconds(5);
  };

  // One observation of the pool.
  struct Inputs {
    int64_t now_ns = 0;  // of a monotonic clock
    PoolState state = PoolState::kRunning;
    int threads = 0;
    int min_threads = 0;
    int idle = 0;
    uint64_t queued = 0;
    uint64_t started = 0;  // tasks that have started, since Create
    bool has_work_source = false;
    uint64_t polls = 0;  // polls that have ended, since Create
  };

  explicit HealthRules(const Options& options) : options_(options) {}

  Health Check(const Inputs& now);

 private:
  // Constant after construction.
  const Options options_;

  absl::optional<Inputs> last_;
  absl::Duration without_poll_;   // how long no poll has ended
  absl::Duration without_start_;  // how long queued tasks have seen none start
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_HEALTH_HEALTH_RULES_H_
