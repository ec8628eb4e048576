// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/service/stream_driver.h"

#include <pthread.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

#include "robusto/queue/monotonic_clock.h"

namespace robusto {

constexpr StreamDriver::Clock::time_point StreamDriver::kNever;

StreamDriver::StreamDriver(const Journal* journal)
    : journal_(journal), thread_([this] { Main(); }) {}

StreamDriver::~StreamDriver() {
  quit_.store(true);
  Wake();
  thread_.join();
}

void StreamDriver::Add(std::shared_ptr<Driven> driven) {
  {
    MonotonicMutexLock lock(&calls_mu_);
    ++calls_;
  }
  {
    absl::MutexLock lock(&mu_);
    added_.push_back(std::move(driven));
  }
  Wake();
}

void StreamDriver::Wake() {
  woken_.store(true);
  journal_->WakeReaders();
}

void StreamDriver::End() {
  ending_.store(true);
  Wake();
}

void StreamDriver::Release() {
  MonotonicMutexLock lock(&calls_mu_);
  // Notify under the lock: the waiting thread may destroy this object next.
  if (--calls_ == 0) no_calls_.NotifyAll();
}

bool StreamDriver::AwaitNone(absl::Duration timeout) {
  const int64_t deadline_ns = DeadlineAfter(MonotonicNanos(), timeout);
  MonotonicMutexLock lock(&calls_mu_);
  while (calls_ > 0) {
    if (!no_calls_.WaitUntil(&calls_mu_, deadline_ns)) break;
  }
  return calls_ == 0;
}

void StreamDriver::Main() {
  pthread_setname_np(pthread_self(), "admin-streams");
  std::vector<std::shared_ptr<Driven>> all;
  while (!quit_.load()) {
    woken_.store(false);
    // Read before driving: an event that arrives meanwhile ends the wait below at once.
    const uint64_t next_event = journal_->newest() + 1;
    {
      absl::MutexLock lock(&mu_);
      std::move(added_.begin(), added_.end(), std::back_inserter(all));
      added_.clear();
    }
    const Clock::time_point now = Clock::now();
    Clock::time_point next = kNever;
    for (const auto& driven : all) next = std::min(next, driven->Drive(now, ending_.load()));
    all.erase(std::remove_if(all.begin(), all.end(), [](const auto& d) { return d->done(); }),
              all.end());

    if (all.empty()) {
      journal_->Await(std::numeric_limits<uint64_t>::max(), absl::InfiniteDuration(), woken_);
    } else {
      const absl::Duration left =
          next == kNever ? absl::InfiniteDuration() : absl::FromChrono(next - Clock::now());
      journal_->Await(next_event, left, woken_);
    }
  }
}

}  // namespace robusto
