// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Task: the unit of work of a ThreadPool.
//
// A std::function would do for Run, but a pool that is bounded, drained and stopped has more to say
// to a piece of work than "run": that there was no room for it, that it has waited too long, that
// it should give up. Every task that is offered to a pool gets exactly one of Run and Reject, and
// after it Done.
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
  kDraining,   // the pool takes no new work for now
  kStopped,    // the pool takes no new work any more, or stopped before the task's turn came
};

// "queue_full", "expired", "draining", "stopped": for logs, labels and header values.
absl::string_view RejectReasonName(RejectReason reason);

// How hard Cancel asks. A pool asks gently first and, when that does not help for a while, firmly.
enum class CancelLevel : uint8_t {
  kGentle,  // take no more input and come to an end (an HTTP task: SHUT_RD)
  kFirm,    // let go of everything now (an HTTP task: SHUT_RDWR)
};

// What a task says of itself to whoever watches the pool. Every part may be empty.
struct TaskDescription {
  std::string request_id;  // unique within the process, for finding the task again in a log
  std::string label;       // what it does: "GET /index.html"
  std::string peer;        // for whom: "127.0.0.1:40312"
  std::string phase;       // where it stands: "handling", "writing"
};

class Task {
 public:
  virtual ~Task() = default;

  // Does the work, in a worker thread; may block. What it throws is caught, counted as failed and
  // reported; the worker lives on.
  virtual void Run() = 0;

  // True when the task carries on with work that the pool has begun, a response that is half sent
  // say: it is let in while the pool drains and without an admission check; the queue's bound holds
  // for it as for others. Asked when it is offered.
  virtual bool Continues() const { return false; }

  // Called instead of Run, by the thread that offered the task, by a worker or by the pool's
  // supervisor. Must not block and must not throw.
  virtual void Reject(RejectReason reason) { (void)reason; }

  // Asks the running task to give up. Must not block; what it throws is dropped. Run decides whether
  // and when it returns.
  virtual void Cancel(CancelLevel level) { (void)level; }

  // Must not block for long: it may be called often, by somebody who watches. One that throws is
  // shown as if it were empty.
  virtual TaskDescription Describe() const { return {}; }

  // The last call, after Run or Reject: nobody holds the task any more. A task that is not made
  // with new, or that is used again, overrides it; it may offer itself to the pool again from here
  // (with TryPut).
  virtual void Done() { delete this; }
};

struct TaskDeleter {
  void operator()(Task* task) const { task->Done(); }
};

// Owns a task: releases it, rather than deletes it.
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

// A task that calls `f`, which takes no arguments; it is dropped silently when it is rejected.
template <typename F>
TaskPtr MakeTask(F f) {
  return TaskPtr(new task_internal::CallableTask<F>(std::move(f)));
}

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_TASK_H_
