// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/pool_event_log.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace robusto {
namespace {

constexpr size_t kBatch = 64;
constexpr int64_t kStartWarningNanos = 10'000'000'000;

}  // namespace

PoolEventLog::PoolEventLog(const ThreadPool* pool, std::function<void(absl::string_view)> warn)
    : pool_(pool), warn_(std::move(warn)) {}

void PoolEventLog::Look(int64_t now_ns) {
  for (;;) {
    const std::vector<PoolEvent> events = pool_->journal().Read(next_event_, kBatch);
    if (events.empty()) return;
    for (const PoolEvent& event : events) Tell(event, now_ns);
    next_event_ = events.back().sequence + 1;
  }
}

void PoolEventLog::Tell(const PoolEvent& event, int64_t now_ns) {
  switch (event.kind) {
    case PoolEvent::Kind::kStartFailed:
      if (now_ns < next_start_warning_ns_) return;
      next_start_warning_ns_ = now_ns + kStartWarningNanos;
      return warn_(absl::StrCat(event.text, "; going on with ", event.threads, " threads, of ",
                                event.min_threads, " at least"));
    case PoolEvent::Kind::kWorkerDied:
      return warn_(absl::StrCat("worker ", event.worker_id, " has died of an ", event.text,
                                "; another takes its place"));
    case PoolEvent::Kind::kStuck:
      return TellStuck(event);
    default:
      return;
  }
}

void PoolEventLog::TellStuck(const PoolEvent& event) const {
  for (const WorkerInfo& worker : pool_->Workers()) {
    if (worker.task_id != event.task_id) continue;
    return warn_(absl::StrCat(
        worker.task.peer, ": ", worker.task.label, ": stuck: the handler has been running for ",
        absl::FormatDuration(absl::Trunc(worker.running_for, absl::Milliseconds(1))), " (task ",
        event.task_id, ", worker ", event.worker_id, ")"));
  }
  // It has ended meanwhile.
}

}  // namespace robusto
