// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/flags/server_flags.h"

#include <sys/types.h>

#include <cstdint>
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
#include "robusto/http/api/option_limits.h"
#include "robusto/http/files/error_pages.h"
#include "robusto/http/message/response.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/tools/command_line/byte_size.h"
#include "robusto/tools/command_line/command_line.h"
#include "robusto/workers/option_error.h"
#include "robusto/workers/pool_options.h"
#include "robusto/workers/warning_limiter.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::vector<std::string>, listen, std::vector<std::string>({"127.0.0.1:8080"}),
          "addresses to listen on, separated by commas: host:port, [v6-address]:port, :port, "
          "unix:PATH, or systemd "
          "(systemd:NAME) for the sockets of a .socket unit; port 0: the kernel chooses");
ABSL_FLAG(std::string, unix_socket_mode, "",
          "permission bits of unix:PATH, in octal, as 0660: connecting needs write permission; "
          "empty: what the umask leaves");
ABSL_FLAG(int, min_threads, 10, "minimum number of worker threads, and their number at the start");
ABSL_FLAG(
    int, max_threads, 0,
    "maximum number of worker threads; threads are added while requests wait; 0: min_threads");
ABSL_FLAG(absl::Duration, idle_timeout, absl::Seconds(60),
          "a worker beyond min_threads ends after it has been idle for this long");
ABSL_FLAG(absl::Duration, stuck_after, absl::Seconds(60),
          "a worker that handles one request for longer counts as stuck");
ABSL_FLAG(int64_t, queue_capacity, 1024,
          "maximum number of requests that wait for a worker; further ones get 503");
ABSL_FLAG(absl::Duration, queue_ttl, absl::Seconds(10),
          "a request that has waited for a worker for longer gets 503; inf: no limit");
ABSL_FLAG(absl::Duration, header_timeout, absl::Seconds(10),
          "a client that takes longer to send the head of a request gets 408");
ABSL_FLAG(absl::Duration, keep_alive_timeout, absl::Seconds(15),
          "an idle connection is closed after this long without a request");
ABSL_FLAG(absl::Duration, write_timeout, absl::Seconds(30),
          "reset a connection whose client accepts no response bytes for this long");
ABSL_FLAG(robusto::ByteSize, max_request_line_bytes, robusto::ByteSize{8192},
          "maximum size of a request line; a longer one gets 414");
ABSL_FLAG(robusto::ByteSize, max_header_bytes, robusto::ByteSize{32768},
          "maximum size of a header section, including line ends; a larger one gets 431");
ABSL_FLAG(int64_t, max_header_fields, 100,
          "maximum number of fields in a header section; more get 431");
ABSL_FLAG(robusto::ByteSize, min_body_bytes_per_second, robusto::ByteSize{1024},
          "minimum rate of a request body once header_timeout has passed; a slower one gets 408");
ABSL_FLAG(robusto::ByteSize, max_body_bytes, robusto::ByteSize{1 << 20},
          "maximum size of a request body; a larger one gets 413");
ABSL_FLAG(robusto::ByteSize, body_buffer_bytes, robusto::ByteSize{64 << 10},
          "a request body up to this size is complete in memory before its handler runs; of a "
          "larger body this much "
          "is in memory at a time");
ABSL_FLAG(robusto::ByteSize, memory_limit, robusto::ByteSize{0},
          "maximum memory that all clients together may hold with heads, bodies and responses; at "
          "the limit stalled connections are closed and requests that need more get 503; 0: a "
          "quarter of the memory of the machine or its control group, at most 1 GiB");
ABSL_FLAG(int64_t, max_connections, 10000,
          "maximum number of open connections; at the limit an idle or stalled one is closed, "
          "otherwise new ones wait "
          "in the backlog");
ABSL_FLAG(int64_t, max_parked_connections, 10000,
          "maximum number of connections that are idle between two requests; 0: none");
ABSL_FLAG(int64_t, max_requests_per_connection, 0,
          "maximum number of requests on one connection; the last response has Connection: close; "
          "0: no limit");
ABSL_FLAG(std::string, server_name, "robusto", "value of the Server field; empty: no such field");
ABSL_FLAG(std::string, request_id_header, "",
          "field that carries the id of a request, as X-Request-Id; an id in the request is kept; "
          "empty: none");
ABSL_FLAG(std::string, error_pages, "",
          "directory with pages for errors: 404.html, 4xx.html, 5xx.html; empty: plain text");

