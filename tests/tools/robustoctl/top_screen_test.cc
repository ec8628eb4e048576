// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/top_screen.h"

#include <cstddef>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "robusto/admin/pool_admin.pb.h"
#include "robusto/tools/robustoctl/screen_line.h"
#include "robusto/tools/robustoctl/top_view.h"
#include "robusto/tools/robustoctl/wire_time.h"

namespace robusto {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void SetSummary(absl::Duration p50, absl::Duration p99, admin::v1::DurationSummary* summary) {
  summary->set_count(1000);
  ToWire(p50, summary->mutable_p50());
  ToWire(p99, summary->mutable_p99());
  ToWire(p99 * 2, summary->mutable_max());
}

// A pool of 8 with a queue of 12, after `second` seconds.
admin::v1::PoolStats Stats(int second) {
  admin::v1::PoolStats stats;
  stats.set_state(admin::v1::POOL_STATE_RUNNING);
  ToWire(absl::Seconds(11220 + second), stats.mutable_uptime());
  stats.set_generation(4);
  stats.set_min_threads(4);
  stats.set_max_threads(32);
  stats.set_threads(8);
  stats.set_busy(5);
  stats.set_idle(3);
  stats.set_queue_size(12);
  stats.set_queue_capacity(1024);
  stats.set_accepted(120000 + 1000 * second);
  stats.set_completed(119000 + 1000 * second);
  SetSummary(absl::Microseconds(12), absl::Milliseconds(3), stats.mutable_queue_wait());
  SetSummary(absl::Milliseconds(1.5), absl::Milliseconds(40), stats.mutable_service_time());
  *stats.mutable_recent_10s()->mutable_queue_wait() = stats.queue_wait();
  *stats.mutable_recent_10s()->mutable_service_time() = stats.service_time();
  SetSummary(absl::Microseconds(9), absl::Milliseconds(7),
             stats.mutable_recent_60s()->mutable_queue_wait());
  SetSummary(absl::Milliseconds(1), absl::Milliseconds(80),
             stats.mutable_recent_60s()->mutable_service_time());
  stats.mutable_queue_wait()->set_count(119000 + 1000 * second);
  ToWire(absl::Microseconds(second * second * 1000), stats.mutable_queue_wait()->mutable_sum());
  return stats;
}

void AddWorker(int id, const std::string& label, const std::string& peer, TopView* view) {
  admin::v1::Worker* const worker = view->workers.add_workers();
  worker->set_id(id);
  worker->set_completed(100 + id);
  worker->set_state(label.empty() ? admin::v1::WORKER_STATE_IDLE : admin::v1::WORKER_STATE_BUSY);
  if (label.empty()) return;
  worker->mutable_task()->set_id(1000 + id);
  worker->mutable_task()->set_label(label);
  worker->mutable_task()->set_peer(peer);
  worker->mutable_task()->set_phase("handling");
  ToWire(absl::Milliseconds(100 * id), worker->mutable_task()->mutable_age());
}

TopView View() {
  TopView view;
  view.address = "127.0.0.1:50051";
  view.clock = "10:03:11";
  for (int second = 0; second < 30; ++second) view.history.Add(Stats(second));
  view.stats = Stats(29);
  for (int id = 1; id <= 5; ++id) {
    AddWorker(id, absl::StrCat("GET /reports/", id), absl::StrCat("127.0.0.1:4000", id), &view);
  }
  for (int id = 6; id <= 8; ++id) AddWorker(id, "", "", &view);
  return view;
}

ScreenStyle Style(size_t columns, size_t rows, bool colour = false, bool utf8 = true) {
  return {columns, rows, colour, utf8};
}

std::vector<std::string> Lines(const std::string& screen) { return absl::StrSplit(screen, '\n'); }

// What a terminal shows of a line: without the escape sequences, in characters. Fails on any control
// character but the colours that ScreenLine makes.
size_t Columns(const std::string& line) {
  size_t columns = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const auto c = static_cast<unsigned char>(line[i]);
    if (c == 0x1b) {
      const size_t end = line.find('m', i);
      EXPECT_NE(end, std::string::npos) << line;
      if (end == std::string::npos) return columns;
      for (size_t j = i + 1; j < end; ++j)
        EXPECT_TRUE(std::strchr("[;0123456789", line[j])) << line;
      i = end;
      continue;
    }
    EXPECT_GE(c, 0x20) << line;
    EXPECT_NE(c, 0x7f) << line;
    if ((c & 0xc0) != 0x80) ++columns;
  }
  return columns;
}

