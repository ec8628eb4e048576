// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/call_commands.h"

#include <algorithm>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "robusto/tools/robustoctl/human_text.h"
#include "robusto/tools/robustoctl/output.h"
#include "robusto/tools/robustoctl/pool_text.h"
#include "robusto/tools/robustoctl/wire_time.h"

namespace robusto {
namespace {

absl::Status Usage(absl::string_view why) { return absl::InvalidArgumentError(why); }

// Parses a number of workers. The server checks its range.
absl::StatusOr<int> Number(absl::string_view what, absl::string_view text) {
  int number = 0;
  if (absl::SimpleAtoi(text, &number)) return number;
  return Usage(absl::StrCat(what, " \"", text, "\" is not a number"));
}

absl::StatusOr<int> OneNumber(const CommandContext& context, absl::string_view command) {
  if (context.arguments.size() == 1) return Number("COUNT", context.arguments[0]);
  return Usage(absl::StrCat("expected a number of workers, such as: robustoctl ", command, " 2"));
}

// Sets the bounds from the command line; a bound that it does not give is read from the server.
absl::Status SetBounds(const CommandContext& context, admin::v1::ResizeRequest* request) {
  const CtlFlags& flags = context.flags;
  const bool by_flags = flags.min.has_value() || flags.max.has_value();
  if (by_flags == !context.arguments.empty() || context.arguments.size() == 1) {
    return Usage(
        "expected the minimum and maximum number of workers, such as: robustoctl resize 4 32; or "
        "--min "
        "or --max");
  }
  if (!by_flags) {
    const absl::StatusOr<int> min = Number("MIN", context.arguments[0]);
    if (!min.ok()) return min.status();
    request->set_min_threads(*min);
    if (context.arguments[1] == "none") return absl::OkStatus();
    const absl::StatusOr<int> max = Number("MAX", context.arguments[1]);
    if (!max.ok()) return Usage(absl::StrCat(max.status().message(), " or \"none\""));
    request->set_max_threads(*max);
    return absl::OkStatus();
  }
  if (flags.min.has_value()) request->set_min_threads(*flags.min);
  if (flags.max.has_value()) request->set_max_threads(*flags.max);
  if (flags.min.has_value() && flags.max.has_value()) return absl::OkStatus();

  admin::v1::PoolStats stats;
  absl::Status status = context.client->Call(admin::v1::GetStatsRequest(), &stats);
  if (!status.ok()) return status;
  if (!flags.min.has_value()) request->set_min_threads(stats.min_threads());
  if (!flags.max.has_value() && stats.has_max_threads()) {
    request->set_max_threads(stats.max_threads());
  }
  // Fails if the bound that was just read has changed in the meantime.
  if (!flags.if_generation.has_value()) request->set_if_generation(stats.generation());
  return absl::OkStatus();
}

// For grow and shrink: fewer workers than requested are not an error of the call, but not success either.
ExitCode CountResult(int asked, int done) { return done < asked ? kExitPartly : kExitOk; }

}  // namespace

CommandResult RunWorkers(const CommandContext& context) {
  admin::v1::ListWorkersResponse response;
  const absl::Status status = context.client->Call(admin::v1::ListWorkersRequest(), &response);
  if (!status.ok()) return status;
  if (context.flags.json) {
    PrintJson(response);
  } else {
    Print(WorkersText(response, OutputWidth()));
  }
  return kExitOk;
}

CommandResult RunResize(const CommandContext& context) {
  const CtlFlags& flags = context.flags;
  admin::v1::ResizeRequest request;
  request.set_dry_run(flags.dry_run);
  if (flags.if_generation.has_value()) request.set_if_generation(*flags.if_generation);
  if (flags.revert_after.has_value()) {
    ToWire(*flags.revert_after, request.mutable_revert_after());
  }
  if (const absl::Status status = SetBounds(context, &request); !status.ok()) return status;
  admin::v1::ResizeResponse response;
  const absl::Status status = context.client->Call(request, &response);
  if (!status.ok()) return status;
  if (flags.json) {
    PrintJson(response);
  } else {
    Print(ResizeText(response, flags.revert_after.value_or(absl::ZeroDuration())));
  }
  return kExitOk;
}

CommandResult RunConfirm(const CommandContext& context) {
  admin::v1::ConfirmResizeRequest request;
  if (!context.arguments.empty()) {
    uint64_t generation = 0;
    if (!absl::SimpleAtoi(context.arguments[0], &generation)) {
      return Usage(absl::StrCat("GENERATION \"", context.arguments[0], "\" is not a number"));
    }
    request.set_generation(generation);
  }
  admin::v1::ConfirmResizeResponse response;
  const absl::Status status = context.client->Call(request, &response);
  if (!status.ok()) return status;
  if (context.flags.json) {
    PrintJson(response);
  } else {
    Print(absl::StrCat("confirmed: the bounds are permanent, generation ", response.generation(),
                       "\n"));
  }
  return kExitOk;
}

CommandResult RunGrow(const CommandContext& context) {
  const absl::StatusOr<int> count = OneNumber(context, "grow");
  if (!count.ok()) return count.status();
  admin::v1::GrowRequest request;
  request.set_count(*count);
  admin::v1::GrowResponse response;
  const absl::Status status = context.client->Call(request, &response);
  if (!status.ok()) return status;
  if (context.flags.json) {
    PrintJson(response);
  } else {
    Print(absl::StrCat("started ", Counted(response.started(), "worker"),
                       response.started() < *count ? absl::StrCat(" of ", *count) : "", "; now ",
                       response.target_threads(), ", generation ", response.generation(), "\n"));
  }
  if (response.started() < *count) {
    Remark("grow: the maximum number of workers is reached; `robustoctl resize` changes it");
  }
  return CountResult(*count, response.started());
}

CommandResult RunShrink(const CommandContext& context) {
  const absl::StatusOr<int> count = OneNumber(context, "shrink");
  if (!count.ok()) return count.status();
  admin::v1::ShrinkRequest request;
  request.set_count(*count);
  admin::v1::ShrinkResponse response;
  const absl::Status status = context.client->Call(request, &response);
  if (!status.ok()) return status;
  if (context.flags.json) {
    PrintJson(response);
  } else {
    Print(absl::StrCat("retired ", Counted(response.retired(), "worker"),
                       response.retired() < *count ? absl::StrCat(" of ", *count) : "", "; now ",
                       response.target_threads(), ", generation ", response.generation(), "\n"));
  }
  if (response.retired() < *count) {
    Remark("shrink: the minimum number of workers is reached; `robustoctl resize` changes it");
  }
  return CountResult(*count, response.retired());
}

CommandResult RunCancel(const CommandContext& context) {
  if (context.arguments.size() != 1) {
    return Usage("expected one id, TASK or REQUEST ID of `robustoctl workers`");
  }
  const std::string& id = context.arguments[0];
  admin::v1::CancelRequestRequest request;
  const bool digits = std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  uint64_t task_id = 0;
  if (digits && absl::SimpleAtoi(id, &task_id)) {
    request.set_task_id(task_id);
  } else {
    request.set_request_id(id);
  }
  if (context.flags.firm_after.has_value()) {
    ToWire(*context.flags.firm_after, request.mutable_firm_after());
  }
  admin::v1::CancelRequestResponse response;
  const absl::Status status = context.client->Call(request, &response);
  if (!status.ok()) return status;
  if (context.flags.json) {
    PrintJson(response);
  } else if (response.outcome() == admin::v1::CancelRequestResponse::OUTCOME_FORCED) {
    Print(absl::StrCat("request ", response.task_id(),
                       " did not end: its connection was shut down, but its handler may still be "
                       "running\n"));
  } else {
    Print(absl::StrCat("request ", response.task_id(), " has ended\n"));
  }
  return kExitOk;
}

CommandResult RunResume(const CommandContext& context) {
  admin::v1::ResumeResponse response;
  const absl::Status status = context.client->Call(admin::v1::ResumeRequest(), &response);
  if (!status.ok()) return status;
  if (context.flags.json) {
    PrintJson(response);
  } else {
    Print("the server accepts new requests again\n");
  }
  return kExitOk;
}

}  // namespace robusto
