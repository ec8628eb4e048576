// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/dispatcher.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "robusto/queue/spin.h"

namespace robusto {
namespace {

// Whose worker or supervisor this thread is: it must not wait for room in the queue that it is
// meant to empty.
thread_local const Dispatcher* t_serves = nullptr;

}  // namespace

Dispatcher::Dispatcher(const Options& options)
    : source_(options.work_source),
      queue_ttl_ns_(options.queue_ttl_ns),
      attention_after_ns_(options.attention_after_ns),
      watch_running_(options.watch_running),
      watch_queue_(options.queue_ttl_ns >= 0 || options.attention_after_ns >= 0),
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
  AdmissionFacts facts;
  facts.queue_size = queue_.size();
  facts.queue_capacity = queue_.capacity();
  facts.threads = threads_.load(std::memory_order_relaxed);
  facts.recent_service_time = absl::Nanoseconds(recent_service_ns());
  return admission_check_(facts);
}

absl::optional<RejectReason> Dispatcher::Offer(TaskPtr task, absl::Duration timeout) {
  QueuedTask item;
  // Before the look at the admission: a Stop that has closed it sees this task, or is seen by it.
  item.id = accepted_.fetch_add(1) + 1;
  item.accepted_ns = MonotonicNanos();
  item.task = std::move(task);

  absl::optional<RejectReason> reason = CheckAdmission(*item.task);
  if (!reason.has_value()) {
    PushResult result = queue_.TryPush(std::move(item));
    if (result == PushResult::kFull && timeout > absl::ZeroDuration() && t_serves != this) {
      WakeIfWorthIt();
      result = queue_.Push(std::move(item), timeout);
    }
    if (result == PushResult::kOk) {
      WakeIfWorthIt();
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
  // What is thrown here breaks the task's contract, and has nowhere to go: this may be the
  // supervisor's thread, or have the rest of a batch to see to.
  try {
    task->Reject(reason);
  } catch (...) {
  }
  try {
    task.release()->Release();
  } catch (...) {
  }
  // The journal counts rejections; the supervisor writes it.
  EnsureWatched();
}

// --- Workers ---

bool Dispatcher::Take(Seat& seat, QueuedTask& out) {
  ServeFromThisThread();
  int64_t now = std::exchange(seat.task_ended_ns_, 0);
  for (;; now = 0) {
    if (TakeRetirement(seat)) return false;
    const PopResult result = queue_.TryPop(out);
    if (result == PopResult::kOk) {
      // What came after the last task's end was taken no sooner than it came.
      out.taken_ns = now == 0 ? MonotonicNanos() : std::max(now, out.accepted_ns);
      if (Expired(out, out.taken_ns)) {
        RejectTask(std::move(out.task), RejectReason::kExpired);
        continue;
      }
      taken_.fetch_add(1, std::memory_order_release);
      if (IsPollOverdue(out.taken_ns) && TakeLead(seat)) Lead(absl::ZeroDuration(), nullptr);
      WakeIfWorthIt();
      return true;
    }
    if (result == PopResult::kClosed) return false;
    if (TakeLead(seat)) {
      if (!Lead(absl::InfiniteDuration(), &out)) continue;
      taken_.fetch_add(1, std::memory_order_release);
      WakeIfWorthIt();
      return true;
    } else if (!Linger()) {
      ParkSeat(seat);
    }
  }
}

bool Dispatcher::IsPollOverdue(int64_t now) const {
  return source_ != nullptr && now - polled_ns_.load(std::memory_order_relaxed) > kPollGapNs;
}

bool Dispatcher::TakeLead(const Seat& seat) {
  uintptr_t nobody = kNobody;
  return Vacant() && leader_.compare_exchange_strong(nobody, reinterpret_cast<uintptr_t>(&seat));
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
  // From here on a producer that sees nobody parked interrupts the poll; what it pushed before is
  // seen now (D3).
  std::atomic_thread_fence(std::memory_order_seq_cst);
  std::array<TaskPtr, kPollBatch> tasks;
  const bool waits = timeout > absl::ZeroDuration();
  if (!waits || (queue_.size() == 0 && !closed_.load() && pending_retirements_.load() == 0)) {
    const PollResult polled = PollSource(absl::MakeSpan(tasks), timeout);
    // Nothing has come before it, and this worker is free: through the queue it would come back here.
    const bool direct = next != nullptr && queue_.size() == 0 && pending_retirements_.load() == 0;
    Admit(absl::MakeSpan(tasks.data(), polled.count), polled.ended_ns, direct ? next : nullptr);
  }
  leader_.store(kNobody);
  return next != nullptr && next->task != nullptr;
}

bool Dispatcher::Linger() {
  // Where there is a source its leader waits for what comes next. And one such worker is enough:
  // the tasks that it cannot keep up with wake others.
  if (cpus_ < 2 || source_ != nullptr || lingering_.exchange(true, std::memory_order_relaxed)) {
    return false;
  }
  const bool found = queue_internal::SpinUntil([this] { return HasReasonToStayAwake(); });
  lingering_.store(false, std::memory_order_relaxed);
  return found;
}

void Dispatcher::ParkSeat(Seat& seat) {
  const int64_t now = MonotonicNanos();
  {
    absl::MutexLock lock(&mu_);
    seat.parked_since_ns_ = now;
    parked_.push_back(&seat);
    parked_count_.store(static_cast<int>(parked_.size()));
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (HasReasonToStayAwake()) {
    absl::MutexLock lock(&mu_);
    if (Unseat(&seat)) return;
    // Somebody has just taken this seat off the stack; its wake-up is on the way.
  }
  // The supervisor leads because every worker was busy: this one is not any more.
  if (leader_.load() == kSupervisor) source_->Interrupt();
  seat.parker_.Park();  // D4: one Unpark for each time that it is taken off the stack
  waking_.fetch_sub(1);
}

bool Dispatcher::HasReasonToStayAwake() const {
  return queue_.size() > 0 || closed_.load() || pending_retirements_.load() > 0 || Vacant();
}

bool Dispatcher::Vacant() const {
  return source_ != nullptr && leader_.load() == kNobody &&
         admission_.load() != Admission::kNotOpen;
}

bool Dispatcher::Unseat(Seat* seat) {
  // From the top: most often it is the last one.
  const auto found = std::find(parked_.rbegin(), parked_.rend(), seat);
  if (found == parked_.rend()) return false;
  parked_.erase(std::next(found).base());
  parked_count_.store(static_cast<int>(parked_.size()));
  return true;
}

void Dispatcher::RecordServiceTime(int64_t nanoseconds) {
  const int64_t mean = service_ns_.load(std::memory_order_relaxed);
  const int64_t step = (nanoseconds - mean) / 8;
  // Every Offer reads the mean: tens of nanoseconds are not worth a write to its cache line.
  if (step > 8 || step < -8) service_ns_.store(mean + step, std::memory_order_relaxed);
}

void Dispatcher::Leave(Seat& seat) {
  t_serves = nullptr;
  // A Poll that threw left it here.
  auto me = reinterpret_cast<uintptr_t>(&seat);
  leader_.compare_exchange_strong(me, kNobody);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (NeedsWatch() && !WakeOne()) EnsureWatched();
}

bool Dispatcher::WakeOne() {
  Seat* seat;
  {
    absl::MutexLock lock(&mu_);
    if (parked_.empty()) return false;
    seat = parked_.back();
    waking_.fetch_add(1);
    Unseat(seat);
  }
  // The seat cannot go away here: its owner waits for this call.
  seat->parker_.Unpark();
  return true;
}

void Dispatcher::WakeAll() {
  while (WakeOne()) {
  }
}

void Dispatcher::WakeIfWorthIt() {
  // D3: after the push, before the look at the stack.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const int parked = parked_count_.load();
  const uintptr_t leader = leader_.load();
  const bool worker_leads = leader > kSupervisor;
  const size_t backlog = queue_.size();
  const bool vacant = Vacant();
  if (parked == 0) {
    if (worker_leads && backlog > 0) source_->Interrupt();
  } else if (waking_.load() == 0) {
    // A worker that is on its way looks at the backlog itself when it has taken its task.
    const int64_t service = service_ns_.load(std::memory_order_relaxed);
    const int awake = threads_.load(std::memory_order_relaxed) - parked - (worker_leads ? 1 : 0);
    const bool nobody_can = backlog > 0 && awake <= 0;
    const bool slow = service >= kSlowTaskNs && (backlog > 0 || vacant);
    const int64_t wait_ns = static_cast<int64_t>(backlog) * service;
    const bool pays = (awake < cpus_) && (wait_ns > kWakeCostNs);
    // A single task is the woken worker's; if more come meanwhile, whoever brings them sees to it.
    if ((nobody_can || slow || pays) && WakeOne() && (!watch_queue_ || backlog <= 1) && !vacant) {
      return;
    }
  }
  if (vacant || (backlog > 0 && (parked > 0 || watch_queue_))) EnsureWatched();
}

// --- The manager ---

void Dispatcher::Open() {
  SetAdmission(Admission::kOpen);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (Vacant()) WakeOne();
}

void Dispatcher::SetAdmission(Admission admission) {
  // Whoever races with the last word, as a Resume with a RequestStop, does not undo it.
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

std::vector<uint64_t> Dispatcher::RejectQueued(RejectReason reason) {
  std::vector<uint64_t> ids;
  QueuedTask item;
  while (queue_.TryPop(item) == PopResult::kOk) {
    ids.push_back(item.id);
    RejectTask(std::move(item.task), reason);
  }
  return ids;
}

void Dispatcher::Retire(int count) {
  for (; count > 0; --count) {
    Seat* seat;
    {
      absl::MutexLock lock(&mu_);
      if (parked_.empty()) break;
      // The coldest one: last in, first out is for waking.
      seat = parked_.front();
      seat->retire_ = true;
      waking_.fetch_add(1);
      Unseat(seat);
    }
    seat->parker_.Unpark();
  }
  if (count <= 0) return;
  pending_retirements_.fetch_add(count);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  // A leader in Poll is idle too; and one that has parked meanwhile must see the count.
  if (source_ != nullptr && leader_.load() != kNobody) source_->Interrupt();
  WakeAll();
}

int Dispatcher::TakeBackRetirements(int count) {
  int pending = pending_retirements_.load();
  int taken;
  do {
    taken = std::min(pending, count);
    if (taken <= 0) return 0;
  } while (!pending_retirements_.compare_exchange_weak(pending, pending - taken));
  return taken;
}

bool Dispatcher::TakeRetirement(Seat& seat) {
  if (seat.retire_) return true;
  int pending = pending_retirements_.load(std::memory_order_relaxed);
  while (pending > 0) {
    if (pending_retirements_.compare_exchange_weak(pending, pending - 1)) {
      seat.retire_ = true;
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
  activity.polling = leader_.load() != kNobody;
  return activity;
}

Dispatcher::Counters Dispatcher::counters() const {
  // What follows is read before what it follows from, so that no difference is ever negative.
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
