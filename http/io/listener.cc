// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/io/listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "robusto/http/io/socket_activation.h"
#include "robusto/workers/address/listen_address.h"

namespace robusto {
namespace {

// As many connections as the kernel allows may wait to be accepted (net.core.somaxconn caps it).
constexpr int kBacklog = 65535;
// How often a port that the kernel chose for one address of localhost may be taken on the other one.
constexpr int kSamePortAttempts = 20;

absl::Status SystemRefused(absl::string_view address, int error) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address, ": ", std::strerror(error)));
}

std::string FormatAddress(const sockaddr_storage& address) {
  char text[kMaxPeerName];
  return std::string(text, FormatPeer(address, text));
}

// Whether the machine has the address: it may lack one of the two families.
bool CanBind(const sockaddr* address, socklen_t size) {
  const UniqueFd fd(socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return fd.valid() && bind(fd.get(), address, size) == 0;
}

bool HasIpv4Loopback() {
  sockaddr_in v4 = {};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return CanBind(reinterpret_cast<const sockaddr*>(&v4), sizeof(v4));
}

bool HasIpv6Loopback() {
  sockaddr_in6 v6 = {};
  v6.sin6_family = AF_INET6;
  v6.sin6_addr = in6addr_loopback;
  return CanBind(reinterpret_cast<const sockaddr*>(&v6), sizeof(v6));
}

// The path that a unix socket is bound to; "@name" for one in the abstract namespace (unix(7)).
std::string UnixName(const sockaddr_storage& address, socklen_t size) {
  const auto& name = reinterpret_cast<const sockaddr_un&>(address);
  const size_t bytes = size - offsetof(sockaddr_un, sun_path);
  if (size <= offsetof(sockaddr_un, sun_path)) return "";
  if (name.sun_path[0] != '\0') return std::string(name.sun_path, strnlen(name.sun_path, bytes));
  return absl::StrCat("@", absl::CHexEscape(absl::string_view(name.sun_path + 1, bytes - 1)));
}

}  // namespace

size_t FormatPeer(const sockaddr_storage& peer, char* out) {
  char host[INET6_ADDRSTRLEN];
  int port;
  size_t size = 0;
  if (peer.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    // Not inet_ntop, which is snprintf inside: a sixth of what a connection costs.
    unsigned char bytes[4];
    std::memcpy(bytes, &v4.sin_addr, sizeof(bytes));
    char* at = out;
    for (const unsigned char byte : bytes) {
      at = std::to_chars(at, out + kMaxPeerName, byte).ptr;
      *at++ = '.';
    }
    at[-1] = ':';
    return static_cast<size_t>(std::to_chars(at, out + kMaxPeerName, ntohs(v4.sin_port)).ptr - out);
  }
  if (peer.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
    inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof(host));
    port = ntohs(v6.sin6_port);
    out[size++] = '[';
  } else {
    std::memcpy(out, "unix:", 5);
    return 5;
  }
  const size_t host_size = std::strlen(host);
  std::memcpy(out + size, host, host_size);
  size += host_size;
  out[size++] = ']';
  out[size++] = ':';
  return static_cast<size_t>(std::to_chars(out + size, out + kMaxPeerName, port).ptr - out);
}

absl::StatusOr<std::vector<Listener>> Listener::OpenAll(absl::string_view address,
                                                        const ListenerOptions& options) {
  const absl::StatusOr<ListenAddress> parsed = ParseListenAddress(address, ListenForms::kAll);
  if (!parsed.ok()) return parsed.status();
  if (parsed->kind == ListenAddress::Kind::kSystemd) return TakePassed(*parsed);
  if (parsed->host == "localhost") return OpenLocalhost(*parsed);
  absl::StatusOr<Listener> listener = Open(address, options);
  if (!listener.ok()) return listener.status();
  std::vector<Listener> listeners;
  listeners.push_back(*std::move(listener));
  return listeners;
}

absl::StatusOr<std::vector<Listener>> Listener::TakePassed(const ListenAddress& address) {
  auto sockets = address.host.empty() ? TakePassedSockets() : TakePassedSockets(address.host);
  const auto refuse = [&](const absl::Status& status) {
    return absl::Status(status.code(), absl::StrCat("cannot listen on ", address.WithPort(0), ": ",
                                                    status.message()));
  };
  if (!sockets.ok()) return refuse(sockets.status());
  std::vector<Listener> listeners;
  for (PassedSocket& socket : *sockets) {
    absl::StatusOr<Listener> listener = Adopt(std::move(socket.fd));
    if (!listener.ok()) return refuse(listener.status());
    listeners.push_back(*std::move(listener));
  }
  return listeners;
}

absl::StatusOr<std::vector<Listener>> Listener::OpenLocalhost(const ListenAddress& address) {
  // Not looked up: localhost means both loopback addresses (RFC 6761 section 6.3), also in a container without
  // /etc/hosts. Many clients try ::1 first, and some never try the other.
  std::vector<const char*> hosts;
  if (HasIpv4Loopback()) hosts.push_back("127.0.0.1:");
  if (HasIpv6Loopback()) hosts.push_back("[::1]:");
  absl::Status status = SystemRefused(address.WithPort(address.port), EADDRNOTAVAIL);
  for (int attempt = 0; attempt < kSamePortAttempts; ++attempt) {
    std::vector<Listener> listeners;
    std::string port = absl::StrCat(address.port);
    for (const char* host : hosts) {
      absl::StatusOr<Listener> listener = Open(absl::StrCat(host, port));
      status = listener.status();
      if (!status.ok()) break;
      // When the kernel chooses the port for the first address, the second one takes the same.
      port = listener->address().substr(listener->address().rfind(':') + 1);
      listeners.push_back(*std::move(listener));
    }
    if (status.ok()) return listeners;
    if (address.port != 0) return status;
  }
  return status;
}

