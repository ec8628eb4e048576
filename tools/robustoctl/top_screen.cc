// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/top_screen.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "robusto/tools/robustoctl/human_text.h"
#include "robusto/tools/robustoctl/pool_words.h"
#include "robusto/tools/robustoctl/top_worker_table.h"
#include "robusto/tools/robustoctl/wire_time.h"
#include "robusto/workers/text/escape.h"

namespace robusto {
namespace {

using admin::v1::DurationSummary;
using admin::v1::PoolStats;

constexpr size_t kLabel = 9;  // "workers  "

ScreenLine::Style StateStyle(admin::v1::PoolState state) {
  switch (state) {
    case admin::v1::POOL_STATE_RUNNING:
      return ScreenLine::kGreen;
    case admin::v1::POOL_STATE_DRAINING:
      return ScreenLine::kYellow;
    default:
      return ScreenLine::kRed;
  }
}

std::string Repeat(absl::string_view glyph, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&out, glyph);
  return out;
}

// The number of `cells` for `part` of `whole`: at least one if part > 0, and all only if part >= whole.
size_t Share(double part, double whole, size_t cells) {
  if (part <= 0 || whole <= 0) return 0;
  if (part >= whole) return cells;
  const auto share = static_cast<size_t>(part / whole * static_cast<double>(cells));
  return std::min(std::max<size_t>(share, 1), cells - 1);
}

std::string Title(const TopView& view, const ScreenStyle& style) {
  const PoolStats& stats = view.stats;
  ScreenLine line(style);
  line.Add("robustoctl top", ScreenLine::kBold).Add("  ").Add(PrintableText(view.address));
  line.Add("  ").Add(StateWord(stats.state()), StateStyle(stats.state()));
  line.Add(absl::StrCat("  up ", DurationText(FromWire(stats.uptime())), "  generation ",
                        stats.generation()));
  if (line.room() > view.clock.size() + 1) {
    line.MoveTo(style.columns - view.clock.size()).Add(view.clock);
  }
  return line.Text();
}

size_t BarCells(const ScreenStyle& style) { return std::max<size_t>(style.columns / 4, 10); }

std::string WorkersLine(const PoolStats& stats, const ScreenStyle& style) {
  // The full bar stands for the maximum number of workers.
  const double max = std::max(stats.has_max_threads() ? stats.max_threads() : 0, stats.threads());
  const size_t cells = BarCells(style);
  const size_t alive = Share(stats.threads(), max, cells);
  const size_t busy = std::min(Share(stats.busy(), max, cells), alive);
  ScreenLine line(style);
  line.Add("workers").MoveTo(kLabel).Add("[");
  line.Add(Repeat(style.utf8 ? "█" : "#", busy), ScreenLine::kGreen);
  line.Add(Repeat(style.utf8 ? "▒" : ":", alive - busy), ScreenLine::kDim);
  line.Add(Repeat(style.utf8 ? "·" : ".", cells - alive), ScreenLine::kDim).Add("]  ");
  line.Add(absl::StrCat(stats.busy(), " busy, ", stats.idle(), " idle of ", stats.threads(), " (",
                        BoundsWords(stats), ")"));
  if (stats.stuck() > 0) {
    line.Add(", ").Add(absl::StrCat(stats.stuck(), " stuck"), ScreenLine::kRed);
  }
  if (stats.abandoned() > 0) {
    line.Add(", ").Add(absl::StrCat(stats.abandoned(), " abandoned"), ScreenLine::kRed);
  }
  if (stats.retiring() > 0) line.Add(absl::StrCat(", ", stats.retiring(), " retiring"));
  return line.Text();
}

std::string QueueLine(const PoolStats& stats, const ScreenStyle& style) {
  const auto size = static_cast<double>(stats.queue_size());
  const auto capacity = static_cast<double>(stats.queue_capacity());
  const size_t cells = BarCells(style);
  const size_t filled = Share(size, capacity, cells);
  const ScreenLine::Style how = size >= 0.8 * capacity   ? ScreenLine::kRed
                                : size >= 0.5 * capacity ? ScreenLine::kYellow
                                                         : ScreenLine::kGreen;
  ScreenLine line(style);
  line.Add("queue").MoveTo(kLabel).Add("[");
  line.Add(Repeat(style.utf8 ? "█" : "#", filled), how);
  line.Add(Repeat(style.utf8 ? "·" : ".", cells - filled), ScreenLine::kDim).Add("]  ");
  line.Add(absl::StrCat(stats.queue_size(), " of ", stats.queue_capacity()));
  return line.Text();
}

std::string TotalsLine(const PoolStats& stats, const ScreenStyle& style) {
  ScreenLine line(style);
  line.Add("requests").MoveTo(kLabel);
  line.Add(absl::StrCat(CountText(stats.accepted()), " accepted, ", CountText(stats.completed()),
                        " completed"));
  const auto add_bad = [&](uint64_t count, absl::string_view what) {
    line.Add(", ").Add(absl::StrCat(CountText(count), " ", what),
                       count > 0 ? ScreenLine::kYellow : ScreenLine::kPlain);
  };
  add_bad(stats.failed(), "failed");
  add_bad(Refused(stats), "refused");
  add_bad(stats.cancelled(), "cancelled");
  return line.Text();
}

std::string Sparkline(const std::vector<double>& values, size_t cells, bool utf8) {
  static constexpr absl::string_view kBlocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  static constexpr absl::string_view kAscii[] = {"_", ".", "-", "=", "+", "*", "#", "@"};
  const size_t count = std::min(values.size(), cells);
  const auto begin = values.end() - static_cast<std::ptrdiff_t>(count);
  const double max = count == 0 ? 0 : *std::max_element(begin, values.end());
  std::string out;
  for (auto value = begin; value != values.end(); ++value) {
    const size_t level = max <= 0 ? 0 : std::min<size_t>(static_cast<size_t>(*value / max * 8), 7);
    absl::StrAppend(&out, utf8 ? kBlocks[level] : kAscii[level]);
  }
  return out;
}

constexpr size_t kNumber = 9;  // the columns of "   12.3ms"

std::string TrendTitles(const ScreenStyle& style) {
  ScreenLine line(style);
  line.MoveTo(kLabel).Add(FitRight("now", kNumber), ScreenLine::kDim);
  for (const absl::string_view title : {"10s p50", "10s p99", "60s p99", "60s max"}) {
    line.Add(FitRight(title, kNumber), ScreenLine::kDim);
  }
  line.Add("  now, over time", ScreenLine::kDim);
  return line.Text();
}

// One row: the current value, those of the last 10 s and 60 s, and the sparkline.
std::string TrendLine(absl::string_view label, const std::vector<std::string>& numbers,
                      const std::vector<double>& values, const ScreenStyle& style) {
  ScreenLine line(style);
  line.Add(label).MoveTo(kLabel);
  for (const std::string& number : numbers) line.Add(FitRight(number, kNumber));
  line.Add("  ").Add(Sparkline(values, line.room(), style.utf8), ScreenLine::kGreen);
  return line.Text();
}

std::string DurationTrend(absl::string_view label, const DurationSummary& last_10s,
                          const DurationSummary& last_60s, const std::vector<double>& seconds,
                          const ScreenStyle& style) {
  const auto text = [](const DurationSummary& summary, const google::protobuf::Duration& value) {
    return summary.count() == 0 ? "-" : DurationText(FromWire(value));
  };
  return TrendLine(label,
                   {seconds.empty() ? "-" : DurationText(absl::Seconds(seconds.back())),
                    text(last_10s, last_10s.p50()), text(last_10s, last_10s.p99()),
                    text(last_60s, last_60s.p99()), text(last_60s, last_60s.max())},
                   seconds, style);
}

void AddTrends(const TopView& view, const ScreenStyle& style, std::vector<std::string>* lines) {
  std::vector<double> wait;
  std::vector<double> service;
  std::vector<double> completed;
  for (const TopSample& sample : view.history.samples()) {
    wait.push_back(absl::ToDoubleSeconds(sample.wait));
    service.push_back(absl::ToDoubleSeconds(sample.service));
    completed.push_back(sample.completed);
  }
  lines->push_back(TrendTitles(style));
  const PoolStats& stats = view.stats;
  lines->push_back(DurationTrend("wait", stats.recent_10s().queue_wait(),
                                 stats.recent_60s().queue_wait(), wait, style));
  lines->push_back(DurationTrend("service", stats.recent_10s().service_time(),
                                 stats.recent_60s().service_time(), service, style));
  lines->push_back(TrendLine("served",
                             {completed.empty() ? "-" : RateText(completed.back()), "", "", "", ""},
                             completed, style));
}

// The most important condition to notice now; empty if there is none.
std::string Notice(const TopView& view, const ScreenStyle& style) {
  ScreenLine line(style);
  if (!view.error.empty()) {
    line.Add(PrintableText(view.error), ScreenLine::kRed);
  } else if (view.paused) {
    line.Add("paused: press p to continue", ScreenLine::kYellow);
  } else if (view.stats.has_pending_revert()) {
    line.Add(RevertWords(view.stats.pending_revert()), ScreenLine::kYellow);
  } else if (!view.history.samples().empty() && view.history.samples().back().shed > 0) {
    line.Add(absl::StrCat("refusing ", RateText(view.history.samples().back().shed),
                          ": the queue is full, or requests expire in it"),
             ScreenLine::kRed);
  }
  return line.Text();
}

std::string KeysLine(const TopView& view, const ScreenStyle& style) {
  ScreenLine line(style);
  const auto key = [&](absl::string_view name, absl::string_view what, bool on) {
    line.Add(name, ScreenLine::kBold).Add(on ? " [" : " ").Add(what).Add(on ? "]   " : "   ");
  };
  key("q", "quit", false);
  key("p", "pause", view.paused);
  key("a", "by age", view.order == TopOrder::kAge);
  key("w", "by worker", view.order == TopOrder::kWorker);
  key("d", "by done", view.order == TopOrder::kDone);
  key("i", "hide idle", view.hide_idle);
  return line.Text();
}

}  // namespace

std::string RenderTop(const TopView& view, const ScreenStyle& style) {
  if (style.rows == 0 || style.columns == 0) return "";
  std::vector<std::string> lines = {Title(view, style), WorkersLine(view.stats, style),
                                    QueueLine(view.stats, style), TotalsLine(view.stats, style)};
  AddTrends(view, style, &lines);
  lines.push_back(Notice(view, style));
  const size_t around = lines.size() + 1;
  const size_t rows = style.rows > around ? style.rows - around : 0;
  for (std::string& line : TopWorkerTable(view, style, rows)) lines.push_back(std::move(line));
  // Keep the line of keys at the bottom while the number of workers changes.
  if (lines.size() > style.rows - 1) lines.resize(style.rows - 1);
  while (lines.size() < style.rows - 1) lines.emplace_back();
  lines.push_back(KeysLine(view, style));
  return absl::StrJoin(lines, "\n");
}

}  // namespace robusto
