// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/journal.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"

namespace robusto {

absl::string_view PoolEventKindName(PoolEvent::Kind kind) {
  using Kind = PoolEvent::Kind;
  switch (kind) {
    case Kind::kStart:
      return "start";
    case Kind::kGrow:
      return "grow";
    case Kind::kAutoGrow:
      return "auto_grow";
    case Kind::kShrink:
      return "shrink";
    case Kind::kTrim:
      return "trim";
    case Kind::kResize:
      return "resize";
    case Kind::kStartFailed:
      return "start_failed";
    case Kind::kWorkerDied:
      return "worker_died";
    case Kind::kRespawn:
      return "respawn";
    case Kind::kReject:
      return "reject";
    case Kind::kCancel:
      return "cancel";
    case Kind::kStuck:
      return "stuck";
    case Kind::kDrain:
      return "drain";
    case Kind::kResume:
      return "resume";
    case Kind::kStop:
      return "stop";
    case Kind::kStopped:
      return "stopped";
    case Kind::kRevert:
      return "revert";
    case Kind::kConfirm:
      return "confirm";
  }
  return "unknown";
}

void Journal::Append(PoolEvent event) {
  event.at = absl::Now();
  {
    MonotonicMutexLock lock(&mu_);
    event.sequence = ++newest_;
    if (events_.size() == kCapacity) events_.pop_front();
    events_.push_back(std::move(event));
  }
  appended_.NotifyAll();
}

std::vector<PoolEvent> Journal::Read(uint64_t from, size_t max) const {
  MonotonicMutexLock lock(&mu_);
  const uint64_t oldest = newest_ - events_.size() + 1;
  const uint64_t begin = std::max(from, oldest);
  std::vector<PoolEvent> read;
  for (uint64_t i = begin; i <= newest_ && read.size() < max; ++i) {
    read.push_back(events_[static_cast<size_t>(i - oldest)]);
  }
  return read;
}

bool Journal::Await(uint64_t sequence, absl::Duration timeout) const {
  static const std::atomic<bool> kNotEnded{false};
  return Await(sequence, timeout, kNotEnded);
}

bool Journal::Await(uint64_t sequence, absl::Duration timeout,
                    const std::atomic<bool>& ended) const {
  const int64_t deadline_ns = DeadlineAfter(MonotonicNanos(), timeout);
  MonotonicMutexLock lock(&mu_);
  while (newest_ < sequence && !ended.load()) {
    if (!appended_.WaitUntil(&mu_, deadline_ns)) break;
  }
  return newest_ >= sequence;
}

void Journal::WakeReaders() const {
  // Under the lock, so that no reader is between its check and its wait.
  MonotonicMutexLock lock(&mu_);
  appended_.NotifyAll();
}

uint64_t Journal::newest() const {
  MonotonicMutexLock lock(&mu_);
  return newest_;
}

}  // namespace robusto
