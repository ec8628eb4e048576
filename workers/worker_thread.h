// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// WorkerThread: one thread of the pool. It takes tasks from the Dispatcher and runs them until it must
// exit. Meanwhile its task can be described and cancelled by other threads.
//
// Lifetime: shared between the pool and its own thread, so that a thread that a Stop had to abandon can
// outlive the pool.
//
// Invariants:
//   (W1) Cancel(id) reaches the task with that id or none, never the next one of the same worker.
//   (W2) Done of a task is not called while a Cancel or Describe of it runs, and is called after Run,
//        also when that threw.
//   (W3) An exception from Run ends only that task.
//
// Thread-safety: all public methods, any thread; Join not from the worker itself.
// Locks: none. Task::Cancel and Task::Describe are called with the task pinned, and the end of the task
// waits for them.

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
  // Makes waiting threads check their condition.
  void Notify() {
    {
      MonotonicMutexLock lock(&mu_);
      ++changes_;
    }
    changed_.NotifyAll();
  }

  // Waits until `done()`, or until `deadline_ns()` on the clock of MonotonicNanos; returns done(). Both
  // are called without the lock, after every Notify and every kCheckAgainNs: not every event that ends
  // a wait is followed by Notify (a rejection is not), and a deadline may move.
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

// Called for a task that threw, with what() of the exception. In the worker, after Done.
using TaskFailureObserver =
    std::function<void(const TaskDescription& task, absl::string_view what)>;

// Starts a thread that runs the function.
using ThreadFactory = std::function<std::thread(std::function<void()>)>;

class WorkerThread : public std::enable_shared_from_this<WorkerThread> {
 public:
  // Shared by all workers of a pool.
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
  // Waits for the thread, which must be exiting.
  void Join();
  // Gives up on a thread that hangs. It exits by itself if it ever comes back.
  void Abandon();

  // The worker whose thread this is, or null.
  static WorkerThread* Current();

  int64_t id() const { return id_; }
  bool exited() const { return exited_.load(std::memory_order_acquire); }
  // What killed the worker: an exception outside of a task's Run. Empty: the worker did not die.
  const std::string& death() const { return death_; }
  // The id of the running task; 0 while there is none.
  uint64_t task_id() const { return running_.load(std::memory_order_acquire) >> kPinBits; }
  // Called in this thread by a Stop of its pool: the Stop cannot wait for a task that waits for it.
  void EnterStop() { in_stop_.store(true); }
  bool in_stop() const { return in_stop_.load(); }
  // Whether it is a worker of this dispatcher, and so of its pool.
  bool serves(const Dispatcher& dispatcher) const {
    return environment_.dispatcher.get() == &dispatcher;
  }
  // Cancels the running task if it has this id; false when that task does not run.
  bool Cancel(uint64_t task_id, CancelLevel level);
  WorkerTotals totals() const;
  void AddHistograms(PoolHistograms* histograms) const;
  WorkerInfo Info();
  // When the running task started; -1 while there is none.
  int64_t running_since_ns() const;
  bool stuck() const { return running_since_ns() >= 0 && IsStuck(MonotonicNanos()); }
  // The id of a task that has become stuck since the last call; 0: none. Maintenance only.
  uint64_t TakeNewlyStuck(int64_t now_ns);

 private:
  void Main();
  void RunTask(QueuedTask item);
  bool IsStuck(int64_t now_ns) const;
  // Withdraws the task and waits for threads that have pinned it; true when it was cancelled.
  bool EndTask(uint64_t id);
  // Keeps Done of the running task from being called while this object exists.
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

  // Under ThreadPool::mu_.
  std::thread thread_;

  // This thread only.
  Dispatcher::ParkedWorker parked_worker_;

  // Written before exited_ is set, read after.
  std::string death_;

  // Maintenance only.
  uint64_t stuck_task_id_ = 0;

  // The running task's id, 0 for none, and in the lower bits the number of threads that have pinned
  // the task. One word instead of a mutex, so that the end of a task that no thread has pinned costs one
  // instruction. A pin is a CAS that sees the id (W1), and the end of the task sees the pins (W2). task_
  // is stored before it (release), and Pin's CAS acquires that.
  std::atomic<uint64_t> running_{0};
  std::atomic<Task*> task_{nullptr};
  std::atomic<int64_t> started_ns_{0};
  std::atomic<bool> exited_{false};
  std::atomic<bool> in_stop_{false};
  std::atomic<bool> cancel_asked_{false};  // of the running task; written while it is pinned
  Parker unpinned_;                        // unparked with the last pin of a task that has ended

  // Statistics: one writer. started_ is incremented first and one of the next three last, each with
  // release.
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
