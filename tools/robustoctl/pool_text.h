// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The answers of the admin service as text. Results end with a line end and are printable ASCII, whatever
// the server sent.
//
// Thread-safety: free functions.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_POOL_TEXT_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_POOL_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "robusto/admin/pool_admin.pb.h"
#include "robusto/tools/robustoctl/top_history.h"

namespace robusto {

// A block of about 15 lines.
std::string StatsText(const admin::v1::PoolStats& stats);

// For a sequence of snapshots: a line of titles, to be repeated sometimes, and a line per snapshot.
// `history` must already contain the snapshot.
std::string SampleTitles();
std::string SampleText(const admin::v1::PoolStats& stats, const TopHistory& history,
                       absl::TimeZone zone);

// A table; `width` as for Table::Text.
std::string WorkersText(const admin::v1::ListWorkersResponse& workers, size_t width);

std::string EventText(const admin::v1::PoolEvent& event, absl::TimeZone zone);

std::string ResizeText(const admin::v1::ResizeResponse& response, absl::Duration revert_after);

std::string StopReportText(const admin::v1::StopReport& report);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_POOL_TEXT_H_
