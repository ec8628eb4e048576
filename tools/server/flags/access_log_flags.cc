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
          "file that gets one line per request; SIGHUP reopens it, for log rotation; -: standard "
          "output; empty: no "
          "access log");
ABSL_FLAG(std::string, access_log_format, "combined",
          "format of the access log: combined (that of Apache and nginx) or json");

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
  options.path = path == "-" ? path : ResolveInvocationPath(path);
  options.on_warning = [](absl::string_view text) { spdlog::warn("{}", std::string(text)); };
  absl::StatusOr<std::unique_ptr<AccessLog>> log = AccessLog::Open(std::move(options));
  if (!log.ok()) {
    return absl::Status(log.status().code(),
                        absl::StrCat("--access_log=", path, ": ", log.status().message()));
  }
  return std::shared_ptr<AccessLog>(*std::move(log));
}

void ReopenAccessLog(AccessLog* log) {
  if (log == nullptr) {
    spdlog::info("SIGHUP: no access log to reopen");
    return;
  }
  const absl::Status status = log->Reopen();
  if (status.ok()) {
    spdlog::info("SIGHUP: reopened the access log");
  } else {
    spdlog::warn("SIGHUP: cannot reopen the access log, still using the old file: {}",
                 std::string(status.message()));
  }
}

}  // namespace robusto
