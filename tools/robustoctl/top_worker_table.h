// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// TopWorkerTable: the lower part of top's screen, one line per worker.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_TOP_WORKER_TABLE_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_TOP_WORKER_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "robusto/tools/robustoctl/screen_line.h"
#include "robusto/tools/robustoctl/top_view.h"

namespace robusto {

// A line of titles and the workers in order, at most `rows` lines. If there are more workers, the last line
// states how many.
std::vector<std::string> TopWorkerTable(const TopView& view, const ScreenStyle& style, size_t rows);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_TOP_WORKER_TABLE_H_
