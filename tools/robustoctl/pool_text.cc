// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/pool_text.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "robusto/tools/robustoctl/human_text.h"
#include "robusto/tools/robustoctl/pool_words.h"
#include "robusto/tools/robustoctl/table.h"
#include "robusto/tools/robustoctl/wire_time.h"
#include "robusto/workers/text/escape.h"

namespace robusto {
namespace {

using admin::v1::DurationSummary;
using admin::v1::PoolStats;
using admin::v1::RecentDurations;

std::string WorkersLine(const PoolStats& stats) {
  std::string line =
      absl::StrCat(stats.threads(), ": ", stats.busy(), " busy, ", stats.idle(), " idle");
  if (stats.stuck() > 0) absl::StrAppend(&line, ", ", stats.stuck(), " stuck");
  if (stats.retiring() > 0) absl::StrAppend(&line, ", ", stats.retiring(), " retiring");
  if (stats.abandoned() > 0) absl::StrAppend(&line, ", ", stats.abandoned(), " abandoned");
  return line;
}

void AddSummary(absl::string_view name, const DurationSummary& summary, Table* table) {
  const auto text = [](const google::protobuf::Duration& duration) {
    return DurationText(FromWire(duration));
  };
  const auto count = static_cast<int64_t>(summary.count());
  table->AddRow({std::string(name), count == 0 ? "" : DurationText(FromWire(summary.sum()) / count),
                 text(summary.p50()), text(summary.p90()), text(summary.p99()),
                 text(summary.p999()), text(summary.max())});
}

std::string TrafficText(const admin::v1::TrafficStats& traffic) {
  std::vector<std::string> parts;
  if (traffic.has_connections_open()) {
    parts.push_back(absl::StrCat(traffic.connections_open(), " connections open"));
  }
  if (traffic.has_connections_accepted()) {
    parts.push_back(absl::StrCat(traffic.connections_accepted(), " accepted"));
  }
  if (traffic.has_bytes_received()) {
    parts.push_back(
        absl::StrCat(BytesText(static_cast<double>(traffic.bytes_received())), " received"));
  }
  if (traffic.has_bytes_sent()) {
    parts.push_back(absl::StrCat(BytesText(static_cast<double>(traffic.bytes_sent())), " sent"));
  }
  return absl::StrJoin(parts, ", ");
}

std::string RatesLine(const admin::v1::Rates& rates) {
  const absl::Duration window = FromWire(rates.window());
  if (window <= absl::ZeroDuration()) return "";
  return absl::StrCat("rates     ", RateText(rates.completed()), " completed, ",
                      RateText(rates.failed()), " failed, ", RateText(rates.shed()),
                      " refused, in the last ", DurationText(window), "\n");
}

std::string Ids(const google::protobuf::RepeatedField<uint64_t>& ids) {
  constexpr int kMaxShown = 20;
  const int count = std::min(ids.size(), kMaxShown);
  std::string text = absl::StrJoin(ids.begin(), ids.begin() + count, " ");
  if (ids.size() > kMaxShown) absl::StrAppend(&text, " and ", ids.size() - kMaxShown, " more");
  return text;
}

}  // namespace

std::string StatsText(const PoolStats& stats) {
  std::string text = absl::StrCat("pool      ", StateWord(stats.state()), ", up ",
                                  DurationText(FromWire(stats.uptime())), ", generation ",
                                  stats.generation(), "\nworkers   ", WorkersLine(stats),
                                  "\nbounds    ", BoundsWords(stats), " workers", "\nqueue     ",
                                  stats.queue_size(), " of ", stats.queue_capacity(), "\n");
  if (stats.has_pending_revert()) {
    absl::StrAppend(&text, "revert    ", RevertWords(stats.pending_revert()), "\n");
  }
  absl::StrAppend(&text, "requests  ", stats.accepted(), " accepted: ", stats.completed(),
                  " completed, ", stats.failed(), " failed, ", stats.cancelled(), " cancelled, ",
                  stats.queued(), " queued, ", stats.running(), " running\n");
  absl::StrAppend(&text, "refused   ", Refused(stats), ": ", stats.rejected_queue_full(),
                  " queue full, ", stats.expired(), " expired, ", stats.rejected_draining(),
                  " draining, ", stats.rejected_stopped(), " stopped\n");
  absl::StrAppend(&text, RatesLine(stats.rates()));
  if (stats.has_traffic()) {
    const std::string traffic = TrafficText(stats.traffic());
    if (!traffic.empty()) absl::StrAppend(&text, "traffic   ", traffic, "\n");
  }
  Table table({{"", Table::kLeft},
               {"mean", Table::kRight},
               {"p50", Table::kRight},
               {"p90", Table::kRight},
               {"p99", Table::kRight},
               {"p99.9", Table::kRight},
               {"max", Table::kRight}});
  // The newest come last, next to the prompt.
  AddSummary("queue wait, since start", stats.queue_wait(), &table);
  AddSummary("service time, since start", stats.service_time(), &table);
  for (const RecentDurations* recent : {&stats.recent_60s(), &stats.recent_10s()}) {
    const absl::Duration window =
        absl::Trunc(FromWire(recent->window()) + absl::Milliseconds(500), absl::Seconds(1));
    if (window <= absl::ZeroDuration()) continue;
    const std::string last = absl::StrCat(absl::ToInt64Seconds(window), " s");
    AddSummary(absl::StrCat("queue wait, last ", last), recent->queue_wait(), &table);
    AddSummary(absl::StrCat("service time, last ", last), recent->service_time(), &table);
  }
  absl::StrAppend(&text, "\n", table.Text(0));
  return text;
}

namespace {

std::string SampleLine(const std::vector<std::string>& cells) {
  static constexpr size_t kWidths[] = {8, 8, 7, 5, 7, 9, 9, 9, 8, 8};
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ' ';
    line += i < 2 ? FitLeft(cells[i], kWidths[i]) : FitRight(cells[i], kWidths[i]);
  }
  return line + "\n";
}

}  // namespace

