// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/metrics/pool_changes.h"

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "robusto/http/message/uri.h"
#include "robusto/workers/pool_options.h"
#include "robusto/workers/resize.h"

namespace robusto {
namespace {

absl::Status BadThreads(absl::string_view name, absl::string_view value) {
  return absl::InvalidArgumentError(
      absl::StrCat(name, "=", value, ": must be a number from 1 to ", kMaxThreads));
}

absl::StatusOr<int> Threads(absl::string_view name, absl::string_view value) {
  int threads;
  if (!absl::SimpleAtoi(value, &threads) || threads < 1 || threads > kMaxThreads) {
    return BadThreads(name, value);
  }
  return threads;
}

absl::StatusOr<uint64_t> Number(absl::string_view name, absl::string_view value) {
  uint64_t number;
  if (!absl::SimpleAtoi(value, &number) || number == 0) {
    return absl::InvalidArgumentError(absl::StrCat(name, "=", value, ": must be a number above 0"));
  }
  return number;
}

absl::StatusOr<std::string> Resize(ThreadPool& pool, absl::string_view query) {
  ResizeRequest request;
  const absl::StatusOr<int> min = Threads("min", QueryParameter(query, "min").value_or(""));
  if (!min.ok()) return min.status();
  request.min_threads = *min;
  if (const std::string text = QueryParameter(query, "max").value_or(""); !text.empty()) {
    const absl::StatusOr<int> max = Threads("max", text);
    if (!max.ok()) return max.status();
    request.max_threads = *max;
  }
  if (const absl::optional<std::string> text = QueryParameter(query, "generation")) {
    const absl::StatusOr<uint64_t> generation = Number("generation", *text);
    if (!generation.ok()) return generation.status();
    request.if_generation = *generation;
  }
  const absl::StatusOr<ResizeResult> result = pool.Resize(request);
  if (!result.ok()) return result.status();
  return absl::StrCat("resized: ", result->started, " started, ", result->retired, " retired, ",
                      result->threads, " workers");
}

absl::StatusOr<std::string> Cancel(ThreadPool& pool, absl::string_view query) {
  const absl::StatusOr<uint64_t> task = Number("task", QueryParameter(query, "task").value_or(""));
  if (!task.ok()) return task.status();
  const std::string level = QueryParameter(query, "level").value_or("gentle");
  if (level != "gentle" && level != "firm") {
    return absl::InvalidArgumentError("level must be gentle or firm");
  }
  const absl::Status status =
      pool.Cancel(*task, level == "firm" ? CancelLevel::kFirm : CancelLevel::kGentle);
  if (!status.ok()) return status;
  return absl::StrCat("request ", *task, " was asked to give up, ", level);
}

}  // namespace

bool IsPoolChange(absl::string_view path) {
  return path == "/resize" || path == "/drain" || path == "/resume" || path == "/cancel";
}

absl::StatusOr<std::string> ChangePool(ThreadPool& pool, absl::string_view path,
                                       absl::string_view query) {
  if (path == "/resize") return Resize(pool, query);
  if (path == "/cancel") return Cancel(pool, query);
  absl::Status status = absl::NotFoundError("no such change");
  if (path == "/drain") status = pool.Drain();
  if (path == "/resume") status = pool.Resume();
  if (!status.ok()) return status;
  return path == "/drain" ? "draining" : "running";
}

}  // namespace robusto
