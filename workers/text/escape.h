// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Escaping of untrusted text: request targets, header fields, exception messages, answers of a
// server. One function per place where such text is shown:
//
//   DisplayText      protobuf strings and web pages: valid UTF-8 without control characters
//   PrintableText    a terminal: printable ASCII, one column per character
//   AppendLogText    a quoted field of a log line, as Apache's access log has it
//   AppendJsonString a JSON string that is also safe inside of HTML
//   AppendJsonAscii  the inside of a JSON string in ASCII, for a log line
//
// robusto's own parser keeps most of these bytes out of a request target, but a task describes itself
// as its author likes. A protobuf `string` must be UTF-8: clients in other languages reject the whole
// message otherwise. A control character, of one byte or in UTF-8, can steer a terminal or end a log
// line.
//
// The functions live here because all of http/, admin/ and tools/ show such text, and workers/ is the
// lowest folder that all of them use: it is also where the text enters (TaskDescription).
//
// Thread-safety: pure functions.

#ifndef ROBUSTO_WORKERS_TEXT_ESCAPE_H_
#define ROBUSTO_WORKERS_TEXT_ESCAPE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace robusto {

// The length in bytes of the UTF-8 character at the start of `text`, as RFC 3629 defines it (no
// overlong form, no surrogate, nothing beyond U+10FFFF); 0 if there is no valid one. `text` must not
// be empty.
size_t Utf8Length(absl::string_view text);

// `text` with \xNN for every byte that is not UTF-8 or belongs to a control character (U+0000 to
// U+001F, U+007F to U+009F): DisplayText("GET /caf\xe9", 300) is "GET /caf\\xe9". A result longer
// than `max_bytes` is cut between two characters and ends with "...". max_bytes >= 3.
std::string DisplayText(absl::string_view text, size_t max_bytes);

// The limit for descriptions of requests and events: long enough to tell requests apart, and short
// enough that 10,000 workers fit into the 4 MB that gRPC clients accept by default.
constexpr size_t kMaxDisplayBytes = 300;

// `text` with \xNN for every byte that is not printable ASCII.
std::string PrintableText(absl::string_view text);

// Appends `text` with \xHH for every byte that is not printable ASCII and for quote and backslash.
// What exceeds `limit` bytes is replaced by "...".
void AppendLogText(absl::string_view text, size_t limit, std::string* line);

// Appends `text` as a JSON string with its quotes. Each byte that is not valid UTF-8 becomes U+FFFD; to
// show which byte it was, call DisplayText first. `<`, `>` and `&` are escaped too, which JSON does
// not require, so that no HTML parser finds a tag in the result.
void AppendJsonString(absl::string_view text, std::string* json);

// Appends `text` as the inside of a JSON string in printable ASCII: \uHHHH for all other characters, and
// U+FFFD for bytes that are not valid UTF-8. What exceeds `limit` bytes is replaced by "...".
void AppendJsonAscii(absl::string_view text, size_t limit, std::string* line);

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_TEXT_ESCAPE_H_
