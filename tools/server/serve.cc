// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/serve.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/admin/health/health_monitor.h"
#include "robusto/admin/server/admin_server.h"
#include "robusto/http/logging/access_log.h"
#include "robusto/http/server.h"
#include "robusto/tools/server/flags/access_log_flags.h"
#include "robusto/tools/server/flags/admin_flags.h"
#include "robusto/tools/server/flags/metrics_flags.h"
#include "robusto/tools/server/flags/server_flags.h"
#include "robusto/tools/server/metrics/metrics_server.h"
#include "robusto/tools/server/pool_event_log.h"
#include "robusto/tools/server/service_notify.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(
    absl::Duration, stop_timeout, absl::Seconds(10),
    "after SIGTERM, SIGINT or a Stop of the admin service: how long requests may take to finish; a "
    "second signal ends at once");

ABSL_FLAG(
    absl::Duration, stop_delay, absl::ZeroDuration(),
    "how long to go on serving after /readyz says no, before the stop begins: long enough for "
    "whoever asks it to send requests elsewhere; --stop_timeout is counted from its end");

ABSL_DECLARE_FLAG(std::string, admin);
ABSL_DECLARE_FLAG(std::string, metrics);

namespace robusto {
namespace {

// How long callers of the admin service may take to read how the stop went.
constexpr absl::Duration kAdminGrace = absl::Seconds(2);

// As many descriptors as this user may have: the soft limit is often 1024, a tenth of what
// max_connections allows.
void RaiseDescriptorLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

sigset_t HandledSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  return signals;
}

// Who wants the process to stop, and when: the signals, or a caller of the admin service.
class StopRequests {
 public:
  // Told of the report once the server has stopped.
  using Done = std::function<void(const absl::StatusOr<StopReport>&)>;

  // The first one decides the timeout; later ones join the stop that is under way. `done` may be
  // null.
  void Add(absl::Duration timeout, Done done) ABSL_LOCKS_EXCLUDED(mu_) {
    absl::optional<absl::StatusOr<StopReport>> report;
    {
      absl::MutexLock lock(&mu_);
      if (!timeout_.has_value()) timeout_ = timeout;
      report = report_;
      if (!report.has_value() && done) waiting_.push_back(done);
    }
    if (report.has_value() && done) done(*report);
  }

  // Waits for the first one.
  absl::Duration Await() ABSL_LOCKS_EXCLUDED(mu_) {
    const auto asked = [this]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return timeout_.has_value(); };
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(&asked));
    return *timeout_;
  }

  void Answer(const absl::StatusOr<StopReport>& report) ABSL_LOCKS_EXCLUDED(mu_) {
    std::vector<Done> waiting;
    {
      absl::MutexLock lock(&mu_);
      report_ = report;
      waiting.swap(waiting_);
    }
    for (const Done& done : waiting) done(report);
  }

 private:
  absl::Mutex mu_;
  absl::optional<absl::Duration> timeout_ ABSL_GUARDED_BY(mu_);
  std::vector<Done> waiting_ ABSL_GUARDED_BY(mu_);
  absl::optional<absl::StatusOr<StopReport>> report_ ABSL_GUARDED_BY(mu_);
};

// Follows the signals, in a thread that lasts as long as the process: the first SIGTERM or SIGINT
// asks for a stop, or joins one that the admin service began; the second one ends the process at
// once. SIGHUP is `reload`'s. Throws std::system_error when there is no thread.
void FollowSignals(const std::shared_ptr<StopRequests>& requests,
                   const std::function<void()>& reload) {
  std::thread([requests, reload] {
    const auto await_stop = [&reload, signals = HandledSignals()] {
      int signal = 0;
      while (sigwait(&signals, &signal) != 0 || signal == SIGHUP) {
        if (signal == SIGHUP) reload();
      }
    };
    await_stop();
    requests->Add(absl::GetFlag(FLAGS_stop_timeout), nullptr);
    await_stop();
    spdlog::warn("second signal: ending at once");
    _exit(kExitLost);
  }).detach();
}

