// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The server: serves a directory over HTTP/1.1 through a worker pool.
//
//   server --root=/srv/www --listen=127.0.0.1:8080

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "http/file_handler.h"
#include "http/server.h"
#include "spdlog/sinks/stdout_color_sinks.h"
#include "spdlog/spdlog.h"
#include "tools/command_line.h"

ABSL_FLAG(std::string, root, ".", "directory to serve; relative to where the command was typed");
ABSL_FLAG(
    std::vector<std::string>, listen, std::vector<std::string>({"127.0.0.1:8080"}),
    "where to listen: host:port, [v6-address]:port, :port or unix:PATH; several, separated by "
    "commas; port 0 takes a free one");
ABSL_FLAG(std::string, index, "index.html", "file that stands for its directory; empty: none does");
ABSL_FLAG(bool, list_directories, false,
          "answer for a directory without index with a list of its files");
ABSL_FLAG(bool, hide_dot_files, false,
          "answer 404 for names that begin with a dot, except .well-known");
ABSL_FLAG(bool, follow_outside_symlinks, false,
          "also serve what symbolic links out of the root lead to");
ABSL_FLAG(int, min_threads, 10, "worker threads at the start, and at the least");
ABSL_FLAG(int, max_threads, 0,
          "worker threads at the most; they are added while requests wait; 0: min_threads are all "
          "there are");
ABSL_FLAG(absl::Duration, idle_timeout, absl::Seconds(60),
          "how long a worker beyond min_threads may be idle before it ends");
ABSL_FLAG(absl::Duration, stuck_after, absl::Seconds(60),
          "how long a request may be handled before its worker counts as stuck");
ABSL_FLAG(int64_t, queue_capacity, 1024,
          "requests that may wait for a worker; more are answered 503");
ABSL_FLAG(absl::Duration, queue_ttl, absl::Seconds(10),
          "how long a request may wait for a worker before it is answered 503; inf: for ever");
ABSL_FLAG(absl::Duration, header_timeout, absl::Seconds(10),
          "how long a client may take to send the head of a request; then 408");
ABSL_FLAG(absl::Duration, keep_alive_timeout, absl::Seconds(15),
          "how long an idle connection is kept for the next request");
ABSL_FLAG(absl::Duration, write_timeout, absl::Seconds(30),
          "how long a client may take nothing of its response; then it is dropped");
ABSL_FLAG(
    absl::Duration, stop_timeout, absl::Seconds(10),
    "after SIGTERM or SIGINT: how long requests may take to finish; a second signal ends at once");
ABSL_FLAG(int64_t, max_request_line_bytes, 8192,
          "bytes of a request line, with its end; more are answered 414");
ABSL_FLAG(int64_t, max_header_bytes, 32768,
          "bytes of a header section, with its line ends; more are answered 431");
ABSL_FLAG(int64_t, max_header_fields, 100, "fields of a header section; more are answered 431");
ABSL_FLAG(int64_t, min_body_bytes_per_second, 1024,
          "a body that arrives more slowly, after header_timeout, is answered 408");
ABSL_FLAG(int64_t, max_body_bytes, 1 << 20, "bytes of a request body; more are answered 413");
ABSL_FLAG(int64_t, max_connections, 10000, "connections open at once; further ones wait");

namespace robusto {
namespace {

constexpr int kExitLost = 1;   // requests were rejected, cancelled or abandoned by the stop
constexpr int kExitUsage = 2;  // a flag cannot be had as it is

int Refuse(absl::string_view message) {
  std::fprintf(stderr, "server: %s\n", std::string(message).c_str());
  return kExitUsage;
}

// `bazel run` starts programs in a directory of its own and says here where it was typed.
std::string FromWhereTyped(const std::string& path) {
  const char* typed_in = getenv("BUILD_WORKING_DIRECTORY");
  if (typed_in == nullptr || (!path.empty() && path[0] == '/')) return path;
  return absl::StrCat(typed_in, "/", path);
}

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

// A number from a flag that may not be negative, for a size that cannot be.
absl::Status CheckCount(absl::string_view flag, int64_t value, int64_t least) {
  if (value >= least) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", value, ": must be at least ", least));
}

absl::Status CheckFlags() {
  for (const absl::Status& status : {
           CheckCount("min_threads", absl::GetFlag(FLAGS_min_threads), 1),
           CheckCount("max_threads", absl::GetFlag(FLAGS_max_threads), 0),
           CheckCount("queue_capacity", absl::GetFlag(FLAGS_queue_capacity), 1),
           CheckCount("max_body_bytes", absl::GetFlag(FLAGS_max_body_bytes), 0),
           CheckCount("max_request_line_bytes", absl::GetFlag(FLAGS_max_request_line_bytes), 1),
           CheckCount("max_header_bytes", absl::GetFlag(FLAGS_max_header_bytes), 1),
           CheckCount("max_header_fields", absl::GetFlag(FLAGS_max_header_fields), 1),
           CheckCount("min_body_bytes_per_second", absl::GetFlag(FLAGS_min_body_bytes_per_second),
                      1),
           CheckCount("max_connections", absl::GetFlag(FLAGS_max_connections), 1),
       }) {
    if (!status.ok()) return status;
  }
  const int min_threads = absl::GetFlag(FLAGS_min_threads);
  const int max_threads = absl::GetFlag(FLAGS_max_threads);
  if (max_threads != 0 && max_threads < min_threads) {
    return absl::InvalidArgumentError(absl::StrCat("--max_threads=", max_threads,
                                                   ": must be at least --min_threads, which is ",
                                                   min_threads, ", or 0"));
  }
  if (absl::GetFlag(FLAGS_stop_timeout) < absl::ZeroDuration()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--stop_timeout=", absl::FormatDuration(absl::GetFlag(FLAGS_stop_timeout)),
                     ": must be 0s or more"));
  }
  return absl::OkStatus();
}

