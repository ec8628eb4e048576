// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/worker_thread.h"

#include <pthread.h>

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"

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
  } catch (const std::exception& error) {  // std::system_error, or no memory
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
    while (dispatcher.NextTask(parked_worker_, item)) RunTask(std::move(item));
  } catch (const std::exception& error) {
    death_ = absl::StrCat("exception: ", error.what());
  } catch (...) {
    death_ = "exception that is not a std::exception";
  }
  dispatcher.AddThreads(-1);
  dispatcher.Leave(parked_worker_);
  exited_.store(true, std::memory_order_release);
  environment_.signal->Notify();
  dispatcher.RequestMaintenance();  // the maintenance joins this thread
}

void WorkerThread::RunTask(QueuedTask item) {
  AddOwned<uint64_t>(started_, 1);
  queue_wait_.Record(item.taken_ns - item.accepted_ns);
  started_ns_.store(item.taken_ns, std::memory_order_relaxed);
  task_.store(item.task.get(), std::memory_order_relaxed);
  running_.store(item.id << kPinBits, std::memory_order_release);
  environment_.dispatcher->WatchRunning();

  // These are set only if the task throws.
  absl::optional<std::string> failure;
  absl::optional<TaskDescription> description;
  try {
    item.task->Run();
  } catch (const std::exception& error) {
    failure.emplace(error.what());
  } catch (...) {
    failure.emplace("not a std::exception");
  }
  const int64_t now_ns = MonotonicNanos();
  const int64_t service_ns = now_ns - item.taken_ns;
  if (failure && environment_.on_failure) {
    description.emplace();
    try {
      *description = item.task->Describe();
    } catch (...) {
      // The failure is reported without it.
    }
  }
  const bool cancelled = EndTask(item.id);
  // The counters move before Done, so that a thread that sees the effect of Done sees the task counted.
  service_time_.Record(service_ns);
  AddOwned(busy_ns_, service_ns);
  AddOwned<uint64_t>(cancelled ? cancelled_ : failure ? failed_ : completed_, 1);
  environment_.dispatcher->RecordServiceTime(service_ns);
  // Reporting a failure may take long, and does not count as waiting time of the next task.
  if (!failure) Dispatcher::ShareClock(parked_worker_, now_ns);
  // Not reset(), which is noexcept: a Done that throws kills this worker, not the process.
  item.task.release()->Done();
  if (description) environment_.on_failure(*description, *failure);
  if (environment_.dispatcher->admission() != Dispatcher::Admission::kOpen) {
    environment_.signal->Notify();
  }
}

bool WorkerThread::EndTask(uint64_t id) {
  // Removes the id and keeps the pins: from here on no thread can pin the task. Pairs with Pin and
  // Unpin: every use of the task by another thread happens before Done.
  const uint64_t before = running_.fetch_sub(id << kPinBits, std::memory_order_acq_rel);
  if ((before & kPins) != 0) unpinned_.Park();  // W2
  if (!cancel_asked_.load(std::memory_order_relaxed)) return false;
  cancel_asked_.store(false, std::memory_order_relaxed);
  return true;
}

Task* WorkerThread::Pin(uint64_t id) {
  uint64_t running = running_.load(std::memory_order_acquire);
  for (;;) {
    if (id == 0 || running >> kPinBits != id) return nullptr;
    if ((running & kPins) == kPins) {
      std::this_thread::yield();  // the counter is full; one of these threads will unpin soon
      running = running_.load(std::memory_order_acquire);
    } else if (running_.compare_exchange_weak(running, running + 1, std::memory_order_acq_rel,
                                              std::memory_order_acquire)) {
      return task_.load(std::memory_order_relaxed);
    }
  }
}

void WorkerThread::Unpin() {
  // 1: the task has ended and waits for this last pin.
  if (running_.fetch_sub(1, std::memory_order_acq_rel) == 1) unpinned_.Unpark();
}

class WorkerThread::PinnedTask {
 public:
  PinnedTask(WorkerThread* worker, uint64_t id) : worker_(worker), task_(worker->Pin(id)) {}
  ~PinnedTask() {
    if (task_ != nullptr) worker_->Unpin();
  }
  PinnedTask(const PinnedTask&) = delete;
  PinnedTask& operator=(const PinnedTask&) = delete;

  Task* get() const { return task_; }

 private:
  WorkerThread* const worker_;
  Task* const task_;
};

bool WorkerThread::Cancel(uint64_t task_id, CancelLevel level) {
  const PinnedTask task(this, task_id);
  if (task.get() == nullptr) return false;
  cancel_asked_.store(true, std::memory_order_relaxed);
  try {
    task.get()->Cancel(level);
  } catch (...) {
    // The task was told. A Stop goes on with other tasks.
  }
  return true;
}

WorkerTotals WorkerThread::totals() const {
  WorkerTotals totals;
  // Read again if a task starts or ends meanwhile: it would be in one number and not in the other.
  uint64_t ended;
  do {
    totals.started = started_.load(std::memory_order_acquire);
    ended = totals.ended();
    totals.completed = completed_.load(std::memory_order_acquire);
    totals.failed = failed_.load(std::memory_order_acquire);
    totals.cancelled = cancelled_.load(std::memory_order_acquire);
  } while (totals.ended() != ended || totals.started != started_.load(std::memory_order_acquire));
  totals.busy = absl::Nanoseconds(busy_ns_.load(std::memory_order_relaxed));
  return totals;
}

void WorkerThread::AddHistograms(PoolHistograms* histograms) const {
  queue_wait_.AddTo(&histograms->queue_wait);
  service_time_.AddTo(&histograms->service_time);
}

int64_t WorkerThread::running_since_ns() const {
  // The id is stored after the time, and withdrawn before the next time is stored.
  return task_id() == 0 ? -1 : started_ns_.load(std::memory_order_relaxed);
}

bool WorkerThread::IsStuck(int64_t now_ns) const {
  return environment_.stuck_after_ns >= 0 &&
         now_ns - started_ns_.load(std::memory_order_relaxed) > environment_.stuck_after_ns;
}

uint64_t WorkerThread::TakeNewlyStuck(int64_t now_ns) {
  const uint64_t id = task_id();
  if (id == 0 || id == stuck_task_id_ || !IsStuck(now_ns)) return 0;
  // Another task may have begun between the two reads; then neither is reported now.
  if (task_id() != id) return 0;
  stuck_task_id_ = id;
  return id;
}

WorkerInfo WorkerThread::Info() {
  WorkerInfo info;
  info.id = id_;
  info.totals = totals();
  const uint64_t id = task_id();
  if (const PinnedTask task(this, id); task.get() != nullptr) {
    info.busy = true;
    info.task_id = id;
    info.running_for =
        absl::Nanoseconds(MonotonicNanos() - started_ns_.load(std::memory_order_relaxed));
    info.stuck = IsStuck(MonotonicNanos());
    try {
      info.task = task.get()->Describe();
    } catch (...) {
      // The worker is listed without a description.
    }
  }
  return info;
}

}  // namespace robusto
