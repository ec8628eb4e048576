// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ServerCounters: what a server counts while it works; ServerStats is the snapshot of it.
//
// Thread-safety: all methods. What every request counts is a relaxed atomic: no figure orders
// another. Lock order: mu_ is a leaf.

#ifndef ROBUSTO_HTTP_CONNECTION_SERVER_COUNTERS_H_
#define ROBUSTO_HTTP_CONNECTION_SERVER_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/base/optimization.h"
#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "robusto/http/api/server_stats.h"

namespace robusto {

class ServerCounters {
 public:
  // Returns the connection's number, from 1.
  uint64_t CountAccepted() { return accepted_.fetch_add(1, std::memory_order_relaxed) + 1; }
  void CountAcceptError() { accept_errors_.fetch_add(1, std::memory_order_relaxed); }
  void CountEvicted() { evicted_.fetch_add(1, std::memory_order_relaxed); }
  void CountReceived(uint64_t bytes) {
    Mine().received.fetch_add(bytes, std::memory_order_relaxed);
  }
  void CountSent(uint64_t bytes) { Mine().sent.fetch_add(bytes, std::memory_order_relaxed); }
  // `status` is from 200 to 599.
  void CountResponse(int status) {
    Mine().responses[static_cast<size_t>(status) / 100].fetch_add(1, std::memory_order_relaxed);
  }
  // Takes a lock: refusals are not what a server is for.
  void CountRefusal(absl::string_view reason) {
    absl::MutexLock lock(&mu_);
    ++refusals_[std::string(reason)];
  }

  // All but what is to do with connections that are open now.
  ServerStats Snapshot() const {
    ServerStats stats;
    stats.connections_accepted = accepted_.load(std::memory_order_relaxed);
    stats.connections_evicted = evicted_.load(std::memory_order_relaxed);
    stats.accept_errors = accept_errors_.load(std::memory_order_relaxed);
    for (const Shard& shard : shards_) {
      for (size_t i = 0; i < shard.responses.size(); ++i) {
        stats.responses[i] += shard.responses[i].load(std::memory_order_relaxed);
      }
      stats.bytes_received += shard.received.load(std::memory_order_relaxed);
      stats.bytes_sent += shard.sent.load(std::memory_order_relaxed);
    }
    absl::MutexLock lock(&mu_);
    stats.refusals = refusals_;
    return stats;
  }

 private:
  // What every request counts, in cache lines that few threads share.
  struct alignas(ABSL_CACHELINE_SIZE) Shard {
    std::atomic<uint64_t> received{0};
    std::atomic<uint64_t> sent{0};
    std::array<std::atomic<uint64_t>, 6> responses = {};
  };
  static constexpr size_t kShards = 16;

  // The same for all calls of a thread.
  Shard& Mine() {
    static std::atomic<size_t> threads{0};
    thread_local size_t number = 0;  // from 1; a constant needs no look whether it is initialised
    if (number == 0) number = threads.fetch_add(1, std::memory_order_relaxed) + 1;
    return shards_[number % kShards];
  }

  std::array<Shard, kShards> shards_ = {};
  std::atomic<uint64_t> accepted_{0};
  std::atomic<uint64_t> accept_errors_{0};
  std::atomic<uint64_t> evicted_{0};
  mutable absl::Mutex mu_;
  std::map<std::string, uint64_t> refusals_ ABSL_GUARDED_BY(mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_CONNECTION_SERVER_COUNTERS_H_