// Stops `server` and says what became of the requests. Returns the exit code.
int StopGracefully(Server& server, absl::Duration timeout, StopRequests& requests) {
  spdlog::info("stopping: requests under way have {} to finish", absl::FormatDuration(timeout));
  const absl::StatusOr<StopReport> report = server.Stop(timeout);
  requests.Answer(report);
  if (!report.ok()) {
    spdlog::error("stop: {}", report.status().ToString());
    return kExitLost;
  }
  spdlog::info("stopped in {}; meanwhile {} completed, {} rejected, {} cancelled, {} abandoned",
               absl::FormatDuration(report->took), report->completed, report->rejected.size(),
               report->cancelled.size(), report->abandoned.size());
  return report->clean() ? kExitClean : kExitLost;
}

absl::Status CheckStopFlags() {
  const absl::Duration timeout = absl::GetFlag(FLAGS_stop_timeout);
  if (timeout < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--stop_timeout=", absl::FormatDuration(timeout), ": must be 0s or more"));
  }
  const absl::Duration delay = absl::GetFlag(FLAGS_stop_delay);
  // For ever would be no stop at all.
  if (delay < absl::ZeroDuration() || delay == absl::InfiniteDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("--stop_delay=", absl::FormatDuration(delay),
                                                   ": must be 0s or more, and have an end"));
  }
  return absl::OkStatus();
}

// Tells the log what the pool's journal has for it, for as long as it lasts.
class JournalFollower {
 public:
  JournalFollower(ThreadPool* pool, HealthMonitor* monitor)
      : monitor_(monitor),
        log_(pool, [](absl::string_view text) { spdlog::warn("{}", std::string(text)); }) {
    if (monitor_ == nullptr) return;
    HealthMonitor::Listener listener;
    listener.on_check = [this] { log_.Look(MonotonicNanos()); };
    listener_ = monitor_->Add(std::move(listener));
  }
  ~JournalFollower() {
    if (monitor_ != nullptr) monitor_->Remove(listener_);
  }
  JournalFollower(const JournalFollower&) = delete;
  JournalFollower& operator=(const JournalFollower&) = delete;

 private:
  HealthMonitor* const monitor_;
  PoolEventLog log_;
  uint64_t listener_ = 0;
};

// The admin service that the flags ask for; null when they ask for none.
absl::StatusOr<std::unique_ptr<AdminServer>> StartAdmin(
    Server& server, HealthMonitor* monitor, const std::shared_ptr<StopRequests>& requests) {
  absl::optional<AdminServerOptions> options = AdminOptionsFromFlags();
  if (!options.has_value()) return nullptr;
  options->monitor = monitor;
  options->service.stop_timeout = absl::GetFlag(FLAGS_stop_timeout);
  options->service.stop = [requests](absl::Duration timeout, StopRequests::Done done) {
    requests->Add(timeout, std::move(done));
  };
  options->service.traffic = [&server] {
    AdminTraffic traffic;
    const ServerStats stats = server.Stats();
    traffic.connections_open = stats.connections_open;
    traffic.connections_accepted = stats.connections_accepted;
    traffic.bytes_received = stats.bytes_received;
    traffic.bytes_sent = stats.bytes_sent;
    return traffic;
  };
  return AdminServer::Create(&server.pool(), *std::move(options));
}

}  // namespace

int Refuse(absl::string_view program, absl::string_view why) {
  std::fprintf(stderr, "%s: %s\n", std::string(program).c_str(), std::string(why).c_str());
  return kExitUsage;
}

