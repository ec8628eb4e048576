// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Helpers that make a prometheus::MetricFamily from a value that is counted elsewhere.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_ADMIN_METRICS_METRIC_FAMILY_H_
#define ROBUSTO_ADMIN_METRICS_METRIC_FAMILY_H_

#include <string>

#include "absl/strings/string_view.h"
#include "prometheus/metric_family.h"

namespace robusto {

inline prometheus::MetricFamily MakeFamily(prometheus::MetricType type, const char* name,
                                           const char* help) {
  prometheus::MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

inline prometheus::MetricFamily MakeGauge(const char* name, const char* help, double value) {
  prometheus::MetricFamily family = MakeFamily(prometheus::MetricType::Gauge, name, help);
  family.metric.emplace_back().gauge.value = value;
  return family;
}

inline prometheus::MetricFamily MakeCounter(const char* name, const char* help, double value) {
  prometheus::MetricFamily family = MakeFamily(prometheus::MetricType::Counter, name, help);
  family.metric.emplace_back().counter.value = value;
  return family;
}

// Adds a value with one label to a family of counters or gauges.
inline void AddLabelled(prometheus::MetricFamily* family, const char* label,
                        absl::string_view value, double number) {
  prometheus::ClientMetric& metric = family->metric.emplace_back();
  metric.label.push_back({label, std::string(value)});
  (family->type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) =
      number;
}

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_METRICS_METRIC_FAMILY_H_