std::string SampleTitles() {
  return SampleLine({"TIME", "STATE", "WORKERS", "BUSY", "QUEUED", "SERVED", "FAILED", "REFUSED",
                     "WAIT", "SERVICE"});
}

std::string SampleText(const PoolStats& stats, const TopHistory& history, absl::TimeZone zone) {
  std::vector<std::string> cells = {
      absl::FormatTime("%H:%M:%S", FromWire(stats.time()), zone),
      std::string(StateWord(stats.state())),
      absl::StrCat(stats.threads()),
      absl::StrCat(stats.busy()),
      absl::StrCat(stats.queue_size()),
  };
  if (history.samples().empty()) {
    cells.insert(cells.end(), 5, "-");
  } else {
    const TopSample& sample = history.samples().back();
    cells.insert(cells.end(),
                 {RateText(sample.completed), RateText(sample.failed), RateText(sample.shed),
                  DurationText(sample.wait), DurationText(sample.service)});
  }
  return SampleLine(cells);
}

std::string WorkersText(const admin::v1::ListWorkersResponse& workers, size_t width) {
  Table table({{"WORKER", Table::kRight},
               {"STATE", Table::kLeft},
               {"TASK", Table::kRight},
               {"AGE", Table::kRight},
               {"PHASE", Table::kLeft},
               {"PEER", Table::kLeft},
               {"DONE", Table::kRight},
               {"FAILED", Table::kRight},
               {"BUSY", Table::kRight},
               {"REQUEST ID", Table::kLeft},
               {"REQUEST", Table::kLeft}});
  for (const admin::v1::Worker& worker : workers.workers()) {
    const bool busy = worker.has_task();
    const admin::v1::RunningTask& task = worker.task();
    table.AddRow({absl::StrCat(worker.id()), std::string(WorkerWord(worker.state())),
                  busy ? absl::StrCat(task.id()) : "",
                  busy ? DurationText(FromWire(task.age())) : "", PrintableText(task.phase()),
                  PrintableText(task.peer()), absl::StrCat(worker.completed()),
                  absl::StrCat(worker.failed()), DurationText(FromWire(worker.busy_time())),
                  PrintableText(task.request_id()), PrintableText(task.label())});
  }
  return table.Text(width);
}

std::string EventText(const admin::v1::PoolEvent& event, absl::TimeZone zone) {
  return absl::StrFormat("%s %6d  %s  (%s, queue %d)\n",
                         absl::FormatTime("%Y-%m-%d %H:%M:%E3S", FromWire(event.time()), zone),
                         event.sequence(), EventWords(event),
                         Counted(event.target_threads(), "worker"), event.queue_size());
}

std::string ResizeText(const admin::v1::ResizeResponse& response, absl::Duration revert_after) {
  const std::string before =
      BoundsWords(response.previous_min_threads(), response.has_previous_max_threads(),
                  response.previous_max_threads());
  if (response.dry_run()) {
    return absl::StrCat("would set the bounds to ", BoundsWords(response), " (they are ", before,
                        "), start ", Counted(response.started(), "worker"), " and retire ",
                        response.retired(), ", for ", response.target_threads(),
                        " in all; nothing was changed, generation ", response.generation(), "\n");
  }
  std::string text = absl::StrCat(
      "the bounds are ", BoundsWords(response), " (they were ", before, "); started ",
      Counted(response.started(), "worker"), ", retired ", response.retired(), "; now ",
      response.target_threads(), ", generation ", response.generation(), "\n");
  if (revert_after > absl::ZeroDuration()) {
    absl::StrAppend(&text, "the previous bounds return in ", DurationText(revert_after),
                    " unless confirmed: robustoctl confirm ", response.generation(), "\n");
  }
  return text;
}

std::string StopReportText(const admin::v1::StopReport& report) {
  std::string text =
      absl::StrCat("stopped in ", DurationText(FromWire(report.took())), ": ",
                   Counted(static_cast<int64_t>(report.completed()), "request"), " completed, ");
  if (report.clean()) return absl::StrCat(text, "none lost\n");
  absl::StrAppend(&text, report.rejected_size(), " refused, ", report.cancelled_size(),
                  " cancelled, ", report.abandoned_size(), " abandoned\n");
  if (report.rejected_size() > 0) absl::StrAppend(&text, "refused: ", Ids(report.rejected()), "\n");
  if (report.cancelled_size() > 0) {
    absl::StrAppend(&text, "cancelled: ", Ids(report.cancelled()), "\n");
  }
  if (report.abandoned_size() > 0) {
    absl::StrAppend(&text, "abandoned: ", Ids(report.abandoned()), "\n");
  }
  return text;
}

}  // namespace robusto
