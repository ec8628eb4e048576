// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Task: the unit of work of a ThreadPool.
//
// A std::function would be enough for Run. But a pool that is bounded, drained and stopped also has to
// tell a task that there was no room for it, that it waited for too long, or that it should give up.
// Every task that is offered to a pool gets exactly one of Run and Reject, and after it Done.
//
//   pool->Put(MakeTask([] { Compute(); }));
//
//   class Resize : public Task {
//     void Run() override { ... while (!cancelled_) ... }
//     void Reject(RejectReason) override { Answer("busy"); }
//     void Cancel(CancelLevel) override { cancelled_ = true; }
//   };
//   pool->Put(TaskPtr(new Resize(image)));
//
// Thread-safety: Run, Reject and Done are called once, by one thread at a time. Cancel and
// Describe may be called by any thread while Run runs, never before it and never after it has
// returned.

#ifndef ROBUSTO_WORKERS_TASK_H_
#define ROBUSTO_WORKERS_TASK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace robusto {

// Why a task gets Reject instead of Run.
enum class RejectReason : uint8_t {
  kQueueFull,  // no room: at once from TryPut, after queue_timeout from Put
  kExpired,    // waited in the queue for longer than queue_ttl
  kDraining,   // the pool refuses new tasks for now
  kStopped,    // the pool has stopped, or stops and the task was still queued at the deadline
};

// "queue_full", "expired", "draining", "stopped": for logs, labels and header values.
absl::string_view RejectReasonName(RejectReason reason);

// How urgent a Cancel is. A pool cancels gently first and, when that has no effect for a while, firmly.
enum class CancelLevel : uint8_t {
  kGentle,  // read no more input and finish (an HTTP task: SHUT_RD)
  kFirm,    // give up now (an HTTP task: SHUT_RDWR)
};

// A task's description of itself, for lists of running tasks and for logs. Every part may be empty.
struct TaskDescription {
  std::string request_id;  // unique within the process; also in the log
  std::string label;       // what it does: "GET /index.html"
  std::string peer;        // the client: "127.0.0.1:40312"
  std::string phase;       // its progress: "handling", "writing"
};

class Task {
 public:
  virtual ~Task() = default;

  // Does the work, in a worker thread; may block. An exception is caught, counted as failed and
  // reported; the worker continues.
  virtual void Run() = 0;

  // True when the task continues work that the pool has begun, for example a response that is half
  // sent. It is admitted while the pool drains and without an admission check; the queue's bound
  // applies to it. Called when the task is offered.
  virtual bool Continues() const { return false; }

  // Called instead of Run, by the thread that offered the task, by a worker, by the pool's supervisor
  // or during a Stop. Must not block and must not throw.
  virtual void Reject(RejectReason reason) { (void)reason; }

  // Asks the running task to give up. Must not block; an exception is ignored. Run decides whether and
  // when it returns.
  virtual void Cancel(CancelLevel level) { (void)level; }

  // Must not block for long: every list of the running tasks calls it. If it throws, the description
  // is empty.
  virtual TaskDescription Describe() const { return {}; }

  // The last call, after Run or Reject: the pool does not use the task any more. A task that is not
  // allocated with new, or that is used again, overrides it. It may offer itself to the pool again
  // from here, with TryPut. One that never returns is abandoned by Stop, with its thread.
  virtual void Done() { delete this; }
};

struct TaskDeleter {
  void operator()(Task* task) const { task->Done(); }
};

// Owns a task. Calls Done instead of deleting it.
using TaskPtr = std::unique_ptr<Task, TaskDeleter>;

namespace task_internal {

template <typename F>
class CallableTask final : public Task {
 public:
  explicit CallableTask(F f) : f_(std::move(f)) {}
  void Run() override { f_(); }

 private:
  F f_;
};

}  // namespace task_internal

// A task that calls `f`, which takes no arguments. Reject does nothing.
template <typename F>
TaskPtr MakeTask(F f) {
  return TaskPtr(new task_internal::CallableTask<F>(std::move(f)));
}

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_TASK_H_
