// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/text/display_text.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace robusto {
namespace {

// Whether `text` begins with a control character: C0, DEL, or C1, whose UTF-8 is C2 80 to C2 9F.
bool BeginsWithControl(absl::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x20 || first == 0x7F) return true;
  return first == 0xC2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0;
}

}  // namespace

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

std::string DisplayText(absl::string_view text, size_t most_bytes) {
  constexpr absl::string_view kCut = "...";
  std::string out;
  size_t cut = 0;  // as much of `out` as goes before kCut
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const size_t taken = std::max<size_t>(length, 1);
    if (length == 0 || BeginsWithControl(text)) {
      for (size_t i = 0; i < taken; ++i) {
        absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(text[i]));
      }
    } else {
      out.append(text.data(), length);
    }
    if (out.size() > most_bytes) {
      out.resize(cut);
      return out.append(kCut.data(), kCut.size());
    }
    if (out.size() + kCut.size() <= most_bytes) cut = out.size();
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace robusto
