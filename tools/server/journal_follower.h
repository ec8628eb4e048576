// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// JournalFollower: logs the events of the pool's journal that an operator should see unasked (PoolEventLog), whenever the
// health monitor checks the pool.
//
// Lifetime: the pool and the monitor outlive it.

#ifndef ROBUSTO_TOOLS_SERVER_JOURNAL_FOLLOWER_H_
#define ROBUSTO_TOOLS_SERVER_JOURNAL_FOLLOWER_H_

#include <cstdint>

#include "robusto/admin/health/health_monitor.h"
#include "robusto/tools/server/pool_event_log.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

class JournalFollower {
 public:
  // A null `monitor`: nothing is logged.
  JournalFollower(const ThreadPool* pool, HealthMonitor* monitor);
  ~JournalFollower();

  JournalFollower(const JournalFollower&) = delete;
  JournalFollower& operator=(const JournalFollower&) = delete;

 private:
  HealthMonitor* const monitor_;
  PoolEventLog log_;
  uint64_t listener_ = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_JOURNAL_FOLLOWER_H_
