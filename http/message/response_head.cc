// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/response_head.h"

#include <charconv>
#include <cstdint>
#include <cstring>

#include "robusto/http/message/date.h"
#include "robusto/http/message/status.h"

namespace robusto {
namespace {

// More than the parts that AppendResponseHead does not count one by one: the longest status line (51),
// names and line ends (Server 10, Date 37, Content-Length 18 with a length of 20), Connection (24),
// the empty line.
constexpr size_t kFixedBytes = 256;

// Heads up to this size are put together on the stack, because resizing a string first writes zeros.
constexpr size_t kStackBytes = 1024;

char* Put(absl::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// A literal, by plain stores.
template <size_t kSize>
char* Put(const char (&text)[kSize], char* out) {
  std::memcpy(out, text, kSize - 1);
  return out + kSize - 1;
}

char* PutNumber(uint64_t value, char* out) { return std::to_chars(out, out + 20, value).ptr; }

char* PutStatusLine(int status, char* out) {
  absl::string_view line = StatusLine(status);
  if (!line.empty()) return Put(line, out);
  out = Put("HTTP/1.1 ", out);
  out = PutNumber(static_cast<uint64_t>(status), out);
  return Put(" Unknown\r\n", out);
}

// Returns the end of the head.
char* PutHead(const ResponseWriter& response, const ResponseHeadInputs& inputs, char* at) {
  const int status = response.status();
  at = PutStatusLine(status, at);
  if (!inputs.server.empty()) {
    at = Put("Server: ", at);
    at = Put(inputs.server, at);
    at = Put("\r\n", at);
  }
  at = Put("Date: ", at);
  at = Put(CachedHttpDate(inputs.now), at);
  at = Put("\r\n", at);
  at = Put(response.headers(), at);
  if (status == 204 || status == 304) {
    // No framing field: there is no content.
  } else if (response.streams() && status != 205 && !response.stream_length().has_value()) {
    // An HTTP/1.0 client does not know chunks: the end of the connection is the end of the body
    // (RFC 9112 section 6.1 and 6.3).
    if (inputs.minor_version > 0) at = Put("Transfer-Encoding: chunked\r\n", at);
  } else {
    at = Put("Content-Length: ", at);
    at = PutNumber(status == 205        ? 0
                   : response.streams() ? *response.stream_length()
                                        : response.body_size(),
                   at);
    at = Put("\r\n", at);
  }
  if (!inputs.keep_alive) {
    at = Put("Connection: close\r\n", at);
  } else if (inputs.minor_version == 0) {
    at = Put("Connection: keep-alive\r\n", at);
  }
  return Put("\r\n", at);
}

}  // namespace

void AppendResponseHead(const ResponseWriter& response, const ResponseHeadInputs& inputs,
                        std::string* out) {
  const size_t bound = kFixedBytes + inputs.server.size() + response.headers().size();
  if (bound <= kStackBytes) {
    char head[kStackBytes];
    out->append(head, static_cast<size_t>(PutHead(response, inputs, head) - head));
    return;
  }
  const size_t old_size = out->size();
  out->resize(old_size + bound);
  out->resize(static_cast<size_t>(PutHead(response, inputs, &(*out)[old_size]) - out->data()));
}

}  // namespace robusto
