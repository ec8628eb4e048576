// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/flags/server_flags.h"

#include <sys/types.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/http/files/error_pages.h"
#include "robusto/http/message/response.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/tools/command_line/command_line.h"
#include "robusto/workers/warning_limiter.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::vector<std::string>, listen, std::vector<std::string>({"127.0.0.1:8080"}),
          "where to listen: host:port, [v6-address]:port, :port, unix:PATH, or systemd "
          "(systemd:NAME) for "
          "the sockets of a .socket unit; several, separated by commas; port 0 takes a free one");
ABSL_FLAG(std::string, unix_socket_mode, "",
          "who may connect to unix:PATH: the file's permission bits in octal, as 0660; empty: what "
          "the umask leaves");
ABSL_FLAG(int, min_threads, 10, "worker threads at the start, and at the least");
ABSL_FLAG(int, max_threads, 0,
          "worker threads at the most; they are added while requests wait; 0: min_threads are all "
          "there are");
ABSL_FLAG(absl::Duration, idle_timeout, absl::Seconds(60),
          "how long a worker beyond min_threads may be idle before it ends");
ABSL_FLAG(absl::Duration, stuck_after, absl::Seconds(60),
          "how long a request may be handled before its worker counts as stuck");
ABSL_FLAG(int64_t, queue_capacity, 1024,
          "requests that may wait for a worker; more are answered 503");
ABSL_FLAG(absl::Duration, queue_ttl, absl::Seconds(10),
          "how long a request may wait for a worker before it is answered 503; inf: for ever");
ABSL_FLAG(absl::Duration, header_timeout, absl::Seconds(10),
          "how long a client may take to send the head of a request; then 408");
ABSL_FLAG(absl::Duration, keep_alive_timeout, absl::Seconds(15),
          "how long an idle connection is kept for the next request");
ABSL_FLAG(absl::Duration, write_timeout, absl::Seconds(30),
          "how long a client may take nothing of its response; then it is dropped");
ABSL_FLAG(int64_t, max_request_line_bytes, 8192,
          "bytes of a request line, with its end; more are answered 414");
ABSL_FLAG(int64_t, max_header_bytes, 32768,
          "bytes of a header section, with its line ends; more are answered 431");
ABSL_FLAG(int64_t, max_header_fields, 100, "fields of a header section; more are answered 431");
ABSL_FLAG(int64_t, min_body_bytes_per_second, 1024,
          "a body that arrives more slowly, after header_timeout, is answered 408");
ABSL_FLAG(int64_t, max_body_bytes, 1 << 20, "bytes of a request body; more are answered 413");
ABSL_FLAG(
    int64_t, body_buffer_bytes, 64 << 10,
    "bytes of a request body that are read before the handler is called; of a larger body this "
    "much is in memory at a time");
ABSL_FLAG(int64_t, memory_limit, 0,
          "bytes of heads, bodies and responses that all clients together may hold; then stalled "
          "connections are closed and requests that need more get 503; 0: a quarter of the memory "
          "of the machine or its control group, at most 1 GiB");
ABSL_FLAG(int64_t, max_connections, 10000, "connections open at once; further ones wait");
ABSL_FLAG(int64_t, max_parked_connections, 10000,
          "of these, the ones kept idle between two requests; 0: none");
ABSL_FLAG(int64_t, max_requests_per_connection, 0,
          "requests of one connection; the last is answered with Connection: close; 0: no limit");
ABSL_FLAG(std::string, server_name, "robusto", "the value of the Server field; empty: no field");
ABSL_FLAG(std::string, request_id_header, "",
          "the field that tells a request's id, and that it is taken over from, as X-Request-Id; "
          "empty: none");
ABSL_FLAG(std::string, error_pages, "",
          "directory with pages for errors: 404.html, 4xx.html, 5xx.html; empty: plain text");

namespace robusto {
namespace {

// A number from a flag that may not be negative, for a size that cannot be.
absl::Status CheckCount(absl::string_view flag, int64_t value, int64_t least,
                        int64_t most = std::numeric_limits<int64_t>::max()) {
  if (value < least) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, "=", value, ": must be at least ", least));
  }
  if (value > most) {
    return absl::InvalidArgumentError(
        absl::StrCat("--", flag, "=", value, ": must be at most ", most));
  }
  return absl::OkStatus();
}

// For what takes memory for each place, used or not: more is a slip of the keyboard.
constexpr int64_t kMostPlaces = int64_t{1} << 24;

absl::Status CheckFlags() {
  for (const absl::Status& status : {
           CheckCount("min_threads", absl::GetFlag(FLAGS_min_threads), 1),
           CheckCount("max_threads", absl::GetFlag(FLAGS_max_threads), 0),
           CheckCount("queue_capacity", absl::GetFlag(FLAGS_queue_capacity), 1, kMostPlaces),
           CheckCount("max_body_bytes", absl::GetFlag(FLAGS_max_body_bytes), 0),
           CheckCount("max_request_line_bytes", absl::GetFlag(FLAGS_max_request_line_bytes), 1),
           CheckCount("max_header_bytes", absl::GetFlag(FLAGS_max_header_bytes), 1),
           CheckCount("max_header_fields", absl::GetFlag(FLAGS_max_header_fields), 1),
           CheckCount("min_body_bytes_per_second", absl::GetFlag(FLAGS_min_body_bytes_per_second),
                      1),
           CheckCount("memory_limit", absl::GetFlag(FLAGS_memory_limit), 0),
           CheckCount("body_buffer_bytes", absl::GetFlag(FLAGS_body_buffer_bytes), 0),
           CheckCount("max_parked_connections", absl::GetFlag(FLAGS_max_parked_connections), 0),
           CheckCount("max_requests_per_connection",
                      absl::GetFlag(FLAGS_max_requests_per_connection), 0),
           CheckCount("max_connections", absl::GetFlag(FLAGS_max_connections), 1, kMostPlaces),
       }) {
    if (!status.ok()) return status;
  }
  const int min_threads = absl::GetFlag(FLAGS_min_threads);
  const int max_threads = absl::GetFlag(FLAGS_max_threads);
  if (max_threads != 0 && max_threads < min_threads) {
    return absl::InvalidArgumentError(absl::StrCat("--max_threads=", max_threads,
                                                   ": must be at least --min_threads, which is ",
                                                   min_threads, ", or 0"));
  }
  return absl::OkStatus();
}

