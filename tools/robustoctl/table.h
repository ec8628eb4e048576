// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Table: rows in aligned columns.
//
//   Table table({{"WORKER", Table::kRight}, {"REQUEST", Table::kLeft}});
//   table.AddRow({"7", "GET /index.html"});
//   out << table.Text(80);
//
// Thread-safety: const methods.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_TABLE_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_TABLE_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace robusto {

class Table {
 public:
  enum Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Adds a row with one ASCII cell per column; an empty cell is shown as "-".
  void AddRow(std::vector<std::string> cells);

  // A line of titles and one line per row. Lines longer than `width` are cut; 0 means no limit.
  std::string Text(size_t width) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_TABLE_H_
