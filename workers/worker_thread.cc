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

WorkerThread::WorkerThread(int64_t id, Environment environment)
    : id_(id), environment_(std::move(environment)) {}

absl::Status WorkerThread::Start() {
  environment_.dispatcher->AddThreads(1);
  const auto main = [self = shared_from_this()] { self->Main(); };
  try {
    thread_ = environment_.thread_factory ? environment_.thread_factory(main) : std::thread(main);
  } catch (const std::system_error& error) {
    environment_.dispatcher->AddThreads(-1);
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot start thread ", environment_.name, "-", id_, ": ", error.what()));
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
  const std::string name = absl::StrCat(environment_.name, "-", id_);
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());  // TASK_COMM_LEN less the NUL
  Dispatcher& dispatcher = *environment_.dispatcher;
  try {
    QueuedTask item;
    while (dispatcher.Take(seat_, item)) RunTask(std::move(item));
  } catch (const std::exception& error) {
    death_ = absl::StrCat("exception: ", error.what());
  } catch (...) {
    death_ = "exception that is not a std::exception";
  }
  dispatcher.AddThreads(-1);
  dispatcher.Leave();
  exited_.store(true, std::memory_order_release);
  environment_.signal->Announce();
  if (!death_.empty()) dispatcher.WakeSupervisor();
}

void WorkerThread::RunTask(QueuedTask item) {
  queue_wait_.Record(item.taken_ns - item.accepted_ns);
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
  const int64_t service_ns = MonotonicNanos() - item.taken_ns;
  TaskDescription description;
  try {
    if (failed && environment_.on_failure) description = item.task->Describe();
  } catch (...) {
    // The failure is reported without it.
  }
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
  service_time_.Record(service_ns);
  AddOwned(busy_ns_, service_ns);
  AddOwned<uint64_t>(cancelled ? cancelled_ : failed ? failed_ : completed_, 1);
  environment_.dispatcher->RecordServiceTime(service_ns);
  // Not reset(), which is noexcept: a Release that throws costs this worker, not the process.
  item.task.release()->Release();
  if (failed && environment_.on_failure) environment_.on_failure(description, what);
  if (environment_.dispatcher->admission() != Dispatcher::Admission::kOpen) {
    environment_.signal->Announce();
  }
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
  // To Pin, 0 means whatever runs.
  Task* task = task_id == 0 ? nullptr : Pin(task_id);
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

void WorkerThread::AddHistograms(PoolHistograms* histograms) const {
  queue_wait_.AddTo(&histograms->queue_wait);
  service_time_.AddTo(&histograms->service_time);
}

int64_t WorkerThread::running_since_ns() const {
  // The id is stored after the time and taken away before the next one.
  return task_id() == 0 ? -1 : started_ns_.load(std::memory_order_relaxed);
}

bool WorkerThread::IsStuck(int64_t now_ns) const {
  return environment_.stuck_after_ns >= 0 &&
         now_ns - started_ns_.load(std::memory_order_relaxed) > environment_.stuck_after_ns;
}

uint64_t WorkerThread::TakeNewlyStuck(int64_t now_ns) {
  const uint64_t id = task_id();
  if (id == 0 || id == stuck_task_id_ || !IsStuck(now_ns)) return 0;
  // Another task may have begun between the looks; then neither is reported now.
  if (task_id() != id) return 0;
  stuck_task_id_ = id;
  return id;
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
    info.stuck = IsStuck(MonotonicNanos());
    info.task = task->Describe();
    Unpin();
  }
  return info;
}

}  // namespace robusto
