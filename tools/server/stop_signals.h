// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Signals of a server process: what SIGTERM, SIGINT and SIGHUP do.
//
// The first SIGTERM or SIGINT starts the stop, or joins one that the admin service has started. Another one
// ends the process at once, with two exceptions to tell a machine from an impatient operator: within a second
// after the first, a further signal is the same stop delivered again. timeout(1) signals its child and then
// the process group, service managers send their ExecStop's and then their own, and a terminal's Ctrl-C
// reaches a wrapper and its child. A second SIGINT is an operator's second Ctrl-C and ends the process
// whenever it comes.
//
// The end at once calls nothing but _exit(2): no log line, which a full stderr could hold, and no lock.

#ifndef ROBUSTO_TOOLS_SERVER_STOP_SIGNALS_H_
#define ROBUSTO_TOOLS_SERVER_STOP_SIGNALS_H_

#include <cstdint>
#include <functional>

namespace robusto {

// The decision alone. Thread-safety: one thread.
class StopSignalRule {
 public:
  enum class Verdict {
    kStop,      // the first signal
    kSameStop,  // the first one, delivered again
    kEndAtOnce,
  };
  static constexpr int64_t kSameStopNanos = 1'000'000'000;

  // `signal` is SIGTERM or SIGINT, `now_ns` is MonotonicNanos.
  Verdict OnSignal(int signal, int64_t now_ns);

 private:
  bool stopping_ = false;
  bool interrupted_ = false;  // SIGINT has come
  int64_t first_ns_ = 0;
};

// Blocks these signals in the calling thread and in those that it starts from now on. Call it before the first
// thread is started.
void BlockServerSignals();

// Starts a thread that takes these signals for as long as the process lives. `stop` and `reload` (SIGHUP) must
// not block, or the next signal waits. Throws std::system_error when there is no thread.
void FollowServerSignals(std::function<void()> stop, std::function<void()> reload);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_STOP_SIGNALS_H_
