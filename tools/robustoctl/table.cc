// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/table.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "robusto/tools/robustoctl/human_text.h"

namespace robusto {

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) {
    if (cell.empty()) cell = "-";
  }
  rows_.push_back(std::move(cells));
}

std::string Table::Text(size_t width) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t widest = columns_[i].title.size();
    for (const auto& row : rows_) widest = std::max(widest, row[i].size());
    widths.push_back(widest);
  }
  const auto line = [&](const auto& cell) {
    std::string text;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) text += "  ";
      text +=
          columns_[i].align == kRight ? FitRight(cell(i), widths[i]) : FitLeft(cell(i), widths[i]);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    if (width != 0 && text.size() > width) text = FitLeft(text, width);
    return text + "\n";
  };
  std::string text = line([&](size_t i) -> const std::string& { return columns_[i].title; });
  for (const auto& row : rows_) {
    absl::StrAppend(&text, line([&](size_t i) -> const std::string& { return row[i]; }));
  }
  return text;
}

}  // namespace robusto
