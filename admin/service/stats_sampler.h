// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// StatsSampler: snapshots of a pool as messages that many watchers share, and the rates between them.
//
// A snapshot reads the histograms of every worker, and building a message allocates. That is cheap once,
// but not for 64 watchers ten times a second each. So a watcher states how old a snapshot may be, and
// most watchers share the snapshot, and its encoded bytes, that the first one has caused.
//
// Thread-safety: all methods. A Sample never changes.
// Lock order: mu_ before ThreadPool::mu_.

#ifndef ROBUSTO_ADMIN_SERVICE_STATS_SAMPLER_H_
#define ROBUSTO_ADMIN_SERVICE_STATS_SAMPLER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "grpcpp/support/byte_buffer.h"
#include "robusto/admin/pool_admin.pb.h"
#include "robusto/workers/recent_durations.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

// Counters of the server around the pool; nullopt if it does not count them.
struct AdminTraffic {
  absl::optional<uint64_t> connections_open;
  absl::optional<uint64_t> connections_accepted;
  absl::optional<uint64_t> bytes_received;
  absl::optional<uint64_t> bytes_sent;
  absl::optional<uint64_t> connections_in_exchange;
};

class StatsSampler {
 public:
  struct Sample {
    std::chrono::steady_clock::time_point at;
    admin::v1::PoolStats stats;  // without rates
  };
  using SamplePtr = std::shared_ptr<const Sample>;

  // `traffic` may be null. Both must outlive the sampler.
  StatsSampler(const ThreadPool* pool, std::function<AdminTraffic()> traffic);

  // A snapshot that is no older than `max_age`; 0 takes a new one.
  SamplePtr Take(absl::Duration max_age) ABSL_LOCKS_EXCLUDED(mu_);
  // The newest sample taken at least a second before `sample`; if there is none, one of the pool's
  // start.
  SamplePtr Before(const Sample& sample) const ABSL_LOCKS_EXCLUDED(mu_);

  // Sets the rates of `to`, which is a copy of after.stats.
  static void SetRates(const Sample& before, const Sample& after, admin::v1::PoolStats* to);
  // after.stats with its rates since `before`, encoded. Watchers with the same interval ask for the
  // same pair and share the bytes.
  grpc::ByteBuffer Encoded(const SamplePtr& before, const SamplePtr& after)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Encoding {
    // The samples are owned because the lookup compares their addresses: the address of a freed
    // sample could be reused by a new one.
    SamplePtr before;
    SamplePtr after;
    grpc::ByteBuffer bytes;
  };

  // Constant after construction.
  const ThreadPool* const pool_;
  const std::function<AdminTraffic()> traffic_;

  mutable absl::Mutex mu_;
  RecentDurations recent_ ABSL_GUARDED_BY(mu_);
  SamplePtr newest_ ABSL_GUARDED_BY(mu_);
  // Samples at least a second apart: the newest, and the one before it.
  SamplePtr mark_ ABSL_GUARDED_BY(mu_);
  SamplePtr earlier_mark_ ABSL_GUARDED_BY(mu_);
  // The newest few, one for each interval in use; the oldest is overwritten.
  std::vector<Encoding> encodings_ ABSL_GUARDED_BY(mu_);
  size_t next_encoding_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_SERVICE_STATS_SAMPLER_H_
