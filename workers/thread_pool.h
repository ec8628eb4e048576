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
// state (FP: FailedPrecondition, and nothing changes):
//
//                created          running   draining              stopped
//   Start        starts           FP        FP                    FP
//   Put, TryPut  FP, and Reject   takes     Unavailable, Reject   FP, and Reject
//   Grow,Shrink  FP               acts      acts                  FP
//   Resize       sets the bounds  acts      acts                  FP
//   Confirm-     FP unless a Resize waits to be confirmed         FP
//   Resize
//   Drain        FP               drains    nothing               FP
//   Resume       FP               FP        runs again            FP
//   Cancel       NotFound         acts      acts                  NotFound
//   Stop         stops            stops     stops                 the first report again
//
// The pool also acts by itself: with max_threads it adds workers when tasks wait and retires idle
// ones, it replaces a worker that died of an exception out of its own machinery, rejects tasks that
// waited for too long and reports those that run for too long, and takes back a Resize that nobody
// has confirmed in time. Every decision is in journal().
//
// Thread-safety: all methods, any thread. From a worker of this pool: Put behaves like TryPut,
// since nobody may wait for room in a queue that he is meant to empty; Stop does not wait for its
// caller's own task.
// Lock order: ThreadPool::mu_ before Dispatcher::mu_ and Journal::mu_. No task's code runs under any
// of them.

#ifndef ROBUSTO_WORKERS_THREAD_POOL_H_
#define ROBUSTO_WORKERS_THREAD_POOL_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
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

// What became of the tasks that a Stop found, by their ids.
struct StopReport {
  uint64_t completed = 0;           // ended by themselves during the Stop
  std::vector<uint64_t> rejected;   // were in the queue at the deadline
  std::vector<uint64_t> cancelled;  // ran at the deadline and ended after Cancel
  std::vector<uint64_t> abandoned;  // did not even then: their threads are on their own
  // Threads that did not end, with a task of the list above or without one (in WorkSource::Poll, in
  // a destructor): what they may touch is kept for as long as the process lives.
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
  // The same with safeguards, see ResizeRequest. Aborted, changing nothing, when if_generation is
  // not the pool's.
  absl::StatusOr<ResizeResult> Resize(const ResizeRequest& request);
  // Makes the Resize that waits to be confirmed permanent. FailedPrecondition when none waits;
  // Aborted when it has another generation than the one named.
  absl::Status ConfirmResize(absl::optional<uint64_t> generation);

  // Refuses new tasks from now on; those in the queue and those that run are finished. Does not
  // wait.
  absl::Status Drain();
  // Takes new tasks again after Drain. FailedPrecondition unless the pool drains.
  absl::Status Resume();

  // Ends the pool. It drains until the deadline, or until no worker is left to do so: each has ended,
  // or is in this call itself. Then what is queued is rejected, what runs is cancelled, gently and
  // after kStopGrace / 2 firmly, and a thread that still does not return after kStopGrace is
  // abandoned. So it returns within timeout + kStopGrace. A task of an abandoned thread still runs:
  // what it refers to must live on. InvalidArgument for a negative timeout. A second call waits for
  // the first to end, makes it end by its own deadline if that is earlier, and returns the same
  // report.
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
  // How the work source is polled, and a way to see whether it still is, without a task in the queue
  // and without a lock. Without a work source `polls` stays 0.
  PollActivity Polls() const;
  void InterruptPoll();
  // For estimates such as Retry-After, without a lock: the mean time that recent tasks ran, and how
  // many wait now.
  absl::Duration RecentServiceTime() const;
  size_t queue_size() const;
  // How many worker threads there are, from one relaxed load.
  int threads() const;

 private:
  explicit ThreadPool(ThreadPoolOptions options);

  // The threads that bounds ask for: as many more, or as many fewer.
  struct ThreadChange {
    int start = 0;
    int retire = 0;
  };
  // Bounds that return at a time on the clock of MonotonicNanos.
  struct Revert {
    PoolBounds bounds;
    int64_t at_ns;
    uint64_t generation;  // of the Resize that they undo
  };

