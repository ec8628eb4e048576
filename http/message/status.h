// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Status lines: the codes of RFC 9110 section 15, RFC 6585 (428, 429, 431, 511) and RFC 8470 (425).
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_MESSAGE_STATUS_H_
#define ROBUSTO_HTTP_MESSAGE_STATUS_H_

#include "absl/strings/string_view.h"

namespace robusto {

// The whole interim response to Expect: 100-continue (RFC 9110 section 15.2.1).
constexpr absl::string_view kContinueResponse = "HTTP/1.1 100 Continue\r\n\r\n";

// "HTTP/1.1 404 Not Found\r\n"; empty for a code that is not in the table. It is always HTTP/1.1, also
// for an HTTP/1.0 client: it is the version of the sender (RFC 9110 section 6.2).
absl::string_view StatusLine(int status);

// "Not Found"; "Unknown" for a code that is not in the table.
absl::string_view ReasonPhrase(int status);

// Whether content follows the head of a response. None does in response to HEAD, with 1xx, 204 and
// 304 (RFC 9112 section 6.3), and with 205 (RFC 9110 section 15.3.6).
inline bool ResponseHasBody(int status, bool head_request) {
  return !head_request && status >= 200 && status != 204 && status != 205 && status != 304;
}

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_STATUS_H_
