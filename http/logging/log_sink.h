// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// LogSink: an asynchronous, bounded destination for log lines. A thread of its own writes them to a
// descriptor that may be slow, full, broken, or replaced while lines wait. The access log and the
// server's own log each have one.
//
//   auto sink = LogSink::Create(UniqueFd(open(...)), {});
//   if (!sink.ok()) return sink.status();
//   (*sink)->Write("a line");
//   ...
//   (*sink)->Close(absl::Seconds(2));
//
// Why not spdlog's asynchronous logger: its file sink holds lines back until it is told to flush,
// leaves half a line behind when a disk fills up, and its destructor waits without a limit for a
// write(2) that does not return. A stalled disk would then hold the exit of the process.
//
// When the queue is full, the oldest waiting line is dropped: what happens now matters more to a
// reader than what happened before the stall. What cannot be written is dropped, too. Both are
// counted and reported through on_warning, the first time at once and then at most once in
// warning_interval.
//
// Thread-safety: all methods, any thread. No caller ever waits for the descriptor, except in Close.

#ifndef ROBUSTO_HTTP_LOGGING_LOG_SINK_H_
#define ROBUSTO_HTTP_LOGGING_LOG_SINK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {

class LogSink {
 public:
  struct Options {
    // Begins each warning: "access log /var/log/robusto.log".
    std::string name;
    // Lines that may wait to be written. Each takes 32 bytes when unused, and its length when used.
    size_t queue_lines = 8192;
    // Receives one line for each report of lost lines, on the sink's thread. Null: losses are only
    // counted.
    std::function<void(absl::string_view)> on_warning;
    // on_warning writes to this same sink. Nothing is then reported while the descriptor takes nothing:
    // each report would push out the line that waits for longest.
    bool reports_to_itself = false;
    absl::Duration warning_interval = absl::Seconds(10);
  };

  // Unavailable when the system has no thread or no descriptor for it. The thread has the caller's
  // signal mask. `options.queue_lines` must be at least 1.
  static absl::StatusOr<std::unique_ptr<LogSink>> Create(UniqueFd fd, Options options);

  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;
  // Closes with a timeout of 0.
  ~LogSink();

  // Queues `line`, without an end of line. Never blocks, apart from a mutex that is held for copies in
  // memory only. After Close the line is counted as dropped.
  void Write(absl::string_view line);

  // Lines that are written from now on go to `fd`. The old descriptor is closed by the sink's thread.
  void Replace(UniqueFd fd);

  // Writes what waits, for at most `timeout`, and ends the thread. A thread that is still inside
  // write(2) a moment after that is left behind with all that it needs; its lines count as dropped.
  // Later calls return at once.
  void Close(absl::Duration timeout);

  // Lines that were not written and never will be.
  uint64_t dropped() const;

 private:
  class Writer;

  explicit LogSink(std::shared_ptr<Writer> writer);

  // Shared with the thread, which may outlive this object.
  const std::shared_ptr<Writer> writer_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_LOGGING_LOG_SINK_H_
