// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ConnectionHost: what a Connection needs of the server around it. The event loop implements it;
// tests have a fake one.
//
// Thread-safety: all methods, any thread.

#ifndef ROBUSTO_HTTP_CONNECTION_CONNECTION_HOST_H_
#define ROBUSTO_HTTP_CONNECTION_CONNECTION_HOST_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "robusto/http/api/handler.h"
#include "robusto/http/api/server_options.h"
#include "robusto/http/connection/disposer.h"
#include "robusto/http/connection/error_responses.h"
#include "robusto/http/connection/exchange.h"
#include "robusto/http/connection/file_slots.h"
#include "robusto/http/connection/memory_budget.h"
#include "robusto/http/connection/server_counters.h"
#include "robusto/http/io/server_clock.h"

namespace robusto {

class Connection;

class ConnectionHost {
 public:
  explicit ConnectionHost(ServerClock clock = ServerClock()) : clock_(clock) {}
  virtual ~ConnectionHost() = default;

  // The clock of all deadlines. Not virtual: every request reads it more than once.
  const ServerClock& clock() const { return clock_; }

  // Offers a connection that has work for a worker to the pool, which owns it from here on.
  virtual void Submit(Connection* connection) = 0;
  // Makes the event loop call Resume soon on a connection that the caller owns.
  virtual void Defer(Connection* connection) = 0;
  // Delivers events for writability, too, from now on.
  virtual void WatchWritable(Connection* connection) = 0;
  // Makes OnTimer be called at `at_ns` or earlier.
  virtual void ScheduleTimer(Connection* connection, int64_t at_ns) = 0;
  // The connection is closed; its slot may be used for another.
  virtual void Closed(Connection* connection) = 0;
  // Seconds for Retry-After: when a request would probably be accepted.
  virtual int RetryAfterSeconds() const = 0;
  // The server finishes what it has: responses say Connection: close.
  virtual bool draining() const = 0;
  // A connection has been parked between two requests: it, or an older one, may be closed to make
  // room.
  virtual void Parked() = 0;
  // Logs a warning, within a rate limit. Does not throw, does not block.
  virtual void Warn(absl::string_view text) = 0;
  // A request that is complete now is likely to be answered within a millisecond.
  virtual bool ExpectsFastResponse() const = 0;
  // Closes stalled connections that have charged more than `bytes` to the memory budget, the
  // largest first. True: one was closed.
  virtual bool FreeMemory(size_t bytes) = 0;
  // How many workers may read files at the same time.
  virtual int MaxFileReaders() const = 0;

  virtual const ServerOptions& options() const = 0;
  virtual const Handler& handler() const = 0;
  virtual std::shared_ptr<const ErrorResponses> error_responses() const = 0;
  virtual ExchangePool& exchanges() = 0;
  virtual ServerCounters& counters() = 0;
  virtual FileSlots& file_slots() = 0;
  virtual Disposer& disposer() = 0;
  virtual MemoryBudget& memory() = 0;

 private:
  const ServerClock clock_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_CONNECTION_CONNECTION_HOST_H_