// "0660" as a number.
absl::StatusOr<mode_t> ParseMode(const std::string& text) {
  mode_t mode = 0;
  bool good = !text.empty() && text.size() <= 4;
  for (const char c : text) {
    good = good && c >= '0' && c <= '7';
    mode = mode * 8 + static_cast<mode_t>(c - '0');
  }
  if (good && mode <= 0777) return mode;
  return absl::InvalidArgumentError(
      absl::StrCat("--unix_socket_mode=", text, ": must be octal, from 0 to 0777"));
}

}  // namespace

absl::StatusOr<ServerOptions> ServerOptionsFromFlags() {
  if (const absl::Status status = CheckFlags(); !status.ok()) return status;
  ServerOptions options;
  options.listen = absl::GetFlag(FLAGS_listen);
  if (const std::string mode = absl::GetFlag(FLAGS_unix_socket_mode); !mode.empty()) {
    const absl::StatusOr<mode_t> bits = ParseMode(mode);
    if (!bits.ok()) return bits.status();
    options.unix_socket_mode = *bits;
  }
  options.pool.min_threads = absl::GetFlag(FLAGS_min_threads);
  if (const int max_threads = absl::GetFlag(FLAGS_max_threads); max_threads != 0) {
    options.pool.max_threads = max_threads;
  }
  options.pool.idle_timeout = absl::GetFlag(FLAGS_idle_timeout);
  options.pool.stuck_after = absl::GetFlag(FLAGS_stuck_after);
  options.pool.queue_capacity = static_cast<size_t>(absl::GetFlag(FLAGS_queue_capacity));
  options.pool.queue_ttl = absl::GetFlag(FLAGS_queue_ttl);
  options.pool.on_task_failure = [limiter = std::make_shared<WarningLimiter>()](
                                     const TaskDescription& task, absl::string_view what) {
    const absl::optional<uint64_t> suppressed = limiter->Admit(MonotonicNanos());
    if (!suppressed.has_value()) return;
    if (*suppressed > 0) spdlog::error("{} more exceptions of handlers, not shown", *suppressed);
    spdlog::error("{}: {}: the handler threw: {}", task.peer, task.label, std::string(what));
  };
  options.parser.max_request_line =
      static_cast<size_t>(absl::GetFlag(FLAGS_max_request_line_bytes));
  options.parser.max_header_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_max_header_bytes));
  options.parser.max_fields = static_cast<size_t>(absl::GetFlag(FLAGS_max_header_fields));
  options.min_body_bytes_per_second =
      static_cast<uint64_t>(absl::GetFlag(FLAGS_min_body_bytes_per_second));
  options.header_timeout = absl::GetFlag(FLAGS_header_timeout);
  options.keep_alive_timeout = absl::GetFlag(FLAGS_keep_alive_timeout);
  options.write_timeout = absl::GetFlag(FLAGS_write_timeout);
  options.max_body_bytes = static_cast<uint64_t>(absl::GetFlag(FLAGS_max_body_bytes));
  options.body_buffer = static_cast<uint64_t>(absl::GetFlag(FLAGS_body_buffer_bytes));
  options.memory_limit = static_cast<size_t>(absl::GetFlag(FLAGS_memory_limit));
  options.max_connections = static_cast<size_t>(absl::GetFlag(FLAGS_max_connections));
  options.max_parked_connections = static_cast<size_t>(absl::GetFlag(FLAGS_max_parked_connections));
  options.max_requests_per_connection =
      static_cast<uint64_t>(absl::GetFlag(FLAGS_max_requests_per_connection));
  options.server_name = absl::GetFlag(FLAGS_server_name);
  options.request_id_header = absl::GetFlag(FLAGS_request_id_header);
  options.on_warning = [](absl::string_view text) { spdlog::warn("{}", std::string(text)); };
  return options;
}

absl::StatusOr<std::shared_ptr<ErrorPages>> ErrorPagesFromFlags() {
  const std::string directory = absl::GetFlag(FLAGS_error_pages);
  if (directory.empty()) return nullptr;
  absl::StatusOr<std::shared_ptr<ErrorPages>> pages = ErrorPages::Read(
      FromWhereTyped(directory),
      [](absl::string_view text) { spdlog::warn("--error_pages: {}", std::string(text)); });
  if (pages.ok()) return pages;
  return absl::Status(pages.status().code(),
                      absl::StrCat("--error_pages: ", pages.status().message()));
}

void ReloadErrorPages(ErrorPages* pages) {
  if (pages == nullptr) return;
  const absl::Status status = pages->Reload();
  if (status.ok()) {
    spdlog::info("SIGHUP: the error pages are read again");
  } else {
    spdlog::warn("SIGHUP: the error pages are unchanged: {}", std::string(status.message()));
  }
}

}  // namespace robusto
