// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What a ThreadPool does by itself, in the supervisor's thread: replacing workers that died,
// growing and trimming, reporting stuck tasks, and summing up rejections for the journal.

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {
namespace {

// How long to wait before asking the system again for a thread that it did not give.
constexpr int64_t kStartRetryNanos = 1'000'000'000;
// Rejections come by the thousand under overload: one event a second and reason says how many.
constexpr int64_t kRejectionNoteNanos = 1'000'000'000;

}  // namespace

int64_t ThreadPool::Upkeep(int64_t oldest_wait_ns) {
  absl::MutexLock lock(&mu_);
  if (state_ == PoolState::kCreated || stopping_) return kNever;
  const int64_t now = MonotonicNanos();
  // The bounds first: the rest goes by them.
  const int64_t revert = RevertUnconfirmed(now);
  return std::min({revert, JournalRejections(now), ReplaceDead(now), Autoscale(now, oldest_wait_ns),
                   ReportStuck(now)});
}

int64_t ThreadPool::ReplaceDead(int64_t now_ns) {
  for (const WorkerSet::Death& death : workers_.Reap()) {
    PoolEvent event = Event(PoolEvent::Kind::kWorkerDied);
    event.worker_id = death.worker_id;
    event.text = death.what;
    journal_.Append(std::move(event));
  }
  const int missing = min_threads_ - workers_.staying();
  if (missing <= 0) return kNever;
  if (now_ns < next_start_try_ns_) return next_start_try_ns_;
  absl::Status why;
  const int added = AddWorkers(missing, &why);
  if (added > 0) Note(PoolEvent::Kind::kRespawn, added);
  if (added == missing) return kNever;
  Note(PoolEvent::Kind::kStartFailed, missing - added, why.message());
  next_start_try_ns_ = now_ns + kStartRetryNanos;
  return next_start_try_ns_;
}

int64_t ThreadPool::Autoscale(int64_t now_ns, int64_t oldest_wait_ns) {
  Autoscaler::Facts facts;
  facts.now_ns = now_ns;
  facts.threads = workers_.staying();
  facts.min_threads = min_threads_;
  facts.max_threads = max_threads_;
  facts.oldest_wait_ns = oldest_wait_ns;
  facts.idle_since_ns = dispatcher_->ColdestParkedSince();
  if (const int more = autoscaler_.Grow(facts); more > 0 && now_ns >= next_start_try_ns_) {
    absl::Status why;
    const int added = AddWorkers(more, &why);
    PoolEvent event = Event(PoolEvent::Kind::kAutoGrow);
    event.count = added;
    event.oldest_wait = absl::Nanoseconds(oldest_wait_ns);
    if (added > 0) journal_.Append(std::move(event));
    if (added < more) {
      Note(PoolEvent::Kind::kStartFailed, more - added, why.message());
      next_start_try_ns_ = now_ns + kStartRetryNanos;
    }
  }
  const int fewer = std::min(autoscaler_.Trim(facts), dispatcher_->parked());
  if (fewer > 0) {
    workers_.Retire(fewer);
    Note(PoolEvent::Kind::kTrim, fewer);
  }
  facts.threads = workers_.staying();
  return autoscaler_.NextTrim(facts);
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
    // One that is stuck already is not looked at again until its next task.
    const int64_t since = worker->running_since_ns();
    const int64_t due = since + stuck_after_ns_;
    if (since >= 0 && due >= now_ns) next = std::min(next, due + 1);
  }
  return next;
}

int64_t ThreadPool::JournalRejections(int64_t now_ns) {
  const Dispatcher::Counters now = dispatcher_->counters();
  bool noted = false;
  const bool due = now_ns >= next_rejection_note_ns_;
  const auto note = [&](uint64_t count, uint64_t& before, RejectReason reason) {
    mu_.AssertHeld();
    if (count == before) return;
    noted = true;
    if (!due) return;
    Note(PoolEvent::Kind::kReject, static_cast<int>(count - before), RejectReasonName(reason));
    before = count;
  };
  note(now.rejected_full, journalled_.rejected_full, RejectReason::kQueueFull);
  note(now.expired, journalled_.expired, RejectReason::kExpired);
  note(now.rejected_draining, journalled_.rejected_draining, RejectReason::kDraining);
  note(now.rejected_stopped, journalled_.rejected_stopped, RejectReason::kStopped);
  if (!noted) return kNever;
  if (due) next_rejection_note_ns_ = now_ns + kRejectionNoteNanos;
  return next_rejection_note_ns_;
}

PoolEvent ThreadPool::Event(PoolEvent::Kind kind) const {
  PoolEvent event;
  event.kind = kind;
  event.threads = std::max(0, workers_.staying());  // below 0 between deaths and replacements
  event.min_threads = min_threads_;
  event.max_threads = max_threads_;
  event.queue_size = dispatcher_->queue_size();
  return event;
}

void ThreadPool::Note(PoolEvent::Kind kind, int count, absl::string_view text) {
  PoolEvent event = Event(kind);
  event.count = count;
  event.text = std::string(text);
  journal_.Append(std::move(event));
}

}  // namespace robusto
