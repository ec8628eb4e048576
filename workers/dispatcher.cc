// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/dispatcher.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "robusto/queue/spin.h"

namespace robusto {
namespace {

// The dispatcher whose worker or supervisor this thread is. Such a thread must not wait for room in
// the queue that it empties.
thread_local const Dispatcher* t_serves = nullptr;

}  // namespace

Dispatcher::Dispatcher(const Options& options)
    : source_(options.work_source),
      queue_ttl_ns_(options.queue_ttl_ns),
      grow_after_ns_(options.grow_after_ns),
      watch_running_(options.watch_running),
      watch_queue_(options.queue_ttl_ns >= 0 || options.grow_after_ns >= 0),
      admission_check_(options.admission_check),
      cpus_(queue_internal::UsableCpus()),
      queue_(options.queue_capacity) {}

void Dispatcher::ServeFromThisThread() const { t_serves = this; }

// --- Producers ---

absl::optional<RejectReason> Dispatcher::CheckAdmission(const Task& task) const {
  switch (admission_.load()) {
    case Admission::kOpen:
      break;
    case Admission::kDraining:
      if (task.Continues()) return absl::nullopt;
      return RejectReason::kDraining;
    case Admission::kNotOpen:
    case Admission::kStopped:
      return RejectReason::kStopped;
  }
  if (!admission_check_ || task.Continues()) return absl::nullopt;
  AdmissionContext context;
  context.queue_size = queue_.size();
  context.queue_capacity = queue_.capacity();
  context.threads = threads_.load(std::memory_order_relaxed);
  context.recent_service_time = absl::Nanoseconds(recent_service_ns());
  return admission_check_(context);
}

absl::optional<RejectReason> Dispatcher::Offer(TaskPtr task, absl::Duration timeout) {
  QueuedTask item;
  // Counted before admission_ is read: so a Stop, which writes admission_ first, sees this task in the
  // count, or this task sees the Stop.
  item.id = accepted_.fetch_add(1) + 1;
  item.accepted_ns = MonotonicNanos();
  item.task = std::move(task);

  absl::optional<RejectReason> reason = CheckAdmission(*item.task);
  if (!reason.has_value()) {
    PushResult result = queue_.TryPush(std::move(item));
    if (result == PushResult::kFull && timeout > absl::ZeroDuration() && t_serves != this) {
      MaybeWakeWorker();
      result = queue_.Push(std::move(item), timeout);
    }
    if (result == PushResult::kOk) {
      MaybeWakeWorker();
      return absl::nullopt;
    }
    reason = result == PushResult::kClosed ? RejectReason::kStopped : RejectReason::kQueueFull;
  }
  RejectTask(std::move(item.task), *reason);
  return reason;
}

void Dispatcher::Admit(absl::Span<TaskPtr> tasks, int64_t now, QueuedTask* next) {
  uint64_t id = accepted_.fetch_add(tasks.size());
  for (TaskPtr& task : tasks) {
    QueuedTask item;
    item.task = std::move(task);
    item.id = ++id;
    item.accepted_ns = now;
    absl::optional<RejectReason> reason = CheckAdmission(*item.task);
    if (!reason.has_value()) {
      if (next != nullptr) {
        item.taken_ns = now;
        *std::exchange(next, nullptr) = std::move(item);
        continue;
      }
      const PushResult result = queue_.TryPush(std::move(item));
      if (result == PushResult::kOk) continue;
      reason = result == PushResult::kClosed ? RejectReason::kStopped : RejectReason::kQueueFull;
    }
    RejectTask(std::move(item.task), *reason);
  }
}

void Dispatcher::RejectTask(TaskPtr task, RejectReason reason) {
  if (reason == RejectReason::kExpired) {
    expired_.fetch_add(1, std::memory_order_release);
  } else {
    rejected_[static_cast<size_t>(reason)].fetch_add(1, std::memory_order_release);
  }
  // An exception here breaks the task's contract and cannot be reported: this may be the supervisor's
  // thread, or there may be the rest of a batch to reject.
  try {
    task->Reject(reason);
  } catch (...) {
  }
  try {
    task.release()->Done();
  } catch (...) {
  }
  // Maintenance records rejections in the journal.
  EnsureWatched();
}

// --- Workers ---

bool Dispatcher::NextTask(ParkedWorker& worker, QueuedTask& out) {
  ServeFromThisThread();
  int64_t now = std::exchange(worker.task_ended_ns_, 0);
  for (;; now = 0) {
    if (TakeExitRequest(worker)) return false;
    const PopResult result = queue_.TryPop(out);
    if (result == PopResult::kOk) {
      // `now` is when the last task ended. A task accepted later must not be taken before its
      // acceptance.
      out.taken_ns = now == 0 ? MonotonicNanos() : std::max(now, out.accepted_ns);
      if (Expired(out, out.taken_ns)) {
        RejectTask(std::move(out.task), RejectReason::kExpired);
        continue;
      }
      taken_.fetch_add(1, std::memory_order_release);
      if (IsPollOverdue(out.taken_ns) && TakeLead(worker)) Lead(absl::ZeroDuration(), nullptr);
      MaybeWakeWorker();
      return true;
    }
    if (result == PopResult::kClosed) return false;
    if (TakeLead(worker)) {
      if (!Lead(absl::InfiniteDuration(), &out)) continue;
      taken_.fetch_add(1, std::memory_order_release);
      MaybeWakeWorker();
      return true;
    } else if (!SpinBeforePark()) {
      Park(worker);
    }
  }
}

bool Dispatcher::IsPollOverdue(int64_t now) const {
  return source_ != nullptr && now - polled_ns_.load(std::memory_order_relaxed) > kPollGapNs;
}

bool Dispatcher::TakeLead(const ParkedWorker& worker) {
  uintptr_t no_leader = kNoLeader;
  return NeedsLeader() &&
         leader_.compare_exchange_strong(no_leader, reinterpret_cast<uintptr_t>(&worker));
}

Dispatcher::PollResult Dispatcher::PollSource(absl::Span<TaskPtr> out, absl::Duration timeout) {
  const size_t count = source_->Poll(out, timeout);
  const int64_t now = MonotonicNanos();
  polled_ns_.store(now, std::memory_order_relaxed);
  // One writer, the holder of the lead: no locked instruction.
  polls_.store(polls_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  return {count, now};
}

bool Dispatcher::Lead(absl::Duration timeout, QueuedTask* next) {
  // From here on a producer that finds no worker parked interrupts the poll. What it pushed before is
  // seen below (D3).
  std::atomic_thread_fence(std::memory_order_seq_cst);
  std::array<TaskPtr, kPollBatch> tasks;
  const bool waits = timeout > absl::ZeroDuration();
  const bool may_wait = queue_.size() == 0 && pending_exits_.load() == 0;
  if (!closed_.load() && (!waits || may_wait)) {  // D8
    const PollResult polled = PollSource(absl::MakeSpan(tasks), timeout);
    // With an empty queue this worker would pop the first task next, so it takes the task directly.
    const bool direct = next != nullptr && queue_.size() == 0 && pending_exits_.load() == 0;
    Admit(absl::MakeSpan(tasks.data(), polled.count), polled.ended_ns, direct ? next : nullptr);
  }
  leader_.store(kNoLeader);
  return next != nullptr && next->task != nullptr;
}

void Dispatcher::Leave(ParkedWorker& worker) {
  t_serves = nullptr;
  // A Poll that threw did not give the lead up.
  auto me = reinterpret_cast<uintptr_t>(&worker);
  leader_.compare_exchange_strong(me, kNoLeader);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (NeedsWatch() && !WakeOne()) EnsureWatched();
}

// --- The pool ---

void Dispatcher::Open() {
  SetAdmission(Admission::kOpen);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (NeedsLeader()) WakeOne();
}

void Dispatcher::SetAdmission(Admission admission) {
  // kStopped is final: a Resume that races with a RequestStop does not undo it.
  Admission now = admission_.load();
  while (now != Admission::kStopped && !admission_.compare_exchange_weak(now, admission)) {
  }
}

void Dispatcher::Close() {
  SetAdmission(Admission::kStopped);
  queue_.Close();
  closed_.store(true);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (source_ != nullptr) source_->Interrupt();
  WakeAll();
}

void Dispatcher::RejectQueued(RejectReason reason, const std::function<void(uint64_t)>& rejecting) {
  QueuedTask item;
  while (queue_.TryPop(item) == PopResult::kOk) {
    rejecting(item.id);
    RejectTask(std::move(item.task), reason);
  }
}

void Dispatcher::RequestExits(int count) {
  for (; count > 0; --count) {
    ParkedWorker* worker;
    {
      absl::MutexLock lock(&mu_);
      if (parked_.empty()) break;
      // The one that was parked first: its caches are the coldest.
      worker = parked_.front();
      worker->exit_ = true;
      PopForWaking(worker);
    }
    worker->parker_.Unpark();
  }
  if (count <= 0) return;
  pending_exits_.fetch_add(count);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  // A leader in Poll is idle, too. A worker that has parked meanwhile must see the count.
  if (source_ != nullptr && leader_.load() != kNoLeader) source_->Interrupt();
  WakeAll();
}

int Dispatcher::CancelExits(int count) {
  int pending = pending_exits_.load();
  int taken;
  do {
    taken = std::min(pending, count);
    if (taken <= 0) return 0;
  } while (!pending_exits_.compare_exchange_weak(pending, pending - taken));
  return taken;
}

bool Dispatcher::TakeExitRequest(ParkedWorker& worker) {
  if (worker.exit_) return true;
  int pending = pending_exits_.load(std::memory_order_relaxed);
  while (pending > 0) {
    if (pending_exits_.compare_exchange_weak(pending, pending - 1)) {
      worker.exit_ = true;
      return true;
    }
  }
  return false;
}

// --- Observers ---

int64_t Dispatcher::ColdestParkedSince() const {
  absl::MutexLock lock(&mu_);
  return parked_.empty() ? kNever : parked_.front()->parked_since_ns_;
}

PollActivity Dispatcher::poll_activity() const {
  PollActivity activity;
  activity.polls = polls_.load(std::memory_order_acquire);
  activity.last_ended_ns = polled_ns_.load(std::memory_order_relaxed);
  activity.polling = leader_.load() != kNoLeader;
  return activity;
}

Dispatcher::Counters Dispatcher::counters() const {
  // Each effect is read before its cause, so that no difference is ever negative.
  Counters c;
  c.taken = taken_.load(std::memory_order_acquire);
  c.expired = expired_.load(std::memory_order_acquire);
  const auto rejected = [this](RejectReason reason) {
    return rejected_[static_cast<size_t>(reason)].load(std::memory_order_acquire);
  };
  c.rejected_full = rejected(RejectReason::kQueueFull);
  c.rejected_draining = rejected(RejectReason::kDraining);
  c.rejected_stopped = rejected(RejectReason::kStopped);
  c.accepted = accepted_.load();
  return c;
}

}  // namespace robusto
