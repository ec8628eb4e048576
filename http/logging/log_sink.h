// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// LogSink: where the thread of an asynchronous spdlog logger writes its lines: a descriptor that may
// be slow, full, broken, or replaced while lines wait. spdlog's own file sink holds lines back in
// a buffer until it is told to flush, leaves half a line behind when a disk fills up, and ends the
// program when it cannot be reopened.
//
// Lines are gathered while more of them wait in the logger's queue, and are written at once when
// none does. What cannot be written is dropped, counted, and told in a warning now and then.
//
// Thread-safety: Replace, EndWithin and failed from any thread. All else: first by the thread that makes
// it, then by the logger's, and by another once that has ended.

#ifndef ROBUSTO_HTTP_LOGGING_LOG_SINK_H_
#define ROBUSTO_HTTP_LOGGING_LOG_SINK_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "robusto/http/io/unique_fd.h"
#include "spdlog/async_logger.h"  // thread_pool.h does without what it needs
#include "spdlog/details/thread_pool.h"
#include "spdlog/sinks/sink.h"

namespace robusto {

class LogSink : public spdlog::sinks::sink {
 public:
  struct Options {
    std::string name;  // for warnings: "access log /var/log/robusto.log"
    std::function<void(absl::string_view)> on_warning;  // may be null
    absl::Duration warning_interval = absl::Seconds(10);
  };

  LogSink(UniqueFd fd, Options options);
  // Before the first line. `pool` has the logger's thread.
  void Attach(spdlog::details::thread_pool* pool) { pool_ = pool; }
  // Once the pool has ended: writes what is left, and warns of what was lost, of which the pool's
  // queue has dropped `overrun`.
  void Finish(uint64_t overrun);

  // Lines are written to `fd` from the next write on.
  void Replace(UniqueFd fd) ABSL_LOCKS_EXCLUDED(mu_);
  // What is not written then is dropped.
  void EndWithin(absl::Duration timeout);
  // Lines that could not be written; not those that the queue dropped.
  uint64_t failed() const { return failed_.load(std::memory_order_relaxed); }
  void Warn(absl::string_view text);

  void log(const spdlog::details::log_msg& message) override;
  void flush() override;
  // Lines are written as they are.
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  void TakeReplacement() ABSL_LOCKS_EXCLUDED(mu_);
  // Writes as much of buffer_ as goes; how much that was, and the error that ended it or 0.
  size_t WriteOut(int* error);
  // Waits until there is room to write. False: the time of EndWithin is over.
  bool AwaitRoom();
  // Warns of lines lost that nobody has heard of. `now`: not only when the last warning is
  // warning_interval ago.
  void WarnOfLoss(bool now);

  // Not the wall clock: set back, it would hold a stop up, and warnings.
  using Clock = std::chrono::steady_clock;

  const Options options_;

  absl::Mutex mu_;
  UniqueFd replacement_ ABSL_GUARDED_BY(mu_);
  // Own synchronisation; relaxed: nothing else is read by what they say.
  std::atomic<Clock::rep> end_;
  std::atomic<uint64_t> failed_{0};

  // The logger's thread.
  spdlog::details::thread_pool* pool_ = nullptr;
  UniqueFd fd_;
  bool regular_ = false;
  // The last write ended inside a line.
  bool torn_ = false;
  std::string buffer_;
  uint64_t overrun_ = 0;
  uint64_t told_ = 0;
  std::string reason_;
  bool warned_ = false;
  Clock::time_point last_warning_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_LOGGING_LOG_SINK_H_
