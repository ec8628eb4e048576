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

// The first of these addresses that works. All interfaces means IPv6 and IPv4, or only IPv4 on a machine
// without IPv6.
absl::StatusOr<int> ListenTcp(const ListenAddress& address) {
  const bool all = address.host == "::";
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
  absl::StatusOr<int> result = CannotListen(address, "the host has no address");
  for (const addrinfo* it : candidates) {
    const int fd = socket(it->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    const int off = 0;
    // Accepted sockets inherit TCP_NODELAY: messages are small and must not wait for acknowledgements.
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == 0 &&
        (!all || it->ai_family != AF_INET6 ||
         setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) == 0) &&
        bind(fd, it->ai_addr, it->ai_addrlen) == 0 && listen(fd, kBacklog) == 0) {
      result = fd;
      break;
    }
    result = SystemError(address);
    if (fd >= 0) close(fd);
  }
  freeaddrinfo(found);
  return result;
}

// The address as it was bound. A host name stays a name.
std::string BoundAddress(const ListenAddress& address, int fd) {
  if (address.unix_socket) return address.WithPort(0);
  sockaddr_storage bound = {};
  socklen_t size = sizeof(bound);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return address.WithPort(0);
  // sin6_port is at the same place.
  const int port = ntohs(reinterpret_cast<const sockaddr_in*>(&bound)->sin_port);
  ListenAddress shown = address;
  if (bound.ss_family == AF_INET && address.host == "::") shown.host = "0.0.0.0";
  return shown.WithPort(port);
}

}  // namespace

absl::StatusOr<std::unique_ptr<AdminAcceptor>> AdminAcceptor::Open(const ListenAddress& address) {
  const absl::StatusOr<int> listener =
      address.unix_socket ? ListenUnix(address) : ListenTcp(address);
  if (!listener.ok()) return listener.status();
  const int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0) {
    const absl::Status status = SystemError(address);
    close(*listener);
    return status;
  }
  std::unique_ptr<AdminAcceptor> acceptor(new AdminAcceptor(*listener, wake));
  acceptor->address_ = BoundAddress(address, *listener);
  if (address.unix_socket) acceptor->unix_path_ = address.host;
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
  if (listener_ < 0) return;
  close(listener_);
  listener_ = -1;
  if (!unix_path_.empty()) unlink(unix_path_.c_str());
}

void AdminAcceptor::Main() {
  pthread_setname_np(pthread_self(), "admin-accept");
  bool pause = false;
  for (;;) {
    pollfd sources[] = {{wake_, POLLIN, 0}, {pause ? -1 : listener_, POLLIN, 0}};
    if (poll(sources, 2, pause ? kRetryMillis : -1) < 0 && errno != EINTR) return;
    if (sources[0].revents != 0) return;
    if (pause || sources[1].revents != 0) {
      const bool room = HasRoom();
      if (!room) {
        Warn(absl::StrCat(connections_.size(),
                          " connections are open, which is the maximum; new ones wait"));
      }
      pause = !room || !AcceptOne();
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

bool AdminAcceptor::AcceptOne() {
  const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
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
  options_.on_connection(listener_, fd);
  return true;
}

void AdminAcceptor::Warn(absl::string_view text) {
  if (options_.on_warning && warnings_.Admit(MonotonicNanos()).has_value()) {
    options_.on_warning(text);
  }
}

}  // namespace robusto
