// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// TopWorkerTable: the lower part of top's screen, one line a worker.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_TOP_WORKER_TABLE_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_TOP_WORKER_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "robusto/tools/robustoctl/screen_line.h"
#include "robusto/tools/robustoctl/top_view.h"

namespace robusto {

// A line of titles and the workers in their order, at most `rows` lines; when there are more, the
// last one says how many.
std::vector<std::string> TopWorkerTable(const TopView& view, const ScreenStyle& style, size_t rows);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_TOP_WORKER_TABLE_H_
