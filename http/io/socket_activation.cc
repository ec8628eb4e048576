// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/io/socket_activation.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"

namespace robusto {
namespace {

constexpr int kFirst = 3;  // SD_LISTEN_FDS_START
// More is no count of sockets: a process has a descriptor for each.
constexpr int kMost = 1 << 16;

// What was passed to this process and is not taken yet.
struct Untaken {
  absl::Mutex mu;
  bool any ABSL_GUARDED_BY(mu) = false;  // some were passed, once
  std::vector<PassedSocket> sockets ABSL_GUARDED_BY(mu);
};

Untaken& TheUntaken() {
  static auto* const untaken = new Untaken;
  return *untaken;
}

bool SocketOption(int fd, int option, int* value) {
  socklen_t size = sizeof(*value);
  return getsockopt(fd, SOL_SOCKET, option, value, &size) == 0;
}

absl::Status CheckListening(int fd, absl::string_view name) {
  const auto refuse = [&](absl::string_view why) {
    return absl::FailedPreconditionError(
        absl::StrCat("descriptor ", fd, " (", name, "), which was passed, ", why));
  };
  int value = 0;
  if (!SocketOption(fd, SO_TYPE, &value)) {
    return refuse(absl::StrCat("is no socket: ", std::strerror(errno)));
  }
  if (value != SOCK_STREAM) {
    return refuse("is no stream socket; write ListenStream= in the .socket unit");
  }
  if (!SocketOption(fd, SO_ACCEPTCONN, &value) || value == 0) {
    return refuse("does not listen; write Accept=no in the .socket unit");
  }
  return absl::OkStatus();
}

// Takes over what the environment says was passed; nothing when it says nothing.
absl::Status TakeFromEnvironment(std::vector<PassedSocket>* sockets) {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  const std::string count_text = variable("LISTEN_FDS");
  const std::string pid_text = variable("LISTEN_PID");
  const std::string names_text = variable("LISTEN_FDNAMES");
  for (const char* name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"}) unsetenv(name);
  if (count_text.empty()) return absl::OkStatus();

  int64_t pid;
  if (!absl::SimpleAtoi(pid_text, &pid) || pid != getpid()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the sockets that LISTEN_FDS counts are not for this process: LISTEN_PID is \"", pid_text,
        "\", and it is ", getpid(),
        "; was it started through another program that does not exec it?"));
  }
  int count;
  if (!absl::SimpleAtoi(count_text, &count) || count < 0 || count > kMost) {
    return absl::FailedPreconditionError(
        absl::StrCat("LISTEN_FDS is \"", count_text, "\", which is no count of sockets"));
  }
  std::vector<std::string> names;
  if (!names_text.empty()) names = absl::StrSplit(names_text, ':');
  // All are owned before one is refused: none is left behind for a child process.
  std::vector<PassedSocket> passed;
  for (int i = 0; i < count; ++i) {
    const size_t at = static_cast<size_t>(i);
    passed.push_back({UniqueFd(kFirst + i), at < names.size() ? names[at] : "unknown"});
    fcntl(kFirst + i, F_SETFD, FD_CLOEXEC);
  }
  for (const PassedSocket& socket : passed) {
    absl::Status status = CheckListening(socket.fd.get(), socket.name);
    if (!status.ok()) return status;
    const int flags = fcntl(socket.fd.get(), F_GETFL);
    if (flags < 0 || fcntl(socket.fd.get(), F_SETFL, flags | O_NONBLOCK) != 0) {
      return absl::UnavailableError(absl::StrCat("descriptor ", socket.fd.get(),
                                                 ", which was passed: ", std::strerror(errno)));
    }
  }
  for (PassedSocket& socket : passed) sockets->push_back(std::move(socket));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<PassedSocket>> TakePassedSockets(
    absl::optional<absl::string_view> name) {
  Untaken& untaken = TheUntaken();
  absl::MutexLock lock(&untaken.mu);
  const absl::Status status = TakeFromEnvironment(&untaken.sockets);
  if (!status.ok()) return status;
  untaken.any = untaken.any || !untaken.sockets.empty();
  std::vector<PassedSocket> taken;
  std::vector<PassedSocket> others;
  std::string names;
  for (PassedSocket& socket : untaken.sockets) {
    const bool wanted = !name.has_value() || socket.name == *name;
    absl::StrAppend(&names, names.empty() ? "" : ", ", "\"", socket.name, "\"");
    (wanted ? taken : others).push_back(std::move(socket));
  }
  untaken.sockets = std::move(others);
  if (!taken.empty()) return taken;
  if (!untaken.any) {
    return absl::UnavailableError(
        "no socket was passed: LISTEN_FDS is not set; is the .socket unit started?");
  }
  if (untaken.sockets.empty()) {
    return absl::UnavailableError("all sockets that were passed have been taken already");
  }
  return absl::UnavailableError(
      absl::StrCat("no socket that was passed is called \"", *name, "\"; there is ", names));
}

}  // namespace robusto