  static absl::Status CheckBounds(int min_threads, absl::optional<int> max_threads);
  static int64_t DeadlineNanos(absl::Duration timeout);
  absl::Status CheckResize(const ResizeRequest& request) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  ThreadChange ChangeFor(const PoolBounds& bounds) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Sets the bounds, moves the count of threads into them and notes it; returns how many workers it
  // started, and why no more.
  int MoveBounds(const PoolBounds& bounds, PoolEvent::Kind kind, absl::string_view text,
                 absl::Status* why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  absl::Status Offer(TaskPtr task, absl::Duration timeout);
  absl::Status CheckAlive(absl::string_view call) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Starts up to `count` workers after taking back what was retired and has not gone; returns how
  // many, and why no more.
  int AddWorkers(int count, absl::Status* why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  StopReport StopOnce() ABSL_LOCKS_EXCLUDED(mu_);
  // Whether nothing waits or runs, but for tasks that are in Stop themselves.
  bool Drained() const ABSL_LOCKS_EXCLUDED(mu_);
  // Whether no worker is left that takes tasks: each has ended, or is in Stop itself.
  bool NobodyTakes() const ABSL_LOCKS_EXCLUDED(mu_);
  bool StopHasBegun() const { return stop_deadline_ns_.load() != kNever; }
  bool CancelOn(WorkerThread& worker, uint64_t task_id, CancelLevel level) ABSL_LOCKS_EXCLUDED(mu_);

  // The supervisor's look at the pool; returns when to look again at the latest.
  int64_t Upkeep(int64_t oldest_wait_ns) ABSL_LOCKS_EXCLUDED(mu_);
  int64_t RevertUnconfirmed(int64_t now_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  int64_t ReplaceDead(int64_t now_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  int64_t Autoscale(int64_t now_ns, int64_t oldest_wait_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  int64_t ReportStuck(int64_t now_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  int64_t JournalRejections(int64_t now_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // An event with the facts of now.
  PoolEvent Event(PoolEvent::Kind kind) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Note(PoolEvent::Kind kind, int count = 0, absl::string_view text = {})
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // Constant after construction.
  const ThreadPoolOptions options_;
  const std::shared_ptr<Dispatcher> dispatcher_;
  const std::shared_ptr<WorkerSignal> signal_;
  const int64_t stuck_after_ns_;  // negative: never

  // Own synchronisation.
  Journal journal_;
  Parker stop_requested_;
  // The earliest of all Stops. Not under mu_, so that whoever holds that to start a thousand
  // threads sees the Stop that waits for it; sequentially consistent.
  std::atomic<int64_t> stop_deadline_ns_{kNever};

  mutable absl::Mutex mu_;
  PoolState state_ ABSL_GUARDED_BY(mu_) = PoolState::kCreated;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;  // a Stop has begun
  int min_threads_ ABSL_GUARDED_BY(mu_);
  absl::optional<int> max_threads_ ABSL_GUARDED_BY(mu_);
  uint64_t generation_ ABSL_GUARDED_BY(mu_) = 1;  // see PoolStats
  absl::optional<Revert> revert_ ABSL_GUARDED_BY(mu_);
  WorkerSet workers_ ABSL_GUARDED_BY(mu_);
  Autoscaler autoscaler_ ABSL_GUARDED_BY(mu_);
  int64_t started_ns_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t next_start_try_ns_ ABSL_GUARDED_BY(mu_) = 0;  // after the system gave no thread
  int64_t next_rejection_note_ns_ ABSL_GUARDED_BY(mu_) = 0;
  Dispatcher::Counters journalled_
      ABSL_GUARDED_BY(mu_);                      // rejections up to these are in the journal
  StopReport stop_report_ ABSL_GUARDED_BY(mu_);  // once stopped
  std::unique_ptr<Supervisor> supervisor_ ABSL_GUARDED_BY(mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_THREAD_POOL_H_
