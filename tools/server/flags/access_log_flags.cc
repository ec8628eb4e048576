// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/flags/access_log_flags.h"

#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "robusto/tools/command_line/command_line.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::string, access_log, "",
          "where a line for each request goes: a file, which SIGHUP opens anew, or - for standard "
          "output; empty: nowhere");
ABSL_FLAG(std::string, access_log_format, "combined",
          "what these lines are: combined, as of Apache and nginx, or json");

namespace robusto {

absl::StatusOr<std::shared_ptr<AccessLog>> OpenAccessLogFromFlags() {
  AccessLogOptions options;
  const std::string format = absl::GetFlag(FLAGS_access_log_format);
  if (format == "json") {
    options.format = AccessLogFormat::kJson;
  } else if (format != "combined") {
    return absl::InvalidArgumentError(
        absl::StrCat("--access_log_format=", format, ": must be combined or json"));
  }
  const std::string path = absl::GetFlag(FLAGS_access_log);
  if (path.empty()) return nullptr;
  options.path = path == "-" ? path : FromWhereTyped(path);
  options.on_warning = [](absl::string_view text) { spdlog::warn("{}", std::string(text)); };
  absl::StatusOr<std::unique_ptr<AccessLog>> log = AccessLog::Open(std::move(options));
  if (!log.ok()) {
    return absl::Status(log.status().code(),
                        absl::StrCat("--access_log: ", log.status().message()));
  }
  return std::shared_ptr<AccessLog>(*std::move(log));
}

void ReopenAccessLog(AccessLog* log) {
  if (log == nullptr) {
    spdlog::info("SIGHUP: there is no access log to open anew");
    return;
  }
  const absl::Status status = log->Reopen();
  if (status.ok()) {
    spdlog::info("SIGHUP: the access log is opened anew");
  } else {
    spdlog::warn("SIGHUP: the access log is as it was: {}", std::string(status.message()));
  }
}

}  // namespace robusto
