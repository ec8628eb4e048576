// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// MetricsServer: a port of its own for metrics, health and the status page (metrics_handler.h),
// which answers also while every worker of the pool that it tells of is blocked, while that pool
// drains, and until the process ends.
//
//   MetricsServerOptions options;
//   options.listen = "127.0.0.1:9100";
//   auto metrics = MetricsServer::Create(&server.pool(), options);
//   if (!metrics.ok()) return metrics.status();
//   ...
//   server.Stop(absl::Seconds(10));
//   metrics->reset();
//
// It is robusto's own server with a pool of two workers, and not prometheus-cpp's Exposer: that one
// brings a second HTTP parser into the process (civetweb), with other limits, a thread per
// connection, no unix sockets, and answers that a page could not be served with. The two servers
// share no thread, no queue and no event loop, so that nothing that happens to the one is felt by
// the other. What both would suffer from is a bug of our own; then the process is to be restarted
// anyway, and a listener that goes on to say "alive" would only be in the way.
//
// Lifetime: the pool outlives the server.
// Thread-safety: all methods, except Stop.

#ifndef ROBUSTO_TOOLS_SERVER_METRICS_METRICS_SERVER_H_
#define ROBUSTO_TOOLS_SERVER_METRICS_METRICS_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "robusto/admin/access/token_file.h"
#include "robusto/admin/health/health_monitor.h"
#include "robusto/http/server.h"
#include "robusto/tools/server/metrics/process_metrics.h"
#include "robusto/workers/recent_durations.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {

struct MetricsServerOptions {
  // host:port, [v6-address]:port, :port (all interfaces) or unix:PATH; port 0 takes a free one.
  std::string listen = "127.0.0.1:9100";
  // Listen on an address that other machines reach, in the clear. Then the status page answers only
  // those with a token.
  bool insecure = false;
  // See token_file.h; empty: no tokens, and the status page is to read only.
  std::string token_file;
  // What the server that the pool works for counts; null: not told.
  std::function<ServerStats()> http;
  // What the process counts beside that; null: not shown.
  ProcessStatsSource process;
  // The monitor of the pool's health that the process has already, which outlives the server; null:
  // the server makes one, with these options. It says what /readyz does.
  HealthMonitor* monitor = nullptr;
  HealthMonitor::Options health;
  // Called with one line for each requested change (on_change), and for each event that an operator
  // may want to know (on_warning). Must not block. Null: nothing is reported.
  std::function<void(absl::string_view)> on_change;
  std::function<void(absl::string_view)> on_warning;
};

class MetricsServer {
 public:
  // Listens and answers from now on. InvalidArgument for options that cannot be had, Unavailable
  // when the address cannot; the messages begin with the option's name.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Create(ThreadPool* pool,
                                                               const MetricsServerOptions& options);
  // Stops with a timeout of one second.
  ~MetricsServer();

  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // Where it listens, with the port that the kernel chose: "http://127.0.0.1:9100", "unix:/run/x".
  const std::string& url() const { return server_->urls()[0]; }

  // Finishes the requests under way, for at most `timeout`, and closes the port. Later calls do nothing. Not
  // thread-safe.
  void Stop(absl::Duration timeout);

 private:
  MetricsServer() = default;

  void SetHealth(const Health& health) ABSL_LOCKS_EXCLUDED(mu_);
  Health GetHealth() const ABSL_LOCKS_EXCLUDED(mu_);
  void SampleDurations(const ThreadPool& pool) ABSL_LOCKS_EXCLUDED(mu_);
  RecentDurations Recent() const ABSL_LOCKS_EXCLUDED(mu_);

  // Constant after Create.
  std::unique_ptr<TokenFile> tokens_;  // null: there are none

  mutable absl::Mutex mu_;
  Health health_ ABSL_GUARDED_BY(mu_) = {"", "health not checked yet"};
  RecentDurations recent_ ABSL_GUARDED_BY(mu_);

  // Own synchronisation; they use the above.
  std::unique_ptr<HealthMonitor> own_monitor_;  // null: the process has one
  HealthMonitor* monitor_ = nullptr;
  uint64_t listener_ = 0;
  std::unique_ptr<Server> server_;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_METRICS_METRICS_SERVER_H_
