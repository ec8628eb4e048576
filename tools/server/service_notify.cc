// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/service_notify.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {
namespace {

constexpr char kVariable[] = "NOTIFY_SOCKET";

// Sends one datagram; 0 or an error number.
int SendDatagram(const std::string& address, const std::string& text) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  if (address.size() >= sizeof(name.sun_path)) return ENAMETOOLONG;
  std::memcpy(name.sun_path, address.data(), address.size());
  socklen_t size = sizeof(name);
  if (address[0] == '@') {
    // A name in the abstract namespace begins with NUL and is as long as it is said to be.
    name.sun_path[0] = '\0';
    size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address.size());
  }
  const UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const timeval timeout = absl::ToTimeval(ServiceNotifier::kSendTimeout);
  if (!fd.valid() ||
      setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) != 0) {
    return errno;
  }
  ssize_t sent;
  do {
    sent = sendto(fd.get(), text.data(), text.size(), MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&name), size);
  } while (sent < 0 && errno == EINTR);
  return sent < 0 ? errno : 0;
}

}  // namespace

ServiceNotifier::ServiceNotifier(std::string address,
                                 std::function<void(absl::string_view)> on_warning)
    : address_(std::move(address)), on_warning_(std::move(on_warning)) {}

ServiceNotifier ServiceNotifier::FromEnvironment(
    std::function<void(absl::string_view)> on_warning) {
  const char* const value = std::getenv(kVariable);
  std::string address = value == nullptr ? "" : value;
  unsetenv(kVariable);
  if (!address.empty() && address[0] != '/' && address[0] != '@') {
    if (on_warning) {
      on_warning(
          absl::StrCat(kVariable, "=", address,
                       ": neither a path nor a name that begins with @; nobody is notified"));
    }
    address.clear();
  }
  return ServiceNotifier(std::move(address), std::move(on_warning));
}

void ServiceNotifier::Ready(absl::string_view status) const {
  Send(absl::StrCat("READY=1\nMAINPID=", getpid(),
                    "\nSTATUS=", absl::StrReplaceAll(status, {{"\n", " "}})));
}

void ServiceNotifier::Reloading() const {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  Send(absl::StrCat("RELOADING=1\nMONOTONIC_USEC=",
                    int64_t{now.tv_sec} * 1000000 + now.tv_nsec / 1000));
}

void ServiceNotifier::Stopping() const { Send("STOPPING=1\nSTATUS=stopping"); }

void ServiceNotifier::Send(const std::string& state) const {
  if (address_.empty()) return;
  const int error = SendDatagram(address_, state);
  if (error != 0 && on_warning_) {
    on_warning_(absl::StrCat(kVariable, "=", address_, ": ", std::strerror(error)));
  }
}

}  // namespace robusto
