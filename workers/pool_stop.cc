// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// How a ThreadPool stops: it drains until the deadline, then rejects, cancels and abandons.
//
// The thread that calls Stop runs no code of tasks itself: a Done or a destructor that never returns
// would hold up the Stop. A BoundedStep has a thread of its own, which can be abandoned like any other.

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {
namespace {

// A part of a Stop that runs code of tasks. The thread shares all that it uses, so that it can be
// abandoned.
class BoundedStep {
 public:
  struct Handled {
    uint64_t task_id;
    int64_t worker_id;  // 0: no worker had the task
  };
  // `step` gets a function to call for each task that it has handled, or is about to.
  using Step = std::function<void(const std::function<void(Handled)>& add)>;

  BoundedStep(std::shared_ptr<WorkerSignal> signal, Step step) {
    const auto run = [state = state_, signal = std::move(signal), step = std::move(step)] {
      step([&](Handled handled) {
        absl::MutexLock lock(&state->mu);
        state->handled.push_back(handled);
      });
      state->ended.store(true);
      signal->Notify();
    };
    try {
      thread_ = std::thread(run);
    } catch (const std::system_error&) {
      run();  // without a deadline is better than not at all
    }
  }

  bool ended() const { return state_->ended.load(); }
  std::vector<Handled> handled() const {
    absl::MutexLock lock(&state_->mu);
    return state_->handled;
  }
  // Must be called once. False when the thread had to be abandoned.
  [[nodiscard]] bool JoinOrAbandon() {
    if (!thread_.joinable()) return true;
    const bool ends = ended();
    ends ? thread_.join() : thread_.detach();
    return ends;
  }

 private:
  struct StepProgress {
    std::atomic<bool> ended{false};
    absl::Mutex mu;
    std::vector<Handled> handled ABSL_GUARDED_BY(mu);
  };
  const std::shared_ptr<StepProgress> state_ = std::make_shared<StepProgress>();
  std::thread thread_;
};

bool Contains(const std::vector<uint64_t>& ids, uint64_t id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

// Asks the tasks that run at the moment to give up.
BoundedStep::Step CancelStep(const std::vector<WorkerSet::Worker>& workers, CancelLevel level) {
  std::vector<std::pair<WorkerSet::Worker, uint64_t>> running;
  for (const auto& worker : workers) {
    const uint64_t id = worker->task_id();
    if (id != 0 && !worker->in_stop()) running.emplace_back(worker, id);
  }
  return [running = std::move(running), level](const auto& add) {
    for (const auto& [worker, id] : running) {
      if (worker->Cancel(id, level)) add({id, worker->id()});
    }
  };
}

}  // namespace

bool ThreadPool::Drained() const {
  const PoolStats stats = Stats();
  absl::MutexLock lock(&mu_);
  const auto in_stop =
      std::count_if(workers_.workers().begin(), workers_.workers().end(),
                    [](const auto& worker) { return worker->in_stop() && worker->task_id() != 0; });
  return stats.queued == 0 && stats.running <= static_cast<uint64_t>(in_stop);
}

bool ThreadPool::NoWorkerTakesTasks() const {
  absl::MutexLock lock(&mu_);
  return std::all_of(workers_.workers().begin(), workers_.workers().end(),
                     [](const auto& worker) { return worker->exited() || worker->in_stop(); });
}

bool ThreadPool::AwaitUntilAfterDeadline(absl::Duration grace, const std::function<bool()>& done) {
  // The deadline is read each time: another Stop may move it to an earlier time.
  return signal_->AwaitUntil(
      [&] { return stop_deadline_ns_.load() + absl::ToInt64Nanoseconds(grace); }, done);
}

StopReport ThreadPool::StopOnce() {
  const PoolStats before = Stats();
  bool drained = false;
  AwaitUntilAfterDeadline(absl::ZeroDuration(), [&] {
    // In this order: the last worker may have taken the last task and exited just now.
    const bool no_worker = NoWorkerTakesTasks();
    drained = Drained();
    return drained || no_worker;
  });
  dispatcher_->Close();
  std::shared_ptr<Supervisor> supervisor;
  std::vector<WorkerSet::Worker> workers;
  {
    absl::MutexLock lock(&mu_);
    supervisor = std::move(supervisor_);
    workers = workers_.Alive();  // none is added any more: stopping_ is set
  }
  supervisor->RequestExit();

  absl::optional<BoundedStep> reject;
  absl::optional<BoundedStep> gentle;
  absl::optional<BoundedStep> firm;
  if (!drained && dispatcher_->queue_size() > 0) {
    reject.emplace(signal_, [dispatcher = dispatcher_](const auto& add) {
      dispatcher->RejectQueued(RejectReason::kStopped, [&](uint64_t id) { add({id, 0}); });
    });
  }
  const auto ended = [&] {
    for (const auto* step : {&reject, &gentle, &firm}) {
      if (step->has_value() && !(*step)->ended()) return false;
    }
    return supervisor->exited() &&
           std::all_of(workers.begin(), workers.end(),
                       [](const auto& worker) { return worker->exited() || worker->in_stop(); });
  };
  if (!AwaitUntilAfterDeadline(absl::ZeroDuration(), ended)) {
    // A worker whose task obeys the cancel must not take what is to be rejected.
    if (reject.has_value()) {
      AwaitUntilAfterDeadline(kStopGrace / 4, [&] { return reject->ended(); });
    }
    gentle.emplace(signal_, CancelStep(workers, CancelLevel::kGentle));
    if (!AwaitUntilAfterDeadline(kStopGrace / 2, ended)) {
      firm.emplace(signal_, CancelStep(workers, CancelLevel::kFirm));
      AwaitUntilAfterDeadline(kStopGrace, ended);
    }
  }

  StopReport report;
  for (auto* step : {&reject, &gentle, &firm}) {
    if (step->has_value() && !(*step)->JoinOrAbandon()) ++report.abandoned_threads;
  }
  if (!supervisor->JoinOrAbandon()) ++report.abandoned_threads;
  AbandonWorkers(workers, &report);
  if (reject.has_value()) {
    for (const auto& task : reject->handled()) report.rejected.push_back(task.task_id);
  }
  for (auto* step : {&gentle, &firm}) {
    if (!step->has_value()) continue;
    for (const auto& [id, worker_id] : (*step)->handled()) {
      RecordCancel(worker_id, id, step == &gentle ? CancelLevel::kGentle : CancelLevel::kFirm);
      if (Contains(report.abandoned, id) || Contains(report.cancelled, id)) continue;
      report.cancelled.push_back(id);
    }
  }
  const PoolStats after = Stats();
  report.completed = after.completed + after.failed - before.completed - before.failed;
  return report;
}

void ThreadPool::AbandonWorkers(const std::vector<WorkerSet::Worker>& workers, StopReport* report) {
  absl::MutexLock lock(&mu_);
  abandoned_helpers_ = static_cast<int>(report->abandoned_threads);
  for (const auto& worker : workers) {
    if (worker->exited() || worker->in_stop()) continue;
    ++report->abandoned_threads;
    if (const uint64_t id = worker->task_id(); id != 0) report->abandoned.push_back(id);
    workers_.Abandon(worker);
  }
  static_cast<void>(workers_.Reap());
}

}  // namespace robusto