void ExpectFits(const TopView& view, const ScreenStyle& style) {
  const std::string screen = RenderTop(view, style);
  const std::vector<std::string> lines = Lines(screen);
  EXPECT_LE(lines.size(), style.rows);
  for (const std::string& line : lines) EXPECT_LE(Columns(line), style.columns) << line;
  if (!style.colour) {
    EXPECT_THAT(screen, Not(HasSubstr("\x1b")));
  }
  if (!style.utf8) {
    for (const char c : screen) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
  }
}

// The line that begins with `label`; empty when there is none.
std::string LineOf(const std::string& screen, const std::string& label) {
  for (const std::string& line : Lines(screen)) {
    if (absl::StartsWith(line, label)) return line;
  }
  return "";
}

TEST(TopScreenTest, FitsEveryScreen) {
  const TopView view = View();
  for (const auto& [columns, rows] : std::vector<std::pair<size_t, size_t>>{
           {80, 24}, {200, 60}, {132, 43}, {40, 12}, {20, 5}, {10, 3}, {1, 1}, {500, 200}}) {
    for (const bool colour : {false, true}) {
      for (const bool utf8 : {false, true}) ExpectFits(view, Style(columns, rows, colour, utf8));
    }
  }
}

TEST(TopScreenTest, ShowsThePoolTheQueueAndTheWorkersAt80x24) {
  const std::string screen = RenderTop(View(), Style(80, 24, false, false));
  EXPECT_EQ(Lines(screen).size(), 24U);
  EXPECT_EQ(Lines(screen)[0],
            "robustoctl top  127.0.0.1:50051  running  up 3h07m  generation 4        10:03:11");
  EXPECT_EQ(LineOf(screen, "workers"),
            "workers  [###::...............]  5 busy, 3 idle of 8 (4 to 32)");
  EXPECT_EQ(LineOf(screen, "queue"), "queue    [#...................]  12 of 1024");
  EXPECT_EQ(LineOf(screen, "requests"),
            "requests 149k accepted, 148k completed, 0 failed, 0 refused, 0 cancelled");
  EXPECT_THAT(LineOf(screen, "wait"), HasSubstr("57.0us   12.0us   3.00ms   7.00ms   14.0ms  "));
  EXPECT_THAT(LineOf(screen, "served"), HasSubstr("1.00k/s"));
  EXPECT_EQ(LineOf(screen, "     5"),
            "     5 busy      1005  500ms handling GET /reports/5             127.0.0.1:40005");
  EXPECT_EQ(Lines(screen).back(),
            "q quit   p pause   a [by age]   w by worker   d by done   i hide idle   ");
}

TEST(TopScreenTest, SparklineRisesWithTheWait) {
  EXPECT_THAT(LineOf(RenderTop(View(), Style(80, 24)), "wait"),
              HasSubstr("▂▂▃▃▃▃▄▄▄▅▅▅▅▆▆▆▇▇▇▇████"));
  EXPECT_THAT(LineOf(RenderTop(View(), Style(80, 24, false, false)), "wait"),
              HasSubstr("..----===++++***####@@@@"));
}

TEST(TopScreenTest, WideScreensShowMoreOfEachWorker) {
  const std::string screen = RenderTop(View(), Style(200, 60));
  EXPECT_THAT(screen, HasSubstr("REQUEST ID"));
  EXPECT_THAT(screen, HasSubstr("FAILED"));
  EXPECT_THAT(RenderTop(View(), Style(80, 24)), Not(HasSubstr("FAILED")));
}

TEST(TopScreenTest, OldestFirstAndIdleLast) {
  const std::vector<std::string> lines = Lines(RenderTop(View(), Style(80, 24)));
  EXPECT_THAT(lines[10], HasSubstr("/reports/5"));
  EXPECT_THAT(lines[14], HasSubstr("/reports/1"));
  EXPECT_THAT(lines[15], HasSubstr("idle"));
}

TEST(TopScreenTest, SortsAndHidesAsAsked) {
  TopView view = View();
  view.order = TopOrder::kWorker;
  EXPECT_THAT(Lines(RenderTop(view, Style(80, 24)))[10], HasSubstr("/reports/1"));
  view.order = TopOrder::kDone;
  EXPECT_THAT(Lines(RenderTop(view, Style(80, 24)))[10], HasSubstr("     8 idle"));
  view.hide_idle = true;
  EXPECT_THAT(RenderTop(view, Style(80, 24)), Not(HasSubstr("     8 idle")));
}

TEST(TopScreenTest, StylesOnlyWithColour) {
  EXPECT_THAT(RenderTop(View(), Style(80, 24, true)), HasSubstr("\x1b[32mrunning\x1b[0m"));
  EXPECT_THAT(RenderTop(View(), Style(80, 24, false)), Not(HasSubstr("\x1b")));
}

