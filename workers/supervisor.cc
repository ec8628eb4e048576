// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "workers/supervisor.h"

#include <pthread.h>

#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace robusto {

Supervisor::Supervisor(std::string name, std::shared_ptr<Dispatcher> dispatcher)
    : name_(absl::StrCat(name, "-sup").substr(0, 15)), dispatcher_(std::move(dispatcher)) {}

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
  while (!stopping_.load()) {
    dispatcher_->SupervisorWait();
    if (stopping_.load()) return;
    dispatcher_->SupervisorTick();
  }
}

}  // namespace robusto
