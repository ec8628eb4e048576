// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ThreadPool: a bounded queue of tasks and the worker threads that run them. While it works, the
// number of threads can be changed, the pool can be drained and stopped, and every worker can be
// observed.
//
// The standard library has no pool, and most others have no bound, no way to refuse a task and no
// guaranteed end. Here every task gets exactly one of Run and Reject, and Stop returns by its deadline
// whatever the tasks do.
//
//   ThreadPoolOptions options;
//   options.min_threads = 4;
//   auto pool = ThreadPool::Create(options);
//   if (!pool.ok()) return pool.status();
//   (*pool)->Start().IgnoreError();
//   (*pool)->Put(MakeTask([] { puts("hello"); })).IgnoreError();
//   StopReport report = (*pool)->Stop(absl::Seconds(5));
//
// Lifecycle: created -> running <-> draining -> stopping -> stopped; used once. What each call does in
// each state (FP: FailedPrecondition, and nothing changes):
//
//                created          running   draining              stopping         stopped
//   Start        starts           FP        FP                    FP               FP
//   Put, TryPut  FP, and Reject   takes     Unavailable, Reject   as before until  FP, and Reject
//                                                                 Stop, then FP
//   Grow,Shrink  FP               acts      acts                  FP               FP
//   Resize       sets the bounds  acts      acts                  FP               FP
//   Confirm-     FP unless a Resize waits for confirmation        FP               FP
//   Resize
//   Drain        FP               drains    nothing               FP               FP
//   Resume       FP               FP        runs again            FP               FP
//   Cancel       NotFound         acts      acts                  acts             NotFound
//   MarkStopping nothing          marks     marks                 nothing          nothing
//   Stop         stops            stops     stops                 stops            the first report
//
// The pool also acts by itself. With max_threads it adds workers when tasks wait, and makes idle ones
// exit. It replaces a worker that died of an exception outside of a task's Run, rejects tasks that
// have waited for too long, reports tasks that run for too long, and reverts a Resize that is not
// confirmed in time. Every decision is in journal().
//
// Lifetime of what the pool uses: the WorkSource, and what the callbacks in ThreadPoolOptions and the
// tasks refer to, must outlive the pool. When Stop had to abandon threads
// (StopReport::abandoned_threads is not 0), they must live until the process ends: an abandoned thread
// may come back at any time, and then runs to its end through the WorkSource, its task and the
// callbacks. The ThreadPool itself may be destroyed: abandoned threads share what they need of it.
//
// Thread-safety: all methods, any thread. From a worker of this pool Put behaves like TryPut, since
// a worker that waits for room in its own pool's queue would deadlock, and Stop does not wait for
// the task that calls it.
// Lock order: Supervisor::maintaining_, then ThreadPool::mu_, then Dispatcher::mu_ or Journal::mu_. No
// task's code runs under any of them.

#ifndef ROBUSTO_WORKERS_THREAD_POOL_H_
#define ROBUSTO_WORKERS_THREAD_POOL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/autoscaler.h"
#include "robusto/workers/dispatcher.h"
#include "robusto/workers/journal.h"
#include "robusto/workers/pool_options.h"
#include "robusto/workers/pool_stats.h"
#include "robusto/workers/resize.h"
#include "robusto/workers/supervisor.h"
#include "robusto/workers/task.h"
#include "robusto/workers/worker_set.h"
#include "robusto/workers/worker_thread.h"

namespace robusto {

// The result of a Stop. Tasks are named by their ids.
struct StopReport {
  uint64_t completed = 0;           // ended by themselves during the Stop
  std::vector<uint64_t> rejected;   // were in the queue at the deadline
  std::vector<uint64_t> cancelled;  // ran at the deadline and ended after Cancel
  std::vector<uint64_t> abandoned;  // ran at the deadline and did not end after Cancel
  // Threads that did not end: those of the abandoned tasks, and those that hang without a task, in
  // WorkSource::Poll, Task::Done, a destructor or a callback. What they may still use must not be
  // freed, see ThreadPool.
  uint64_t abandoned_threads = 0;
  // A server's requests and responses that were cut off in the middle (Server::Stop).
  uint64_t truncated = 0;
  absl::Duration took;

  // Nothing was lost.
  bool clean() const {
    return rejected.empty() && cancelled.empty() && abandoned.empty() && abandoned_threads == 0 &&
           truncated == 0;
  }
};

class ThreadPool {
 public:
  // InvalidArgument for options out of their bounds, naming the option, its value and what would be
  // accepted.
  static absl::StatusOr<std::unique_ptr<ThreadPool>> Create(ThreadPoolOptions options);
  // Calls Stop(absl::ZeroDuration()), which does nothing if the pool is stopped. An owner that has to
  // know whether threads were abandoned calls Stop before. Waits for a worker whose own task called
  // Stop. Not from a worker of this pool.
  ~ThreadPool();

  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // Starts min_threads workers. ResourceExhausted when the system does not give that many threads;
  // then none is left.
  absl::Status Start();

