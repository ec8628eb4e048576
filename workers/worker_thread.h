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
//   (W2) A task is not released while a Cancel or Describe of it runs.
//   (W3) What a task throws ends that task only.
//
// Thread-safety: all public methods, any thread; Join not from the worker itself.
// Lock order: task_mu_ is a leaf; Task::Cancel and Task::Describe are called without it, the task
// being pinned.

#ifndef ROBUSTO_WORKERS_WORKER_THREAD_H_
#define ROBUSTO_WORKERS_WORKER_THREAD_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "workers/dispatcher.h"
#include "workers/pool_stats.h"
#include "workers/task.h"

namespace robusto {

// Wakes whoever waits for workers to get somewhere. Shared by the workers and the pool. Not
// absl::CondVar: its timed waits follow the wall clock, and Stop's deadline must not jump with it.
class WorkerSignal {
 public:
  // Something that a waiter might wait for has changed.
  void Announce() {
    {
      std::lock_guard<std::mutex> lock(mu_);
      ++changes_;
    }
    changed_.notify_all();
  }

  // Waits until `done()` or `deadline_ns` on the clock of MonotonicNanos; returns done(). `done` is
  // called without the lock, after every Announce.
  bool AwaitUntil(int64_t deadline_ns, const std::function<bool()>& done) {
    const std::chrono::steady_clock::time_point deadline{std::chrono::nanoseconds(deadline_ns)};
    for (;;) {
      uint64_t seen;
      {
        std::lock_guard<std::mutex> lock(mu_);
        seen = changes_;
      }
      if (done()) return true;
      std::unique_lock<std::mutex> lock(mu_);
      if (!changed_.wait_until(lock, deadline, [&] { return changes_ != seen; })) {
        lock.unlock();
        return done();
      }
    }
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  uint64_t changes_ = 0;  // guarded by mu_
};

// Told of a task that threw: what it was and what() of the exception. Called in the worker, after
// Run.
using TaskFailureObserver =
    std::function<void(const TaskDescription& task, absl::string_view what)>;

class WorkerThread : public std::enable_shared_from_this<WorkerThread> {
 public:
  // `id` is unique within the pool; the kernel's name for the thread is `name`-`id`, cut to 15
  // bytes.
  WorkerThread(int64_t id, std::string name, std::shared_ptr<Dispatcher> dispatcher,
               std::shared_ptr<WorkerSignal> signal, TaskFailureObserver on_failure);

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
  // The id of the task that it runs; 0 while it has none.
  uint64_t task_id() const { return task_id_.load(std::memory_order_acquire); }
  // Asks the running task to give up if it has this id; false when it does not run (any more).
  bool Cancel(uint64_t task_id, CancelLevel level);
  WorkerTotals totals() const;
  WorkerInfo Info();

 private:
  void Main();
  void RunTask(QueuedTask item);
  // Keeps the running task from being released until Unpin; null when there is none or another one
  // (id != 0).
  Task* Pin(uint64_t id) ABSL_LOCKS_EXCLUDED(task_mu_);
  void Unpin() ABSL_LOCKS_EXCLUDED(task_mu_);

  // Constant after construction.
  const int64_t id_;
  const std::string name_;
  const std::shared_ptr<Dispatcher> dispatcher_;
  const std::shared_ptr<WorkerSignal> signal_;
  const TaskFailureObserver on_failure_;

  // The pool's, under its lock.
  std::thread thread_;

  // This thread only.
  Dispatcher::Seat seat_;

  // Written by this thread, read by observers. task_ is stored before task_id_ (release), which Pin
  // reads (acquire): whoever sees the id sees its task. Taking the task away needs task_mu_, so
  // that a pinned one stays.
  std::atomic<Task*> task_{nullptr};
  std::atomic<uint64_t> task_id_{0};
  std::atomic<int64_t> started_ns_{0};
  std::atomic<bool> exited_{false};
  std::atomic<bool> cancel_asked_{
      false};  // of the running task; reset between tasks under task_mu_

  // Single writer, relaxed: statistics.
  std::atomic<uint64_t> completed_{0};
  std::atomic<uint64_t> failed_{0};
  std::atomic<uint64_t> cancelled_{0};
  std::atomic<int64_t> busy_ns_{0};

  absl::Mutex task_mu_;
  int pins_ ABSL_GUARDED_BY(task_mu_) = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_WORKER_THREAD_H_
