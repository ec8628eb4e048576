// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ConnectionEvictor: closes connections that wait for their clients when their slots or descriptors
// are needed for others. First goes the one whose client has made no progress for longest, between
// two requests or, after Connection::kStallGrace, in the middle of one. So neither idle connections
// nor clients that send, or take, a byte now and then keep new ones out, and a connection in use is
// kept. (The order is not that of the deadlines: with a header_timeout below keep_alive_timeout new
// connections would evict each other.)
//
// A list in that order would have to be updated by every request. Instead a scan of all connections
// finds the oldest ones when a slot is needed, some dozens at a time so that many evictions share its
// cost, and each is checked again before it is closed: the list is a guess.
//
// Thread-safety: all methods. Lock order: mu_ is a leaf; connections are closed without it.

#ifndef ROBUSTO_HTTP_EVENT_LOOP_CONNECTION_EVICTOR_H_
#define ROBUSTO_HTTP_EVENT_LOOP_CONNECTION_EVICTOR_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"
#include "robusto/http/connection/connection.h"
#include "robusto/http/connection/connection_table.h"
#include "robusto/http/io/server_clock.h"

namespace robusto {

class ConnectionEvictor {
 public:
  // Which connections it may close.
  enum class Among {
    kAll,     // all that wait, also before their first request or in the middle of one
    kServed,  // those between two requests
  };

  // `table` must outlive it.
  ConnectionEvictor(const ConnectionTable* table, Among among, ServerClock clock)
      : table_(table), among_(among), clock_(clock) {}

  // Closes up to `count` connections; returns how many.
  size_t Evict(size_t count);
  // Closes the stalled connection that has charged most to the memory budget, if that is more than
  // `bytes`. True: one was closed. Scans all connections.
  [[nodiscard]] bool EvictLargest(size_t bytes);

 private:
  struct Candidate {
    int64_t since_ns;
    Connection* connection;
    uint32_t generation;
  };
  // Found by one scan. A scan of 10,000 connections takes some 50 us.
  static constexpr size_t kBatch = 64;

  // The next one that is still as it was found; nullopt when a new scan finds none.
  absl::optional<Candidate> Next() ABSL_LOCKS_EXCLUDED(mu_);
  int64_t StalledSince(const Connection& connection, int64_t now_ns) const;
  void FindCandidates() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const ConnectionTable* const table_;
  const Among among_;
  const ServerClock clock_;
  absl::Mutex mu_;
  std::vector<Candidate> candidates_ ABSL_GUARDED_BY(mu_);  // the oldest last
  int64_t newest_ns_ ABSL_GUARDED_BY(mu_) = 0;              // of those, when they were found
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_EVENT_LOOP_CONNECTION_EVICTOR_H_
