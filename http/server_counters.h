// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ServerCounters: what a server counts while it works; ServerStats is the snapshot of it.
//
// Thread-safety: all methods. What every request counts is a relaxed atomic: no figure orders
// another. Lock order: mu_ is a leaf.

#ifndef ROBUSTO_HTTP_SERVER_COUNTERS_H_
#define ROBUSTO_HTTP_SERVER_COUNTERS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "http/server_stats.h"

namespace robusto {

class ServerCounters {
 public:
  // Returns the connection's number, from 1.
  uint64_t CountAccepted() { return accepted_.fetch_add(1, std::memory_order_relaxed) + 1; }
  void CountAcceptError() { accept_errors_.fetch_add(1, std::memory_order_relaxed); }
  void CountEvicted() { evicted_.fetch_add(1, std::memory_order_relaxed); }
  void CountReceived(uint64_t bytes) { received_.fetch_add(bytes, std::memory_order_relaxed); }
  void CountSent(uint64_t bytes) { sent_.fetch_add(bytes, std::memory_order_relaxed); }
  // `status` is from 200 to 599.
  void CountResponse(int status) {
    responses_[static_cast<size_t>(status) / 100].fetch_add(1, std::memory_order_relaxed);
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
    for (size_t i = 0; i < responses_.size(); ++i) {
      stats.responses[i] = responses_[i].load(std::memory_order_relaxed);
    }
    stats.bytes_received = received_.load(std::memory_order_relaxed);
    stats.bytes_sent = sent_.load(std::memory_order_relaxed);
    absl::MutexLock lock(&mu_);
    stats.refusals = refusals_;
    return stats;
  }

 private:
  std::atomic<uint64_t> accepted_{0};
  std::atomic<uint64_t> accept_errors_{0};
  std::atomic<uint64_t> evicted_{0};
  std::atomic<uint64_t> received_{0};
  std::atomic<uint64_t> sent_{0};
  std::array<std::atomic<uint64_t>, 6> responses_ = {};
  mutable absl::Mutex mu_;
  std::map<std::string, uint64_t> refusals_ ABSL_GUARDED_BY(mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_SERVER_COUNTERS_H_
