// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// TopView: all that top's screen shows, and how the operator wants it.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_TOP_VIEW_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_TOP_VIEW_H_

#include <cstdint>
#include <string>

#include "robusto/admin/pool_admin.pb.h"
#include "robusto/tools/robustoctl/top_history.h"

namespace robusto {

enum class TopOrder : uint8_t {
  kAge,     // longest running first, then the idle ones
  kWorker,  // by the worker's number
  kDone,    // most requests done first
};

struct TopView {
  std::string address;
  std::string clock;  // the time of day, as it is to be shown
  admin::v1::PoolStats stats;
  admin::v1::ListWorkersResponse workers;
  TopHistory history;
  std::string trouble;  // why there is nothing newer; empty: there is
  bool paused = false;
  bool hide_idle = false;
  TopOrder order = TopOrder::kAge;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_TOP_VIEW_H_
