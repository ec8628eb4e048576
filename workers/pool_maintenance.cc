// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What a ThreadPool does by itself, in the supervisor's thread: it replaces workers that died, grows
// and trims, reports stuck tasks, and sums up rejections for the journal.

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {
namespace {

// How long to wait before a failed thread start is retried.
constexpr int64_t kStartRetryNanos = 1'000'000'000;
// Under overload there are thousands of rejections: one event a second and reason has their number.
constexpr int64_t kRejectionRecordNanos = 1'000'000'000;

}  // namespace

int64_t ThreadPool::Maintain(int64_t oldest_wait_ns) {
  absl::MutexLock lock(&mu_);
  if (state_ == PoolState::kCreated || stopping_) return kNever;
  const int64_t now = MonotonicNanos();
  // The bounds first: the rest depends on them.
  const int64_t revert = RevertUnconfirmed(now);
  ReapExited();
  return std::min({revert, JournalRejections(now), RespawnDead(now), Autoscale(now, oldest_wait_ns),
                   ReportStuck(now)});
}

void ThreadPool::ReapExited() {
  for (const WorkerSet::Death& death : workers_.Reap()) {
    PoolEvent event = Event(PoolEvent::Kind::kWorkerDied);
    event.worker_id = death.worker_id;
    event.text = death.what;
    journal_.Append(std::move(event));
  }
}

int64_t ThreadPool::RespawnDead(int64_t now_ns) {
  const int missing = min_threads_ - workers_.target_threads();
  if (missing <= 0) return kNever;
  if (now_ns < next_start_try_ns_) return next_start_try_ns_;
  absl::Status why;
  const int added = AddWorkers(missing, &why);
  if (added > 0) Record(PoolEvent::Kind::kRespawn, added);
  if (added == missing) return kNever;
  Record(PoolEvent::Kind::kStartFailed, missing - added, why.message());
  next_start_try_ns_ = now_ns + kStartRetryNanos;
  return next_start_try_ns_;
}

int64_t ThreadPool::Autoscale(int64_t now_ns, int64_t oldest_wait_ns) {
  Autoscaler::Inputs inputs;
  inputs.now_ns = now_ns;
  inputs.threads = workers_.target_threads();
  inputs.min_threads = min_threads_;
  inputs.max_threads = max_threads_;
  inputs.oldest_wait_ns = oldest_wait_ns;
  inputs.idle_since_ns = dispatcher_->ColdestParkedSince();
  if (const int more = autoscaler_.Grow(inputs); more > 0 && now_ns >= next_start_try_ns_) {
    absl::Status why;
    const int added = AddWorkers(more, &why);
    PoolEvent event = Event(PoolEvent::Kind::kAutoGrow);
    event.count = added;
    event.oldest_wait = absl::Nanoseconds(oldest_wait_ns);
    if (added > 0) journal_.Append(std::move(event));
    if (added < more) {
      Record(PoolEvent::Kind::kStartFailed, more - added, why.message());
      next_start_try_ns_ = now_ns + kStartRetryNanos;
    }
  }
  const int fewer = std::min(autoscaler_.Trim(inputs), dispatcher_->parked());
  if (fewer > 0) {
    workers_.RequestExits(fewer);
    Record(PoolEvent::Kind::kTrim, fewer);
  }
  inputs.threads = workers_.target_threads();
  return autoscaler_.NextTrim(inputs);
}

int64_t ThreadPool::ReportStuck(int64_t now_ns) {
  if (stuck_after_ns_ < 0) return kNever;
  int64_t next = kNever;
  for (const auto& worker : workers_.Alive()) {
    if (const uint64_t task_id = worker->TakeNewlyStuck(now_ns); task_id != 0) {
      PoolEvent event = Event(PoolEvent::Kind::kStuck);
      event.task_id = task_id;
      event.worker_id = worker->id();
      journal_.Append(std::move(event));
    }
    // A task that is stuck already is not checked again.
    const int64_t since = worker->running_since_ns();
    const int64_t due = since + stuck_after_ns_;
    if (since >= 0 && due >= now_ns) next = std::min(next, due + 1);
  }
  return next;
}

int64_t ThreadPool::JournalRejections(int64_t now_ns) {
  const Dispatcher::Counters now = dispatcher_->counters();
  bool noted = false;
  const bool due = now_ns >= next_rejection_record_ns_;
  const auto note = [&](uint64_t count, uint64_t& before, RejectReason reason) {
    mu_.AssertHeld();
    if (count == before) return;
    noted = true;
    if (!due) return;
    Record(PoolEvent::Kind::kReject, static_cast<int>(count - before), RejectReasonName(reason));
    before = count;
  };
  note(now.rejected_full, journalled_.rejected_full, RejectReason::kQueueFull);
  note(now.expired, journalled_.expired, RejectReason::kExpired);
  note(now.rejected_draining, journalled_.rejected_draining, RejectReason::kDraining);
  note(now.rejected_stopped, journalled_.rejected_stopped, RejectReason::kStopped);
  if (!noted) return kNever;
  if (due) next_rejection_record_ns_ = now_ns + kRejectionRecordNanos;
  return next_rejection_record_ns_;
}

PoolEvent ThreadPool::Event(PoolEvent::Kind kind) const {
  PoolEvent event;
  event.kind = kind;
  event.threads =
      std::max(0, workers_.target_threads());  // below 0 between deaths and replacements
  event.min_threads = min_threads_;
  event.max_threads = max_threads_;
  event.queue_size = dispatcher_->queue_size();
  return event;
}

void ThreadPool::Record(PoolEvent::Kind kind, int count, absl::string_view text) {
  PoolEvent event = Event(kind);
  event.count = count;
  event.text = std::string(text);
  journal_.Append(std::move(event));
}

}  // namespace robusto
