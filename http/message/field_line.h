// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ParseFieldLine: a strict parser for one line of a header or trailer section (RFC 9112 section 5).
//
// Thread-safety: a pure function.

#ifndef ROBUSTO_HTTP_MESSAGE_FIELD_LINE_H_
#define ROBUSTO_HTTP_MESSAGE_FIELD_LINE_H_

#include "absl/strings/string_view.h"
#include "robusto/http/message/grammar.h"
#include "robusto/http/message/parse_error.h"

namespace robusto {
namespace field_line_internal {

// Why the line has no name that ends in a colon at `stop`.
inline ParseReason BadName(const char* begin, const char* stop, const char* end) {
  if (begin == end) return ParseReason::kMissingColon;
  if (IsOptionalWhiteSpace(*begin)) return ParseReason::kObsoleteFolding;
  if (stop == end) return ParseReason::kMissingColon;
  if (*stop == ':') return ParseReason::kBadFieldName;  // an empty name
  const char* p = stop;
  while (p != end && IsOptionalWhiteSpace(*p)) ++p;
  if (p != end && *p == ':') return ParseReason::kSpaceBeforeColon;
  if (*stop == '\r') return ParseReason::kBareCr;
  if (!IsFieldValueChar(*stop)) return ParseReason::kControlCharacter;
  return ParseReason::kBadFieldName;
}

}  // namespace field_line_internal

// Parses a line without its CRLF. The byte at line.end() must be that CR. kNone when the line is good.
// A line that starts with white space is kObsoleteFolding; whether it is the first one is for the
// caller to check.
[[nodiscard]] inline ParseReason ParseFieldLine(absl::string_view line, absl::string_view* name,
                                                absl::string_view* value) {
  const char* const begin = line.data();
  const char* const end = begin + line.size();
  const char* p = begin;
  while (IsTokenChar(*p)) ++p;  // the CR at `end` is no token character
  if (*p != ':' || p == begin) return field_line_internal::BadName(begin, p, end);
  *name = absl::string_view(begin, static_cast<size_t>(p - begin));
  ++p;
  const char* last = end;
  while (p != last && IsOptionalWhiteSpace(*p)) ++p;
  while (p != last && IsOptionalWhiteSpace(last[-1])) --last;
  const char* const bad = FindNonValueChar(p, last);
  if (bad != last) return *bad == '\r' ? ParseReason::kBareCr : ParseReason::kControlCharacter;
  *value = absl::string_view(p, static_cast<size_t>(last - p));
  return ParseReason::kNone;
}

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_FIELD_LINE_H_
