// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// DisplayText: text that anybody may have written, as text that anybody may be shown.
//
//   DisplayText("GET /caf\xe9", 300)  // "GET /caf\\xe9"
//
// robusto's own parser lets no such byte into a request's target, but what a task says of itself and
// what it throws is up to whoever wrote it. A protobuf `string` takes UTF-8 only: with anything else C++ complains and
// other languages' clients fail to read the whole answer. And a control character, of one byte or
// in UTF-8, may steer the terminal or end the log line that it lands in.
//
// Thread-safety: pure functions.

#ifndef ROBUSTO_ADMIN_TEXT_DISPLAY_TEXT_H_
#define ROBUSTO_ADMIN_TEXT_DISPLAY_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace robusto {

// `text` with \xNN for every byte that is not UTF-8 or belongs to a control character (U+0000 to
// U+001F, U+007F to U+009F). What is then longer than `most_bytes` is cut between two characters,
// and ends with "...". most_bytes >= 3.
std::string DisplayText(absl::string_view text, size_t most_bytes);

// Of requests and events: long enough to tell one from another, and so short that 10,000 workers fit
// into the 4 MB that gRPC's clients take by default.
constexpr size_t kDisplayBytes = 300;

// The bytes of the character that `text` begins with, as RFC 3629 allows them (no overlong form, no
// surrogate, nothing beyond U+10FFFF); 0 when it begins with none. `text` is not empty.
size_t Utf8Length(absl::string_view text);

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_TEXT_DISPLAY_TEXT_H_
