// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// IdleEvictor: closes connections that wait for their clients when their places or descriptors are
// wanted for others: the one first whose client has kept it waiting for longest, be it between two
// requests or, with some grace, in the middle of one. So neither idle connections nor those that
// send, or take, a byte now and then keep newcomers out, and who uses a connection keeps it. (Not
// the one that would be closed next anyway: with a header_timeout below keep_alive_timeout newcomers
// would throw each other out.)
//
// A list of connections in that order would have to be kept up to date by every request. This finds
// the oldest by a look at all of them when somebody has to go, a few dozen at once so that the look
// is paid for by many, and checks again before it closes one: what the list says is a guess.
//
// Thread-safety: all methods. Lock order: mu_ is a leaf; connections are closed without it.

#ifndef ROBUSTO_HTTP_EVENT_LOOP_IDLE_EVICTOR_H_
#define ROBUSTO_HTTP_EVENT_LOOP_IDLE_EVICTOR_H_

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

class IdleEvictor {
 public:
  // Which ones it may close.
  enum class Among {
    kAll,     // also those on which no request has come yet, and those in the middle of one
    kServed,  // those between two requests
  };

  // `table` must outlive it.
  IdleEvictor(const ConnectionTable* table, Among among, ServerClock clock)
      : table_(table), among_(among), clock_(clock) {}

  // Closes up to `count` connections; returns how many.
  size_t Evict(size_t count);

 private:
  struct Candidate {
    int64_t since_ns;
    Connection* connection;
    uint32_t generation;
  };
  // Found by one look. A look at 10,000 connections takes some 50 us.
  static constexpr size_t kBatch = 64;

  // The next one that is still as it was found; nullopt when a fresh look finds none.
  absl::optional<Candidate> Next() ABSL_LOCKS_EXCLUDED(mu_);
  int64_t WaitsSince(const Connection& connection, int64_t now_ns) const;
  void Look() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const ConnectionTable* const table_;
  const Among among_;
  const ServerClock clock_;
  absl::Mutex mu_;
  std::vector<Candidate> candidates_ ABSL_GUARDED_BY(mu_);  // the oldest last
  int64_t newest_ns_ ABSL_GUARDED_BY(mu_) = 0;              // of those, when they were found
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_EVENT_LOOP_IDLE_EVICTOR_H_
