// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// WorkerSet: the threads that a pool has: starting, retiring, counting and forgetting them. What a
// worker has done stays in the sums when it is gone.
//
// "Staying" are the workers that were started and not retired. A retirement is a number beside the
// queue, which the next worker that asks for work follows, so a retired worker may be alive for as
// long as its task runs; it is not staying, and cannot be retired twice.
//
// Thread-safety: none; the pool's lock guards it.

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

  // A worker that ended by an exception out of its own machinery.
  struct Death {
    int64_t worker_id;
    std::string what;
  };

  explicit WorkerSet(WorkerThread::Environment environment)
      : environment_(std::move(environment)) {}

  int target_threads() const { return target_threads_; }
  // Those that are alive, oldest first, retired ones too.
  std::vector<Worker> Alive() const;

  // Starts `count` workers, or as many as the system gives before `give_up()`; returns how many.
  // *why says why no more.
  int Start(int count, const std::function<bool()>& give_up, absl::Status* why);
  // Retires `count` of the staying ones: idle ones now, busy ones after their task.
  void RequestExits(int count);
  // Takes back up to `count` retirements that nobody has followed yet; returns how many.
  int CancelExits(int count);
  // Forgets workers that have ended, keeping their sums; returns those that died.
  std::vector<Death> Reap();
  // Gives up on `worker`, which stays alive inside its task.
  void Abandon(const Worker& worker);
  int abandoned() const { return static_cast<int>(abandoned_.size()); }
  // Waits for the threads of all workers that are left. They must be ending.
  void JoinAll();

  // Those that are alive or have just ended.
  const std::vector<Worker>& workers() const { return workers_; }
  // The sums of those that are not among them any more.
  WorkerTotals gone_totals() const;
  // Over all of them.
  PoolHistograms histograms() const;

 private:
  const WorkerThread::Environment environment_;
  std::vector<Worker> workers_;
  // Their tasks may still end, and are counted then.
  std::vector<Worker> abandoned_;
  int target_threads_ = 0;
  int64_t next_id_ = 1;
  WorkerTotals gone_totals_;
  PoolHistograms gone_histograms_;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_WORKER_SET_H_
