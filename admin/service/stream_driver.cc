// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/service/stream_driver.h"

#include <pthread.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

namespace robusto {

constexpr StreamDriver::Clock::time_point StreamDriver::kNever;

StreamDriver::StreamDriver(const Journal* journal)
    : journal_(journal), thread_([this] { Main(); }) {}

StreamDriver::~StreamDriver() {
  quit_.store(true);
  Poke();
  thread_.join();
}

void StreamDriver::Add(std::shared_ptr<Driven> driven) {
  {
    std::lock_guard<std::mutex> lock(calls_mu_);
    ++calls_;
  }
  {
    absl::MutexLock lock(&mu_);
    added_.push_back(std::move(driven));
  }
  Poke();
}

void StreamDriver::Poke() {
  poked_.store(true);
  journal_->WakeReaders();
}

void StreamDriver::End() {
  ending_.store(true);
  Poke();
}

void StreamDriver::Release() {
  std::lock_guard<std::mutex> lock(calls_mu_);
  // Under the lock: who waits may destroy this next.
  if (--calls_ == 0) no_calls_.notify_all();
}

bool StreamDriver::AwaitNone(absl::Duration timeout) {
  // Longer than anybody waits, and no more than the clock can count.
  const absl::Duration bounded = std::min(timeout, absl::Hours(24 * 365));
  std::unique_lock<std::mutex> lock(calls_mu_);
  return no_calls_.wait_for(lock, absl::ToChronoNanoseconds(bounded),
                            [this] { return calls_ == 0; });
}

void StreamDriver::Main() {
  pthread_setname_np(pthread_self(), "admin-streams");
  std::vector<std::shared_ptr<Driven>> all;
  while (!quit_.load()) {
    poked_.store(false);
    // An event that comes while all are driven makes the wait below return at once.
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
      journal_->Await(std::numeric_limits<uint64_t>::max(), absl::InfiniteDuration(), poked_);
    } else {
      const absl::Duration left =
          next == kNever ? absl::InfiniteDuration() : absl::FromChrono(next - Clock::now());
      journal_->Await(next_event, left, poked_);
    }
  }
}

}  // namespace robusto
