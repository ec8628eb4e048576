// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/connection/disposer.h"

#include <pthread.h>

#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "robusto/workers/monotonic_mutex.h"

namespace robusto {

struct Disposer::State {
  MonotonicMutex mu;
  MonotonicCondVar changed;
  std::vector<Remains> waiting ABSL_GUARDED_BY(mu);
  bool has_thread ABSL_GUARDED_BY(mu) = false;
  bool stopping ABSL_GUARDED_BY(mu) = false;
};

Disposer::Disposer() : state_(std::make_shared<State>()) {}

Disposer::~Disposer() { static_cast<void>(Stop(0)); }

void Disposer::Dispose(Remains remains) {
  State& state = *state_;
  const MonotonicMutexLock lock(&state.mu);
  state.waiting.push_back(std::move(remains));
  if (state.stopping) return;
  if (!state.has_thread) {
    try {
      std::thread([shared = state_] { Main(shared.get()); }).detach();
      state.has_thread = true;
    } catch (const std::system_error&) {
      return;  // the next call tries again
    }
  }
  state.changed.NotifyAll();
}

bool Disposer::Stop(int64_t deadline_ns) {
  State& state = *state_;
  const MonotonicMutexLock lock(&state.mu);
  state.stopping = true;
  state.changed.NotifyAll();
  while (state.has_thread) {
    if (!state.changed.WaitUntil(&state.mu, deadline_ns)) break;
  }
  return !state.has_thread && state.waiting.empty();
}

void Disposer::Main(State* state) {
  pthread_setname_np(pthread_self(), "disposer");
  for (;;) {
    std::vector<Remains> batch;
    {
      const MonotonicMutexLock lock(&state->mu);
      while (!state->stopping && state->waiting.empty()) state->changed.Wait(&state->mu);
      if (state->waiting.empty()) {
        state->has_thread = false;
        state->changed.NotifyAll();
        return;
      }
      batch.swap(state->waiting);
    }
    batch.clear();
  }
}

}  // namespace robusto
