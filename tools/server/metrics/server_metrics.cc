// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/metrics/server_metrics.h"

#include "absl/strings/str_cat.h"
#include "robusto/admin/metrics/metric_family.h"

namespace robusto {

using prometheus::MetricFamily;
using prometheus::MetricType;

std::vector<MetricFamily> ServerMetrics::Collect() const {
  if (!stats_) return {};
  const ServerStats stats = stats_();
  const auto number = [](uint64_t value) { return static_cast<double>(value); };
  std::vector<MetricFamily> families = {
      MakeGauge("robusto_http_connections", "HTTP connections that are open, idle ones too.",
                number(stats.connections_open)),
      MakeGauge("robusto_http_connections_parked",
                "Of the open connections, those that are idle between two requests.",
                number(stats.connections_parked)),
      MakeGauge("robusto_http_connections_in_exchange",
                "Of the open connections, those with a request or a response under way.",
                number(stats.connections_in_exchange)),
      MakeGauge("robusto_http_memory_used_bytes",
                "Memory that clients hold: heads, bodies and responses that they have not taken.",
                number(stats.memory_used)),
      MakeGauge("robusto_http_memory_limit_bytes", "The limit of that memory (memory_limit).",
                number(stats.memory_limit)),
      MakeCounter("robusto_http_connections_accepted_total", "HTTP connections that were accepted.",
                  number(stats.connections_accepted)),
      MakeCounter("robusto_http_connections_evicted_total",
                  "Idle or stalled connections that were closed to make room for others.",
                  number(stats.connections_evicted)),
      MakeCounter("robusto_http_accept_errors_total",
                  "Connections that could not be accepted for lack of descriptors or memory.",
                  number(stats.accept_errors)),
      MakeCounter("robusto_http_received_bytes_total", "Bytes read from HTTP connections.",
                  number(stats.bytes_received)),
      MakeCounter("robusto_http_sent_bytes_total", "Bytes written to HTTP connections.",
                  number(stats.bytes_sent)),
  };
  MetricFamily responses =
      MakeFamily(MetricType::Counter, "robusto_http_responses_total",
                 "Responses by the class of their status, those of the server itself included.");
  for (size_t i = 2; i < stats.responses.size(); ++i) {
    AddLabelled(&responses, "class", absl::StrCat(i, "xx"), number(stats.responses[i]));
  }
  families.push_back(std::move(responses));
  MetricFamily refusals = MakeFamily(MetricType::Counter, "robusto_http_refusals_total",
                                     "What the server refused or ended by itself, by the reason.");
  for (const auto& [reason, count] : stats.refusals) {
    AddLabelled(&refusals, "reason", reason, number(count));
  }
  if (!refusals.metric.empty()) families.push_back(std::move(refusals));
  return families;
}

}  // namespace robusto
