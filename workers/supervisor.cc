// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/supervisor.h"

#include <pthread.h>

#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace robusto {

Supervisor::Supervisor(const std::string& name, std::shared_ptr<Dispatcher> dispatcher,
                       std::shared_ptr<WorkerSignal> signal, Maintain maintain)
    : name_(absl::StrCat(name.substr(0, 11), "-sup")),  // the kernel keeps 15 bytes
      dispatcher_(std::move(dispatcher)),
      signal_(std::move(signal)),
      maintain_(std::move(maintain)) {}

absl::Status Supervisor::Start() {
  try {
    thread_ = std::thread([self = shared_from_this()] { self->Main(); });
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot start supervisor thread ", name_, ": ", error.what()));
  }
  return absl::OkStatus();
}

void Supervisor::RequestExit() {
  exit_.store(true);
  dispatcher_->RequestMaintenance();
}

bool Supervisor::JoinOrAbandon() {
  if (exited()) {
    thread_.join();
    return true;
  }
  absl::MutexLock lock(&maintaining_);
  abandoned_ = true;
  thread_.detach();
  return false;
}

void Supervisor::Main() {
  pthread_setname_np(pthread_self(), name_.c_str());
  dispatcher_->ScheduleMaintenance(0);
  while (!exit_.load() && MaintainOnce()) {
    dispatcher_->SupervisorWait();
    if (!exit_.load()) dispatcher_->SupervisorTick();
  }
  exited_.store(true);
  signal_->Notify();
}

bool Supervisor::MaintainOnce() {
  if (!dispatcher_->StartMaintenance()) return true;
  absl::MutexLock lock(&maintaining_);
  if (abandoned_) return false;
  dispatcher_->ScheduleMaintenance(maintain_(dispatcher_->oldest_wait_ns()));
  return true;
}

}  // namespace robusto
