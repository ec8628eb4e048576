// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Supervisor: the pool's one background thread. It applies the dispatcher's vacancy rule and
// expiry, and has the pool look after its workers (autoscaling, respawn, stuck tasks) when that is
// due. It is asleep while there is nothing to watch: an idle pool makes no wake-ups.
//
// Thread-safety: Start and Stop by one thread, and not under a lock that the upkeep takes.

#ifndef ROBUSTO_WORKERS_SUPERVISOR_H_
#define ROBUSTO_WORKERS_SUPERVISOR_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/dispatcher.h"

namespace robusto {

class Supervisor {
 public:
  // What the pool does at every look, given for how long the queue's head has waited in nanoseconds
  // (0: the queue is empty). Returns when it wants to be called next at the latest, on the clock of
  // MonotonicNanos; kNever: when something happens.
  using Upkeep = std::function<int64_t(int64_t oldest_wait_ns)>;

  Supervisor(const std::string& name, std::shared_ptr<Dispatcher> dispatcher, Upkeep upkeep);
  ~Supervisor() { Stop(); }

  // ResourceExhausted when the system has no thread to give.
  absl::Status Start();
  // Ends the thread and waits for it: at most for one call of WorkSource::Poll that has been
  // interrupted.
  void Stop();

 private:
  void Main();

  const std::string name_;
  const std::shared_ptr<Dispatcher> dispatcher_;
  const Upkeep upkeep_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_SUPERVISOR_H_
