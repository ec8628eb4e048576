// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// HealthMonitor: checks a pool once per interval by the rules of health_rules.h, and notifies its
// listeners. It follows the journal, so it notices a Drain, a Resume and a stop at once.
//
// It has one thread, which also interrupts the poll of the pool's work source where no poll has ended since
// the last check: that wakes one thread of an idle pool once per interval. A process should have one
// monitor with several listeners.
//
// Lifetime: the pool outlives the monitor; the monitor outlives its listeners, which Remove themselves.
// Thread-safety: Add and Remove: any thread, but Remove not from a listener. Stop: one thread.
// Lock order: mu_ is a leaf; listeners are called without it.

#ifndef ROBUSTO_ADMIN_HEALTH_HEALTH_MONITOR_H_
#define ROBUSTO_ADMIN_HEALTH_HEALTH_MONITOR_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"
#include "robusto/admin/health/health_rules.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

class HealthMonitor {
 public:
  using Options = HealthRules::Options;

  // Called by the monitor's thread; must not block. Either may be null.
  struct Listener {
    // At the first check after Add, and whenever the verdict or its reason changes.
    std::function<void(const Health& health)> on_change;
    // At every check.
    std::function<void()> on_check;
  };

  HealthMonitor(ThreadPool* pool, Options options);
  ~HealthMonitor() { Stop(); }

  // Checks at once, and notifies the listener. Returns the argument for Remove.
  uint64_t Add(Listener listener) ABSL_LOCKS_EXCLUDED(mu_);
  // When it returns, the listener is not called any more. A second call has no effect.
  void Remove(uint64_t id) ABSL_LOCKS_EXCLUDED(mu_);

  // Ends the thread. When it returns, no listener is called any more.
  void Stop();

 private:
  struct Entry {
    uint64_t id;
    Listener listener;
    absl::optional<Health> reported;  // the monitor's thread only
  };

  void Main();
  void Notify(const Health& health) ABSL_LOCKS_EXCLUDED(mu_);
  void Wake();
  Health Check();

  // Constant after construction.
  ThreadPool* const pool_;
  const Options options_;

  // The monitor's thread only.
  HealthRules rules_;
  uint64_t polls_at_last_check_ = 0;

  // Own synchronisation: ending_ is set before woken_, which is set before Journal::WakeReaders.
  std::atomic<bool> ending_{false};
  std::atomic<bool> woken_{false};

  absl::Mutex mu_;
  std::vector<std::shared_ptr<Entry>> listeners_ ABSL_GUARDED_BY(mu_);
  uint64_t last_id_ ABSL_GUARDED_BY(mu_) = 0;
  bool notifying_ ABSL_GUARDED_BY(mu_) = false;  // listeners are being called

  std::thread thread_;
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_HEALTH_HEALTH_MONITOR_H_
