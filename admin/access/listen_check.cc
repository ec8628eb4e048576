// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/access/listen_check.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace robusto {
namespace {

absl::Status CannotListen(const ListenAddress& address, absl::string_view why) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address.WithPort(address.port), ": ", why));
}

absl::Status CheckUnix(const ListenAddress& address) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address.host.data(), address.host.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return CannotListen(address, std::strerror(errno));
  const bool answered = connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0;
  close(fd);
  return answered ? CannotListen(address, "another server listens on it") : absl::OkStatus();
}

// 0 or an error number.
int TryBind(const addrinfo& info) {
  const int fd = socket(info.ai_family, info.ai_socktype | SOCK_CLOEXEC, info.ai_protocol);
  if (fd < 0) return errno;
  const int on = 1;
  // As gRPC does it: lingering connections of an earlier process are no obstacle.
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const int error = bind(fd, info.ai_addr, info.ai_addrlen) == 0 ? 0 : errno;
  close(fd);
  return error;
}

}  // namespace

absl::Status CheckCanListen(const ListenAddress& address) {
  if (address.unix_socket()) return CheckUnix(address);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* raw = nullptr;
  const int failure = getaddrinfo(address.host.empty() ? nullptr : address.host.c_str(),
                                  std::to_string(address.port).c_str(), &hints, &raw);
  if (failure != 0) return CannotListen(address, gai_strerror(failure));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found(raw, &freeaddrinfo);
  int error = EADDRNOTAVAIL;
  for (const addrinfo* info = found.get(); info != nullptr; info = info->ai_next) {
    const int result = TryBind(*info);
    if (result == 0) return absl::OkStatus();
    // A family that the machine does not have says nothing about the port.
    if (result != EAFNOSUPPORT && result != EADDRNOTAVAIL) error = result;
  }
  return CannotListen(address, std::strerror(error));
}

}  // namespace robusto
