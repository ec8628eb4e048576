// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ThreadPool: a bounded queue of tasks and the worker threads that run them; the count of threads
// can be changed, the pool drained and stopped, and every worker watched, while it works.
//
// The standard library has no pool, and most others have neither a bound, nor a way to say no, nor
// an end that is certain to come. Here every task gets exactly one of Run and Reject, and Stop
// returns by its deadline whatever the tasks do.
//
//   ThreadPoolOptions options;
//   options.min_threads = 4;
//   auto pool = ThreadPool::Create(options);
//   if (!pool.ok()) return pool.status();
//   (*pool)->Start().IgnoreError();
//   (*pool)->Put(MakeTask([] { puts("hello"); })).IgnoreError();
//   StopReport report = (*pool)->Stop(absl::Seconds(5));
//
// Lifecycle: created -> running <-> draining -> stopped; used once. What each call does in each
// state:
//
//               created               running        draining               stopped
//   Start       starts                FailedPrec.    FailedPrec.            FailedPrec.
//   Put,TryPut  FailedPrec., Reject   takes          Unavailable, Reject    FailedPrec., Reject
//   Grow,Shrink FailedPrec.           acts           acts                   FailedPrec.
//   Resize      sets the bounds       acts           acts                   FailedPrec.
//   Drain       FailedPrec.           drains         nothing                FailedPrec.
//   Resume      FailedPrec.           nothing        runs again             FailedPrec.
//   Stop        stops                 stops          stops                  the first report again
//
// Thread-safety: all methods, any thread. From a worker of this pool: Put behaves like TryPut,
// since nobody may wait for room in a queue that he is meant to empty; Stop does not wait for its
// caller's own task. Lock order: ThreadPool::mu_ before Dispatcher::mu_ and WorkerThread::task_mu_.
// No task's code runs under any of them.

#ifndef ROBUSTO_WORKERS_THREAD_POOL_H_
#define ROBUSTO_WORKERS_THREAD_POOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "workers/dispatcher.h"
#include "workers/pool_stats.h"
#include "workers/supervisor.h"
#include "workers/task.h"
#include "workers/work_source.h"
#include "workers/worker_thread.h"

namespace robusto {

struct ThreadPoolOptions {
  // Threads that Start starts; at least 1.
  int min_threads = 10;
  // The most that Grow goes to; nullopt: no limit. At least min_threads.
  absl::optional<int> max_threads;
  // Tasks that may wait for a worker; at least 1. Bounded on purpose: an unbounded queue turns
  // overload into latency.
  size_t queue_capacity = 1024;
  // How long Put waits for room. 0: not at all; absl::InfiniteDuration(): for ever.
  absl::Duration queue_timeout = absl::Seconds(10);
  // How long a task may wait in the queue before it is rejected as expired.
  // absl::InfiniteDuration(): for ever.
  absl::Duration queue_ttl = absl::InfiniteDuration();
  // First part of the threads' names: "worker" makes worker-1, worker-2, ...
  std::string name = "worker";
  // Where idle workers look for work; null: only Put brings tasks. Must outlive the pool.
  WorkSource* work_source = nullptr;
  // Told of every task that throws, in the worker's thread.
  TaskFailureObserver on_task_failure;
};

// What became of the tasks that a Stop found, by their ids.
struct StopReport {
  uint64_t completed = 0;           // ended by themselves during the Stop
  std::vector<uint64_t> rejected;   // were in the queue at the deadline
  std::vector<uint64_t> cancelled;  // ran at the deadline and ended after Cancel
  std::vector<uint64_t> abandoned;  // did not even then: their threads are on their own
  absl::Duration took;

  // Nothing was lost.
  bool clean() const { return rejected.empty() && cancelled.empty() && abandoned.empty(); }
};

class ThreadPool {
 public:
  // InvalidArgument for options out of their bounds, naming the option, its value and what would be
  // accepted.
  static absl::StatusOr<std::unique_ptr<ThreadPool>> Create(ThreadPoolOptions options);
  // Stops with a timeout of 0 unless it is stopped already. Not from a worker of this pool.
  ~ThreadPool();

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Starts min_threads workers. ResourceExhausted when the system does not give that many: then
  // none is left.
  absl::Status Start();

