// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/server/admin_acceptor.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "robusto/queue/monotonic_clock.h"

namespace robusto {
namespace {

// Connections that wait for room cost no descriptor here. The kernel may lower it (net.core.somaxconn).
constexpr int kBacklog = 1024;
// The time between two attempts while the bound is reached or the system lacks resources.
constexpr int kRetryMillis = 100;

absl::Status CannotListen(const ListenAddress& address, absl::string_view why) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address.WithPort(address.port), ": ", why));
}

absl::Status SystemError(const ListenAddress& address) {
  return CannotListen(address, std::strerror(errno));
}

// Whether the file at `name` is a socket that no process listens on.
bool IsStale(const sockaddr_un& name) {
  struct stat file;
  if (lstat(name.sun_path, &file) != 0 || !S_ISSOCK(file.st_mode)) return false;
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;
  const bool refused =
      connect(probe, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0 &&
      errno == ECONNREFUSED;
  close(probe);
  return refused;
}

absl::StatusOr<int> ListenUnix(const ListenAddress& address) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address.host.data(), address.host.size());
  const auto* const generic = reinterpret_cast<const sockaddr*>(&name);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return SystemError(address);
  // bind gives the file the mode of the socket, less the umask: it never has wider rights than these.
  bool bound = fchmod(fd, 0600) == 0 && bind(fd, generic, sizeof(name)) == 0;
  if (!bound && errno == EADDRINUSE) {
    if (!IsStale(name)) {
      close(fd);
      return CannotListen(address, "another server listens on it, or the file is not a socket");
    }
    unlink(name.sun_path);
    bound = bind(fd, generic, sizeof(name)) == 0;
  }
  // A umask may have removed the owner's own rights; no client can connect before listen.
  if (bound && chmod(name.sun_path, 0600) == 0 && listen(fd, kBacklog) == 0) return fd;
  const absl::Status status = SystemError(address);
  close(fd);
  return status;
}

int PortOf(int fd) {
  sockaddr_storage bound = {};
  socklen_t size = sizeof(bound);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return 0;
  // sin6_port is at the same place.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
}

// Listens on one address; negative: errno says why not.
int ListenOn(const addrinfo& at, int port, bool all) {
  sockaddr_storage name = {};
  std::memcpy(&name, at.ai_addr, at.ai_addrlen);
  reinterpret_cast<sockaddr_in*>(&name)->sin_port = htons(static_cast<uint16_t>(port));
  const int fd = socket(at.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  const int only_ipv6 = all ? 0 : 1;
  // Accepted sockets inherit TCP_NODELAY: messages are small and must not wait for acknowledgements.
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
      (at.ai_family != AF_INET6 ||
       setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof(only_ipv6)) == 0) &&
      bind(fd, reinterpret_cast<const sockaddr*>(&name), at.ai_addrlen) == 0 &&
      listen(fd, kBacklog) == 0) {
    return fd;
  }
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

// All addresses of the host ("localhost" has one in each family), with one port. All interfaces means
// one socket for IPv6 and IPv4, or only IPv4 on a machine without IPv6.
absl::StatusOr<std::vector<int>> ListenTcp(const ListenAddress& address) {
  const bool all = address.host.empty();
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(all ? nullptr : address.host.c_str(),
                                  std::to_string(address.port).c_str(), &hints, &found);
  if (failure != 0) return CannotListen(address, gai_strerror(failure));
  std::vector<const addrinfo*> candidates;
  for (const addrinfo* it = found; it != nullptr; it = it->ai_next) candidates.push_back(it);
  std::stable_sort(candidates.begin(), candidates.end(),
                   [all](const addrinfo* a, const addrinfo* b) {
                     return all && a->ai_family == AF_INET6 && b->ai_family != AF_INET6;
                   });
  std::vector<int> listeners;
  absl::Status status = CannotListen(address, "the host has no address");
  for (const addrinfo* it : candidates) {
    const int fd = ListenOn(*it, listeners.empty() ? address.port : PortOf(listeners[0]), all);
    if (fd >= 0) {
      listeners.push_back(fd);
      if (all) break;
      continue;
    }
    // A family that this machine does not have is no error; an address that is in use is one.
    if (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL) {
      if (listeners.empty()) status = SystemError(address);
      continue;
    }
    status = SystemError(address);
    for (const int open : listeners) close(open);
    listeners.clear();
    break;
  }
  freeaddrinfo(found);
  if (listeners.empty()) return status;
  return listeners;
}