namespace robusto {
namespace {

// The options have the names of their flags.
absl::Status ErrorInTermsOfFlags(const absl::Status& status) {
  return InTermsOfFlags(status, [](absl::string_view option) { return std::string(option); });
}

// Flags are signed and options are not, so the ranges are checked here, too: by the same limits.
absl::Status CheckFlags() {
  for (const absl::Status& status : {
           CheckRange(kMinThreadsRange, int64_t{absl::GetFlag(FLAGS_min_threads)}),
           CheckRange(kMaxThreadsRange, int64_t{absl::GetFlag(FLAGS_max_threads)}),
           CheckRange(kQueueCapacityRange, absl::GetFlag(FLAGS_queue_capacity)),
           CheckRange(kMaxBodyBytesRange, absl::GetFlag(FLAGS_max_body_bytes).bytes),
           CheckRange(kMaxRequestLineBytesRange, absl::GetFlag(FLAGS_max_request_line_bytes).bytes),
           CheckRange(kMaxHeaderBytesRange, absl::GetFlag(FLAGS_max_header_bytes).bytes),
           CheckRange(kMaxHeaderFieldsRange, absl::GetFlag(FLAGS_max_header_fields)),
           CheckRange(kMinBodyBytesPerSecondRange,
                      absl::GetFlag(FLAGS_min_body_bytes_per_second).bytes),
           CheckRange(kMemoryLimitRange, absl::GetFlag(FLAGS_memory_limit).bytes),
           CheckRange(kBodyBufferBytesRange, absl::GetFlag(FLAGS_body_buffer_bytes).bytes),
           CheckRange(kMaxParkedConnectionsRange, absl::GetFlag(FLAGS_max_parked_connections)),
           CheckRange(kMaxRequestsPerConnectionRange,
                      absl::GetFlag(FLAGS_max_requests_per_connection)),
           CheckRange(kMaxConnectionsRange, absl::GetFlag(FLAGS_max_connections)),
       }) {
    if (!status.ok()) return ErrorInTermsOfFlags(status);
  }
  const int min_threads = absl::GetFlag(FLAGS_min_threads);
  const int max_threads = absl::GetFlag(FLAGS_max_threads);
  if (max_threads != 0 && max_threads < min_threads) {
    return ErrorInTermsOfFlags(
        InvalidOption("max_threads", absl::StrCat(max_threads),
                      absl::StrCat("at least {min_threads}, which is ", min_threads, ", or 0")));
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
      absl::StrCat("--unix_socket_mode=", text, ": must be an octal number from 0 to 0777"));
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
      static_cast<size_t>(absl::GetFlag(FLAGS_max_request_line_bytes).bytes);
  options.parser.max_header_bytes =
      static_cast<size_t>(absl::GetFlag(FLAGS_max_header_bytes).bytes);
  options.parser.max_fields = static_cast<size_t>(absl::GetFlag(FLAGS_max_header_fields));
  options.min_body_bytes_per_second =
      static_cast<uint64_t>(absl::GetFlag(FLAGS_min_body_bytes_per_second).bytes);
  options.header_timeout = absl::GetFlag(FLAGS_header_timeout);
  options.keep_alive_timeout = absl::GetFlag(FLAGS_keep_alive_timeout);
  options.write_timeout = absl::GetFlag(FLAGS_write_timeout);
  options.max_body_bytes = static_cast<uint64_t>(absl::GetFlag(FLAGS_max_body_bytes).bytes);
  options.body_buffer = static_cast<uint64_t>(absl::GetFlag(FLAGS_body_buffer_bytes).bytes);
  options.memory_limit = static_cast<size_t>(absl::GetFlag(FLAGS_memory_limit).bytes);
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
      ResolveInvocationPath(directory),
      [](absl::string_view text) { spdlog::warn("error pages: {}", std::string(text)); });
  if (pages.ok()) return pages;
  return absl::Status(pages.status().code(),
                      absl::StrCat("--error_pages=", directory, ": ", pages.status().message()));
}

void ReloadErrorPages(ErrorPages* pages, Server& server) {
  if (pages == nullptr) return;
  const absl::Status status = pages->Reload();
  if (status.ok()) {
    server.ReloadErrorPages();
    spdlog::info("SIGHUP: the error pages are read again");
  } else {
    spdlog::warn("SIGHUP: the error pages are unchanged: {}", std::string(status.message()));
  }
}

absl::Status ServerErrorInTermsOfFlags(const absl::Status& status) {
  return ErrorInTermsOfFlags(status);
}

}  // namespace robusto
