// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// AccessLog: writes a line for each request that is over, without ever holding up the thread that
// tells it: lines go through a bounded queue to a thread of its own, by spdlog.
//
//   AccessLogOptions log_options;
//   log_options.path = "/var/log/robusto/access.log";
//   auto log = AccessLog::Open(log_options);
//   if (!log.ok()) return log.status();
//   server_options.on_access = [&log](const AccessRecord& record) { (*log)->Write(record); };
//   ...
//   (*log)->Close();  // after Server::Stop
//
// When lines come faster than the disk takes them, the oldest that wait are dropped; when they
// cannot be written at all (a full disk), they are dropped, too. Either is counted and said through
// on_warning, the first time at once and then at most once in warning_interval: a log that fails is
// no reason not to serve.
//
// For log rotation: rename the file, then Reopen.
//
// Thread-safety: all methods, any thread. Write never blocks but for the moment of a mutex.

#ifndef ROBUSTO_HTTP_LOGGING_ACCESS_LOG_H_
#define ROBUSTO_HTTP_LOGGING_ACCESS_LOG_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "robusto/http/api/access_record.h"
#include "robusto/http/logging/log_sink.h"
#include "spdlog/async_logger.h"
#include "spdlog/details/thread_pool.h"

namespace robusto {

// The forms of http/logging/access_log_format.h.
enum class AccessLogFormat { kCombined, kJson };

struct AccessLogOptions {
  // A file, which is appended to, and made with mode 0640 (less what the umask takes) when it is not
  // there: it says who visited what. "-" or "/dev/stdout": standard output; "/dev/stderr". A FIFO
  // must have a reader.
  std::string path;
  AccessLogFormat format = AccessLogFormat::kCombined;
  // Lines that may wait to be written. Each place takes some 400 bytes, used or not, and a line
  // that waits in it up to kMaxLogLine more.
  size_t queue_lines = 8192;
  // How long Close may take to write what waits.
  absl::Duration close_timeout = absl::Seconds(2);
  // Told of lines lost, in one line each, by the log's thread. Null: nobody is told.
  std::function<void(absl::string_view)> on_warning;
  absl::Duration warning_interval = absl::Seconds(10);
};

class AccessLog {
 public:
  // InvalidArgument for an option out of its bounds, Unavailable when the file cannot be opened;
  // both name the option. Starts a thread, which has the caller's signal mask.
  static absl::StatusOr<std::unique_ptr<AccessLog>> Open(AccessLogOptions options);

  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;
  // Closes.
  ~AccessLog() { Close(); }

  // After Close the line is lost.
  void Write(const AccessRecord& record) ABSL_LOCKS_EXCLUDED(mu_);

  // Opens the file anew: lines of any Write from now on are in that. Unavailable when that fails;
  // the old one is written to further. Nothing for standard output and error.
  absl::Status Reopen() ABSL_LOCKS_EXCLUDED(mu_);

  // Writes what waits, for at most close_timeout, and ends the thread. Further calls do nothing.
  void Close() ABSL_LOCKS_EXCLUDED(mu_);

  // Lines that were not written, whatever the reason, and never will be.
  uint64_t lost() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  AccessLog(AccessLogOptions options, UniqueFd fd);

  // Constant after construction.
  const AccessLogOptions options_;
  std::shared_ptr<LogSink> sink_;
  std::shared_ptr<spdlog::async_logger> logger_;

  // Relaxed: a count.
  std::atomic<uint64_t> refused_{0};
  // Shared by those that write.
  mutable absl::Mutex mu_;
  // The thread and its queue; null once closed. The logger finds them through a weak pointer.
  std::shared_ptr<spdlog::details::thread_pool> pool_ ABSL_GUARDED_BY(mu_);
  uint64_t overrun_ ABSL_GUARDED_BY(mu_) = 0;  // what pool_ had lost when it ended
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_LOGGING_ACCESS_LOG_H_