  // Offers a task, waiting for room for up to queue_timeout. On any error Reject and Done of the task
  // have been called. ResourceExhausted: the queue is full. Unavailable: the pool drains.
  // FailedPrecondition: not running.
  absl::Status Put(TaskPtr task);
  // The same, but never waits.
  absl::Status TryPut(TaskPtr task);

  // Starts up to `count` more workers without exceeding max_threads and returns how many. Exits that
  // were requested and have not happened yet are cancelled first. When the system gives fewer
  // threads, the pool keeps those; ResourceExhausted only when it got none. InvalidArgument unless
  // count >= 0.
  absl::StatusOr<int> Grow(int count);
  // Makes up to `count` workers exit, not below min_threads, and returns how many: idle ones now, busy
  // ones after their task. Does not wait for them. InvalidArgument unless count >= 0.
  absl::StatusOr<int> Shrink(int count);
  // Changes the bounds, and the number of threads to fit them. InvalidArgument, changing nothing,
  // unless 1 <= min_threads <= max_threads. ResourceExhausted when not all threads could be started;
  // the new bounds hold all the same.
  absl::Status Resize(int min_threads, absl::optional<int> max_threads);
  // The same with safeguards, see ResizeRequest. Aborted, changing nothing, when if_generation is
  // not the pool's.
  absl::StatusOr<ResizeResult> Resize(const ResizeRequest& request);
  // Makes the Resize that waits for confirmation permanent. FailedPrecondition when none waits,
  // Aborted when its generation is not `generation`.
  absl::Status ConfirmResize(absl::optional<uint64_t> generation);

  // Refuses new tasks from now on; queued and running tasks are finished. Does not wait.
  absl::Status Drain();
  // Accepts new tasks again after Drain. FailedPrecondition unless the pool drains.
  absl::Status Resume();

  // Enters the state stopping before Stop is called: a server announces its stop and keeps serving for
  // a while, so that load balancers send requests elsewhere. `reason` names the requester and the
  // deadline, for the journal. Tasks are accepted or refused as before, until Stop. No effect
  // unless the pool is running or draining.
  void MarkStopping(absl::string_view reason) ABSL_LOCKS_EXCLUDED(mu_);
  // Ends the pool. It drains until the deadline, or until no worker is left to do so because each has
  // exited or is in this call itself. Then queued tasks are rejected and running ones cancelled,
  // gently and after kStopGrace / 2 firmly. A thread that has still not ended kStopGrace after the
  // deadline is abandoned and counted, also one that hangs without a task. So Stop returns within
  // timeout + kStopGrace. InvalidArgument for a negative timeout. A second call waits for the first to
  // end, makes it end by its own deadline if that is earlier, and returns the same report.
  absl::StatusOr<StopReport> Stop(absl::Duration timeout);
  // Refuses new tasks from now on and ends AwaitStopRequest, whose caller then calls Stop. For
  // signal handlers: async-signal-safe.
  void RequestStop();
  // Waits until RequestStop or Stop is called; returns at once when one of them was. One thread at a
  // time.
  void AwaitStopRequest();
  static constexpr absl::Duration kStopGrace = absl::Milliseconds(200);

  // Asks a running task to give up. NotFound when no task with this id runs.
  absl::Status Cancel(uint64_t task_id, CancelLevel level);
  // Whether a task with this id runs.
  bool IsRunning(uint64_t task_id) const;

  PoolStats Stats() const;
  // Every worker that is alive, in the order of their start.
  std::vector<WorkerInfo> Workers() const;
  PoolHistograms Histograms() const;
  const Journal& journal() const { return journal_; }
  bool has_work_source() const { return options_.work_source != nullptr; }
  // How the work source is polled, and a way to see whether it still is, without a task in the queue
  // and without a lock. Without a work source `polls` stays 0.
  PollActivity Polls() const;
  void InterruptPoll();
  // For estimates such as Retry-After, without a lock: the mean time that recent tasks ran, and the
  // number of queued tasks.
  absl::Duration RecentServiceTime() const;
  size_t queue_size() const;
  // The number of worker threads, from one relaxed load.
  int threads() const;

 private:
  explicit ThreadPool(ThreadPoolOptions options);

