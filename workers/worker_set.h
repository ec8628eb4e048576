// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// WorkerSet: the threads of a pool. It starts, counts and reaps them, and requests their exit. It
// keeps the totals of a worker after the worker has exited.
//
// target_threads is the number of started workers less the requested exits and the workers that
// died. The dispatcher counts the requested exits that are still pending. A request names no
// worker: the next worker without a task exits. So more workers than target_threads may be alive
// while they run tasks.
//
// Thread-safety: none; guarded by ThreadPool::mu_.

#ifndef ROBUSTO_WORKERS_WORKER_SET_H_
#define ROBUSTO_WORKERS_WORKER_SET_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "robusto/workers/dispatcher.h"
#include "robusto/workers/histogram.h"
#include "robusto/workers/pool_stats.h"
#include "robusto/workers/worker_thread.h"

namespace robusto {

class WorkerSet {
 public:
  using Worker = std::shared_ptr<WorkerThread>;

  // A worker that died of an exception outside of a task's Run.
  struct Death {
    int64_t worker_id;
    std::string what;
  };

  explicit WorkerSet(WorkerThread::Environment environment)
      : environment_(std::move(environment)) {}

  int target_threads() const { return target_threads_; }
  // The workers that are alive, oldest first, including those that will exit.
  std::vector<Worker> Alive() const;

  // Starts up to `count` workers, until the system gives no more or `give_up()` is true; returns how
  // many. *why says why not all.
  int Start(int count, const std::function<bool()>& give_up, absl::Status* why);
  // Requests the exit of `count` workers. Idle ones exit now, busy ones after their task. Lowers
  // target_threads at once.
  void RequestExits(int count);
  // Cancels up to `count` requested exits that no worker has taken yet; returns how many.
  [[nodiscard]] int CancelExits(int count);
  // Joins and removes workers that have exited, keeping their totals; returns those that died.
  [[nodiscard]] std::vector<Death> Reap();
  // Gives up on `worker`, whose thread hangs.
  void Abandon(const Worker& worker);
  int abandoned() const { return static_cast<int>(abandoned_.size()); }
  // Waits for the threads of all workers. They must be exiting.
  void JoinAll();

  // The workers that are alive or have not been reaped yet.
  const std::vector<Worker>& workers() const { return workers_; }
  // The totals of all other workers.
  WorkerTotals gone_totals() const;
  // Over all workers.
  PoolHistograms histograms() const;

 private:
  const WorkerThread::Environment environment_;
  std::vector<Worker> workers_;
  // Kept because their tasks may still end, and are counted then.
  std::vector<Worker> abandoned_;
  int target_threads_ = 0;
  int64_t next_id_ = 1;
  WorkerTotals gone_totals_;
  PoolHistograms gone_histograms_;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_WORKER_SET_H_
