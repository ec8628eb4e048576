// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/watch_commands.h"

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "robusto/tools/robustoctl/human_text.h"
#include "robusto/tools/robustoctl/output.h"
#include "robusto/tools/robustoctl/pool_text.h"
#include "robusto/tools/robustoctl/pool_words.h"
#include "robusto/tools/robustoctl/top_history.h"
#include "robusto/tools/robustoctl/wire_time.h"

namespace robusto {
namespace {

// The time limit of the whole command, if --timeout is given.
absl::Duration Total(const CtlFlags& flags) {
  return flags.timeout_given ? flags.client.timeout : absl::InfiniteDuration();
}

std::string LeftText(uint64_t queued, uint64_t running) {
  return absl::StrCat(queued, " queued, ", running, " running");
}

// Waits until no request is queued or running, and no response waits for its client.
CommandResult AwaitDrained(const CommandContext& context) {
  constexpr absl::Duration kInterval = absl::Milliseconds(200);
  admin::v1::WatchStatsRequest request;
  ToWire(kInterval, request.mutable_interval());
  absl::optional<ExitCode> result;
  Progress progress;
  const absl::Status status = context.client->Watch(
      request, {Total(context.flags), kInterval}, [&](const admin::v1::PoolStats& stats) {
        const uint64_t unfinished = stats.traffic().connections_in_exchange();
        if (stats.queued() + stats.running() + unfinished == 0) {
          result = kExitOk;
        } else if (stats.state() == admin::v1::POOL_STATE_RUNNING) {
          result = kExitPartly;
        }
        if (context.flags.json) {
          admin::v1::DrainResponse left;
          left.set_queued(stats.queued());
          left.set_running(stats.running());
          PrintJson(left);
        } else if (!result.has_value()) {
          progress.Show(absl::StrCat("draining: ", LeftText(stats.queued(), stats.running()), ", ",
                                     unfinished, " requests or responses under way"));
        }
        return !result.has_value();
      });
  if (!status.ok()) return status;
  if (!result.has_value()) return absl::UnavailableError("the server ended its answer early");
  if (*result == kExitPartly) Remark("drain: the pool was resumed before it was drained");
  return *result;
}

}  // namespace

CommandResult WatchStatsLines(const CommandContext& context, absl::Duration interval) {
  constexpr int kLinesPerTitle = 20;
  admin::v1::WatchStatsRequest request;
  ToWire(interval, request.mutable_interval());
  TopHistory history;
  int lines = 0;
  const absl::Status status = context.client->Watch(
      request, {absl::InfiniteDuration(), interval}, [&](const admin::v1::PoolStats& stats) {
        if (context.flags.json) {
          PrintJson(stats);
          return OutputArrived();
        }
        history.Add(stats);
        if (lines++ % kLinesPerTitle == 0) Print(SampleTitles());
        Print(SampleText(stats, history, absl::LocalTimeZone()));
        return OutputArrived();
      });
  if (!status.ok()) return status;
  return kExitOk;
}

CommandResult RunStats(const CommandContext& context) {
  if (context.flags.interval.has_value()) {
    return WatchStatsLines(context, *context.flags.interval);
  }
  admin::v1::PoolStats stats;
  const absl::Status status = context.client->Call(admin::v1::GetStatsRequest(), &stats);
  if (!status.ok()) return status;
  if (context.flags.json) {
    PrintJson(stats);
  } else {
    Print(StatsText(stats));
  }
  return kExitOk;
}

CommandResult RunEvents(const CommandContext& context) {
  admin::v1::WatchEventsRequest request;
  request.set_since(context.flags.since);
  request.set_no_follow(!context.flags.follow);
  if (context.flags.follow) {
    // Events can be hours apart; a server that does not answer must be reported at once.
    admin::v1::PoolStats stats;
    const absl::Status status = context.client->Call(admin::v1::GetStatsRequest(), &stats);
    if (!status.ok()) return status;
  }
  uint64_t next = context.flags.since;
  const absl::Status status =
      context.client->Watch(request, AdminClient::Limits(), [&](const admin::v1::PoolEvent& event) {
        if (next > 0 && event.sequence() > next) {
          Remark(absl::StrCat("events: the server no longer keeps events ", next, " to ",
                              event.sequence() - 1));
        }
        next = event.sequence() + 1;
        if (context.flags.json) {
          PrintJson(event);
        } else {
          Print(EventText(event, absl::LocalTimeZone()));
        }
        return OutputArrived();
      });
  if (!status.ok()) return status;
  return kExitOk;
}

CommandResult RunDrain(const CommandContext& context) {
  admin::v1::DrainResponse response;
  const absl::Status status = context.client->Call(admin::v1::DrainRequest(), &response);
  if (!status.ok()) return status;
  if (context.flags.wait) {
    CommandResult result = AwaitDrained(context);
    if (result.ok() && *result == kExitOk && !context.flags.json) {
      Print("drained: new requests are refused, and no request is left\n");
    }
    return result;
  }
  if (context.flags.json) {
    PrintJson(response);
  } else {
    Print(absl::StrCat("draining: new requests are refused; unfinished: ",
                       LeftText(response.queued(), response.running()), "\n"));
  }
  return kExitOk;
}

CommandResult RunStop(const CommandContext& context) {
  // The server reports ten times a second; after a silence of this plus --timeout it hangs.
  constexpr absl::Duration kBetween = absl::Seconds(2);
  admin::v1::StopRequest request;
  if (context.flags.stop_timeout.has_value()) {
    ToWire(*context.flags.stop_timeout, request.mutable_timeout());
  }
  absl::optional<admin::v1::StopReport> report;
  Progress progress;
  const absl::Status status = context.client->Watch(
      request, {Total(context.flags), kBetween}, [&](const admin::v1::StopProgress& now) {
        if (now.has_report()) report = now.report();
        if (context.flags.json) {
          PrintJson(now);
        } else if (!now.has_report()) {
          progress.Show(absl::StrCat("stopping for ", DurationText(FromWire(now.elapsed())), ": ",
                                     LeftText(now.queued(), now.running())));
        }
        return true;
      });
  progress.Clear();
  // The report is the last message, so the status of the connection does not matter after it.
  if (!report.has_value()) {
    return status.ok() ? absl::UnavailableError("the server ended without a report") : status;
  }
  if (!context.flags.json) Print(StopReportText(*report));
  return report->clean() ? kExitOk : kExitPartly;
}

}  // namespace robusto
