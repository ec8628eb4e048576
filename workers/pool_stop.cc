// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// How a ThreadPool ends: draining until the deadline, then rejecting, cancelling and abandoning.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "robusto/workers/thread_pool.h"

namespace robusto {

bool ThreadPool::Drained() const {
  const PoolStats stats = Stats();
  absl::MutexLock lock(&mu_);
  const auto in_stop =
      std::count_if(workers_.workers().begin(), workers_.workers().end(),
                    [](const auto& worker) { return worker->in_stop() && worker->task_id() != 0; });
  return stats.queued == 0 && stats.running <= static_cast<uint64_t>(in_stop);
}

bool ThreadPool::NobodyTakes() const {
  absl::MutexLock lock(&mu_);
  return std::all_of(workers_.workers().begin(), workers_.workers().end(),
                     [](const auto& worker) { return worker->exited() || worker->in_stop(); });
}

StopReport ThreadPool::StopOnce() {
  const PoolStats before = Stats();
  const auto after_deadline = [this](absl::Duration grace) {
    return [this, grace] { return stop_deadline_ns_.load() + absl::ToInt64Nanoseconds(grace); };
  };
  StopReport report;
  bool drained = false;
  signal_->AwaitUntil(after_deadline(absl::ZeroDuration()), [&] {
    // In this order: the last worker may have taken the last task and ended just now.
    const bool nobody = NobodyTakes();
    drained = Drained();
    return drained || nobody;
  });
  dispatcher_->Close();
  if (!drained) report.rejected = dispatcher_->RejectQueued(RejectReason::kStopped);

  std::vector<WorkerSet::Worker> workers;
  {
    absl::MutexLock lock(&mu_);
    workers = workers_.Alive();  // none is added any more: stopping_ is set
  }
  const auto ended = [&] {
    return std::all_of(workers.begin(), workers.end(),
                       [](const auto& worker) { return worker->exited() || worker->in_stop(); });
  };
  std::vector<uint64_t> asked;
  bool all_ended = signal_->AwaitUntil(after_deadline(absl::ZeroDuration()), ended);
  for (CancelLevel level : {CancelLevel::kGentle, CancelLevel::kFirm}) {
    if (all_ended) break;
    for (const auto& worker : workers) {
      const uint64_t id = worker->task_id();
      if (worker->in_stop() || !CancelOn(*worker, id, level)) continue;
      if (std::find(asked.begin(), asked.end(), id) == asked.end()) asked.push_back(id);
    }
    const absl::Duration grace = level == CancelLevel::kGentle ? kStopGrace / 2 : kStopGrace;
    all_ended = signal_->AwaitUntil(after_deadline(grace), ended);
  }

  std::unique_ptr<Supervisor> supervisor;
  {
    absl::MutexLock lock(&mu_);
    supervisor = std::move(supervisor_);
    for (const auto& worker : workers) {
      if (worker->exited() || worker->in_stop()) continue;
      if (const uint64_t id = worker->task_id(); id != 0) report.abandoned.push_back(id);
      workers_.Abandon(worker);
    }
    workers_.Reap();
  }
  std::copy_if(asked.begin(), asked.end(), std::back_inserter(report.cancelled), [&](uint64_t id) {
    return std::find(report.abandoned.begin(), report.abandoned.end(), id) ==
           report.abandoned.end();
  });
  supervisor->Stop();
  const PoolStats after = Stats();
  report.completed = after.completed + after.failed - before.completed - before.failed;
  return report;
}

}  // namespace robusto
