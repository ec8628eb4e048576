// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The head of a response on the wire: what a handler set, and the fields that the server adds.
//
//   AppendResponseHead(response, inputs, &out);
//   if (ResponseHasBody(response.status(), inputs.head)) ...
//
//   HTTP/1.1 200 OK
//   Server: robusto
//   Date: Sun, 06 Nov 1994 08:49:37 GMT
//   Content-Type: text/plain                     <- response.headers()
//   Content-Length: 13
//   Connection: close
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_MESSAGE_RESPONSE_HEAD_H_
#define ROBUSTO_HTTP_MESSAGE_RESPONSE_HEAD_H_

#include <ctime>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/http/message/response.h"

namespace robusto {

// What the head depends on beside the response.
struct ResponseHeadInputs {
  bool head = false;      // the request's method is HEAD
  int minor_version = 1;  // the request's HTTP/1.x
  // Whether the connection stays open after this response. response.close() is not looked at.
  bool keep_alive = true;
  std::time_t now = 0;       // for Date, seconds since 1970 UTC
  absl::string_view server;  // the value of Server, already checked to be one; empty for no field
};

// Appends the head to `out`, with the empty line that ends it.
//   - Content-Length is response.body_size(), or the stream's length, for HEAD too. A stream of
//     unknown length has Transfer-Encoding: chunked instead, and neither field for HTTP/1.0. There is
//     none with 204 (RFC 9110 section 8.6 forbids it) and with 304 (where it would have to be the
//     length of the 200, which a handler that answers 304 does not have). 205 has 0.
//   - Connection: close when !keep_alive; keep-alive only for HTTP/1.0, where closing is the
//     default.
// Does not allocate when `out` has room.
void AppendResponseHead(const ResponseWriter& response, const ResponseHeadInputs& inputs,
                        std::string* out);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_RESPONSE_HEAD_H_
