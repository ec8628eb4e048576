// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// HealthMonitor: whether a pool can do its work, looked at from the inside. It is healthy while it
// runs, has at least min_threads workers, and lets a probe, a task that does nothing, through its
// queue in time. That a port is open says nothing of this. A pool with an idle worker and an empty
// queue is not probed: it would get through.
//
// It has one thread, which follows the journal and so sees a Drain, a Resume and a Stop at once;
// the rest it sees at its next look. Probes are tasks like others, and are in the pool's counts.
//
// Lifetime: the pool outlives the monitor; a probe may outlive both.
// Thread-safety: SayStopping: any thread. Stop: one.

#ifndef ROBUSTO_ADMIN_HEALTH_MONITOR_H_
#define ROBUSTO_ADMIN_HEALTH_MONITOR_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "workers/thread_pool.h"

namespace robusto {

class HealthMonitor {
 public:
  struct Options {
    absl::Duration interval = absl::Seconds(1);       // between looks, and between probes
    absl::Duration probe_timeout = absl::Seconds(5);  // for a probe to get through
    // Called at the first look and whenever the answer changes. `why` is empty when healthy.
    std::function<void(bool healthy, const std::string& why)> on_change;
    // Called at every look.
    std::function<void()> on_look;
  };

  HealthMonitor(ThreadPool* pool, Options options);
  ~HealthMonitor() { Stop(); }

  // Not healthy from now on, whatever the pool says: the server around it has begun to stop.
  void SayStopping();
  // Ends the thread. on_change is not called any more when it returns.
  void Stop();

 private:
  using Clock = std::chrono::steady_clock;

  // Shared with the probe, which may be in the queue when the monitor is gone.
  struct Probe {
    std::atomic<bool> under_way{false};
    std::atomic<Clock::rep> passed{0};  // when the last one ran, since the clock's epoch
  };
  class ProbeTask;

  void Main();
  void Poke();
  // Why the pool is not healthy; empty: it is.
  std::string Look();

  // Constant after construction.
  ThreadPool* const pool_;
  const Options options_;
  const std::shared_ptr<Probe> probe_;

  // Own synchronisation: set before poked_, which is set before Journal::WakeReaders.
  std::atomic<bool> stopping_{false};
  std::atomic<bool> ending_{false};
  std::atomic<bool> poked_{false};

  // The monitor's thread only.
  PoolState last_state_ = PoolState::kCreated;

  std::thread thread_;
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_HEALTH_MONITOR_H_
