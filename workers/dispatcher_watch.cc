// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What the supervisor does for the dispatcher: the vacancy rule and the expiry of queued tasks, and
// how it sleeps while neither is needed.

#include <algorithm>
#include <array>
#include <utility>

#include "robusto/workers/dispatcher.h"

namespace robusto {

void Dispatcher::EnsureWatched() {
  // What is to be watched can be seen before this looks whether anybody watches; the supervisor
  // looks at it after it has said that it does not.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!watched_.load() && !watched_.exchange(true)) supervisor_parker_.Unpark();
}

bool Dispatcher::NeedsWatch() const { return queue_.size() > 0 || Vacant(); }

void Dispatcher::SupervisorWait(int64_t deadline_ns) {
  if (supervisor_called_.load()) return;
  if (watched_.load()) {
    // Where tasks take microseconds it is hardly ever needed, and would cost a twentieth of a core.
    supervisor_parker_.ParkFor(recent_service_ns() < kQuickTaskNs ? 4 * kWatchPeriodNs
                                                                  : kWatchPeriodNs);
  } else if (deadline_ns == kNever) {
    supervisor_parker_.Park();
  } else {
    const int64_t left = deadline_ns - MonotonicNanos();
    if (left > 0) supervisor_parker_.ParkFor(left);
  }
}

void Dispatcher::WakeSupervisor() {
  supervisor_called_.store(true);
  supervisor_parker_.Unpark();
  if (leader_.load() == kSupervisor) source_->Interrupt();
}

bool Dispatcher::TakeAttention() { return std::exchange(attention_, false); }

void Dispatcher::SupervisorTick(int64_t deadline_ns) {
  ServeFromThisThread();
  if (supervisor_called_.exchange(false)) attention_ = true;
  if (watch_queue_) ExpireQueued(MonotonicNanos());
  ApplyVacancyRule(deadline_ns);
  if (!watched_.load()) return;
  if (NeedsWatch() && !closed_.load()) {
    quiet_periods_ = 0;
  } else if (++quiet_periods_ >= kQuietPeriods) {
    quiet_periods_ = 0;
    attention_ = true;
    watched_.store(false);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (NeedsWatch() && !closed_.load()) watched_.store(true);
  }
}

void Dispatcher::ExpireQueued(int64_t now) {
  const int64_t before = queue_ttl_ns_ >= 0 ? now - queue_ttl_ns_ : 0;
  QueuedTask item;
  int64_t oldest = 0;
  while (queue_.TryPopOlder(before, item, &oldest)) {
    RejectTask(std::move(item.task), RejectReason::kExpired);
  }
  oldest_wait_ns_ = oldest == 0 ? 0 : now - oldest;
  // The manager acts at most once in that time, so it is asked no more often.
  if (attention_after_ns_ >= 0 && oldest_wait_ns_ > attention_after_ns_ &&
      now - asked_for_attention_ns_ > attention_after_ns_) {
    asked_for_attention_ns_ = now;
    attention_ = true;
  }
}

void Dispatcher::ApplyVacancyRule(int64_t deadline_ns) {
  const uint64_t progress =
      taken_.load(std::memory_order_relaxed) + polls_.load(std::memory_order_relaxed);
  const bool moved = progress != progress_seen_;
  progress_seen_ = progress;
  if (moved || waking_.load() > 0 || closed_.load() || !NeedsWatch()) return;
  if (!WakeOne()) LeadForBlockedWorkers(deadline_ns);
}

void Dispatcher::LeadForBlockedWorkers(int64_t deadline_ns) {
  uintptr_t nobody = kNobody;
  if (source_ == nullptr || !leader_.compare_exchange_strong(nobody, kSupervisor)) return;
  std::array<TaskPtr, kPollBatch> tasks;
  int64_t left;
  do {
    left = deadline_ns == kNever ? kNever : std::max<int64_t>(deadline_ns - MonotonicNanos(), 0);
    // What waits in the queue grows old while this thread sleeps.
    if (watch_queue_ && queue_.size() > 0) left = std::min(left, 10 * kWatchPeriodNs);
    // Whoever has something for this thread to do gets it soon; but one look there always is, or a
    // queue that keeps asking for attention would keep the source from being polled.
    if (parked_count_.load() > 0 || closed_.load() || supervisor_called_.load() || attention_) {
      left = 0;
    }
    const PollResult polled = PollSource(
        absl::MakeSpan(tasks), left == kNever ? absl::InfiniteDuration() : absl::Nanoseconds(left));
    Admit(absl::MakeSpan(tasks.data(), polled.count), polled.ended_ns, nullptr);
    if (watch_queue_) ExpireQueued(MonotonicNanos());
  } while (left > 0);
  // The next tick takes the lead again if every worker is still blocked then.
  progress_seen_ = taken_.load(std::memory_order_relaxed) + polls_.load(std::memory_order_relaxed);
  leader_.store(kNobody);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  WakeOne();
}

}  // namespace robusto