absl::StatusOr<Listener> Listener::Adopt(UniqueFd fd) {
  sockaddr_storage bound = {};
  socklen_t size = sizeof(bound);
  if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
    return absl::UnavailableError(std::strerror(errno));
  }
  if (bound.ss_family == AF_INET || bound.ss_family == AF_INET6) {
    // As for our own; no reason to refuse a socket whose owner has it otherwise.
    const int on = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return Listener(std::move(fd), FormatAddress(bound), "");
  }
  if (bound.ss_family != AF_UNIX) {
    return absl::FailedPreconditionError(
        absl::StrCat("descriptor ", fd.get(), " is a socket of address family ", bound.ss_family,
                     "; it must be IPv4, IPv6 or unix"));
  }
  return Listener(std::move(fd), absl::StrCat("unix:", UnixName(bound, size)), "");
}

absl::StatusOr<Listener> Listener::Open(absl::string_view address, const ListenerOptions& options) {
  const absl::StatusOr<ListenAddress> parsed = ParseListenAddress(address);
  if (!parsed.ok()) return parsed.status();
  if (parsed->unix_socket()) return OpenUnix(*parsed, options);
  const std::string& host = parsed->host;

  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* raw = nullptr;
  const int code = getaddrinfo(host.empty() ? nullptr : host.c_str(),
                               std::to_string(parsed->port).c_str(), &hints, &raw);
  if (code != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot listen on ", address, ": ", gai_strerror(code)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found(raw, &freeaddrinfo);

  std::vector<const addrinfo*> candidates;
  for (const addrinfo* info = found.get(); info != nullptr; info = info->ai_next) {
    // Without a host 0.0.0.0 comes first, which has half of all addresses; :: has both halves.
    const bool first = host.empty() && info->ai_family == AF_INET6;
    candidates.insert(first ? candidates.begin() : candidates.end(), info);
  }
  int error = 0;
  for (const addrinfo* info : candidates) {
    UniqueFd fd(socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    const int on = 1;
    const int off = 0;
    // Both are inherited by accepted sockets. Nagle's algorithm would hold the tail of a response
    // back until the client acknowledges its beginning.
    if (!fd.valid() || setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) != 0 ||
        (host.empty() && info->ai_family == AF_INET6 &&
         setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) != 0) ||
        bind(fd.get(), info->ai_addr, info->ai_addrlen) != 0 || listen(fd.get(), kBacklog) != 0) {
      error = errno;
      continue;
    }
    sockaddr_storage bound = {};
    socklen_t size = sizeof(bound);
    if (getsockname(fd.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0) {
      error = errno;
      continue;
    }
    return Listener(std::move(fd), FormatAddress(bound), "");
  }
  return SystemRefused(address, error);
}

absl::StatusOr<Listener> Listener::OpenUnix(const ListenAddress& parsed,
                                            const ListenerOptions& options) {
  const std::string& path = parsed.host;
  const std::string address = parsed.WithPort(0);
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.data(), path.size());
  const auto* const generic = reinterpret_cast<const sockaddr*>(&name);
  UniqueFd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // The file that bind makes has the socket's own mode, less the umask (unix_bind in the kernel), so
  // that it has no moment with wider rights. Another umask would do so too, but for all threads.
  if (!fd.valid() || (options.unix_mode.has_value() && fchmod(fd.get(), *options.unix_mode) != 0)) {
    return SystemRefused(address, errno);
  }
  if (bind(fd.get(), generic, sizeof(name)) != 0) {
    if (errno != EADDRINUSE) return SystemRefused(address, errno);
    // The file exists. Replace it only if it is a socket (connecting to any other file is refused,
    // too) and no process listens on it. The probe does not block: a server that is too busy to
    // accept still counts as present.
    struct stat info;
    const UniqueFd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (lstat(path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode) ||
        connect(probe.get(), generic, sizeof(name)) == 0 || errno != ECONNREFUSED) {
      return SystemRefused(address, EADDRINUSE);
    }
    unlink(path.c_str());
    if (bind(fd.get(), generic, sizeof(name)) != 0) return SystemRefused(address, errno);
  }
  Listener listener(std::move(fd), address, path);  // removes the file on errors
  // Restores the bits that the umask removed. No client can connect before listen.
  if (options.unix_mode.has_value()) {
    struct stat made;
    if (lstat(path.c_str(), &made) != 0 || ((made.st_mode & 07777) != *options.unix_mode &&
                                            chmod(path.c_str(), *options.unix_mode) != 0)) {
      return SystemRefused(address, errno);
    }
  }
  if (listen(listener.fd(), kBacklog) != 0) return SystemRefused(address, errno);
  return listener;
}

Listener::~Listener() { Close(); }

void Listener::Close() {
  if (fd_.valid() && !unix_path_.empty()) unlink(unix_path_.c_str());
  fd_.reset();
}

std::string Listener::url() const {
  return absl::StartsWith(address_, "unix:") ? address_ : absl::StrCat("http://", address_);
}

}  // namespace robusto