namespace {

// Throws std::system_error when the system has no thread for what is beside the pool.
int ServeUntilStopped(absl::string_view program, Handler handler) {
  absl::StatusOr<ServerOptions> options = ServerOptionsFromFlags();
  if (!options.ok()) return Refuse(program, options.status().message());
  if (const absl::Status status = CheckStopFlags(); !status.ok()) {
    return Refuse(program, status.message());
  }

#ifdef NDEBUG
  // A distribution's Abseil is built without NDEBUG, and then follows the order of all locks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  // Before the first thread, which inherits it: signals are for sigwait below.
  const sigset_t signals = HandledSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  // A log that has reached the size that its user's files may have is an error of write(2), as
  // a full disk is, and no reason to end.
  signal(SIGXFSZ, SIG_IGN);
  RaiseDescriptorLimit();

  const ServiceNotifier notifier = ServiceNotifier::FromEnvironment(
      [](absl::string_view text) { spdlog::warn("{}", std::string(text)); });
  absl::StatusOr<std::shared_ptr<AccessLog>> access_log = OpenAccessLogFromFlags();
  if (!access_log.ok()) return Refuse(program, access_log.status().message());
  if (*access_log != nullptr) {
    options->on_access = [log = *access_log](const AccessRecord& record) { log->Write(record); };
  }

  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Create(*std::move(options), std::move(handler));
  if (!server.ok()) {
    // The options have the flags' names, and their messages begin with them; addresses do not, nor does
    // what no flag is to blame for.
    const absl::string_view message = server.status().message();
    const bool listen =
        absl::StartsWith(message, "cannot listen") || absl::StartsWith(message, "\"");
    const bool system = absl::StartsWith(message, "cannot wait for events");
    return Refuse(program, absl::StrCat(listen ? "--listen: " : system ? "" : "--", message));
  }
  if (const absl::Status status = (*server)->Start(); !status.ok()) {
    return Refuse(program, absl::StrCat("--", status.message()));
  }
  const auto requests = std::make_shared<StopRequests>();
  // One for both; none where nobody asks, so that nothing wakes an idle process.
  std::unique_ptr<HealthMonitor> monitor;
  if (!absl::GetFlag(FLAGS_admin).empty() || !absl::GetFlag(FLAGS_metrics).empty()) {
    monitor = std::make_unique<HealthMonitor>(&(*server)->pool(), HealthMonitor::Options());
  }
  JournalFollower follower(&(*server)->pool(), monitor.get());
  absl::StatusOr<std::unique_ptr<AdminServer>> admin =
      StartAdmin(**server, monitor.get(), requests);
  if (!admin.ok()) return Refuse(program, AdminFlagError(admin.status().message()));
  absl::StatusOr<std::unique_ptr<MetricsServer>> metrics =
      StartMetricsFromFlags(**server, monitor.get());
  if (!metrics.ok()) return Refuse(program, metrics.status().message());
  const std::string listening =
      absl::StrCat("listening on ", absl::StrJoin((*server)->urls(), " "),
                   *admin == nullptr ? "" : absl::StrCat(" admin ", (*admin)->address()),
                   *metrics == nullptr ? "" : absl::StrCat(" metrics ", (*metrics)->url()));
  FollowSignals(requests, [notifier, log = *access_log, listening] {
    notifier.Reloading();
    ReopenAccessLog(log.get());
    notifier.Ready(listening);
  });
  std::printf("%s\n", listening.c_str());
  std::fflush(stdout);
  notifier.Ready(listening);
  const absl::Duration timeout = requests->Await();
  notifier.Stopping();
  if (monitor != nullptr) monitor->MarkStopping();
  if (const absl::Duration delay = absl::GetFlag(FLAGS_stop_delay); delay > absl::ZeroDuration()) {
    spdlog::info("not ready any more; serving for another {}", absl::FormatDuration(delay));
    // Only a second signal ends it sooner, and with it the process.
    absl::SleepFor(delay);
  }
  const int exit_code = StopGracefully(**server, timeout, *requests);
  if (*access_log != nullptr) (*access_log)->Close();
  // After the stop, which its callers watch to the end.
  if (*admin != nullptr) (*admin)->Shutdown(kAdminGrace);
  return exit_code;
}

}  // namespace

int Serve(absl::string_view program, Handler handler) {
  spdlog::set_default_logger(spdlog::stderr_color_mt(std::string(program)));
  try {
    return ServeUntilStopped(program, std::move(handler));
  } catch (const std::system_error& error) {
    return Refuse(program, absl::StrCat("cannot start a thread: ", error.what()));
  }
}

}  // namespace robusto
