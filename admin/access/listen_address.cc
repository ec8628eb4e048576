// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/access/listen_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace robusto {
namespace {

constexpr size_t kMaxPathBytes = sizeof(sockaddr_un::sun_path) - 1;

bool IsLoopback(const std::string& host) {
  if (host == "localhost") return true;
  in6_addr address;  // large enough for both
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) return absl::StartsWith(host, "127.");
  return inet_pton(AF_INET6, host.c_str(), &address) == 1 && IN6_IS_ADDR_LOOPBACK(&address);
}

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

}  // namespace

std::string ListenAddress::WithPort(int bound_port) const {
  if (unix_socket) return absl::StrCat("unix:", host);
  if (host.find(':') != std::string::npos) return absl::StrCat("[", host, "]:", bound_port);
  return absl::StrCat(host, ":", bound_port);
}

absl::StatusOr<ListenAddress> ParseListenAddress(absl::string_view text) {
  const auto error = [text](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\": ", why, "; expected host:port, [v6-address]:port, :port or unix:PATH"));
  };
  ListenAddress address;
  absl::string_view rest = text;
  if (absl::ConsumePrefix(&rest, "unix:")) {
    if (rest.empty()) return error("the path is missing");
    if (rest.size() > kMaxPathBytes) {
      return error(absl::StrCat("the path is longer than ", kMaxPathBytes, " bytes"));
    }
    address.unix_socket = address.local = true;
    address.host = std::string(rest);
    return address;
  }
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return error("the port is missing");
  absl::string_view host = text.substr(0, colon);
  const bool brackets = absl::ConsumePrefix(&host, "[") && absl::ConsumeSuffix(&host, "]");
  if (!brackets && host.find(':') != absl::string_view::npos) {
    return error("an IPv6 address needs brackets");
  }
  if (!absl::SimpleAtoi(text.substr(colon + 1), &address.port) || address.port < 0 ||
      address.port > 65535) {
    return error("the port must be a number from 0 to 65535");
  }
  address.host = host.empty() ? "::" : std::string(host);
  address.local = IsLoopback(address.host);
  return address;
}

absl::Status CheckCanListen(const ListenAddress& address) {
  if (address.unix_socket) return CheckUnix(address);
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int failure =
      getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (failure != 0) return CannotListen(address, gai_strerror(failure));
  absl::Status status = CannotListen(address, "the host has no address");
  for (const addrinfo* it = found; it != nullptr && !status.ok(); it = it->ai_next) {
    const int fd = socket(it->ai_family, it->ai_socktype | SOCK_CLOEXEC, it->ai_protocol);
    const int on = 1;
    // As gRPC does: connections of an earlier process in TIME_WAIT must not fail the check.
    if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    status = fd >= 0 && bind(fd, it->ai_addr, it->ai_addrlen) == 0
                 ? absl::OkStatus()
                 : CannotListen(address, std::strerror(errno));
    if (fd >= 0) close(fd);
  }
  freeaddrinfo(found);
  return status;
}

}  // namespace robusto
