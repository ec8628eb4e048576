// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/health/health_monitor.h"

#include <pthread.h>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"

namespace robusto {

class HealthMonitor::ProbeTask final : public Task {
 public:
  explicit ProbeTask(std::shared_ptr<Probe> probe) : probe_(std::move(probe)) {}
  void Run() override { probe_->passed.store(Clock::now().time_since_epoch().count()); }
  TaskDescription Describe() const override {
    TaskDescription description;
    description.label = "health probe";
    return description;
  }
  void Done() override {
    probe_->under_way.store(false);
    delete this;
  }

 private:
  const std::shared_ptr<Probe> probe_;
};

HealthMonitor::HealthMonitor(ThreadPool* pool, Options options)
    : pool_(pool),
      options_(options),
      probe_(std::make_shared<Probe>()),
      thread_([this] { Main(); }) {}

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

void HealthMonitor::Notify(const std::string& why) {
  std::vector<std::shared_ptr<Entry>> listeners;
  {
    absl::MutexLock lock(&mu_);
    listeners = listeners_;
    notifying_ = true;
  }
  for (const auto& entry : listeners) {
    const Listener& listener = entry->listener;
    if (entry->reported != why.empty() && listener.on_change) listener.on_change(why.empty(), why);
    entry->reported = why.empty();
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

void HealthMonitor::MarkStopping() {
  stopping_.store(true);
  Wake();
}

void HealthMonitor::Wake() {
  woken_.store(true);
  pool_->journal().WakeReaders();
}

void HealthMonitor::Main() {
  pthread_setname_np(pthread_self(), "admin-health");
  while (!ending_.load()) {
    woken_.store(false);
    // An event that comes during the look makes the wait below return at once.
    const uint64_t next_event = pool_->journal().newest() + 1;
    Notify(Check());
    pool_->journal().Await(next_event, options_.interval, woken_);
  }
}

std::string HealthMonitor::Check() {
  const PoolStats stats = pool_->Stats();
  if (stopping_.load()) return "the server is stopping";
  const PoolState before = std::exchange(last_state_, stats.state);
  if (stats.state != PoolState::kRunning) {
    return absl::StrCat("the pool is ", PoolStateName(stats.state));
  }
  const Clock::time_point now = Clock::now();
  if (before != PoolState::kRunning || (stats.idle > 0 && stats.queue_size == 0)) {
    // No probe could get in while it did not run; and where nothing waits and somebody has nothing
    // to do, it would get through. An idle pool is not woken for it.
    probe_->passed.store(now.time_since_epoch().count());
  } else if (!probe_->under_way.exchange(true)) {
    pool_->TryPut(TaskPtr(new ProbeTask(probe_))).IgnoreError();
  }
  if (stats.threads < stats.min_threads) {
    return absl::StrCat("only ", stats.threads, " workers are alive; min_threads is ",
                        stats.min_threads);
  }
  const absl::Duration since =
      absl::FromChrono(now - Clock::time_point(Clock::duration(probe_->passed.load())));
  if (since > options_.probe_timeout + options_.interval) {
    return absl::StrCat("no probe has got through the queue for ",
                        absl::FormatDuration(absl::Trunc(since, absl::Milliseconds(1))));
  }
  return "";
}

}  // namespace robusto