// The address as it was bound. A host name stays a name.
std::string BoundAddress(const ListenAddress& address, int fd) {
  if (address.unix_socket()) return address.WithPort(0);
  sockaddr_storage bound = {};
  socklen_t size = sizeof(bound);
  ListenAddress shown = address;
  if (shown.host.empty() && getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) == 0) {
    shown.host = bound.ss_family == AF_INET ? "0.0.0.0" : "::";
  }
  return shown.WithPort(PortOf(fd));
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminAcceptor>> AdminAcceptor::Open(const ListenAddress& address) {
  std::vector<int> listeners;
  if (address.unix_socket()) {
    const absl::StatusOr<int> listener = ListenUnix(address);
    if (!listener.ok()) return listener.status();
    listeners = {*listener};
  } else {
    absl::StatusOr<std::vector<int>> opened = ListenTcp(address);
    if (!opened.ok()) return opened.status();
    listeners = *std::move(opened);
  }
  const int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0) {
    const absl::Status status = SystemError(address);
    for (const int open : listeners) close(open);
    return status;
  }
  const std::string bound = BoundAddress(address, listeners[0]);
  std::unique_ptr<AdminAcceptor> acceptor(new AdminAcceptor(std::move(listeners), wake));
  acceptor->address_ = bound;
  if (address.unix_socket()) acceptor->unix_path_ = address.host;
  return acceptor;
}

AdminAcceptor::~AdminAcceptor() {
  Stop();
  close(wake_);
}

void AdminAcceptor::Start(Options options) {
  options_ = std::move(options);
  thread_ = std::thread([this] { Main(); });
}

void AdminAcceptor::Stop() {
  if (thread_.joinable()) {
    const uint64_t one = 1;
    // Fails only if the counter would overflow; then it is readable anyway.
    if (write(wake_, &one, sizeof(one)) < 0) errno = 0;
    thread_.join();
  }
  if (listeners_.empty()) return;
  for (const int listener : listeners_) close(listener);
  listeners_.clear();
  if (!unix_path_.empty()) unlink(unix_path_.c_str());
}

void AdminAcceptor::Main() {
  pthread_setname_np(pthread_self(), "admin-accept");
  bool pause = false;
  for (;;) {
    std::vector<pollfd> sources = {{wake_, POLLIN, 0}};
    for (const int listener : listeners_) sources.push_back({pause ? -1 : listener, POLLIN, 0});
    if (poll(sources.data(), sources.size(), pause ? kRetryMillis : -1) < 0 && errno != EINTR) {
      return;
    }
    if (sources[0].revents != 0) return;
    const bool resumed = std::exchange(pause, false);
    for (size_t i = 0; i < listeners_.size() && !pause; ++i) {
      if (!resumed && sources[i + 1].revents == 0) continue;
      const bool room = HasRoom();
      if (!room) {
        Warn(absl::StrCat(connections_.size(),
                          " connections are open, which is the maximum; new ones wait"));
      }
      pause = !room || !AcceptOne(listeners_[i]);
    }
  }
}

bool AdminAcceptor::HasRoom() {
  const auto max = static_cast<size_t>(options_.max_connections);
  if (connections_.size() < max) return true;
  connections_.erase(std::remove_if(connections_.begin(), connections_.end(),
                                    [](const Connection& connection) {
                                      struct stat file;
                                      return fstat(connection.fd, &file) != 0 ||
                                             file.st_ino != connection.inode;
                                    }),
                     connections_.end());
  return connections_.size() < max;
}

bool AdminAcceptor::AcceptOne(int listener) {
  const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    const bool resources =
        errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    if (resources) {
      Warn(absl::StrCat("cannot accept: ", std::strerror(errno), "; new connections wait"));
    }
    return !resources;
  }
  struct stat file = {};
  fstat(fd, &file);
  connections_.push_back({fd, file.st_ino});
  options_.on_connection(listener, fd);
  return true;
}

void AdminAcceptor::Warn(absl::string_view text) {
  if (options_.on_warning && warnings_.Admit(MonotonicNanos()).has_value()) {
    options_.on_warning(text);
  }
}

}  // namespace robusto
