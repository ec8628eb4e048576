// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "admin/json_string.h"

#include <cstddef>

#include "absl/strings/str_format.h"

namespace robusto {
namespace {

// The bytes of the character that `text` begins with, as RFC 3629 allows them (no overlong form, no
// surrogate, nothing beyond U+10FFFF); 0 when it begins with none. `text` is not empty.
size_t Utf8Length(absl::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  // The second byte's range says all else.
  const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

}  // namespace

void AppendJsonString(absl::string_view text, std::string* json) {
  json->push_back('"');
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const auto c = static_cast<unsigned char>(text[0]);
    if (length == 0) {
      json->append("\\ufffd");
    } else if (c == '"' || c == '\\') {
      json->push_back('\\');
      json->push_back(static_cast<char>(c));
    } else if (c < 0x20 || c == 0x7F || c == '<' || c == '>' || c == '&') {
      absl::StrAppendFormat(json, "\\u%04x", c);
    } else {
      json->append(text.data(), length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  json->push_back('"');
}

}  // namespace robusto
