// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AccessRecord: what the server knows of a request when it is over. ServerOptions::on_access is called
// with one for each request, and for each message that was refused because it is malformed; AccessLog
// (http/logging/access_log.h) writes them as lines.
//
// Thread-safety: plain data. The views are valid during the call of on_access.

#ifndef ROBUSTO_HTTP_API_ACCESS_RECORD_H_
#define ROBUSTO_HTTP_API_ACCESS_RECORD_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace robusto {

struct AccessRecord {
  absl::Time began;           // when the first byte of the request was read
  absl::Duration took;        // from then until the kernel had the last byte of the response
  absl::Duration handled_in;  // the part of that in the handler; 0 when no handler ran

  absl::string_view peer;  // "127.0.0.1:40312", "[::1]:40312" or "unix:"
  std::string request_id;  // Request::id()
  // Empty when the request line is malformed.
  absl::string_view method;
  // As sent: without control characters and spaces, but perhaps with quotes and bytes beyond ASCII.
  absl::string_view target;
  int minor_version = 1;  // HTTP/1.x
  absl::string_view referer;
  absl::string_view user_agent;

  // 0: the connection ended before there was a response.
  int status = 0;
  // The bytes of the body on the wire with chunk framing, but without the head (Combined's %b).
  uint64_t body_bytes = 0;
  // False: the connection ended before the client had the whole response.
  bool complete = false;
  // Why the server itself refused the request, as in X-Robusto-Reason: "queue_full", "bare_lf". Empty
  // when a handler answered.
  absl::string_view reason;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_API_ACCESS_RECORD_H_