TEST(TopScreenTest, LongPathsAreCut) {
  TopView view = View();
  AddWorker(9, "GET /" + std::string(100000, 'x'), std::string(5000, 'y'), &view);
  ExpectFits(view, Style(80, 24));
  ExpectFits(view, Style(200, 60, true));
  EXPECT_EQ(LineOf(RenderTop(view, Style(80, 24)), "     9"),
            "     9 busy      1009  900ms handling GET /xxxxxxxxxxxxxxxxxxxx~ yyyyyyyyyyyyyy~");
}

TEST(TopScreenTest, ControlCharactersNeverReachTheTerminal) {
  TopView view = View();
  AddWorker(9, "GET /\x1b]0;owned\x07\n\r\x7f", "\x1b[2Jpeer", &view);
  AddWorker(10,
            "GET /\xc2\x9b"
            "31m\xe2\x80\xae\xff",
            "\b\b", &view);
  view.workers.mutable_workers(9)->mutable_task()->set_phase("\x1b[31m");
  view.workers.mutable_workers(9)->mutable_task()->set_request_id("\x1b[31m");
  view.address = "unix:\x1b[5m";
  view.error = "\x1b[2J\nno answer";
  for (const ScreenStyle& style : {Style(80, 24), Style(200, 60), Style(200, 60, true)}) {
    ExpectFits(view, style);
  }
  EXPECT_THAT(RenderTop(view, Style(200, 60)), HasSubstr("GET /\\x1b]0;owned\\x07\\x0a\\x0d\\x7f"));
  EXPECT_THAT(RenderTop(view, Style(200, 60)), HasSubstr("GET /\\xc2\\x9b31m\\xe2\\x80\\xae\\xff"));
}

TEST(TopScreenTest, NoWorkersAndNothingKnown) {
  TopView view;
  ExpectFits(view, Style(80, 24));
  EXPECT_EQ(Lines(RenderTop(view, Style(80, 24))).size(), 24U);
  EXPECT_EQ(RenderTop(view, Style(0, 0)), "");
}

TEST(TopScreenTest, AThousandWorkersSayHowManyAreNotShown) {
  TopView view = View();
  for (int id = 9; id <= 1000; ++id) AddWorker(id, absl::StrCat("GET /", id), "peer", &view);
  view.stats.set_threads(1000);
  view.stats.set_busy(997);
  for (const ScreenStyle& style : {Style(80, 24), Style(200, 60, true)}) ExpectFits(view, style);
  const std::vector<std::string> lines = Lines(RenderTop(view, Style(80, 24)));
  // 24 rows, of which 10 above the workers and the keys below.
  EXPECT_EQ(lines[22], "... and 988 more workers");
  EXPECT_THAT(lines[10], HasSubstr("  1000 busy"));
}

TEST(TopScreenTest, SaysWhatTheOperatorHasToKnow) {
  struct Case {
    std::string name;
    void (*change)(TopView* view);
    std::string want;
  };
  const std::vector<Case> cases = {
      {"stuck", [](TopView* view) { view->stats.set_stuck(2); }, ", 2 stuck"},
      {"retiring", [](TopView* view) { view->stats.set_retiring(3); }, ", 3 retiring"},
      {"abandoned", [](TopView* view) { view->stats.set_abandoned(1); }, ", 1 abandoned"},
      {"draining", [](TopView* view) { view->stats.set_state(admin::v1::POOL_STATE_DRAINING); },
       "draining"},
      {"no limit", [](TopView* view) { view->stats.clear_max_threads(); }, "of 8 (4 or more)"},
      {"trouble", [](TopView* view) { view->error = "no answer, trying again: refused"; },
       "\nno answer, trying again: refused\n"},
      {"paused", [](TopView* view) { view->paused = true; }, "\npaused: press p to continue\n"},
      {"revert",
       [](TopView* view) {
         view->stats.mutable_pending_revert()->set_min_threads(4);
         view->stats.mutable_pending_revert()->set_max_threads(8);
         view->stats.mutable_pending_revert()->set_generation(7);
         ToWire(absl::Seconds(42), view->stats.mutable_pending_revert()->mutable_remaining());
       },
       "\nthe bounds return to 4 to 8 in 42.0s unless confirmed: robustoctl confirm 7\n"},
      {"shedding",
       [](TopView* view) {
         admin::v1::PoolStats next = Stats(30);
         next.set_rejected_queue_full(50);
         view->history.Add(next);
       },
       "\nrefusing 50.0/s: the queue is full"},
      {"full", [](TopView* view) { view->stats.set_queue_size(1024); },
       "[####################]  1024 of 1024"},
      {"another process",
       [](TopView* view) {
         view->history.Add(admin::v1::PoolStats());
         view->stats = admin::v1::PoolStats();
       },
       "served           -"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    TopView view = View();
    c.change(&view);
    EXPECT_THAT(RenderTop(view, Style(80, 24, false, false)), HasSubstr(c.want));
  }
}

}  // namespace
}  // namespace robusto