  // Offers a task, waiting for room for up to queue_timeout. On any error the task has got Reject,
  // and is released. ResourceExhausted: the queue is full. Unavailable: the pool drains.
  // FailedPrecondition: not running.
  absl::Status Put(TaskPtr task);
  // The same, but never waits.
  absl::Status TryPut(TaskPtr task);

  // Starts up to `count` more workers without passing max_threads and returns how many. A
  // retirement that nobody has followed yet is taken back first. When the system gives fewer
  // threads, it keeps what it got; ResourceExhausted only when it got none. InvalidArgument unless
  // count >= 0.
  absl::StatusOr<int> Grow(int count);
  // Retires up to `count` workers without passing below min_threads and returns how many: idle ones
  // now, busy ones after their task. Does not wait for them. InvalidArgument unless count >= 0.
  absl::StatusOr<int> Shrink(int count);
  // Moves the bounds, and the count of threads into them. InvalidArgument, changing nothing, unless
  // 1 <= min_threads <= max_threads. ResourceExhausted when not all threads could be started: the
  // bounds hold all the same.
  absl::Status Resize(int min_threads, absl::optional<int> max_threads);

  // Refuses new tasks from now on; those in the queue and those that run are finished. Does not
  // wait.
  absl::Status Drain();
  // Takes new tasks again after Drain.
  absl::Status Resume();

  // Ends the pool. Until the deadline it drains; then what is queued is rejected, what runs is
  // cancelled, gently and after kStopGrace / 2 firmly, and a thread that still does not return
  // after kStopGrace is abandoned. So it returns within timeout + kStopGrace. A task of an
  // abandoned thread still runs: what it refers to must live on. InvalidArgument for a negative
  // timeout. A second call waits for the first to end and returns the same report.
  absl::StatusOr<StopReport> Stop(absl::Duration timeout);
  static constexpr absl::Duration kStopGrace = absl::Milliseconds(200);

  // Asks a running task to give up. NotFound when no task with this id runs.
  absl::Status Cancel(uint64_t task_id, CancelLevel level);

  PoolStats Stats() const;
  // Every worker that is alive, in the order of their start.
  std::vector<WorkerInfo> Workers() const;
  // The mean time that recent tasks ran, for estimates such as Retry-After.
  absl::Duration RecentServiceTime() const;

 private:
  explicit ThreadPool(ThreadPoolOptions options);

  absl::Status Offer(TaskPtr task, absl::Duration timeout);
  absl::Status CheckAlive(absl::string_view call) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Starts `count` workers or as many as the system gives; returns how many and why no more.
  int StartWorkers(int count, absl::Status* why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  int RetireWorkers(int count) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Forgets workers that have ended, keeping their totals.
  void Reap() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  StopReport StopOnce(absl::Duration timeout) ABSL_LOCKS_EXCLUDED(mu_);
  std::vector<std::shared_ptr<WorkerThread>> AliveWorkers() const ABSL_LOCKS_EXCLUDED(mu_);

  // Constant after construction (bounds: see min_threads_).
  const ThreadPoolOptions options_;
  const std::shared_ptr<Dispatcher> dispatcher_;
  const std::shared_ptr<WorkerSignal> signal_;

  mutable absl::Mutex mu_;
  PoolState state_ ABSL_GUARDED_BY(mu_) = PoolState::kCreated;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;  // a Stop has begun
  int min_threads_ ABSL_GUARDED_BY(mu_);
  absl::optional<int> max_threads_ ABSL_GUARDED_BY(mu_);
  int staying_ ABSL_GUARDED_BY(mu_) = 0;  // workers started and not retired
  int64_t next_worker_id_ ABSL_GUARDED_BY(mu_) = 1;
  mutable std::vector<std::shared_ptr<WorkerThread>> workers_ ABSL_GUARDED_BY(mu_);
  mutable WorkerTotals reaped_ ABSL_GUARDED_BY(mu_);  // of workers that are gone
  int abandoned_ ABSL_GUARDED_BY(mu_) = 0;
  StopReport stop_report_ ABSL_GUARDED_BY(mu_);  // once stopped
  std::unique_ptr<Supervisor> supervisor_ ABSL_GUARDED_BY(mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_THREAD_POOL_H_
