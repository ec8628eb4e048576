// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/server.h"

#include <algorithm>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "robusto/http/api/option_limits.h"
#include "robusto/http/message/grammar.h"
#include "robusto/http/message/response.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/option_error.h"

namespace robusto {
namespace {

// Both go into every response, and must not end their line.
absl::Status CheckFields(const ServerOptions& options) {
  const std::string& name = options.server_name;
  if (FindNonValueChar(name.data(), name.data() + name.size()) != name.data() + name.size()) {
    return InvalidOption("server_name", absl::CHexEscape(name), "text without control characters");
  }
  // Says whether a response can have the field.
  ResponseWriter probe;
  if (!options.request_id_header.empty() && !probe.SetHeader(options.request_id_header, "id")) {
    return InvalidOption("request_id_header", absl::CHexEscape(options.request_id_header),
                         "the name of a field that the server does not set itself");
  }
  return absl::OkStatus();
}

absl::Status CheckOptions(const ServerOptions& options) {
  if (options.listen.empty()) {
    return InvalidOption("listen", "", "one address or more");
  }
  for (const absl::Status& status :
       {CheckRange(kMaxConnectionsRange, uint64_t{options.max_connections}),
        CheckRange(kMaxRequestLineBytesRange, uint64_t{options.parser.max_request_line}),
        CheckRange(kMaxHeaderBytesRange, uint64_t{options.parser.max_header_bytes}),
        CheckRange(kMaxHeaderFieldsRange, uint64_t{options.parser.max_fields}),
        CheckRange(kMinBodyBytesPerSecondRange, options.min_body_bytes_per_second),
        CheckPositive("header_timeout", options.header_timeout),
        CheckPositive("keep_alive_timeout", options.keep_alive_timeout),
        CheckPositive("write_timeout", options.write_timeout)}) {
    if (!status.ok()) return status;
  }
  if (options.unix_socket_mode.has_value() && (*options.unix_socket_mode & ~mode_t{0777}) != 0) {
    return InvalidOption("unix_socket_mode", absl::StrFormat("0%o", *options.unix_socket_mode),
                         "from 0 to 0777");
  }
  return CheckFields(options);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Create(ServerOptions options, Handler handler) {
  absl::Status status = CheckOptions(options);
  if (!status.ok()) return status;
  // The pool's options are checked before an address is taken.
  ThreadPoolOptions pool_options = options.pool;
  status = ThreadPool::Create(pool_options).status();
  if (!status.ok()) return status;
  std::unique_ptr<Server> server(new Server);
  ListenerOptions listener_options;
  listener_options.unix_mode = options.unix_socket_mode;
  std::vector<Listener> listeners;
  for (const std::string& address : options.listen) {
    auto opened = Listener::OpenAll(address, listener_options);
    if (!opened.ok()) return BlameOption(opened.status(), "listen", address);
    for (Listener& listener : *opened) {
      server->urls_.push_back(listener.url());
      listeners.push_back(std::move(listener));
    }
  }
  auto loop = EventLoop::Create(std::move(options), std::move(handler), std::move(listeners));
  if (!loop.ok()) return loop.status();
  server->loop_ = *std::move(loop);
  pool_options.work_source = server->loop_.get();
  auto pool = ThreadPool::Create(std::move(pool_options));
  if (!pool.ok()) return pool.status();
  server->pool_ = *std::move(pool);
  server->loop_->SetPool(server->pool_.get());
  return server;
}

Server::~Server() {
  if (pool_ == nullptr) return;
  const absl::StatusOr<StopReport> report = Stop(absl::ZeroDuration());
  if (!report.ok() || (report->abandoned.empty() && report->abandoned_threads == 0)) return;
  struct Kept {
    absl::Mutex mu;
    std::vector<std::pair<std::unique_ptr<EventLoop>, std::unique_ptr<ThreadPool>>> all
        ABSL_GUARDED_BY(mu);
  };
  // The process ends where there is no memory for it: a destructor cannot report an error.
  static auto* const kept = new Kept;  // NOLINT(bugprone-unhandled-exception-at-new)
  absl::MutexLock lock(&kept->mu);
  kept->all.emplace_back(std::move(loop_), std::move(pool_));
}

absl::Status Server::Start() { return pool_->Start(); }

absl::StatusOr<StopReport> Server::Stop(absl::Duration timeout) {
  const int64_t begin = MonotonicNanos();
  const PoolStats before = pool_->Stats();
  const PoolState state = before.state;
  if (timeout >= absl::ZeroDuration() &&
      (state == PoolState::kRunning || state == PoolState::kDraining)) {
    loop_->BeginDrain();
    // Where it is not reached, the report says what was lost.
    static_cast<void>(loop_->AwaitNoConnections(timeout));
  }
  const absl::Duration left = timeout - absl::Nanoseconds(MonotonicNanos() - begin);
  absl::StatusOr<StopReport> report =
      pool_->Stop(timeout >= absl::ZeroDuration() ? std::max(left, absl::ZeroDuration()) : timeout);
  if (!report.ok()) return report;
  // A second call waits for the first.
  std::call_once(finished_, [&] {
    finish_ = loop_->Finish(DeadlineAfter(begin, timeout + ThreadPool::kStopGrace));
    // Including those that ended before the pool's own part of the stop.
    const PoolStats after = pool_->Stats();
    completed_ = after.completed + after.failed - before.completed - before.failed;
  });
  report->completed = completed_;
  report->truncated = finish_.truncated;
  report->abandoned_threads += finish_.abandoned_threads;
  report->took = absl::Nanoseconds(MonotonicNanos() - begin);
  return report;
}

}  // namespace robusto