  // How many threads to start, or to make exit, for a change of the bounds.
  struct ThreadChange {
    int start = 0;
    int exit = 0;
  };
  // The bounds to which an unconfirmed Resize reverts, and when.
  struct Revert {
    PoolBounds bounds;
    int64_t at_ns;
    uint64_t generation;  // of the Resize that they undo
  };

  static absl::Status CheckBounds(int min_threads, absl::optional<int> max_threads);
  static int64_t DeadlineNanos(absl::Duration timeout);
  absl::Status CheckResize(const ResizeRequest& request) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  ThreadChange ChangeFor(const PoolBounds& bounds) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Sets the bounds, changes the number of threads to fit them and records it. Returns how many
  // workers it started; *why says why not more.
  int MoveBounds(const PoolBounds& bounds, PoolEvent::Kind kind, absl::string_view text,
                 absl::Status* why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  absl::Status Offer(TaskPtr task, absl::Duration timeout);
  absl::Status CheckAlive(absl::string_view call) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Cancels pending exits and then starts workers, up to `count` in total. Returns how many; *why says
  // why not more.
  int AddWorkers(int count, absl::Status* why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  StopReport StopOnce() ABSL_LOCKS_EXCLUDED(mu_);
  // Waits until `done()`, or until `grace` after the earliest deadline of all Stops; returns done().
  bool AwaitUntilAfterDeadline(absl::Duration grace, const std::function<bool()>& done);
  // Abandons those of `workers` that have not exited, and adds them to *report.
  void AbandonWorkers(const std::vector<WorkerSet::Worker>& workers, StopReport* report)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Whether no task is queued or running, except tasks that called Stop.
  bool Drained() const ABSL_LOCKS_EXCLUDED(mu_);
  // Whether every worker has exited or is in Stop.
  bool NoWorkerTakesTasks() const ABSL_LOCKS_EXCLUDED(mu_);
  bool StopHasBegun() const { return stop_deadline_ns_.load() != kNever; }
  void RecordCancel(int64_t worker_id, uint64_t task_id, CancelLevel level)
      ABSL_LOCKS_EXCLUDED(mu_);

  // Maintenance: each of these returns when it is due next, or kNever.
  int64_t Maintain(int64_t oldest_wait_ns) ABSL_LOCKS_EXCLUDED(mu_);
  int64_t RevertUnconfirmed(int64_t now_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Joins workers that have exited, and records those that died.
  void ReapExited() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Starts workers until there are min_threads again.
  int64_t RespawnDead(int64_t now_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  int64_t Autoscale(int64_t now_ns, int64_t oldest_wait_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  int64_t ReportStuck(int64_t now_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  int64_t JournalRejections(int64_t now_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // An event with the current state of the pool.
  PoolEvent Event(PoolEvent::Kind kind) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Record(PoolEvent::Kind kind, int count = 0, absl::string_view text = {})
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // Constant after construction.
  const ThreadPoolOptions options_;
  const std::shared_ptr<Dispatcher> dispatcher_;
  const std::shared_ptr<WorkerSignal> signal_;
  const int64_t stuck_after_ns_;  // negative: never

  // Own synchronisation.
  Journal journal_;
  Parker stop_requested_;
  // The earliest deadline of all Stops. Not under mu_: a thread that starts a thousand workers holds
  // mu_, and must see the Stop that waits for it. Sequentially consistent.
  std::atomic<int64_t> stop_deadline_ns_{kNever};

  mutable absl::Mutex mu_;
  PoolState state_ ABSL_GUARDED_BY(mu_) = PoolState::kCreated;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;  // Stop was called; state_ may be kStopping before
  int min_threads_ ABSL_GUARDED_BY(mu_);
  absl::optional<int> max_threads_ ABSL_GUARDED_BY(mu_);
  uint64_t generation_ ABSL_GUARDED_BY(mu_) = 1;  // see PoolStats
  absl::optional<Revert> revert_ ABSL_GUARDED_BY(mu_);
  WorkerSet workers_ ABSL_GUARDED_BY(mu_);
  Autoscaler autoscaler_ ABSL_GUARDED_BY(mu_);
  int64_t started_ns_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t next_start_try_ns_ ABSL_GUARDED_BY(mu_) = 0;  // after the system gave no thread
  int64_t next_rejection_record_ns_ ABSL_GUARDED_BY(mu_) = 0;
  Dispatcher::Counters journalled_
      ABSL_GUARDED_BY(mu_);                      // rejections up to these are in the journal
  StopReport stop_report_ ABSL_GUARDED_BY(mu_);  // once stopped
  std::shared_ptr<Supervisor> supervisor_ ABSL_GUARDED_BY(mu_);
  int abandoned_helpers_ ABSL_GUARDED_BY(mu_) = 0;  // abandoned threads that are not workers
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_THREAD_POOL_H_
