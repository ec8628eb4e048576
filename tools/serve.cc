// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "tools/serve.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "http/server.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"
#include "tools/server_flags.h"

ABSL_FLAG(
    absl::Duration, stop_timeout, absl::Seconds(10),
    "after SIGTERM or SIGINT: how long requests may take to finish; a second signal ends at once");

namespace robusto {
namespace {

// As many descriptors as this user may have: the soft limit is often 1024, a tenth of what
// max_connections allows.
void RaiseDescriptorLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// Stops `server`; a second signal ends the process at once. Returns the exit code.
int StopGracefully(Server& server) {
  const absl::Duration timeout = absl::GetFlag(FLAGS_stop_timeout);
  spdlog::info("stopping: requests under way have {} to finish", absl::FormatDuration(timeout));
  std::thread impatient([] {
    const sigset_t signals = StopSignals();
    int signal = 0;
    sigwait(&signals, &signal);
    spdlog::warn("second signal: ending at once");
    _exit(kExitLost);
  });
  impatient.detach();
  const absl::StatusOr<StopReport> report = server.Stop(timeout);
  if (!report.ok()) {
    spdlog::error("stop: {}", report.status().ToString());
    return kExitLost;
  }
  spdlog::info("stopped in {}: {} completed, {} rejected, {} cancelled, {} abandoned",
               absl::FormatDuration(report->took), report->completed, report->rejected.size(),
               report->cancelled.size(), report->abandoned.size());
  return report->clean() ? 0 : kExitLost;
}

}  // namespace

int Refuse(absl::string_view program, absl::string_view why) {
  std::fprintf(stderr, "%s: %s\n", std::string(program).c_str(), std::string(why).c_str());
  return kExitUsage;
}

int Serve(absl::string_view program, Handler handler) {
  spdlog::set_default_logger(spdlog::stderr_color_mt(std::string(program)));
  absl::StatusOr<ServerOptions> options = ServerOptionsFromFlags();
  if (!options.ok()) return Refuse(program, options.status().message());
  if (absl::GetFlag(FLAGS_stop_timeout) < absl::ZeroDuration()) {
    return Refuse(program, absl::StrCat("--stop_timeout=",
                                        absl::FormatDuration(absl::GetFlag(FLAGS_stop_timeout)),
                                        ": must be 0s or more"));
  }

  // Before the first thread, which inherits it: signals are for sigwait below.
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  RaiseDescriptorLimit();

  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Create(*std::move(options), std::move(handler));
  if (!server.ok()) {
    // The options have the flags' names, and their messages begin with them; addresses do not.
    const absl::string_view message = server.status().message();
    return Refuse(program, absl::StrCat(absl::StartsWith(message, "cannot listen") ||
                                                absl::StartsWith(message, "\"")
                                            ? "--listen: "
                                            : "--",
                                        message));
  }
  if (const absl::Status status = (*server)->Start(); !status.ok()) {
    return Refuse(program, absl::StrCat("--", status.message()));
  }
  std::printf("listening on %s\n", absl::StrJoin((*server)->urls(), " ").c_str());
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  return StopGracefully(**server);
}

}  // namespace robusto
