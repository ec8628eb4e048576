// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Serve: the life of a server process, from the first line on stdout to the exit code.

#ifndef ROBUSTO_TOOLS_SERVER_SERVE_H_
#define ROBUSTO_TOOLS_SERVER_SERVE_H_

#include "absl/strings/string_view.h"
#include "robusto/http/api/handler.h"

namespace robusto {

// Exit codes.
constexpr int kExitClean = 0;  // stopped, and nothing was lost
constexpr int kExitLost = 1;   // requests were rejected, cancelled or abandoned by the stop
constexpr int kExitUsage = 2;  // a flag cannot be had as it is

// Serves `handler` with the options that the flags give (tools/server/flags/server_flags.h), and beside it the
// admin service (tools/server/flags/admin_flags.h) and metrics (tools/server/flags/metrics_flags.h), until SIGTERM, SIGINT or
// a Stop of the admin service. From then on /readyz says no; after --stop_delay, in which it serves
// as before, it stops gracefully within --stop_timeout, or the timeout that the Stop has. A second
// signal ends the process at once. SIGHUP opens the access log anew (tools/server/flags/access_log_flags.h).
// Returns the exit code. The first line on stdout is "listening on URL ... admin ADDRESS metrics
// URL", and a service manager is told the same (tools/server/service_notify.h); the log goes to stderr.
// Call it once, before any thread is started, after ParseCommandLine.
int Serve(absl::string_view program, Handler handler);

// Says in one line on stderr why the program cannot run; returns kExitUsage.
int Refuse(absl::string_view program, absl::string_view why);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_SERVE_H_
