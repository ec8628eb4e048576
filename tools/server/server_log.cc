// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/server_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "robusto/http/io/unique_fd.h"
#include "spdlog/details/os.h"
#include "spdlog/sinks/base_sink.h"
#include "spdlog/spdlog.h"

namespace robusto {
namespace {

// Some minutes of a log in trouble: at most a hundred warnings a second are logged.
constexpr size_t kQueueLines = 4096;

// The colours that spdlog's own terminal sink has.
absl::string_view ColourOf(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::info:
      return "\033[32m";
    case spdlog::level::warn:
      return "\033[33m\033[1m";
    case spdlog::level::err:
      return "\033[31m\033[1m";
    case spdlog::level::critical:
      return "\033[1m\033[41m";
    default:
      return "\033[36m";
  }
}
constexpr absl::string_view kNoColour = "\033[m";

// Formats on the caller's thread, under a mutex that is held for that only.
class FormattingSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  FormattingSink(std::shared_ptr<LogSink> sink, bool coloured)
      : sink_(std::move(sink)), coloured_(coloured) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    absl::string_view line(formatted.data(), formatted.size());
    absl::ConsumeSuffix(&line, "\n");
    if (!coloured_ || message.color_range_end <= message.color_range_start ||
        message.color_range_end > line.size()) {
      return sink_->Write(line);
    }
    const size_t begin = message.color_range_start;
    const size_t end = message.color_range_end;
    sink_->Write(absl::StrCat(line.substr(0, begin), ColourOf(message.level),
                              line.substr(begin, end - begin), kNoColour, line.substr(end)));
  }
  void flush_() override {}

  const std::shared_ptr<LogSink> sink_;
  const bool coloured_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ServerLog>> ServerLog::Install(absl::string_view program) {
  UniqueFd fd(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
  if (!fd.valid()) return absl::UnavailableError(absl::StrCat("stderr: ", std::strerror(errno)));
  LogSink::Options options;
  options.name = "this log";
  options.queue_lines = kQueueLines;
  options.on_warning = [](absl::string_view text) { spdlog::warn("{}", std::string(text)); };
  options.reports_to_itself = true;
  absl::StatusOr<std::unique_ptr<LogSink>> created =
      LogSink::Create(std::move(fd), std::move(options));
  if (!created.ok()) return created.status();
  const std::shared_ptr<LogSink> sink = *std::move(created);
  const bool coloured =
      spdlog::details::os::in_terminal(stderr) && spdlog::details::os::is_color_terminal();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      std::string(program), std::make_shared<FormattingSink>(sink, coloured)));
  return std::unique_ptr<ServerLog>(new ServerLog(sink));
}

ServerLog::~ServerLog() { Close(kDefaultCloseTimeout); }

}  // namespace robusto
