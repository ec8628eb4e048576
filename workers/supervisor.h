// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Supervisor: the pool's one background thread. It applies the dispatcher's vacancy rule and expiry,
// and maintains the pool (autoscaling, respawn, stuck tasks) when that is due. It sleeps while there
// is nothing to watch: an idle pool makes no wake-ups.
//
// Lifetime: shared between the pool and its own thread, because a Stop has to abandon a supervisor
// that hangs in WorkSource::Poll or in a task's Reject or Done.
//
// Invariants:
//   (S1) After JoinOrAbandon has returned, `maintain` is not running and is never called again, so
//        that it may refer to its pool.
//
// Thread-safety: exited, any thread; the others, one thread at a time, and not under a lock that
// `maintain` takes.

#ifndef ROBUSTO_WORKERS_SUPERVISOR_H_
#define ROBUSTO_WORKERS_SUPERVISOR_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/dispatcher.h"
#include "robusto/workers/worker_thread.h"

namespace robusto {

class Supervisor : public std::enable_shared_from_this<Supervisor> {
 public:
  // Maintains the pool. `oldest_wait_ns` is how long the queue's head has waited; 0: the queue is
  // empty. Returns when maintenance is due next, on the clock of MonotonicNanos; kNever: when an
  // event makes it due.
  using Maintain = std::function<int64_t(int64_t oldest_wait_ns)>;

  Supervisor(const std::string& name, std::shared_ptr<Dispatcher> dispatcher,
             std::shared_ptr<WorkerSignal> signal, Maintain maintain);

  // ResourceExhausted when the system has no thread to give.
  absl::Status Start();
  // Makes the thread exit; does not wait.
  void RequestExit();
  // The thread has ended. WorkerSignal::Notify follows it.
  bool exited() const { return exited_.load(); }
  // Must be called once, after RequestExit. Waits only for a maintenance that has begun. False when
  // the thread has not ended: then it is abandoned.
  [[nodiscard]] bool JoinOrAbandon() ABSL_LOCKS_EXCLUDED(maintaining_);

 private:
  void Main();
  // False when the thread must exit.
  [[nodiscard]] bool MaintainOnce() ABSL_LOCKS_EXCLUDED(maintaining_);

  // Constant after construction.
  const std::string name_;
  const std::shared_ptr<Dispatcher> dispatcher_;
  const std::shared_ptr<WorkerSignal> signal_;
  const Maintain maintain_;

  std::atomic<bool> exit_{false};
  std::atomic<bool> exited_{false};
  // Held during maintenance (S1). Before ThreadPool::mu_ in the lock order.
  absl::Mutex maintaining_;
  bool abandoned_ ABSL_GUARDED_BY(maintaining_) = false;
  // The pool's.
  std::thread thread_;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_SUPERVISOR_H_
