// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ServerOptions: everything that can be set about a Server, with its default, its unit and what a
// client gets when a limit is passed. Plain data; Server::Create checks it.

#ifndef ROBUSTO_HTTP_API_SERVER_OPTIONS_H_
#define ROBUSTO_HTTP_API_SERVER_OPTIONS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/http/api/access_record.h"
#include "robusto/http/message/request_parser.h"
#include "robusto/http/message/response.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

struct ServerOptions {
  // Where to listen; see Listener for the forms. At least one.
  std::vector<std::string> listen = {"127.0.0.1:8080"};
  // Permission bits of the files of unix sockets, from 0 to 0777; absent: what the umask leaves.
  absl::optional<mode_t> unix_socket_mode;

  // The worker pool. queue_ttl is how long a request may wait for a worker before it gets 503;
  // queue_timeout has no effect here: the server never waits for room in the queue, it sheds.
  // work_source is the server's own and is overwritten.
  ThreadPoolOptions pool;

  // Request line (414), header section (431).
  ParserLimits parser;
  // Bytes of a request body, after decoding (413).
  uint64_t max_body_bytes = 1 << 20;
  // Bodies up to this are gathered in memory before the handler runs. With a max_body_bytes beyond
  // it, larger ones reach the handler before they are whole: it must look at
  // Request::body_complete() and take the rest through ResponseWriter::ReceiveBody (a Router's
  // routes do so by themselves). A connection never has much more than this of a body in memory.
  uint64_t body_buffer = 1 << 20;

  // Bytes that all clients together may hold in the server's memory: of heads and bodies that are
  // being read, and of responses in memory that they have not taken. When it is exhausted, stalled
  // connections that hold the most are closed first; a request that needs more gets 503 with reason
  // "memory". The first 8 KiB of each connection do not count. 0: a quarter of the memory that the
  // machine and its control groups allow, at most 1 GiB.
  size_t memory_limit = 0;

  // From a connection's start, or a request's first byte, to the end of its header section (408).
  absl::Duration header_timeout = absl::Seconds(10);
  // A body must arrive within header_timeout plus the time that its bytes take at this rate (408).
  uint64_t min_body_bytes_per_second = 1024;
  // How long an idle connection is kept for the next request; then it is closed.
  absl::Duration keep_alive_timeout = absl::Seconds(15);
  // How long a client may take nothing of its response; then the connection is reset.
  absl::Duration write_timeout = absl::Seconds(30);

  // Connections open at once. When all are taken, the one whose client has kept it waiting for
  // longest makes room for a new one: idle, or stalled for half a second in the middle of sending a
  // request or of taking a response (where that has a timeout). When there is none, new ones wait
  // in the kernel's backlog.
  size_t max_connections = 10000;
  // How many of these may be idle between two requests. Beyond this number the server closes the
  // one that has been idle for longest. 0: the server closes every connection after its response.
  size_t max_parked_connections = 10000;
  // Requests that one connection may send; the response to the last says Connection: close. 0: no
  // limit. Pipelined requests need no separate limit. The server answers them one by one; each
  // joins the queue at its tail when other tasks wait. The server reads at most a head's bytes
  // ahead.
  uint64_t max_requests_per_connection = 0;

  // The value of the Server field; empty: no such field.
  std::string server_name = "robusto";

  // The name of a field that carries the request's id, for example "X-Request-Id": told in every
  // response, and taken over from a request that has it (1 to 64 characters that are letters,
  // digits or one of "-_.:+/="). Empty: ids are only for logs and for the pool's watchers.
  std::string request_id_header;

  // Makes the body of responses without a handler's own, the ones of ResponseWriter::Error: sets
  // fields and writes, or does nothing to have the plain text. For an error that a handler answers
  // with, the worker calls it each time. For the errors that the server answers itself, with the
  // reason as `detail`, Server::Create and Server::ReloadErrorPages call it once for each and keep
  // what it made. It may block. Null: plain text.
  ErrorPage error_page;

  // Called once for every request when it is over, by the last thread that processed it; must not
  // block. An exception from it becomes a warning. Null: nothing is reported, and no clock is read
  // for it.
  std::function<void(const AccessRecord&)> on_access;

  // Called with one line for each event that an operator may want to know: a bad request, a handler
  // that threw, no descriptors left. At most a hundred lines a second are reported; a later line
  // says how many were suppressed. (Server::Stats counts every refusal in any case.) Called from
  // many threads; must not block. Its exceptions are ignored. Null: nothing is reported.
  std::function<void(absl::string_view)> on_warning;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_API_SERVER_OPTIONS_H_
