// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// RenderTop: the live screen of `robustoctl top` as text. A pure function of the data and the screen size,
// so that tests can check the output.
//
//   robustoctl top  127.0.0.1:50051   running   up 3h07m   generation 4            10:03:11
//   workers  [#########:::::..............]  5 busy, 3 idle of 8 (4 to 32)
//   queue    [##..........................]  12 of 1024
//   ...
//
// Thread-safety: free functions.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_TOP_SCREEN_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_TOP_SCREEN_H_

#include <string>

#include "robusto/tools/robustoctl/screen_line.h"
#include "robusto/tools/robustoctl/top_view.h"

namespace robusto {

// At most style.rows lines of at most style.columns columns, separated by "\n". Without style.colour the
// text contains no escape sequences; without style.utf8 it is ASCII.
std::string RenderTop(const TopView& view, const ScreenStyle& style);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_TOP_SCREEN_H_
