// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/screen_line.h"

namespace robusto {
namespace {

// Select Graphic Rendition of ECMA-48, limited to the eight colours that every terminal supports.
absl::string_view Code(ScreenLine::Style style) {
  switch (style) {
    case ScreenLine::kBold:
      return "\x1b[1m";
    case ScreenLine::kDim:
      return "\x1b[2m";
    case ScreenLine::kReverse:
      return "\x1b[7m";
    case ScreenLine::kGreen:
      return "\x1b[32m";
    case ScreenLine::kYellow:
      return "\x1b[33m";
    case ScreenLine::kRed:
      return "\x1b[1;31m";
    case ScreenLine::kPlain:
      break;
  }
  return "";
}

}  // namespace

ScreenLine& ScreenLine::Add(absl::string_view text, Style style) {
  // Cut before the first character that does not fit; bytes 10xxxxxx continue a character.
  size_t end = 0;
  size_t columns = 0;
  for (; end < text.size(); ++end) {
    if ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) continue;
    if (columns == room()) break;
    ++columns;
  }
  if (columns == 0) return *this;
  const bool styled = style_.colour && style != kPlain;
  if (styled) text_.append(Code(style).data(), Code(style).size());
  text_.append(text.data(), end);
  if (styled) text_ += "\x1b[0m";
  columns_ += columns;
  return *this;
}

ScreenLine& ScreenLine::MoveTo(size_t column, Style style) {
  if (column > columns_) Add(std::string(column - columns_, ' '), style);
  return *this;
}

}  // namespace robusto
