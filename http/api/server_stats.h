// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ServerStats: what a Server has done since its start, as a plain snapshot. The pool's own figures
// (threads, queue, waiting and service times) are in workers/pool_stats.h.
//
// Thread-safety: plain data.

#ifndef ROBUSTO_HTTP_API_SERVER_STATS_H_
#define ROBUSTO_HTTP_API_SERVER_STATS_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace robusto {

struct ServerStats {
  uint64_t connections_accepted = 0;
  uint64_t connections_open = 0;    // now
  uint64_t connections_parked = 0;  // of these, idle between two requests, holding no buffer
  // Of the open ones, those with a request or a response under way: from the first byte of the body,
  // or the end of the head, to the last byte that the client's socket took.
  uint64_t connections_in_exchange = 0;
  uint64_t connections_evicted = 0;  // idle or stalled ones closed to make room for others
  uint64_t accept_errors = 0;        // the system refused one that waits: no descriptor, no memory

  // Responses by the class of their status: [2] is 2xx. Those that the server made itself included.
  std::array<uint64_t, 6> responses = {};
  // What the server refused or ended by itself, by the reason that X-Robusto-Reason told or, where
  // nothing could be told, "keep_alive_timeout", "write_timeout", "client_gone".
  std::map<std::string, uint64_t> refusals;

  // Bytes that clients hold of ServerOptions::memory_limit, and that limit.
  uint64_t memory_used = 0;
  uint64_t memory_limit = 0;

  uint64_t bytes_received = 0;
  uint64_t bytes_sent = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_API_SERVER_STATS_H_
