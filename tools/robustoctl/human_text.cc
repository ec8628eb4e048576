// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/human_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace robusto {
namespace {

std::string ThreeDigits(double value, absl::string_view unit) {
  // The limits account for rounding: 9.995 is "10.0", not "10.00".
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return absl::StrFormat("%.*f%s", decimals, value, unit);
}

}  // namespace

std::string DurationText(absl::Duration duration) {
  if (duration == absl::InfiniteDuration()) return "infinite";
  if (duration < absl::ZeroDuration()) return absl::StrCat("-", DurationText(-duration));
  if (duration == absl::ZeroDuration()) return "0s";
  if (duration < absl::Microseconds(1)) {
    return absl::StrCat(absl::ToInt64Nanoseconds(duration), "ns");
  }
  if (duration < absl::Microseconds(999.5)) {
    return ThreeDigits(absl::ToDoubleMicroseconds(duration), "us");
  }
  if (duration < absl::Milliseconds(999.5)) {
    return ThreeDigits(absl::ToDoubleMilliseconds(duration), "ms");
  }
  if (duration < absl::Seconds(60)) {
    return ThreeDigits(absl::ToDoubleSeconds(duration), "s");
  }
  const int64_t seconds = absl::ToInt64Seconds(duration);
  if (seconds < 3600) return absl::StrFormat("%dm%02ds", seconds / 60, seconds % 60);
  if (seconds < 86400) return absl::StrFormat("%dh%02dm", seconds / 3600, seconds / 60 % 60);
  return absl::StrFormat("%dd%02dh", seconds / 86400, seconds / 3600 % 24);
}

std::string CountText(double count) {
  if (count < 1000) return absl::StrFormat("%.0f", count);
  if (count < 999.5e3) return ThreeDigits(count / 1e3, "k");
  if (count < 999.5e6) return ThreeDigits(count / 1e6, "M");
  return ThreeDigits(count / 1e9, "G");
}

std::string RateText(double per_second) {
  if (per_second == 0) return "0/s";
  if (per_second < 99.95) return ThreeDigits(per_second, "/s");
  return absl::StrCat(CountText(per_second), "/s");
}

std::string BytesText(double bytes) {
  if (bytes < 1000) return absl::StrFormat("%.0f B", bytes);
  if (bytes < 999.5e3) return ThreeDigits(bytes / 1e3, " kB");
  if (bytes < 999.5e6) return ThreeDigits(bytes / 1e6, " MB");
  if (bytes < 999.5e9) return ThreeDigits(bytes / 1e9, " GB");
  return ThreeDigits(bytes / 1e12, " TB");
}

std::string Counted(int64_t count, absl::string_view thing) {
  return absl::StrCat(count, " ", thing, count == 1 ? "" : "s");
}

std::string FitLeft(absl::string_view text, size_t columns) {
  if (text.size() <= columns) {
    return absl::StrCat(text, std::string(columns - text.size(), ' '));
  }
  return columns == 0 ? "" : absl::StrCat(text.substr(0, columns - 1), "~");
}

std::string FitRight(absl::string_view text, size_t columns) {
  if (text.size() > columns) return FitLeft(text, columns);
  return absl::StrCat(std::string(columns - text.size(), ' '), text);
}

}  // namespace robusto
