// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/journal_follower.h"

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "robusto/queue/monotonic_clock.h"
#include "spdlog/spdlog.h"

namespace robusto {

JournalFollower::JournalFollower(const ThreadPool* pool, HealthMonitor* monitor)
    : monitor_(monitor),
      log_(pool, [](absl::string_view text) { spdlog::warn("{}", std::string(text)); }) {
  if (monitor_ == nullptr) return;
  HealthMonitor::Listener listener;
  listener.on_check = [this] { log_.Check(MonotonicNanos()); };
  listener_ = monitor_->Add(std::move(listener));
}

JournalFollower::~JournalFollower() {
  if (monitor_ != nullptr) monitor_->Remove(listener_);
}

}  // namespace robusto
