// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ScreenLine: one line of a screen, made of styled pieces. It is never wider than the screen, and resets
// every style that it sets.
//
//   ScreenLine line(style);
//   line.Add("workers  ").Add("5 busy", ScreenLine::kGreen);
//   out += line.Text();
//
// Thread-safety: none.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_SCREEN_LINE_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_SCREEN_LINE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace robusto {

// Properties of the terminal.
struct ScreenStyle {
  size_t columns = 80;
  size_t rows = 24;
  bool colour = false;
  bool utf8 = false;  // block characters may be used
};

class ScreenLine {
 public:
  enum Style { kPlain, kBold, kDim, kReverse, kGreen, kYellow, kRed };

  explicit ScreenLine(const ScreenStyle& style) : style_(style) {}

  // Appends as much of `text` as fits. `text` must be trusted ASCII, or UTF-8 of one column per character:
  // use PrintableText for untrusted text.
  ScreenLine& Add(absl::string_view text, Style style = kPlain);
  // Appends spaces up to this column, counted from 0; none if the line has reached it.
  ScreenLine& MoveTo(size_t column, Style style = kPlain);

  size_t columns() const { return columns_; }
  size_t room() const { return style_.columns - columns_; }
  const std::string& Text() const { return text_; }

 private:
  const ScreenStyle style_;
  std::string text_;
  size_t columns_ = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_SCREEN_LINE_H_
