// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// PoolEventLog: tells the server's log what of the pool's journal an operator should not have to ask
// for: that the system gave no thread, that a worker died, that a request is stuck. The rest of the
// journal is the pool's everyday life, and stays there.
//
// Thread-safety: one thread.

#ifndef ROBUSTO_TOOLS_SERVER_POOL_EVENT_LOG_H_
#define ROBUSTO_TOOLS_SERVER_POOL_EVENT_LOG_H_

#include <cstdint>
#include <functional>

#include "absl/strings/string_view.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

class PoolEventLog {
 public:
  // `pool` outlives it. `warn` is given one line at a time.
  PoolEventLog(const ThreadPool* pool, std::function<void(absl::string_view)> warn);

  // Tells what has happened since the last call, or the start. `now_ns` is MonotonicNanos: that there
  // is no thread lasts, and the pool asks again every second, so it is told every ten.
  void Look(int64_t now_ns);

 private:
  void Tell(const PoolEvent& event, int64_t now_ns);
  void TellStuck(const PoolEvent& event) const;

  const ThreadPool* const pool_;
  const std::function<void(absl::string_view)> warn_;
  uint64_t next_event_ = 1;
  int64_t next_start_warning_ns_ = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_POOL_EVENT_LOG_H_
