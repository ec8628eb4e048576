// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/stop_signals.h"

#include <signal.h>
#include <unistd.h>

#include <thread>
#include <utility>

#include "robusto/queue/monotonic_clock.h"
#include "robusto/tools/server/exit_code.h"

namespace robusto {
namespace {

sigset_t ServerSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  return signals;
}

void FollowSignals(const std::function<void()>& stop, const std::function<void()>& reload) {
  const sigset_t signals = ServerSignals();
  StopSignalRule rule;
  for (;;) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == SIGHUP) {
      reload();
      continue;
    }
    switch (rule.OnSignal(signal, MonotonicNanos())) {
      case StopSignalRule::Verdict::kStop:
        stop();
        break;
      case StopSignalRule::Verdict::kSameStop:
        break;
      case StopSignalRule::Verdict::kEndAtOnce:
        _exit(kExitLost);
    }
  }
}

}  // namespace

StopSignalRule::Verdict StopSignalRule::OnSignal(int signal, int64_t now_ns) {
  const bool interrupted_again = signal == SIGINT && interrupted_;
  interrupted_ = interrupted_ || signal == SIGINT;
  if (!stopping_) {
    stopping_ = true;
    first_ns_ = now_ns;
    return Verdict::kStop;
  }
  if (interrupted_again || now_ns - first_ns_ >= kSameStopNanos) return Verdict::kEndAtOnce;
  return Verdict::kSameStop;
}

void BlockServerSignals() {
  const sigset_t signals = ServerSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void FollowServerSignals(std::function<void()> stop, std::function<void()> reload) {
  std::thread([stop = std::move(stop), reload = std::move(reload)] {
    FollowSignals(stop, reload);
  }).detach();
}

}  // namespace robusto
