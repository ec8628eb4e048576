// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AccessLog: writes one line for each request that has ended. The thread that reports a request never
// waits for the disk: lines go through the bounded queue of a LogSink.
//
//   AccessLogOptions log_options;
//   log_options.path = "/var/log/robusto/access.log";
//   auto log = AccessLog::Open(log_options);
//   if (!log.ok()) return log.status();
//   server_options.on_access = [&log](const AccessRecord& record) { (*log)->Write(record); };
//   ...
//   (*log)->Close();  // after Server::Stop
//
// When lines come faster than the disk takes them, the oldest waiting line is dropped. Lines that
// cannot be written at all (a full disk) are dropped, too. Both are counted and reported through
// on_warning, the first time at once and then at most once in warning_interval: a failing log is no
// reason to stop serving.
//
// For log rotation: rename the file, then call Reopen.
//
// Thread-safety: all methods, any thread. Write never blocks, apart from a mutex that is held for
// copies in memory only.

#ifndef ROBUSTO_HTTP_LOGGING_ACCESS_LOG_H_
#define ROBUSTO_HTTP_LOGGING_ACCESS_LOG_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "robusto/http/api/access_record.h"
#include "robusto/http/logging/log_sink.h"

namespace robusto {

// The forms of http/logging/access_log_format.h.
enum class AccessLogFormat { kCombined, kJson };

struct AccessLogOptions {
  // A file: it is appended to, or created with mode 0640 (less the umask) because it contains
  // client addresses and the targets they requested. "-" or "/dev/stdout": standard output;
  // "/dev/stderr". A FIFO must have a reader.
  std::string path;
  AccessLogFormat format = AccessLogFormat::kCombined;
  // Lines that may wait to be written: 32 bytes for each, and up to kMaxLogLine for one that waits.
  size_t queue_lines = 8192;
  // The timeout of a Close without one, and of the destructor.
  absl::Duration close_timeout = absl::Seconds(2);
  // Receives reports of lost lines, one line each, on the log's thread. Null: losses are only counted.
  std::function<void(absl::string_view)> on_warning;
  absl::Duration warning_interval = absl::Seconds(10);
};

class AccessLog {
 public:
  // InvalidArgument for an option out of its bounds, Unavailable when the file cannot be opened; both
  // name the option. Starts a thread, which has the caller's signal mask. Opening may block when the
  // disk does.
  static absl::StatusOr<std::unique_ptr<AccessLog>> Open(AccessLogOptions options);

  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;
  ~AccessLog() { Close(); }

  // After Close the line is lost.
  void Write(const AccessRecord& record);

  // Opens the file again: lines of every later Write go to the new file. Unavailable when that fails;
  // the old file stays in use. Does nothing for standard output and error. May block when the disk
  // does.
  absl::Status Reopen();

  // Writes what waits, for at most `timeout`, and ends the thread. Later calls do nothing.
  void Close(absl::Duration timeout) { sink_->Close(timeout); }
  void Close() { Close(options_.close_timeout); }

  // Lines that were not written, whatever the reason, and never will be.
  uint64_t lost() const { return sink_->dropped(); }

 private:
  AccessLog(AccessLogOptions options, std::unique_ptr<LogSink> sink);

  // Constant after construction.
  const AccessLogOptions options_;
  const std::unique_ptr<LogSink> sink_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_LOGGING_ACCESS_LOG_H_
