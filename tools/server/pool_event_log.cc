// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/pool_event_log.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"

namespace robusto {
namespace {

constexpr size_t kBatch = 64;

}  // namespace

PoolEventLog::PoolEventLog(const ThreadPool* pool, std::function<void(absl::string_view)> warn)
    : pool_(pool), warn_(std::move(warn)) {}

void PoolEventLog::Check(int64_t now_ns) {
  for (;;) {
    const std::vector<PoolEvent> events = pool_->journal().Read(next_event_, kBatch);
    if (events.empty()) return;
    for (const PoolEvent& event : events) Log(event, now_ns);
    next_event_ = events.back().sequence + 1;
  }
}

void PoolEventLog::Log(const PoolEvent& event, int64_t now_ns) {
  switch (event.kind) {
    case PoolEvent::Kind::kStartFailed:
      if (!failed_starts_.Admit(now_ns).has_value()) return;
      return warn_(absl::StrCat(event.text, "; continuing with ", event.threads,
                                " threads (min_threads is ", event.min_threads, ")"));
    case PoolEvent::Kind::kWorkerDied:
      return warn_(absl::StrCat("worker ", event.worker_id, " died of an ", event.text,
                                "; another takes its place"));
    case PoolEvent::Kind::kStuck:
      return LogStuck(event, now_ns);
    default:
      return;
  }
}

void PoolEventLog::LogStuck(const PoolEvent& event, int64_t now_ns) {
  for (const WorkerInfo& worker : pool_->Workers()) {
    if (worker.task_id != event.task_id) continue;
    const absl::optional<uint64_t> suppressed = stuck_.Admit(now_ns);
    if (!suppressed.has_value()) return;
    if (*suppressed > 0) warn_(absl::StrCat(*suppressed, " more stuck requests, not shown"));
    return warn_(absl::StrCat(
        worker.task.peer, ": ", worker.task.label, ": stuck: the handler has been running for ",
        absl::FormatDuration(absl::Trunc(worker.running_for, absl::Milliseconds(1))), " (task ",
        event.task_id, ", worker ", event.worker_id, ")"));
  }
  // The task has ended in the meantime.
}

}  // namespace robusto
