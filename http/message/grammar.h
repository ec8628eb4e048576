// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The character classes and the smallest rules of the grammar of HTTP (RFC 9110 section 5.6) and of
// URIs (RFC 3986), with one table look-up each. <cctype> is not used, because it depends on the
// locale.
//
// Thread-safety: pure functions.

#ifndef ROBUSTO_HTTP_MESSAGE_GRAMMAR_H_
#define ROBUSTO_HTTP_MESSAGE_GRAMMAR_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace robusto {
namespace grammar_internal {

enum Class : uint8_t {
  kToken = 1,    // RFC 9110 section 5.6.2
  kValue = 2,    // VCHAR, SP, HTAB, obs-text: RFC 9110 section 5.5
  kPath = 4,     // see IsPathChar
  kQuery = 8,    // see IsQueryChar
  kRegName = 16  // unreserved and sub-delims, without '%': RFC 3986 section 3.2.2
};

struct Table {
  uint8_t classes[256];
  int8_t hex[256];  // -1 for bytes that are not hexadecimal digits

  constexpr Table() : classes(), hex() {
    for (int c = 0; c < 256; ++c) hex[c] = -1;
    for (int c = 0x20; c < 256; ++c) {
      if (c != 0x7f) classes[c] |= kValue;
    }
    classes[static_cast<int>('\t')] |= kValue;
    for (int c = 0x21; c < 256; ++c) {
      if (c != 0x7f && c != '#') classes[c] |= kQuery;
    }
    for (int c = '0'; c <= '9'; ++c) {
      classes[c] |= kToken | kPath | kRegName;
      hex[c] = static_cast<int8_t>(c - '0');
    }
    for (int c = 'a'; c <= 'z'; ++c) {
      classes[c] |= kToken | kPath | kRegName;
      classes[c - 'a' + 'A'] |= kToken | kPath | kRegName;
    }
    for (int c = 'a'; c <= 'f'; ++c) {
      hex[c] = static_cast<int8_t>(c - 'a' + 10);
      hex[c - 'a' + 'A'] = hex[c];
    }
    Add("!#$%&'*+-.^_`|~", kToken);
    Add("-._~!$&'()*+,;=", kPath | kRegName);
    Add(":@/[]^|", kPath);
  }

 private:
  constexpr void Add(const char* chars, int bits) {
    for (; *chars != '\0'; ++chars) {
      classes[static_cast<int>(*chars)] =
          static_cast<uint8_t>(classes[static_cast<int>(*chars)] | bits);
    }
  }
};

inline constexpr Table kTable;

// Whether all characters are in the class. There is no branch for each character, because most texts
// are valid.
inline bool AreAll(absl::string_view text, Class bit) {
  unsigned all = bit;
  for (char c : text) all &= kTable.classes[static_cast<uint8_t>(c)];
  return all != 0;
}

inline bool Is(char c, Class bit) { return (kTable.classes[static_cast<uint8_t>(c)] & bit) != 0; }

}  // namespace grammar_internal

inline bool IsTokenChar(char c) { return Is(c, grammar_internal::kToken); }
inline bool AreTokenChars(absl::string_view text) {
  return grammar_internal::AreAll(text, grammar_internal::kToken);
}
inline bool IsFieldValueChar(char c) { return Is(c, grammar_internal::kValue); }
inline bool IsRegNameChar(char c) { return Is(c, grammar_internal::kRegName); }
inline bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whether `c` may stand in a target's path, apart from '%'. These are RFC 3986's pchar and '/', and
// the further characters that browsers send unescaped: the URL standard (url.spec.whatwg.org,
// percent-encode sets) does not escape them in a path. A backslash is not allowed, because some
// recipients read it as '/'.
inline bool IsPathChar(char c) { return Is(c, grammar_internal::kPath); }

// What may stand in a target's query: every byte that cannot end the target or the line. Clients
// send '%' without digits, quotes, angle brackets and UTF-8 there, and the URL standard tells them
// to. Only the handler gives a query a meaning, so it gets the bytes as sent. A '#' would begin a
// fragment, which is never sent (RFC 9112 section 3.2).
inline bool IsQueryChar(char c) { return Is(c, grammar_internal::kQuery); }

// 0 to 15, or -1.
inline int HexValue(char c) { return grammar_internal::kTable.hex[static_cast<uint8_t>(c)]; }

inline bool IsOptionalWhiteSpace(char c) { return c == ' ' || c == '\t'; }

namespace grammar_internal {

// Whether one of the eight bytes may be invalid in a field value. True for a tab, too, which is valid.
inline bool MayHoldNonValueChar(const char* eight) {
  constexpr uint64_t kOnes = ~uint64_t{0} / 255;
  uint64_t x;
  std::memcpy(&x, eight, 8);
  const uint64_t del = x ^ (kOnes * 0x7f);
  const uint64_t below_space = (x - kOnes * 0x20) & ~x;
  const uint64_t is_del = (del - kOnes) & ~del;
  return ((below_space | is_del) & (kOnes * 0x80)) != 0;
}

}  // namespace grammar_internal

// The first byte that is invalid in a field value; `end` when there is none.
inline const char* FindNonValueChar(const char* p, const char* end) {
  // Eight at a time: most bytes of a request are in field values, and most of those are plain.
  if (end - p >= 8) {
    const char* at = p;
    while (end - at > 8 && !grammar_internal::MayHoldNonValueChar(at)) at += 8;
    // The last eight overlap those before them.
    if (end - at <= 8 && !grammar_internal::MayHoldNonValueChar(end - 8)) return end;
    p = at;
  }
  while (p != end && IsFieldValueChar(*p)) ++p;
  return p;
}

// Whether a name equals `lower`, compared without case. `lower` must be in lower case, have the
// length of the name, and consist of letters and '-'. The name must be a token, because a CR would
// pass for '-'.
inline bool TokenIs(const char* name, absl::string_view lower) {
  for (size_t i = 0; i < lower.size(); ++i) {
    if ((name[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

// Removes the next element from a comma-separated list (RFC 9110 section 5.6.1), without the white
// space around it. Elements may be empty, and "" has one such element; callers that may ignore empty
// ones do. Returns false at the end, where the list is null. Quoted strings are not supported: none
// of the fields that are read with this has any.
inline bool NextListElement(absl::string_view* list, absl::string_view* element) {
  if (list->data() == nullptr) return false;
  const size_t comma = list->find(',');
  absl::string_view item = list->substr(0, comma);
  *list = comma == absl::string_view::npos ? absl::string_view() : list->substr(comma + 1);
  while (!item.empty() && IsOptionalWhiteSpace(item.front())) item.remove_prefix(1);
  while (!item.empty() && IsOptionalWhiteSpace(item.back())) item.remove_suffix(1);
  *element = item;
  return true;
}

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_GRAMMAR_H_
