// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// WorkerThread: one thread of the pool. It takes tasks from the Dispatcher and runs them until it
// is told to end, and can be watched and asked to cancel while it does.
//
// Lifetime: shared between the pool and its own thread, so that a thread that a Stop had to abandon
// inside a task can outlive the pool.
//
// Invariants:
//   (W1) Cancel(id) reaches the task with that id or none: never the next one on the same worker.
//   (W2) A task is not released while a Cancel or Describe of it runs, and is when it has run, also
//        by throwing.
//   (W3) What a task throws ends that task only.
//
// Thread-safety: all public methods, any thread; Join not from the worker itself.
// Locks: none. Task::Cancel and Task::Describe are called with the task pinned, and its end waits
// for them.

#ifndef ROBUSTO_WORKERS_WORKER_THREAD_H_
#define ROBUSTO_WORKERS_WORKER_THREAD_H_

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/dispatcher.h"
#include "robusto/workers/histogram.h"
#include "robusto/workers/monotonic_mutex.h"
#include "robusto/workers/parker.h"
#include "robusto/workers/pool_stats.h"
#include "robusto/workers/task.h"

namespace robusto {

// Wakes threads that wait for the workers to make progress. Shared by the workers and the pool.
class WorkerSignal {
 public:
  // Something that a waiter might wait for has changed.
  void Notify() {
    {
      MonotonicMutexLock lock(&mu_);
      ++changes_;
    }
    changed_.NotifyAll();
  }

  // Waits until `done()` or `deadline_ns` on the clock of MonotonicNanos; returns done(). Both are
  // called without the lock, after every Notify, and now and then without one: not everything
  // that ends a wait is announced (a rejection is not), and a deadline may be moved.
  template <typename Deadline, typename Done>
  bool AwaitUntil(Deadline deadline_ns, Done done) {
    for (;;) {
      uint64_t seen;
      {
        MonotonicMutexLock lock(&mu_);
        seen = changes_;
      }
      if (done()) return true;
      const int64_t now = MonotonicNanos();
      const int64_t deadline = deadline_ns();
      if (deadline <= now) return false;
      const int64_t check_again = std::min(deadline, now + kCheckAgainNs);
      MonotonicMutexLock lock(&mu_);
      while (changes_ == seen && changed_.WaitUntil(&mu_, check_again)) {
      }
    }
  }

 private:
  static constexpr int64_t kCheckAgainNs = 10 * 1000 * 1000;

  MonotonicMutex mu_;
  MonotonicCondVar changed_;
  uint64_t changes_ ABSL_GUARDED_BY(mu_) = 0;
};

// Told of a task that threw: what it was and what() of the exception. Called in the worker, after
// Run.
using TaskFailureObserver =
    std::function<void(const TaskDescription& task, absl::string_view what)>;

// Makes a thread that runs the function.
using ThreadFactory = std::function<std::thread(std::function<void()>)>;

class WorkerThread : public std::enable_shared_from_this<WorkerThread> {
 public:
  // What all workers of a pool share.
  struct Environment {
    std::string name;  // the kernel's name for a thread is `name`-`id`, cut to 15 bytes
    std::shared_ptr<Dispatcher> dispatcher;
    std::shared_ptr<WorkerSignal> signal;
    TaskFailureObserver on_failure;
    ThreadFactory thread_factory;
    int64_t stuck_after_ns = -1;  // negative: never
  };

  // `id` is unique within the pool.
  WorkerThread(int64_t id, Environment environment);

  // Starts the thread. ResourceExhausted when the system has no thread to give; then nothing has
  // changed.
  absl::Status Start();
  // Waits for the thread's end, which must be under way.
  void Join();
  // Gives up on a thread that does not come back from its task: it ends by itself when the task
  // does.
  void Abandon();

  // The worker whose thread this is, or null.
  static WorkerThread* Current();

  int64_t id() const { return id_; }
  bool exited() const { return exited_.load(std::memory_order_acquire); }
  // What its own machinery threw, for a worker that has exited by that; empty: it did not.
  const std::string& death() const { return death_; }
  // The id of the task that it runs; 0 while it has none.
  uint64_t task_id() const { return running_.load(std::memory_order_acquire) >> kPinBits; }
  // Told in this thread by a Stop of its pool that it is in: the Stop cannot wait for the task that
  // waits for it.
  void EnterStop() { in_stop_.store(true); }
  bool in_stop() const { return in_stop_.load(); }
  // Whether it works for this dispatcher, and so for its pool.
  bool serves(const Dispatcher& dispatcher) const {
    return environment_.dispatcher.get() == &dispatcher;
  }
  // Asks the running task to give up if it has this id; false when it does not run (any more).
  bool Cancel(uint64_t task_id, CancelLevel level);
  WorkerTotals totals() const;
  void AddHistograms(PoolHistograms* histograms) const;
  WorkerInfo Info();
  // Since when the running task runs; -1 when none does.
  int64_t running_since_ns() const;
  bool stuck() const { return running_since_ns() >= 0 && IsStuck(MonotonicNanos()); }
  // The id of a task that has become stuck since the last call; 0: none. The supervisor only.
  uint64_t TakeNewlyStuck(int64_t now_ns);

 private:
  void Main();
  void RunTask(QueuedTask item);
  bool IsStuck(int64_t now_ns) const;
  // Takes the task away, waiting for those who have pinned it; true when it was asked to give up.
  bool EndTask(uint64_t id);
  // Keeps the running task from being released for as long as it lives.
  class PinnedTask;
  // Null when the running task does not have this id.
  Task* Pin(uint64_t id);
  void Unpin();

  // Of running_. 54 bits for the id: ten million tasks a second for half a century.
  static constexpr int kPinBits = 10;
  static constexpr uint64_t kPins = (uint64_t{1} << kPinBits) - 1;

  // Constant after construction.
  const int64_t id_;
  const Environment environment_;

  // The pool's, under its lock.
  std::thread thread_;

  // This thread only.
  Dispatcher::ParkedWorker parked_worker_;

  // Written before exited_ is set, read after.
  std::string death_;

  // The supervisor only.
  uint64_t stuck_task_id_ = 0;

  // The running task's id, 0 for none, and below it how many have pinned the task. One word, not a
  // mutex, so that the end of a task that nobody looks at costs one instruction; it is pinned by a
  // CAS that sees the id (W1), and its end sees the pins (W2). task_ is stored before it (release),
  // and Pin's CAS acquires that.
  std::atomic<uint64_t> running_{0};
  std::atomic<Task*> task_{nullptr};
  std::atomic<int64_t> started_ns_{0};
  std::atomic<bool> exited_{false};
  std::atomic<bool> in_stop_{false};
  std::atomic<bool> cancel_asked_{false};  // of the running task; written while it is pinned
  Parker unpinned_;                        // the last pin of a task that has ended is gone

  // Statistics: one writer. started_ moves first and one of the next three last, each released.
  std::atomic<uint64_t> started_{0};
  std::atomic<uint64_t> completed_{0};
  std::atomic<uint64_t> failed_{0};
  std::atomic<uint64_t> cancelled_{0};
  std::atomic<int64_t> busy_ns_{0};
  HistogramRecorder queue_wait_;
  HistogramRecorder service_time_;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_WORKER_THREAD_H_
