// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/top_command.h"

#include <csignal>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "robusto/tools/robustoctl/terminal.h"
#include "robusto/tools/robustoctl/top_screen.h"
#include "robusto/tools/robustoctl/top_view.h"
#include "robusto/tools/robustoctl/watch_commands.h"

namespace robusto {
namespace {

// Reads from the server once per interval, in its own thread: keys must work while a server is slow to
// answer. An error is shown and the next interval tries again, so top survives a restart of the server.
class Reader {
 public:
  // The reader's thread calls wake->Wake() after each attempt.
  Reader(AdminClient* client, absl::Duration interval, Terminal* wake)
      : client_(client), interval_(interval), wake_(wake), thread_([this] { Run(); }) {}
  ~Reader() {
    end_.Notify();
    client_->CancelAll();
    thread_.join();
  }

  // Copies the data into *view; leaves the operator's choices unchanged.
  void Fill(TopView* view) {
    absl::MutexLock lock(&mu_);
    view->stats = stats_;
    view->workers = workers_;
    view->history = history_;
    view->error =
        failure_.ok() ? "" : absl::StrCat("no answer, trying again: ", failure_.message());
  }
  // The error of the last attempt.
  absl::Status failure() {
    absl::MutexLock lock(&mu_);
    return failure_;
  }

 private:
  void Run() {
    do {
      ReadOnce();
      wake_->Wake();
    } while (!end_.WaitForNotificationWithTimeout(interval_));
  }

  void ReadOnce() {
    admin::v1::PoolStats stats;
    admin::v1::ListWorkersResponse workers;
    absl::Status status = client_->Call(admin::v1::GetStatsRequest(), &stats);
    if (status.ok()) status = client_->Call(admin::v1::ListWorkersRequest(), &workers);
    absl::MutexLock lock(&mu_);
    failure_ = status;
    if (!status.ok()) return;
    history_.Add(stats);
    stats_ = std::move(stats);
    workers_ = std::move(workers);
  }

  AdminClient* const client_;
  const absl::Duration interval_;
  Terminal* const wake_;

  absl::Mutex mu_;
  admin::v1::PoolStats stats_ ABSL_GUARDED_BY(mu_);
  admin::v1::ListWorkersResponse workers_ ABSL_GUARDED_BY(mu_);
  TopHistory history_ ABSL_GUARDED_BY(mu_);
  absl::Status failure_ ABSL_GUARDED_BY(mu_);

  absl::Notification end_;
  std::thread thread_;  // last member: the thread uses the others
};

// Returns false if the key ends the program.
bool HandleKey(int key, TopView* view) {
  switch (key) {
    case 'q':
    case 'Q':
      return false;
    case 'p':
    case ' ':
      view->paused = !view->paused;
      break;
    case 'a':
      view->order = TopOrder::kAge;
      break;
    case 'w':
      view->order = TopOrder::kWorker;
      break;
    case 'd':
      view->order = TopOrder::kDone;
      break;
    case 'i':
      view->hide_idle = !view->hide_idle;
      break;
    default:
      break;
  }
  return true;
}

std::string Clock() { return absl::FormatTime("%H:%M:%S", absl::Now(), absl::LocalTimeZone()); }

}  // namespace

void PrepareTop() {
  if (Terminal::Usable()) Terminal::BlockSignals();
}

CommandResult RunTop(const CommandContext& context) {
  const absl::Duration interval = context.flags.interval.value_or(absl::Seconds(1));
  if (context.flags.json || !Terminal::Usable()) return WatchStatsLines(context, interval);

  TopView view;
  view.address = context.flags.client.address;
  ScreenStyle style;
  style.colour = Terminal::WantsColour();
  style.utf8 = Terminal::SpeaksUtf8();
  Terminal terminal;
  Reader reader(context.client, interval, &terminal);
  // Report a wrong address or token like every command does, not on a screen that disappears at once.
  const Terminal::Event first = terminal.Wait();
  if (first.kind == Terminal::kSignal) return static_cast<ExitCode>(128 + first.value);
  if (const absl::Status failure = reader.failure(); !failure.ok()) return failure;
  reader.Fill(&view);
  view.clock = Clock();
  terminal.Enter();
  for (;;) {
    style.columns = terminal.columns();
    style.rows = terminal.rows();
    terminal.Show(RenderTop(view, style));
    const Terminal::Event event = terminal.Wait();
    if (event.kind == Terminal::kHangUp) return kExitOk;
    if (event.kind == Terminal::kSignal) {
      // Ctrl-C is a normal way to leave top; other signals are reported in the exit code.
      if (event.value == SIGINT) return kExitOk;
      return static_cast<ExitCode>(128 + event.value);
    }
    if (event.kind == Terminal::kKey && !HandleKey(event.value, &view)) return kExitOk;
    if (view.paused) continue;
    reader.Fill(&view);
    view.clock = Clock();
  }
}

}  // namespace robusto
