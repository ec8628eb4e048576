// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The rows of the conformance test: what a client sends, and every answer that it must get, in
// order, with the section that says so. The rows are data; conformance_test.cc has the ways in which
// each is fed.
//
// Rows are fed with the limits of FakeHost, and the handler answers 200 with what it was asked:
// method, target, " @" and the host when that is another than "h", and the body when there is one.
//
// Thread-safety: pure functions.

#ifndef ROBUSTO_TESTS_HTTP_CONNECTION_CONFORMANCE_ROWS_H_
#define ROBUSTO_TESTS_HTTP_CONNECTION_CONFORMANCE_ROWS_H_

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace robusto {

struct ConformanceRow {
  enum class End {
    kOpen,    // the next request is answered
    kClosed,  // no later byte is read as a request
    kWaits,   // for more: the last message is not whole
  };

  const char* name;
  const char* rfc;  // "9112 6.1": RFC and section
  std::string input;
  // "200 GET /a" is an answer of the handler; "400 bare_lf" is a refusal with its reason; "100".
  std::vector<std::string> want;
  End end;
};

inline void PrintTo(const ConformanceRow& row, std::ostream* out) {
  *out << row.name << " (RFC " << row.rfc << ")";
}

using ConformanceRows = std::vector<ConformanceRow>;

// Each in a file of its own.
ConformanceRows RequestLineRows();
ConformanceRows TargetRows();
ConformanceRows HostRows();
ConformanceRows FieldRows();
ConformanceRows ContentLengthRows();
ConformanceRows TransferEncodingRows();
ConformanceRows ChunkRows();
ConformanceRows KeepAliveRows();
ConformanceRows LimitRows();
ConformanceRows SmugglingRows();

// --- What the rows are written with ---

// A request that must never be handled: rows hide it where only a server that has lost its place
// would look for one.
inline constexpr absl::string_view kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

inline ConformanceRow Serves(const char* name, const char* rfc, std::string input,
                             std::vector<std::string> want) {
  return {name, rfc, std::move(input), std::move(want), ConformanceRow::End::kOpen};
}
// The last answer closes the connection.
inline ConformanceRow Closes(const char* name, const char* rfc, std::string input,
                             std::vector<std::string> want) {
  return {name, rfc, std::move(input), std::move(want), ConformanceRow::End::kClosed};
}
inline ConformanceRow Refuses(const char* name, const char* rfc, std::string input,
                              std::string want) {
  return Closes(name, rfc, std::move(input), {std::move(want)});
}
inline ConformanceRow Waits(const char* name, const char* rfc, std::string input,
                            std::vector<std::string> want = {}) {
  return {name, rfc, std::move(input), std::move(want), ConformanceRow::End::kWaits};
}

// A request with this request line. `fields` are whole lines, after a Host of "h".
inline std::string Message(absl::string_view line, absl::string_view fields = "",
                           absl::string_view body = "") {
  return absl::StrCat(line, "\r\nHost: h\r\n", fields, "\r\n", body);
}
inline std::string Get(absl::string_view fields) { return Message("GET /a HTTP/1.1", fields); }
inline std::string Post(absl::string_view fields, absl::string_view body) {
  return Message("POST /a HTTP/1.1", fields, body);
}
// The same without a Host, which HTTP/1.0 does not ask for.
inline std::string Post10(absl::string_view fields, absl::string_view body) {
  return absl::StrCat("POST /a HTTP/1.0\r\n", fields, "\r\n", body);
}
// What comes after the head of a chunked request.
inline std::string Chunked(absl::string_view body) {
  return Post("Transfer-Encoding: chunked\r\n", body);
}
inline std::string Length(size_t bytes) { return absl::StrCat("Content-Length: ", bytes, "\r\n"); }
inline std::string Chunk(absl::string_view data) {
  return absl::StrCat(absl::Hex(data.size()), "\r\n", data, "\r\n");
}
// A body that ends at once for who reads chunks, and hides a request for who does not.
inline std::string LastChunkAndSmuggled() { return absl::StrCat("0\r\n\r\n", kSmuggled); }

}  // namespace robusto

#endif  // ROBUSTO_TESTS_HTTP_CONNECTION_CONFORMANCE_ROWS_H_
