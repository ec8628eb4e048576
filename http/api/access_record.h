// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AccessRecord: what is known of a request once it is over. ServerOptions::on_access is given one
// for each request, and for each message that was refused because it is none; AccessLog
// (http/logging/access_log.h) makes lines of them.
//
// Thread-safety: plain data. The views are good for as long as the call that hands it over.

#ifndef ROBUSTO_HTTP_API_ACCESS_RECORD_H_
#define ROBUSTO_HTTP_API_ACCESS_RECORD_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace robusto {

struct AccessRecord {
  absl::Time began;     // the first byte of the request was read
  absl::Duration took;  // from then until the last byte of the response was given to the kernel
  absl::Duration handled_in;  // of that, in the handler; 0 when no handler ran

  absl::string_view peer;  // "127.0.0.1:40312", "[::1]:40312" or "unix:"
  std::string request_id;  // Request::id()
  // Empty when the request line could not be understood.
  absl::string_view method;
  absl::string_view target;  // as it was sent: control characters are refused, quotes are not
  int minor_version = 1;     // HTTP/1.x
  absl::string_view referer;
  absl::string_view user_agent;

  // 0: the connection ended before there was an answer.
  int status = 0;
  // Of the body on the wire, chunk framing included; not the head (Combined's %b).
  uint64_t body_bytes = 0;
  // False: the client went away, or was dropped, before it had the whole response.
  bool complete = false;
  // Why the server refused by itself, as in X-Robusto-Reason: "queue_full", "bare_lf". Empty when a
  // handler answered.
  absl::string_view reason;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_API_ACCESS_RECORD_H_
