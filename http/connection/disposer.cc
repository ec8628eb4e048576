// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/connection/disposer.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace robusto {

struct Disposer::State {
  std::mutex mu;
  std::condition_variable changed;
  // Guarded by mu.
  std::vector<Remains> waiting;
  bool has_thread = false;
  bool stopping = false;
};

Disposer::Disposer() : state_(std::make_shared<State>()) {}

Disposer::~Disposer() { static_cast<void>(Stop(0)); }

void Disposer::Dispose(Remains remains) {
  std::lock_guard<std::mutex> lock(state_->mu);
  state_->waiting.push_back(std::move(remains));
  if (state_->stopping) return;
  if (!state_->has_thread) {
    try {
      std::thread([state = state_] { Main(state); }).detach();
      state_->has_thread = true;
    } catch (const std::system_error&) {
      return;  // the next call tries again
    }
  }
  state_->changed.notify_all();
}

bool Disposer::Stop(int64_t deadline_ns) {
  std::unique_lock<std::mutex> lock(state_->mu);
  state_->stopping = true;
  state_->changed.notify_all();
  if (!state_->has_thread) return state_->waiting.empty();
  const std::chrono::steady_clock::time_point deadline{std::chrono::nanoseconds(deadline_ns)};
  return state_->changed.wait_until(lock, deadline, [this] { return !state_->has_thread; });
}

void Disposer::Main(const std::shared_ptr<State>& state) {
  pthread_setname_np(pthread_self(), "disposer");
  std::unique_lock<std::mutex> lock(state->mu);
  for (;;) {
    state->changed.wait(lock, [&] { return state->stopping || !state->waiting.empty(); });
    if (state->waiting.empty()) break;
    std::vector<Remains> batch = std::move(state->waiting);
    state->waiting.clear();
    lock.unlock();
    batch.clear();
    lock.lock();
  }
  state->has_thread = false;
  state->changed.notify_all();
}

}  // namespace robusto
