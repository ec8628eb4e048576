// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "workers/worker_thread.h"

#include <pthread.h>

#include <exception>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace robusto {
namespace {

thread_local WorkerThread* t_current = nullptr;

// Relaxed increment of a counter that only this thread writes: no locked instruction.
template <typename T>
void AddOwned(std::atomic<T>& counter, T delta) {
  counter.store(counter.load(std::memory_order_relaxed) + delta, std::memory_order_release);
}

}  // namespace

WorkerThread::WorkerThread(int64_t id, std::string name, std::shared_ptr<Dispatcher> dispatcher,
                           std::shared_ptr<WorkerSignal> signal, TaskFailureObserver on_failure)
    : id_(id),
      name_(absl::StrCat(name, "-", id).substr(0, 15)),  // 15: TASK_COMM_LEN less the NUL
      dispatcher_(std::move(dispatcher)),
      signal_(std::move(signal)),
      on_failure_(std::move(on_failure)) {}

absl::Status WorkerThread::Start() {
  dispatcher_->AddThreads(1);
  try {
    thread_ = std::thread([self = shared_from_this()] { self->Main(); });
  } catch (const std::system_error& error) {
    dispatcher_->AddThreads(-1);
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot start worker thread ", name_, ": ", error.what()));
  }
  return absl::OkStatus();
}

void WorkerThread::Join() {
  if (thread_.joinable()) thread_.join();
}

void WorkerThread::Abandon() {
  if (thread_.joinable()) thread_.detach();
}

WorkerThread* WorkerThread::Current() { return t_current; }

void WorkerThread::Main() {
  t_current = this;
  pthread_setname_np(pthread_self(), name_.c_str());
  QueuedTask item;
  while (dispatcher_->Take(seat_, item)) RunTask(std::move(item));
  dispatcher_->AddThreads(-1);
  dispatcher_->Leave();
  exited_.store(true, std::memory_order_release);
  signal_->Announce();
}

void WorkerThread::RunTask(QueuedTask item) {
  started_ns_.store(item.taken_ns, std::memory_order_relaxed);
  task_.store(item.task.get(), std::memory_order_relaxed);
  task_id_.store(item.id, std::memory_order_release);

  bool failed = false;
  std::string what;
  try {
    item.task->Run();
  } catch (const std::exception& error) {
    failed = true;
    what = error.what();
  } catch (...) {
    failed = true;
    what = "not a std::exception";
  }
  if (failed && on_failure_) on_failure_(item.task->Describe(), what);

  const int64_t service_ns = MonotonicNanos() - item.taken_ns;
  bool cancelled;
  {
    absl::MutexLock lock(&task_mu_);
    task_id_.store(0, std::memory_order_relaxed);
    task_.store(nullptr, std::memory_order_relaxed);
    task_mu_.Await(absl::Condition(
        +[](int* pins) { return *pins == 0; }, &pins_));  // W2
    cancelled = cancel_asked_.exchange(false, std::memory_order_relaxed);
  }
  // The counters move before the task is released, so that whoever sees its effect sees it counted.
  AddOwned(busy_ns_, service_ns);
  AddOwned<uint64_t>(cancelled ? cancelled_ : failed ? failed_ : completed_, 1);
  dispatcher_->RecordServiceTime(service_ns);
  item.task.reset();
  if (dispatcher_->admission() != Dispatcher::Admission::kOpen) signal_->Announce();
}

Task* WorkerThread::Pin(uint64_t id) {
  absl::MutexLock lock(&task_mu_);
  const uint64_t running = task_id_.load(std::memory_order_acquire);
  if (running == 0 || (id != 0 && running != id)) return nullptr;
  ++pins_;
  return task_.load(std::memory_order_relaxed);
}

void WorkerThread::Unpin() {
  absl::MutexLock lock(&task_mu_);
  --pins_;
}

bool WorkerThread::Cancel(uint64_t task_id, CancelLevel level) {
  Task* task = Pin(task_id);
  if (task == nullptr) return false;
  cancel_asked_.store(true, std::memory_order_relaxed);
  task->Cancel(level);
  Unpin();
  return true;
}

WorkerTotals WorkerThread::totals() const {
  WorkerTotals totals;
  totals.completed = completed_.load(std::memory_order_acquire);
  totals.failed = failed_.load(std::memory_order_acquire);
  totals.cancelled = cancelled_.load(std::memory_order_acquire);
  totals.busy = absl::Nanoseconds(busy_ns_.load(std::memory_order_relaxed));
  return totals;
}

WorkerInfo WorkerThread::Info() {
  WorkerInfo info;
  info.id = id_;
  info.totals = totals();
  if (Task* task = Pin(0)) {
    info.busy = true;
    info.task_id = task_id();
    info.running_for =
        absl::Nanoseconds(MonotonicNanos() - started_ns_.load(std::memory_order_relaxed));
    info.task = task->Describe();
    Unpin();
  }
  return info;
}

}  // namespace robusto
