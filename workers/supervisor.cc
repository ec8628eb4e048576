// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/supervisor.h"

#include <pthread.h>

#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace robusto {

Supervisor::Supervisor(const std::string& name, std::shared_ptr<Dispatcher> dispatcher,
                       Upkeep upkeep)
    : name_(absl::StrCat(name.substr(0, 11), "-sup")),  // 15 bytes are what the kernel keeps
      dispatcher_(std::move(dispatcher)),
      upkeep_(std::move(upkeep)) {}

absl::Status Supervisor::Start() {
  try {
    thread_ = std::thread([this] { Main(); });
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot start supervisor thread ", name_, ": ", error.what()));
  }
  return absl::OkStatus();
}

void Supervisor::Stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true);
  dispatcher_->WakeSupervisor();
  thread_.join();
}

void Supervisor::Main() {
  pthread_setname_np(pthread_self(), name_.c_str());
  int64_t deadline = upkeep_(0);
  while (!stopping_.load()) {
    dispatcher_->SupervisorWait(deadline);
    if (stopping_.load()) return;
    dispatcher_->SupervisorTick(deadline);
    if (dispatcher_->TakeAttention() || MonotonicNanos() >= deadline) {
      deadline = upkeep_(dispatcher_->oldest_wait_ns());
    }
  }
}

}  // namespace robusto
