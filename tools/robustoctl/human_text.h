// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Durations, counts, rates and sizes as short text.
//
// Thread-safety: free functions.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_HUMAN_TEXT_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_HUMAN_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace robusto {

// Three digits and the unit: "0s", "250ns", "12.3us", "1.25ms", "4.20s", "4m12s", "3h07m", "2d04h";
// "infinite".
std::string DurationText(absl::Duration duration);

// "999", "12.3k", "4.56M".
std::string CountText(double count);
// "0/s", "0.25/s", "12.3k/s".
std::string RateText(double per_second);
// "512 B", "1.50 MB", with powers of 1000.
std::string BytesText(double bytes);

// "1 worker", "2 workers".
std::string Counted(int64_t count, absl::string_view thing);

// ASCII text of exactly `columns` characters: padded with spaces, or cut and ended with "~".
std::string FitLeft(absl::string_view text, size_t columns);
// The same, padded on the left.
std::string FitRight(absl::string_view text, size_t columns);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_HUMAN_TEXT_H_
