// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ServerLog: the server's own log. Lines of spdlog's default logger go to stderr through a LogSink, so that
// no thread ever waits for a stderr that is not drained (a log collector that hangs, Ctrl-S in a terminal).
//
//   auto log = ServerLog::Install("server");
//   if (!log.ok()) return log.status();
//   spdlog::warn("...");   // any thread
//   ...
//   (*log)->Close(absl::Seconds(2));
//
// Lines that come faster than stderr takes them are dropped, the oldest first, and counted. When there is
// room again, a line of the log reports how many were lost.
//
// Thread-safety: all methods, any thread. spdlog keeps its logger after the ServerLog is gone; its lines are
// then dropped.

#ifndef ROBUSTO_TOOLS_SERVER_SERVER_LOG_H_
#define ROBUSTO_TOOLS_SERVER_SERVER_LOG_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "robusto/http/logging/log_sink.h"

namespace robusto {

class ServerLog {
 public:
  // Takes a duplicate of stderr, and replaces spdlog's default logger. Call it once. Unavailable when there
  // is no thread or no descriptor for it. The thread has the caller's signal mask.
  static absl::StatusOr<std::unique_ptr<ServerLog>> Install(absl::string_view program);

  ServerLog(const ServerLog&) = delete;
  ServerLog& operator=(const ServerLog&) = delete;
  // Closes with a timeout of kDefaultCloseTimeout.
  ~ServerLog();

  static constexpr absl::Duration kDefaultCloseTimeout = absl::Milliseconds(200);

  // Lines that were dropped so far.
  uint64_t dropped() const { return sink_->dropped(); }

  // Writes what waits, for at most `timeout`. Later lines are dropped.
  void Close(absl::Duration timeout) { sink_->Close(timeout); }

 private:
  explicit ServerLog(std::shared_ptr<LogSink> sink) : sink_(std::move(sink)) {}

  // Shared with spdlog's logger.
  const std::shared_ptr<LogSink> sink_;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_SERVER_LOG_H_