ServerOptions OptionsFromFlags() {
  ServerOptions options;
  options.listen = absl::GetFlag(FLAGS_listen);
  options.pool.min_threads = absl::GetFlag(FLAGS_min_threads);
  if (const int max_threads = absl::GetFlag(FLAGS_max_threads); max_threads != 0) {
    options.pool.max_threads = max_threads;
  }
  options.pool.idle_timeout = absl::GetFlag(FLAGS_idle_timeout);
  options.pool.stuck_after = absl::GetFlag(FLAGS_stuck_after);
  options.pool.queue_capacity = static_cast<size_t>(absl::GetFlag(FLAGS_queue_capacity));
  options.pool.queue_ttl = absl::GetFlag(FLAGS_queue_ttl);
  options.pool.on_task_failure = [](const TaskDescription& task, absl::string_view what) {
    spdlog::error("{}: {}: the handler threw: {}", task.peer, task.label, std::string(what));
  };
  options.parser.max_request_line =
      static_cast<size_t>(absl::GetFlag(FLAGS_max_request_line_bytes));
  options.parser.max_header_bytes = static_cast<size_t>(absl::GetFlag(FLAGS_max_header_bytes));
  options.parser.max_fields = static_cast<size_t>(absl::GetFlag(FLAGS_max_header_fields));
  options.min_body_bytes_per_second =
      static_cast<uint64_t>(absl::GetFlag(FLAGS_min_body_bytes_per_second));
  options.header_timeout = absl::GetFlag(FLAGS_header_timeout);
  options.keep_alive_timeout = absl::GetFlag(FLAGS_keep_alive_timeout);
  options.write_timeout = absl::GetFlag(FLAGS_write_timeout);
  options.max_body_bytes = static_cast<uint64_t>(absl::GetFlag(FLAGS_max_body_bytes));
  options.max_connections = static_cast<size_t>(absl::GetFlag(FLAGS_max_connections));
  options.on_warning = [](absl::string_view text) { spdlog::warn("{}", std::string(text)); };
  return options;
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

int Main(int argc, char** argv) {
  ParseCommandLine(argc, argv,
                   "Serves a directory over HTTP/1.1 through a pool of worker threads.\n"
                   "The first line on stdout says where it listens; SIGTERM and SIGINT stop it "
                   "gracefully.");
  spdlog::set_default_logger(spdlog::stderr_color_mt("robusto"));

  if (const absl::Status status = CheckFlags(); !status.ok()) return Refuse(status.message());
  FileHandlerOptions files;
  files.root = FromWhereTyped(absl::GetFlag(FLAGS_root));
  files.index = absl::GetFlag(FLAGS_index);
  files.hide_dot_files = absl::GetFlag(FLAGS_hide_dot_files);
  files.list_directories = absl::GetFlag(FLAGS_list_directories);
  files.follow_outside_symlinks = absl::GetFlag(FLAGS_follow_outside_symlinks);
  absl::StatusOr<FileHandler> handler = FileHandler::Create(files);
  if (!handler.ok()) {
    return Refuse(absl::StrCat("--", handler.status().message()));
  }

  // Before the first thread, which inherits it: signals are for sigwait below.
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  RaiseDescriptorLimit();

  absl::StatusOr<std::unique_ptr<Server>> server = Server::Create(OptionsFromFlags(), *handler);
  if (!server.ok()) {
    // The options have the flags' names, and their messages begin with them; addresses do not.
    const absl::string_view message = server.status().message();
    return Refuse(absl::StrCat(
        absl::StartsWith(message, "cannot listen") || absl::StartsWith(message, "\"") ? "--listen: "
                                                                                      : "--",
        message));
  }
  if (const absl::Status status = (*server)->Start(); !status.ok()) {
    return Refuse(absl::StrCat("--", status.message()));
  }
  std::printf("listening on %s\n", absl::StrJoin((*server)->urls(), " ").c_str());
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  return StopGracefully(**server);
}

}  // namespace
}  // namespace robusto

int main(int argc, char** argv) { return robusto::Main(argc, argv); }
