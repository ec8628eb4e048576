// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Serve: the life of a server process, from the first line on stdout to the exit code.

#ifndef ROBUSTO_TOOLS_SERVER_SERVE_H_
#define ROBUSTO_TOOLS_SERVER_SERVE_H_

#include "absl/strings/string_view.h"
#include "robusto/http/api/handler.h"

namespace robusto {

// Serves `handler` with the options of the flags (tools/server/flags/server_flags.h), together with the admin service
// (admin_flags.h) and metrics (metrics_flags.h), until SIGTERM, SIGINT or a Stop of the admin service. From then on
// /readyz fails. After --stop_delay, in which requests are served as before, the server stops gracefully within
// --stop_timeout, or the timeout of the Stop. Another stop signal may end the process at once
// (tools/server/stop_signals.h). SIGHUP opens the access log again (access_log_flags.h) and
// reads the error pages again (server_flags.h).
//
// The first line on stdout is "listening on URL ... admin ADDRESS metrics URL"; a service manager receives the same
// line (tools/server/service_notify.h). The log goes to stderr (tools/server/server_log.h).
//
// `serves` says what the handler serves, for the line that the log begins with.
//
// Returns the exit code: one of tools/server/exit_code.h, or kExitUsage for an invalid command line. Call it once,
// before any thread is started, after ParseCommandLine.
int Serve(absl::string_view program, Handler handler, absl::string_view serves = "");

// Writes one line to stderr that says why the program cannot run; returns kExitUsage.
int Refuse(absl::string_view program, absl::string_view why);

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_SERVER_SERVE_H_
