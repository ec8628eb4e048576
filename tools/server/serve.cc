// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/serve.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "robusto/admin/health/health_monitor.h"
#include "robusto/admin/server/admin_server.h"
#include "robusto/http/files/error_pages.h"
#include "robusto/http/logging/access_log.h"
#include "robusto/http/server.h"
#include "robusto/tools/command_line/exit_usage.h"
#include "robusto/tools/command_line/version.h"
#include "robusto/tools/server/admin_start.h"
#include "robusto/tools/server/exit_code.h"
#include "robusto/tools/server/flags/access_log_flags.h"
#include "robusto/tools/server/flags/admin_flags.h"
#include "robusto/tools/server/flags/metrics_flags.h"
#include "robusto/tools/server/flags/server_flags.h"
#include "robusto/tools/server/flags/stop_flags.h"
#include "robusto/tools/server/journal_follower.h"
#include "robusto/tools/server/metrics/metrics_server.h"
#include "robusto/tools/server/metrics/process_metrics.h"
#include "robusto/tools/server/reload.h"
#include "robusto/tools/server/server_log.h"
#include "robusto/tools/server/service_notify.h"
#include "robusto/tools/server/stop_deadline.h"
#include "robusto/tools/server/stop_requests.h"
#include "robusto/tools/server/stop_signals.h"
#include "spdlog/spdlog.h"

ABSL_DECLARE_FLAG(std::string, admin);
ABSL_DECLARE_FLAG(std::string, metrics);

