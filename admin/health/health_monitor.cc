// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/health/health_monitor.h"

#include <pthread.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/pool_stats.h"

namespace robusto {

HealthMonitor::HealthMonitor(ThreadPool* pool, Options options)
    : pool_(pool), options_(options), rules_(options), thread_([this] { Main(); }) {}

uint64_t HealthMonitor::Add(Listener listener) {
  uint64_t id;
  {
    absl::MutexLock lock(&mu_);
    id = ++last_id_;
    listeners_.push_back(std::make_shared<Entry>(Entry{id, std::move(listener), absl::nullopt}));
  }
  Wake();
  return id;
}

void HealthMonitor::Remove(uint64_t id) {
  absl::MutexLock lock(&mu_);
  listeners_.erase(std::remove_if(listeners_.begin(), listeners_.end(),
                                  [id](const auto& entry) { return entry->id == id; }),
                   listeners_.end());
  mu_.Await(absl::Condition(
      +[](bool* notifying) { return !*notifying; }, &notifying_));
}

void HealthMonitor::Notify(const Health& health) {
  std::vector<std::shared_ptr<Entry>> listeners;
  {
    absl::MutexLock lock(&mu_);
    listeners = listeners_;
    notifying_ = true;
  }
  for (const auto& entry : listeners) {
    const Listener& listener = entry->listener;
    if (entry->reported != health && listener.on_change) listener.on_change(health);
    entry->reported = health;
    if (listener.on_check) listener.on_check();
  }
  absl::MutexLock lock(&mu_);
  notifying_ = false;
}

void HealthMonitor::Stop() {
  if (!thread_.joinable()) return;
  ending_.store(true);
  Wake();
  thread_.join();
}

void HealthMonitor::Wake() {
  woken_.store(true);
  pool_->journal().WakeReaders();
}

void HealthMonitor::Main() {
  pthread_setname_np(pthread_self(), "admin-health");
  while (!ending_.load()) {
    woken_.store(false);
    // Read before the check: an event that arrives meanwhile ends the wait below at once.
    const uint64_t next_event = pool_->journal().newest() + 1;
    Notify(Check());
    pool_->journal().Await(next_event, options_.interval, woken_);
  }
}

Health HealthMonitor::Check() {
  const PoolStats stats = pool_->Stats();
  HealthRules::Inputs inputs;
  inputs.now_ns = MonotonicNanos();
  inputs.state = stats.state;
  inputs.threads = stats.threads;
  inputs.min_threads = stats.min_threads;
  inputs.idle = stats.idle;
  inputs.queued = stats.queued;
  inputs.started = stats.completed + stats.failed + stats.cancelled + stats.running;
  inputs.has_work_source = pool_->has_work_source();
  inputs.polls = pool_->Polls().polls;
  const Health health = rules_.Check(inputs);
  // Under load polls end by themselves; only a poll that sleeps is interrupted.
  if (inputs.polls == std::exchange(polls_at_last_check_, inputs.polls)) pool_->InterruptPoll();
  return health;
}

}  // namespace robusto
