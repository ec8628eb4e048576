// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ServerOptions: everything that can be set about a Server, with its default, its unit and what a
// client gets when a limit is passed. Plain data; Server::Create checks it.

#ifndef ROBUSTO_HTTP_SERVER_OPTIONS_H_
#define ROBUSTO_HTTP_SERVER_OPTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "http/request_parser.h"
#include "workers/thread_pool.h"

namespace robusto {

struct ServerOptions {
  // Where to listen; see Listener for the forms. At least one.
  std::vector<std::string> listen = {"127.0.0.1:8080"};

  // The worker pool. queue_ttl is how long a request may wait for a worker before it gets 503;
  // queue_timeout has no effect here: the server never waits for room in the queue, it sheds.
  // work_source is the server's own and is overwritten.
  ThreadPoolOptions pool;

  // Request line (414), header section (431).
  ParserLimits parser;
  // Bytes of a request body, after decoding (413). Gathered in memory before the handler runs.
  uint64_t max_body_bytes = 1 << 20;

  // From a connection's start, or a request's first byte, to the end of its header section (408).
  absl::Duration header_timeout = absl::Seconds(10);
  // A body must arrive within header_timeout plus the time that its bytes take at this rate (408).
  uint64_t min_body_bytes_per_second = 1024;
  // How long an idle connection is kept for the next request; then it is closed.
  absl::Duration keep_alive_timeout = absl::Seconds(15);
  // How long a client may take nothing of its response; then the connection is dropped.
  absl::Duration write_timeout = absl::Seconds(30);

  // Connections open at once; the next ones wait in the kernel's backlog.
  size_t max_connections = 10000;

  // The value of the Server field; empty: no such field.
  std::string server_name = "robusto";

  // Told, in one line each, of what an operator may want to know: a bad request, a handler that
  // threw, no descriptors left. Called from many threads; must not block. Null: nobody is told.
  std::function<void(absl::string_view)> on_warning;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_SERVER_OPTIONS_H_
