// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "http/response_head.h"

#include <charconv>
#include <cstdint>
#include <cstring>

#include "http/date.h"
#include "http/status.h"

namespace robusto {
namespace {

constexpr absl::string_view kContentLength = "Content-Length: ";
constexpr absl::string_view kClose = "Connection: close\r\n";
constexpr absl::string_view kKeepAlive = "Connection: keep-alive\r\n";

// More than all that is not counted one by one in AppendResponseHead: the longest status line (51),
// the names and ends of lines (Server 10, Date 37, Content-Length 18 with a length of 20),
// Connection (24), the empty line.
constexpr size_t kFixedBytes = 256;

char* Put(absl::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* PutNumber(uint64_t value, char* out) { return std::to_chars(out, out + 20, value).ptr; }

char* PutStatusLine(int status, char* out) {
  absl::string_view line = StatusLine(status);
  if (!line.empty()) return Put(line, out);
  out = Put("HTTP/1.1 ", out);
  out = PutNumber(static_cast<uint64_t>(status), out);
  return Put(" Unknown\r\n", out);
}

}  // namespace

void AppendResponseHead(const ResponseWriter& response, const ResponseFacts& facts,
                        std::string* out) {
  const int status = response.status();
  const absl::string_view headers = response.headers();
  // One resize to an upper bound and plain copies: an append for each piece would check the
  // capacity and end the string each time.
  const size_t old_size = out->size();
  out->resize(old_size + kFixedBytes + facts.server.size() + headers.size());
  char* at = &(*out)[old_size];

  at = PutStatusLine(status, at);
  if (!facts.server.empty()) {
    at = Put("Server: ", at);
    at = Put(facts.server, at);
    at = Put("\r\n", at);
  }
  at = Put("Date: ", at);
  at = Put(CachedHttpDate(facts.now), at);
  at = Put("\r\n", at);
  at = Put(headers, at);
  if (status == 204 || status == 304) {
    // No framing field: there is no content.
  } else if (response.streams() && status != 205 && !response.stream_length().has_value()) {
    // An HTTP/1.0 client knows no chunks: the end of the connection is the end of the body
    // (RFC 9112 section 6.1 and 6.3).
    if (facts.minor_version > 0) at = Put("Transfer-Encoding: chunked\r\n", at);
  } else {
    at = Put(kContentLength, at);
    at = PutNumber(status == 205        ? 0
                   : response.streams() ? *response.stream_length()
                                        : response.body_size(),
                   at);
    at = Put("\r\n", at);
  }
  if (!facts.keep_alive) {
    at = Put(kClose, at);
  } else if (facts.minor_version == 0) {
    at = Put(kKeepAlive, at);
  }
  at = Put("\r\n", at);
  out->resize(static_cast<size_t>(at - out->data()));
}

}  // namespace robusto
