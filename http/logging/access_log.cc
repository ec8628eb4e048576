// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/logging/access_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "robusto/http/io/unique_fd.h"
#include "robusto/http/logging/access_log_format.h"
#include "robusto/workers/option_error.h"

namespace robusto {
namespace {

constexpr mode_t kMode = 0640;
// An empty queue of this size already takes 128 MiB: a larger number is a typing error.
constexpr OptionRange kQueueLinesRange = {"queue_lines", 1, int64_t{1} << 22};

// The descriptor of the standard stream that `path` names, or -1. Opening the path instead would fail
// for a socket, as under systemd, and would lose the position in a file.
int StandardStream(absl::string_view path) {
  if (path == "-" || path == "/dev/stdout") return STDOUT_FILENO;
  return path == "/dev/stderr" ? STDERR_FILENO : -1;
}

absl::StatusOr<UniqueFd> OpenDestination(const std::string& path) {
  const int stream = StandardStream(path);
  // O_NONBLOCK: a FIFO without a reader is an error; without the flag, the server would not start.
  UniqueFd fd(stream >= 0
                  ? fcntl(stream, F_DUPFD_CLOEXEC, 0)
                  : open(path.c_str(),
                         O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, kMode));
  if (!fd.valid()) {
    return absl::UnavailableError(
        absl::StrCat("path \"", path, "\" cannot be opened: ", std::strerror(errno)));
  }
  return fd;
}

LogSink::Options SinkOptions(const AccessLogOptions& options) {
  LogSink::Options sink;
  sink.name = absl::StrCat("access log ", options.path);
  sink.queue_lines = options.queue_lines;
  sink.on_warning = options.on_warning;
  sink.warning_interval = options.warning_interval;
  return sink;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AccessLog>> AccessLog::Open(AccessLogOptions options) {
  if (options.path.empty()) {
    return InvalidOption("path", "", "a file name, or \"-\"");
  }
  for (const absl::Status& status : {CheckRange(kQueueLinesRange, uint64_t{options.queue_lines}),
                                     CheckNotNegative("close_timeout", options.close_timeout)}) {
    if (!status.ok()) return status;
  }
  absl::StatusOr<UniqueFd> fd = OpenDestination(options.path);
  if (!fd.ok()) return fd.status();
  absl::StatusOr<std::unique_ptr<LogSink>> sink =
      LogSink::Create(*std::move(fd), SinkOptions(options));
  if (!sink.ok()) {
    return absl::Status(sink.status().code(),
                        absl::StrCat("cannot start the access log: ", sink.status().message()));
  }
  return std::unique_ptr<AccessLog>(new AccessLog(std::move(options), *std::move(sink)));
}

AccessLog::AccessLog(AccessLogOptions options, std::unique_ptr<LogSink> sink)
    : options_(std::move(options)), sink_(std::move(sink)) {}

void AccessLog::Write(const AccessRecord& record) {
  // Keeps its memory, at most kMaxLogLine, from one line to the next.
  thread_local std::string line;
  line.clear();
  if (options_.format == AccessLogFormat::kJson) {
    AppendJsonLine(record, &line);
  } else {
    AppendCombinedLine(record, &line);
  }
  sink_->Write(line);
}

absl::Status AccessLog::Reopen() {
  if (StandardStream(options_.path) >= 0) return absl::OkStatus();
  absl::StatusOr<UniqueFd> fd = OpenDestination(options_.path);
  if (!fd.ok()) return fd.status();
  sink_->Replace(*std::move(fd));
  return absl::OkStatus();
}

}  // namespace robusto
