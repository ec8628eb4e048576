// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/flags/metrics_flags.h"

#include <string>
#include <utility>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "spdlog/spdlog.h"

namespace {

constexpr char kDefaultAddress[] = "127.0.0.1:9100";

}  // namespace

ABSL_FLAG(std::string, metrics, kDefaultAddress,
          "where /metrics, /healthz, /readyz and the status page are: host:port, "
          "[v6-address]:port, :port or unix:PATH; port 0 takes a free one; empty: nowhere");
ABSL_FLAG(
    bool, metrics_insecure, false,
    "let --metrics be an address that other machines reach, without TLS; the status page then "
    "shows itself to those with a token of --admin_token_file only");
ABSL_DECLARE_FLAG(std::string, admin_token_file);

namespace robusto {
namespace {

// An error of MetricsServer::Create in terms of these flags.
absl::Status InTermsOfFlags(const absl::Status& status) {
  absl::string_view message = status.message();
  std::string text;
  if (absl::ConsumePrefix(&message, "listen: ")) {  // NOLINT(bugprone-branch-clone): they differ
    text = absl::StrCat("--metrics: ", message);
  } else if (absl::ConsumePrefix(&message, "listen=")) {
    text = absl::StrCat("--metrics=",
                        absl::StrReplaceAll(message, {{"insecure", "--metrics_insecure"}}));
  } else if (absl::StartsWith(message, "token_file")) {
    text = absl::StrCat("--admin_", message);
  } else {
    text = absl::StrCat("--metrics: ", message);
  }
  return absl::Status(status.code(), text);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsServer>> StartMetricsFromFlags(
    Server& server, HealthMonitor* monitor, const ProcessStatsSource& process) {
  MetricsServerOptions options;
  options.monitor = monitor;
  options.listen = absl::GetFlag(FLAGS_metrics);
  if (options.listen.empty()) return nullptr;
  options.insecure = absl::GetFlag(FLAGS_metrics_insecure);
  options.token_file = absl::GetFlag(FLAGS_admin_token_file);
  options.http = [&server] { return server.Stats(); };
  options.process = process;
  options.on_change = [](absl::string_view text) {
    spdlog::info("status page: {}", std::string(text));
  };
  options.on_warning = [](absl::string_view text) {
    spdlog::warn("metrics: {}", std::string(text));
  };
  const bool by_default = options.listen == kDefaultAddress;
  absl::StatusOr<std::unique_ptr<MetricsServer>> metrics =
      MetricsServer::Create(&server.pool(), std::move(options));
  if (metrics.ok()) return metrics;
  const absl::Status status = InTermsOfFlags(metrics.status());
  if (by_default && absl::IsUnavailable(status)) {
    spdlog::warn("no metrics and no status page: {}", std::string(status.message()));
    return nullptr;
  }
  return status;
}

}  // namespace robusto
