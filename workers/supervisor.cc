// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/supervisor.h"

#include <pthread.h>

#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace robusto {

Supervisor::Supervisor(const std::string& name, std::shared_ptr<Dispatcher> dispatcher,
                       Maintain maintain)
    : name_(absl::StrCat(name.substr(0, 11), "-sup")),  // the kernel keeps 15 bytes
      dispatcher_(std::move(dispatcher)),
      maintain_(std::move(maintain)) {}

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
  dispatcher_->RequestMaintenance();
  thread_.join();
}

void Supervisor::Main() {
  pthread_setname_np(pthread_self(), name_.c_str());
  dispatcher_->ScheduleMaintenance(0);
  while (!stopping_.load()) {
    if (dispatcher_->StartMaintenance()) {
      dispatcher_->ScheduleMaintenance(maintain_(dispatcher_->oldest_wait_ns()));
    }
    dispatcher_->SupervisorWait();
    if (stopping_.load()) return;
    dispatcher_->SupervisorTick();
  }
}

}  // namespace robusto
