// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// PoolEventLog: copies those events of the pool's journal to the server's log that an operator should see
// unasked: a thread could not be started, a worker died, a request is stuck. All other events are
// everyday life of the pool, and stay in the journal.
//
// Thread-safety: one thread.

#ifndef ROBUSTO_TOOLS_SERVER_POOL_EVENT_LOG_H_
#define ROBUSTO_TOOLS_SERVER_POOL_EVENT_LOG_H_

#include <cstdint>
#include <functional>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "robusto/workers/thread_pool.h"
#include "robusto/workers/warning_limiter.h"

namespace robusto {

class PoolEventLog {
 public:
  // `pool` outlives it. `warn` receives one line at a time.
  PoolEventLog(const ThreadPool* pool, std::function<void(absl::string_view)> warn);

  // Logs what has happened since the last call, or the start. `now_ns` is MonotonicNanos.
  void Check(int64_t now_ns);

 private:
  void Log(const PoolEvent& event, int64_t now_ns);
  void LogStuck(const PoolEvent& event, int64_t now_ns);

  const ThreadPool* const pool_;
  const std::function<void(absl::string_view)> warn_;
  uint64_t next_event_ = 1;
  // A lack of threads lasts, and the pool tries again every second.
  WarningLimiter failed_starts_{1, absl::Seconds(10)};
  WarningLimiter stuck_;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_POOL_EVENT_LOG_H_
