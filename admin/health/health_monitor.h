// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// HealthMonitor: whether a pool can do its work, checked from the inside. The pool is healthy while it
// runs, has at least min_threads workers, and lets a probe, a task that does nothing, through its queue in
// time. An open port alone does not show this. A pool with an idle worker and an empty queue is not
// probed, because the probe would get through.
//
// The monitor has one thread. It follows the journal, so it notices a Drain, a Resume and a Stop at once;
// everything else it notices at its next check. Probes are counted like other tasks, so a process should
// have one monitor with several listeners.
//
// Lifetime: the pool outlives the monitor; a probe may outlive both; the monitor outlives its
// listeners, which Remove themselves.
// Thread-safety: Add, Remove and MarkStopping: any thread, but Remove not from a listener. Stop: one.
// Lock order: mu_ is a leaf; listeners are called without it.

#ifndef ROBUSTO_ADMIN_HEALTH_HEALTH_MONITOR_H_
#define ROBUSTO_ADMIN_HEALTH_HEALTH_MONITOR_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

class HealthMonitor {
 public:
  struct Options {
    absl::Duration interval = absl::Seconds(1);       // between looks, and between probes
    absl::Duration probe_timeout = absl::Seconds(5);  // for a probe to get through
  };
  // Called by the monitor's thread; must not block. Either may be null.
  struct Listener {
    // At the first look after Add and whenever the answer changes. `why` is empty when healthy.
    std::function<void(bool healthy, const std::string& why)> on_change;
    // At every look.
    std::function<void()> on_check;
  };

  HealthMonitor(ThreadPool* pool, Options options);
  ~HealthMonitor() { Stop(); }

  // Looks at once, and tells the listener. Returns what Remove takes.
  uint64_t Add(Listener listener) ABSL_LOCKS_EXCLUDED(mu_);
  // The listener is not called any more when it returns. A second call does nothing.
  void Remove(uint64_t id) ABSL_LOCKS_EXCLUDED(mu_);

  // Not healthy from now on, whatever the pool says: the server around it has begun to stop.
  void MarkStopping();
  // Ends the thread. No listener is called any more when it returns.
  void Stop();

 private:
  using Clock = std::chrono::steady_clock;

  // Shared with the probe, which may be in the queue when the monitor is gone.
  struct Probe {
    std::atomic<bool> under_way{false};
    std::atomic<Clock::rep> passed{0};  // when the last one ran, since the clock's epoch
  };
  class ProbeTask;

  struct Entry {
    uint64_t id;
    Listener listener;
    absl::optional<bool> reported;  // the monitor's thread only
  };

  void Main();
  void Notify(const std::string& why) ABSL_LOCKS_EXCLUDED(mu_);
  void Wake();
  // Why the pool is not healthy; empty: it is.
  std::string Check();

  // Constant after construction.
  ThreadPool* const pool_;
  const Options options_;
  const std::shared_ptr<Probe> probe_;

  // Own synchronisation: set before woken_, which is set before Journal::WakeReaders.
  std::atomic<bool> stopping_{false};
  std::atomic<bool> ending_{false};
  std::atomic<bool> woken_{false};

  absl::Mutex mu_;
  std::vector<std::shared_ptr<Entry>> listeners_ ABSL_GUARDED_BY(mu_);
  uint64_t last_id_ ABSL_GUARDED_BY(mu_) = 0;
  bool notifying_ ABSL_GUARDED_BY(mu_) = false;  // listeners are being called

  // The monitor's thread only.
  PoolState last_state_ = PoolState::kCreated;

  std::thread thread_;
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_HEALTH_HEALTH_MONITOR_H_
