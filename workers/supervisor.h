// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Supervisor: the pool's one background thread. It mends what the workers' own rules misjudge (the
// vacancy rule) and expires queued tasks while every worker is busy. It is asleep while there is
// nothing to watch: an idle pool makes no wake-ups.
//
// Thread-safety: Start and Stop by the pool, under its lock.

#ifndef ROBUSTO_WORKERS_SUPERVISOR_H_
#define ROBUSTO_WORKERS_SUPERVISOR_H_

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "workers/dispatcher.h"

namespace robusto {

class Supervisor {
 public:
  Supervisor(std::string name, std::shared_ptr<Dispatcher> dispatcher);
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
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_SUPERVISOR_H_
