// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/flags/metrics_flags.h"

#include <string>
#include <utility>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "robusto/workers/option_error.h"
#include "spdlog/spdlog.h"

namespace {

constexpr char kDefaultAddress[] = "127.0.0.1:9100";

}  // namespace

ABSL_FLAG(std::string, metrics, kDefaultAddress,
          "address of /metrics, /healthz, /readyz and the status page: host:port, "
          "[v6-address]:port, :port or "
          "unix:PATH; port 0: the kernel chooses; empty: no such port");
ABSL_FLAG(bool, metrics_insecure, false,
          "allow a --metrics address that other machines can reach without TLS; the status page "
          "then needs a token of "
          "--admin_token_file");
ABSL_DECLARE_FLAG(std::string, admin_token_file);

namespace robusto {
namespace {

// An error of MetricsServer::Create in terms of these flags.
absl::Status ErrorInTermsOfFlags(const absl::Status& status) {
  return InTermsOfFlags(status, [](absl::string_view option) -> std::string {
    if (option == "listen") return "metrics";
    if (option == "token_file") return "admin_token_file";
    return absl::StrCat("metrics_", option);
  });
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
  const absl::Status status = ErrorInTermsOfFlags(metrics.status());
  if (by_default && absl::IsUnavailable(status)) {
    spdlog::warn("no metrics and no status page: {}; continuing without them",
                 std::string(status.message()));
    return nullptr;
  }
  return status;
}

}  // namespace robusto
