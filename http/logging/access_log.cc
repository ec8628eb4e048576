// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/logging/access_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "robusto/http/io/unique_fd.h"
#include "robusto/http/logging/access_log_format.h"

namespace robusto {
namespace {

constexpr mode_t kMode = 0640;
// Beyond it the empty queue alone takes gigabytes: a slip of the keyboard.
constexpr size_t kMostLines = size_t{1} << 22;

// The descriptor of a standard stream that `path` names; -1: it names none. Not opened anew by that
// name: that fails where it is a socket, as under systemd, and where it is a file it would lose the
// position in it.
int StandardStream(absl::string_view path) {
  if (path == "-" || path == "/dev/stdout") return STDOUT_FILENO;
  return path == "/dev/stderr" ? STDERR_FILENO : -1;
}

absl::StatusOr<UniqueFd> OpenDestination(const std::string& path) {
  const int stream = StandardStream(path);
  // O_NONBLOCK: a FIFO without a reader is an error, instead of a server that does not start.
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
  sink.on_warning = options.on_warning;
  sink.warning_interval = options.warning_interval;
  return sink;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AccessLog>> AccessLog::Open(AccessLogOptions options) {
  if (options.path.empty()) {
    return absl::InvalidArgumentError("path is empty; it must name a file, or be \"-\"");
  }
  if (options.queue_lines < 1 || options.queue_lines > kMostLines) {
    return absl::InvalidArgumentError(absl::StrCat("queue_lines is ", options.queue_lines,
                                                   "; it must be from 1 to ", kMostLines));
  }
  if (options.close_timeout < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("close_timeout is ",
                                                   absl::FormatDuration(options.close_timeout),
                                                   "; it must be 0s or more"));
  }
  absl::StatusOr<UniqueFd> fd = OpenDestination(options.path);
  if (!fd.ok()) return fd.status();
  try {
    return std::unique_ptr<AccessLog>(new AccessLog(std::move(options), *std::move(fd)));
  } catch (const std::exception& e) {  // no thread, no memory
    return absl::UnavailableError(absl::StrCat("cannot start the access log: ", e.what()));
  }
}

AccessLog::AccessLog(AccessLogOptions options, UniqueFd fd)
    : options_(std::move(options)),
      sink_(std::make_shared<LogSink>(std::move(fd), SinkOptions(options_))),
      pool_(std::make_shared<spdlog::details::thread_pool>(options_.queue_lines, 1)) {
  sink_->Attach(pool_.get());
  logger_ = std::make_shared<spdlog::async_logger>("access", sink_, pool_,
                                                   spdlog::async_overflow_policy::overrun_oldest);
  logger_->set_error_handler([sink = sink_.get()](const std::string& what) { sink->Warn(what); });
}

void AccessLog::Write(const AccessRecord& record) {
  // Keeps its memory from one line to the next, of which kMaxLogLine is the most.
  thread_local std::string line;
  line.clear();
  if (options_.format == AccessLogFormat::kJson) {
    AppendJsonLine(record, &line);
  } else {
    AppendCombinedLine(record, &line);
  }
  absl::ReaderMutexLock lock(&mu_);
  if (pool_ == nullptr) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  try {
    // The line has its time: none need be asked for here.
    logger_->log(spdlog::log_clock::time_point(), spdlog::source_loc(), spdlog::level::info,
                 spdlog::string_view_t(line.data(), line.size()));
  } catch (const std::exception&) {  // no memory
    refused_.fetch_add(1, std::memory_order_relaxed);
  }
}

absl::Status AccessLog::Reopen() {
  if (StandardStream(options_.path) >= 0) return absl::OkStatus();
  absl::StatusOr<UniqueFd> fd = OpenDestination(options_.path);
  if (!fd.ok()) return fd.status();
  sink_->Replace(*std::move(fd));
  absl::ReaderMutexLock lock(&mu_);
  // So that the old file is let go of also when no line follows.
  if (pool_ != nullptr) logger_->flush();
  return absl::OkStatus();
}

void AccessLog::Close() {
  std::shared_ptr<spdlog::details::thread_pool> pool;
  uint64_t overrun;
  {
    absl::MutexLock lock(&mu_);
    if (pool_ == nullptr) return;
    overrun = overrun_ = pool_->overrun_counter();
    pool = std::move(pool_);
  }
  sink_->EndWithin(options_.close_timeout);
  // Nobody else has it: Write has it under the mutex only. So the thread ends here, having written
  // what waits.
  pool.reset();
  sink_->Finish(overrun);
}

uint64_t AccessLog::lost() const {
  const uint64_t others = sink_->failed() + refused_.load(std::memory_order_relaxed);
  absl::MutexLock lock(&mu_);
  return others + (pool_ == nullptr ? overrun_ : pool_->overrun_counter());
}

}  // namespace robusto
