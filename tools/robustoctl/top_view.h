// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// TopView: the data of top's screen, and the operator's choices.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_TOP_VIEW_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_TOP_VIEW_H_

#include <cstdint>
#include <string>

#include "robusto/admin/pool_admin.pb.h"
#include "robusto/tools/robustoctl/top_history.h"

namespace robusto {

enum class TopOrder : uint8_t {
  kAge,     // longest-running task first, then idle workers
  kWorker,  // by worker number
  kDone,    // most completed requests first
};

struct TopView {
  std::string address;
  std::string clock;  // the time of day, formatted
  admin::v1::PoolStats stats;
  admin::v1::ListWorkersResponse workers;
  TopHistory history;
  std::string error;  // why the data is not current; empty if it is
  bool paused = false;
  bool hide_idle = false;
  TopOrder order = TopOrder::kAge;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_TOP_VIEW_H_
