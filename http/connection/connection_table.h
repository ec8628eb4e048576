// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ConnectionTable: the places of all connections. A place is never freed, only given to another
// connection, so a late event can always look at it (and sees another generation).
//
// Memory grows by chunks to the most connections that were ever open at once.
//
// Thread-safety: all methods. Lock order: mu_ is a leaf.

#ifndef ROBUSTO_HTTP_CONNECTION_CONNECTION_TABLE_H_
#define ROBUSTO_HTTP_CONNECTION_CONNECTION_TABLE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "robusto/http/connection/connection.h"

namespace robusto {

class ConnectionTable {
 public:
  ConnectionTable(ConnectionHost* host, size_t max_connections)
      : host_(host),
        max_connections_(max_connections),
        chunks_((max_connections + kChunk - 1) / kChunk) {}

  // A free place; null when max_connections are open.
  Connection* Allocate() {
    absl::MutexLock lock(&mu_);
    if (open_.load() >= max_connections_) return nullptr;
    if (free_.empty()) AddChunk();
    Connection* connection = free_.back();
    free_.pop_back();
    open_.fetch_add(1);
    return connection;
  }

  // Takes a place back. Returns how many are open now.
  size_t Free(Connection* connection) {
    absl::MutexLock lock(&mu_);
    free_.push_back(connection);
    return open_.fetch_sub(1) - 1;
  }

  Connection* At(uint32_t index) const {
    return &chunks_[index / kChunk].load(std::memory_order_acquire)->connections[index % kChunk];
  }

  size_t open() const { return open_.load(); }

  // Calls f(Connection&) for every place that was ever used, open or not.
  template <typename F>
  void ForEach(F f) const {
    for (const auto& slot : chunks_) {
      Chunk* chunk = slot.load(std::memory_order_acquire);
      if (chunk == nullptr) return;
      for (Connection& connection : chunk->connections) f(connection);
    }
  }

  ~ConnectionTable() {
    for (auto& slot : chunks_) delete slot.load();
  }

 private:
  static constexpr size_t kChunk = 64;
  struct Chunk {
    Connection connections[kChunk];
  };

  void AddChunk() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    auto* chunk = new Chunk;
    for (size_t i = kChunk; i-- > 0;) {
      chunk->connections[i].SetSlot(host_, static_cast<uint32_t>(used_chunks_ * kChunk + i));
      free_.push_back(&chunk->connections[i]);
    }
    // At may be called for these places from now on.
    chunks_[used_chunks_++].store(chunk, std::memory_order_release);
  }

  ConnectionHost* const host_;
  const size_t max_connections_;
  std::vector<std::atomic<Chunk*>> chunks_;  // owned; the vector itself never changes
  // Written under mu_. Sequentially consistent, to avoid a missed wake-up: one thread frees a place
  // and then checks for a waiting listener, another marks a listener as waiting and then checks for
  // a free place. At least one of them must see the other's write.
  std::atomic<size_t> open_{0};
  absl::Mutex mu_;
  size_t used_chunks_ ABSL_GUARDED_BY(mu_) = 0;
  std::vector<Connection*> free_ ABSL_GUARDED_BY(mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_CONNECTION_CONNECTION_TABLE_H_
