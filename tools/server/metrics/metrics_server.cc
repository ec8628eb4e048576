// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/metrics/metrics_server.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "robusto/http/api/server_options.h"
#include "robusto/tools/server/metrics/metrics_handler.h"
#include "robusto/workers/address/listen_address.h"
#include "robusto/workers/option_error.h"

namespace robusto {
namespace {

absl::StatusOr<ListenAddress> CheckedAddress(const MetricsServerOptions& options) {
  absl::StatusOr<ListenAddress> address = ParseListenAddress(options.listen);
  if (!address.ok()) {
    return BlameOption(address.status(), "listen", options.listen);
  }
  if (!address->local && !options.insecure) {
    return ConflictingOption(
        "listen", options.listen,
        "other machines can reach this address, and the port has no TLS; choose a "
        "loopback address or unix:PATH, or set {insecure}");
  }
  return address;
}

ServerOptions OptionsOfListener(const MetricsServerOptions& options) {
  ServerOptions listener;
  listener.listen = {options.listen};
  listener.pool.name = "metrics";
  // One is enough for what it does; the second is there while a scrape is large.
  listener.pool.min_threads = 2;
  listener.pool.queue_capacity = 64;
  listener.pool.queue_ttl = absl::Seconds(5);
  listener.max_connections = 256;
  listener.max_body_bytes = 1024;  // nothing here takes one
  listener.header_timeout = absl::Seconds(5);
  // More than the usual minute from scrape to scrape.
  listener.keep_alive_timeout = absl::Seconds(75);
  listener.on_warning = options.on_warning;
  return listener;
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Create(
    ThreadPool* pool, const MetricsServerOptions& options) {
  absl::StatusOr<ListenAddress> address = CheckedAddress(options);
  if (!address.ok()) return address.status();
  std::unique_ptr<MetricsServer> metrics(new MetricsServer);
  MetricsServer* const self = metrics.get();
  if (!options.token_file.empty()) {
    absl::StatusOr<std::unique_ptr<TokenFile>> tokens =
        TokenFile::Open(options.token_file, options.on_warning);
    if (!tokens.ok()) {
      return BlameOption(tokens.status(), "token_file", options.token_file);
    }
    self->tokens_ = *std::move(tokens);
  }

  MetricsHandlerOptions handler;
  handler.pool = pool;
  handler.http = options.http;
  handler.process = options.process;
  handler.why_not_ready = [self] { return self->WhyNotReady(); };
  handler.recent = [self] { return self->Recent(); };
  handler.tokens = self->tokens_.get();
  handler.local = address->local;
  if (!address->unix_socket()) handler.own_name = address->host;
  handler.on_change = options.on_change;
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Create(OptionsOfListener(options), MetricsHandler(std::move(handler)));
  if (!server.ok()) return BlameOption(server.status(), "listen", options.listen);
  self->server_ = *std::move(server);
  if (absl::Status status = self->server_->Start(); !status.ok()) {
    return BlameOption(std::move(status), "listen", options.listen);
  }

  self->monitor_ = options.monitor;
  if (self->monitor_ == nullptr) {
    self->own_monitor_ = std::make_unique<HealthMonitor>(pool, options.health);
    self->monitor_ = self->own_monitor_.get();
  }
  HealthMonitor::Listener listener;
  listener.on_change = [self](bool, const std::string& why) { self->SetNotReady(why); };
  listener.on_check = [self, pool] { self->SampleDurations(*pool); };
  self->listener_ = self->monitor_->Add(std::move(listener));
  return metrics;
}

MetricsServer::~MetricsServer() { Stop(absl::Seconds(1)); }

void MetricsServer::Stop(absl::Duration timeout) {
  if (monitor_ != nullptr) monitor_->Remove(listener_);
  if (server_ != nullptr) server_->Stop(timeout).status().IgnoreError();
}

void MetricsServer::SetNotReady(const std::string& why) {
  absl::MutexLock lock(&mu_);
  not_ready_ = why;
}

void MetricsServer::SampleDurations(const ThreadPool& pool) {
  const PoolHistograms total = pool.Histograms();
  absl::MutexLock lock(&mu_);
  recent_.Add(RecentDurations::Clock::now(), total);
}

RecentDurations MetricsServer::Recent() const {
  absl::MutexLock lock(&mu_);
  return recent_;
}

std::string MetricsServer::WhyNotReady() const {
  absl::MutexLock lock(&mu_);
  return not_ready_;
}

}  // namespace robusto