namespace robusto {
namespace {

// The longest that the end of a stop waits, if the deadline leaves so much: for callers of the admin service to read the
// report, for the answers of the metrics port, and for the lines of each log.
constexpr absl::Duration kAdminGrace = absl::Seconds(2);
constexpr absl::Duration kMetricsGrace = absl::Seconds(1);
constexpr absl::Duration kLogGrace = absl::Seconds(2);

// As many descriptors as this user may have: the soft limit is often 1024, a tenth of what
// max_connections allows.
void RaiseDescriptorLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void PrepareProcess() {
#ifdef NDEBUG
  // A distribution's Abseil is built without NDEBUG, and then records the order of all locks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  BlockServerSignals();
  signal(SIGPIPE, SIG_IGN);
  // A log that has reached the size limit of its user's files is then an error of write(2), as a full disk is, and
  // does not end the process.
  signal(SIGXFSZ, SIG_IGN);
  RaiseDescriptorLimit();
}

// Everything that runs beside the HTTP server. Destroyed from the last to the first.
struct Services {
  std::unique_ptr<HealthMonitor>
      monitor;  // null: no port needs it, and nothing wakes an idle process
  std::unique_ptr<JournalFollower> journal;
  std::unique_ptr<AdminServer> admin;      // null: --admin is empty
  std::unique_ptr<MetricsServer> metrics;  // null: --metrics is empty, or the default port is taken
};

absl::StatusOr<std::unique_ptr<Server>> StartServer(ServerOptions options, Handler handler) {
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Create(std::move(options), std::move(handler));
  if (!server.ok()) return ServerErrorInTermsOfFlags(server.status());
  if (const absl::Status status = (*server)->Start(); !status.ok()) {
    return ServerErrorInTermsOfFlags(status);
  }
  return server;
}

absl::StatusOr<Services> StartServices(Server& server, absl::Duration stop_timeout,
                                       const std::shared_ptr<StopRequests>& requests,
                                       const ProcessStatsSource& process_stats) {
  Services services;
  if (!absl::GetFlag(FLAGS_admin).empty() || !absl::GetFlag(FLAGS_metrics).empty()) {
    services.monitor = std::make_unique<HealthMonitor>(&server.pool(), HealthMonitor::Options());
  }
  HealthMonitor* const monitor = services.monitor.get();
  services.journal = std::make_unique<JournalFollower>(&server.pool(), monitor);
  absl::StatusOr<std::unique_ptr<AdminServer>> admin =
      StartAdmin(server, monitor, stop_timeout, requests);
  if (!admin.ok()) return admin.status();
  services.admin = *std::move(admin);
  absl::StatusOr<std::unique_ptr<MetricsServer>> metrics =
      StartMetricsFromFlags(server, monitor, process_stats);
  if (!metrics.ok()) return metrics.status();
  services.metrics = *std::move(metrics);
  return services;
}

// The first line on stdout.
std::string ListeningLine(const Server& server, const Services& services) {
  return absl::StrCat(
      "listening on ", absl::StrJoin(server.urls(), " "),
      services.admin == nullptr ? "" : absl::StrCat(" admin ", services.admin->address()),
      services.metrics == nullptr ? "" : absl::StrCat(" metrics ", services.metrics->url()));
}

// The line that the log begins with: what runs, as whom, and with which limits.
std::string StartLine(const ServerOptions& options, absl::string_view serves) {
  const BuildInfo build = GetBuildInfo();
  rlimit descriptors = {};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  const int min_threads = options.pool.min_threads;
  return absl::StrCat("started: robusto ", build.version,
                      build.commit.empty() ? "" : absl::StrCat(" ", build.commit), " (", build.mode,
                      "), pid ", getpid(), ", uid ", getuid(), serves.empty() ? "" : ", ", serves,
                      ", threads ", min_threads, " to ",
                      options.pool.max_threads.value_or(min_threads), ", queue_capacity ",
                      options.pool.queue_capacity, ", max_connections ", options.max_connections,
                      ", descriptors ", descriptors.rlim_cur);
}

// Stops `server` and logs what became of the requests.
absl::StatusOr<StopReport> StopServer(Server& server, absl::Duration timeout,
                                      const StopDeadline& deadline, StopRequests& requests) {
  spdlog::info(
      "stopping: requests under way have {} to finish; a stop signal more than a second "
      "after the first ends the process at once",
      absl::FormatDuration(timeout));
  absl::StatusOr<StopReport> report = server.Stop(deadline.Left());
  requests.Answer(report);
  if (!report.ok()) {
    spdlog::error("stop: {}", report.status().ToString());
    return report;
  }
  spdlog::info("stopped in {}; meanwhile {} completed, {} rejected, {} cancelled, {} abandoned",
               absl::FormatDuration(report->took), report->completed, report->rejected.size(),
               report->cancelled.size(), report->abandoned.size());
  return report;
}

// Throws std::system_error when the system has no thread for one that is not the pool's.
int ServeUntilStopped(absl::string_view program, Handler handler, absl::string_view serves) {
  const auto requests = std::make_shared<StopRequests>();
  const auto reload = Reload::Create();
  absl::StatusOr<StopTimes> stop_times = StopTimesFromFlags();
  if (!stop_times.ok()) return Refuse(program, stop_times.status().message());
  // From here on a signal is obeyed, even if what follows hangs on a disk that stalls.
  FollowServerSignals(
      [requests, timeout = stop_times->timeout] { requests->Add(timeout, nullptr); },
      [reload] { reload->Request(); });
  absl::StatusOr<std::unique_ptr<ServerLog>> log = ServerLog::Install(program);
  if (!log.ok())
    return Refuse(program, absl::StrCat("cannot start the log: ", log.status().message()));
  const ServiceNotifier notifier = ServiceNotifier::FromEnvironment(
      [](absl::string_view text) { spdlog::warn("{}", std::string(text)); });

  absl::StatusOr<ServerOptions> options = ServerOptionsFromFlags();
  if (!options.ok()) return Refuse(program, options.status().message());
  const absl::StatusOr<std::shared_ptr<ErrorPages>> error_pages = ErrorPagesFromFlags();
  if (!error_pages.ok()) return Refuse(program, error_pages.status().message());
  if (*error_pages != nullptr) options->error_page = (*error_pages)->page();
  absl::StatusOr<std::shared_ptr<AccessLog>> access_log = OpenAccessLogFromFlags();
  if (!access_log.ok()) return Refuse(program, access_log.status().message());
  if (*access_log != nullptr) {
    options->on_access = [log = *access_log](const AccessRecord& record) { log->Write(record); };
  }
  const std::string start_line = StartLine(*options, serves);
  absl::StatusOr<std::unique_ptr<Server>> started =
      StartServer(*std::move(options), std::move(handler));
  if (!started.ok()) return Refuse(program, started.status().message());
  // Shared with the reload thread, which outlives it.
  const std::shared_ptr<Server> server = *std::move(started);
  absl::StatusOr<Services> services = StartServices(
      *server, stop_times->timeout, requests, [log = log->get(), access_log = *access_log] {
        const BuildInfo build = GetBuildInfo();
        ProcessStats stats;
        stats.version = std::string(build.version);
        stats.commit = std::string(build.commit);
        stats.compiler = std::string(build.compiler);
        stats.mode = std::string(build.mode);
        stats.server_log_lines_dropped = log->dropped();
        if (access_log != nullptr) stats.access_log_lines_dropped = access_log->lost();
        return stats;
      });
  if (!services.ok()) return Refuse(program, services.status().message());

  const std::string listening = ListeningLine(*server, *services);
  reload->Start([notifier, log = *access_log, pages = *error_pages,
                 weak = std::weak_ptr<Server>(server), listening] {
    notifier.Reloading();
    ReopenAccessLog(log.get());
    if (const std::shared_ptr<Server> running = weak.lock())
      ReloadErrorPages(pages.get(), *running);
    notifier.Ready(listening);
  });
  spdlog::info("{}", start_line);
  std::printf("%s\n", listening.c_str());
  std::fflush(stdout);
  notifier.Ready(listening);

  const absl::Duration timeout = requests->Await();
  if (services->monitor != nullptr) services->monitor->MarkStopping();
  notifier.Stopping();
  if (stop_times->delay > absl::ZeroDuration()) {
    spdlog::info("not ready any more; serving for another {}",
                 absl::FormatDuration(stop_times->delay));
    absl::SleepFor(stop_times->delay);
  }
  const StopDeadline deadline(timeout);
  const absl::StatusOr<StopReport> report = StopServer(*server, timeout, deadline, *requests);
  if (*access_log != nullptr) (*access_log)->Close(deadline.Within(kLogGrace));
  // After the stop, which its callers follow to the end.
  if (services->admin != nullptr) services->admin->Shutdown(deadline.Within(kAdminGrace));
  if (services->metrics != nullptr) services->metrics->Stop(deadline.Within(kMetricsGrace));
  (*log)->Close(deadline.Within(kLogGrace));
  const int exit_code = report.ok() && report->clean() ? kExitClean : kExitLost;
  // An abandoned handler still runs, and may use anything that a destructor would take away.
  if (report.ok() && (!report->abandoned.empty() || report->abandoned_threads > 0)) {
    _exit(exit_code);
  }
  return exit_code;
}

}  // namespace

int Refuse(absl::string_view program, absl::string_view why) {
  std::fprintf(stderr, "%s: %s\n", std::string(program).c_str(), std::string(why).c_str());
  return kExitUsage;
}

int Serve(absl::string_view program, Handler handler, absl::string_view serves) {
  PrepareProcess();
  try {
    return ServeUntilStopped(program, std::move(handler), serves);
  } catch (const std::system_error& error) {
    return Refuse(program, absl::StrCat("cannot start a thread: ", error.what()));
  }
}

}  // namespace robusto
