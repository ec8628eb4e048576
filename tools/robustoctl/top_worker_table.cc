// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/top_worker_table.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"
#include "robusto/tools/robustoctl/human_text.h"
#include "robusto/tools/robustoctl/pool_words.h"
#include "robusto/tools/robustoctl/wire_time.h"
#include "robusto/workers/text/escape.h"

namespace robusto {
namespace {

using admin::v1::Worker;

struct Column {
  absl::string_view title;
  size_t width;         // 0: the rest of the line
  bool right;           // aligned to the right, for numbers
  size_t from_columns;  // shown only on screens at least this wide
  std::function<std::string(const Worker&)> cell;
};

// The request takes the rest of the line: 22 columns of 80, at least 60 of 200.
std::vector<Column> Columns(size_t columns) {
  const auto task = [](const Worker& worker, std::string text) {
    return worker.has_task() ? std::move(text) : std::string();
  };
  std::vector<Column> all = {
      {"WORKER", 6, true, 0, [](const Worker& w) { return absl::StrCat(w.id()); }},
      {"STATE", 5, false, 0, [](const Worker& w) { return std::string(WorkerWord(w.state())); }},
      {"TASK", 8, true, 0, [=](const Worker& w) { return task(w, absl::StrCat(w.task().id())); }},
      {"AGE", 6, true, 0,
       [=](const Worker& w) { return task(w, DurationText(FromWire(w.task().age()))); }},
      {"PHASE", 8, false, 0, [](const Worker& w) { return PrintableText(w.task().phase()); }},
      {"REQUEST", 0, false, 0, [](const Worker& w) { return PrintableText(w.task().label()); }},
      {"PEER", columns < 110 ? 15UL : 24UL, false, 60,
       [](const Worker& w) { return PrintableText(w.task().peer()); }},
      {"REQUEST ID", 20, false, 140,
       [](const Worker& w) { return PrintableText(w.task().request_id()); }},
      {"DONE", 7, true, 100,
       [](const Worker& w) { return CountText(static_cast<double>(w.completed())); }},
      {"FAILED", 6, true, 110,
       [](const Worker& w) { return CountText(static_cast<double>(w.failed())); }},
      {"BUSY", 7, true, 120, [](const Worker& w) { return DurationText(FromWire(w.busy_time())); }},
  };
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const Column& column) { return column.from_columns > columns; }),
            all.end());
  size_t taken = all.size() - 1;
  for (const Column& column : all) taken += column.width;
  for (Column& column : all) {
    if (column.width == 0) column.width = columns > taken + 8 ? columns - taken : 8;
  }
  return all;
}

std::vector<const Worker*> Ordered(const TopView& view) {
  std::vector<const Worker*> workers;
  for (const Worker& worker : view.workers.workers()) {
    if (worker.has_task() || !view.hide_idle) workers.push_back(&worker);
  }
  const auto by = [&](const auto& before) {
    std::stable_sort(workers.begin(), workers.end(),
                     [&](const Worker* a, const Worker* b) { return before(*a, *b); });
  };
  switch (view.order) {
    case TopOrder::kAge:
      by([](const Worker& a, const Worker& b) {
        if (a.has_task() != b.has_task()) return a.has_task();
        return FromWire(a.task().age()) > FromWire(b.task().age());
      });
      break;
    case TopOrder::kWorker:
      by([](const Worker& a, const Worker& b) { return a.id() < b.id(); });
      break;
    case TopOrder::kDone:
      by([](const Worker& a, const Worker& b) { return a.completed() > b.completed(); });
      break;
  }
  return workers;
}

}  // namespace

std::vector<std::string> TopWorkerTable(const TopView& view, const ScreenStyle& style,
                                        size_t rows) {
  std::vector<std::string> lines;
  if (rows == 0) return lines;
  const std::vector<Column> columns = Columns(style.columns);
  const auto add_line = [&](ScreenLine::Style how, const auto& text) {
    ScreenLine line(style);
    for (const Column& column : columns) {
      if (line.columns() > 0) line.Add(" ", how);
      line.Add(
          column.right ? FitRight(text(column), column.width) : FitLeft(text(column), column.width),
          how);
    }
    lines.push_back(line.Text());
  };
  add_line(ScreenLine::kReverse, [](const Column& column) { return std::string(column.title); });

  const std::vector<const Worker*> workers = Ordered(view);
  const size_t room = rows - 1;
  const size_t shown = workers.size() <= room ? workers.size() : room == 0 ? 0 : room - 1;
  for (size_t i = 0; i < shown; ++i) {
    const Worker& worker = *workers[i];
    add_line(worker.state() == admin::v1::WORKER_STATE_STUCK ? ScreenLine::kRed
             : worker.has_task()                             ? ScreenLine::kPlain
                                                             : ScreenLine::kDim,
             [&](const Column& column) { return column.cell(worker); });
  }
  if (shown < workers.size() && room > 0) {
    ScreenLine line(style);
    line.Add(absl::StrCat("... and ",
                          Counted(static_cast<int64_t>(workers.size() - shown), "more worker")),
             ScreenLine::kDim);
    lines.push_back(line.Text());
  }
  return lines;
}

}  // namespace robusto
