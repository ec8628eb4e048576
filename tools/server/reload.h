// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Reload: runs what SIGHUP asks for on a thread of its own. Opening a log file blocks when its disk does; on the
// thread that takes signals it would then hold SIGTERM.
//
// Thread-safety: all methods, any thread. Request never blocks.

#ifndef ROBUSTO_TOOLS_SERVER_RELOAD_H_
#define ROBUSTO_TOOLS_SERVER_RELOAD_H_

#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace robusto {

class Reload : public std::enable_shared_from_this<Reload> {
 public:
  static std::shared_ptr<Reload> Create() { return std::shared_ptr<Reload>(new Reload); }

  // Asks for one run of the action. Requests that come before it begins are one; one that comes before Start is
  // kept.
  void Request() ABSL_LOCKS_EXCLUDED(mu_);

  // Runs `action` for each request from now on, on a thread that lives as long as the process. Once. Throws
  // std::system_error when there is no thread.
  void Start(std::function<void()> action);

 private:
  Reload() = default;
  void AwaitRequest() ABSL_LOCKS_EXCLUDED(mu_);

  absl::Mutex mu_;
  bool requested_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_RELOAD_H_
