// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/status_page/json_string.h"

#include <cstddef>

#include "absl/strings/str_format.h"
#include "robusto/admin/text/display_text.h"

namespace robusto {
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
