// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The supervisor's part of the dispatcher: the vacancy rule, the expiry of queued tasks, when
// maintenance is due, and how the supervisor sleeps while there is nothing to do.

#include <algorithm>
#include <array>
#include <utility>

#include "robusto/workers/dispatcher.h"

namespace robusto {

// --- Waking the supervisor: any thread ---

void Dispatcher::WakeSupervisor() {
  supervisor_parker_.Unpark();
  // Pairs with LeadForBlockedWorkers, which takes the lead before it reads what there is to do.
  if (leader_.load() == kSupervisor) source_->Interrupt();
}

void Dispatcher::EnsureWatched() {
  // The caller has made visible what is to be watched. The supervisor clears watching_ before it
  // checks for the last time. So one of the two sees the other.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!watching_.load() && !watching_.exchange(true)) WakeSupervisor();
}

void Dispatcher::RequestMaintenance() {
  maintenance_at_ns_.store(0);
  WakeSupervisor();
}

// --- The supervisor's thread ---

void Dispatcher::ScheduleMaintenance(int64_t at_ns) {
  int64_t now = maintenance_at_ns_.load();
  while (at_ns < now && !maintenance_at_ns_.compare_exchange_weak(now, at_ns)) {
  }
}

bool Dispatcher::StartMaintenance() {
  const int64_t now = MonotonicNanos();
  if (now < maintenance_at_ns_.load()) return false;
  // These stores precede the inspection of the pool: any later event requests another maintenance.
  maintenance_at_ns_.store(kNever);
  watching_.store(false);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  maintained_ns_ = now;
  return true;
}

bool Dispatcher::NeedsWatch() const {
  return !closed_.load() && (queue_.size() > 0 || NeedsLeader());
}

void Dispatcher::SupervisorWait() {
  const bool watches = watching_.load() || NeedsWatch();
  int64_t until = maintenance_at_ns_.load();
  if (until == kNever && !watches) {
    supervisor_parker_.Park();
    return;
  }
  const int64_t now = MonotonicNanos();
  if (watches) until = std::min(until, now + WatchPeriod());
  // When a poll will be overdue, to the point; not when it is and no worker could be woken.
  const int64_t overdue = polled_ns_.load(std::memory_order_relaxed) + kPollGapNs;
  if (overdue > now && NeedsLeader()) until = std::min(until, overdue + 1);
  if (until > now) supervisor_parker_.ParkFor(until - now);
}

void Dispatcher::SupervisorTick() {
  ServeFromThisThread();
  const int64_t now = MonotonicNanos();
  if (watching_.load()) ScheduleMaintenance(now + kMaintenanceIntervalNs);
  if (watch_queue_) ExpireQueued(now);
  ApplyVacancyRule(now);
}

void Dispatcher::ExpireQueued(int64_t now) {
  const int64_t before = queue_ttl_ns_ >= 0 ? now - queue_ttl_ns_ : 0;
  QueuedTask item;
  int64_t oldest = 0;
  while (queue_.TryPopOlder(before, item, &oldest)) {
    RejectTask(std::move(item.task), RejectReason::kExpired);
  }
  oldest_wait_ns_ = oldest == 0 ? 0 : now - oldest;
  // At most once in that time: the pool adds workers no more often.
  if (oldest != 0 && grow_after_ns_ >= 0) {
    ScheduleMaintenance(std::max(oldest, maintained_ns_) + grow_after_ns_);
  }
}

void Dispatcher::ApplyVacancyRule(int64_t now) {
  const uint64_t progress =
      taken_.load(std::memory_order_relaxed) + polls_.load(std::memory_order_relaxed);
  const bool moved = progress != progress_seen_;
  progress_seen_ = progress;
  if (waking_.load() > 0 || !NeedsWatch()) return;
  const bool poll_overdue = NeedsLeader() && IsPollOverdue(now);
  if (moved && !poll_overdue) return;
  // With no worker parked, those that take tasks poll themselves when a poll is overdue.
  if (!WakeOne() && !moved) LeadForBlockedWorkers();
}

void Dispatcher::LeadForBlockedWorkers() {
  uintptr_t no_leader = kNoLeader;
  if (source_ == nullptr || !leader_.compare_exchange_strong(no_leader, kSupervisor)) return;
  std::array<TaskPtr, kPollBatch> tasks;
  absl::Duration timeout = absl::InfiniteDuration();
  while (!closed_.load() && timeout > absl::ZeroDuration()) {  // D8
    timeout = SupervisorPollTimeout();
    const PollResult polled = PollSource(absl::MakeSpan(tasks), timeout);
    Admit(absl::MakeSpan(tasks.data(), polled.count), polled.ended_ns, nullptr);
    if (watch_queue_) ExpireQueued(MonotonicNanos());
  }
  // The next tick takes the lead again if every worker is still blocked then.
  progress_seen_ = taken_.load(std::memory_order_relaxed) + polls_.load(std::memory_order_relaxed);
  leader_.store(kNoLeader);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  WakeOne();
}

absl::Duration Dispatcher::SupervisorPollTimeout() {
  // A parked worker leads instead. There is one poll all the same: a queue that always makes
  // maintenance due would keep the source from being polled.
  if (parked_count_.load() > 0) return absl::ZeroDuration();
  const int64_t now = MonotonicNanos();
  if (watching_.load()) ScheduleMaintenance(now + kMaintenanceIntervalNs);
  int64_t until = maintenance_at_ns_.load();
  // What waits in the queue grows old while this thread sleeps.
  if (watch_queue_ && queue_.size() > 0) until = std::min(until, now + kQueueCheckNs);
  return TimeUntil(until, now);
}

}  // namespace robusto
