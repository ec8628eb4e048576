// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/reload.h"

#include <thread>
#include <utility>

namespace robusto {

void Reload::Request() {
  absl::MutexLock lock(&mu_);
  requested_ = true;
}

void Reload::AwaitRequest() {
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(&requested_));
  requested_ = false;
}

void Reload::Start(std::function<void()> action) {
  std::thread([self = shared_from_this(), action = std::move(action)] {
    for (;;) {
      self->AwaitRequest();
      action();
    }
  }).detach();
}

}  // namespace robusto
