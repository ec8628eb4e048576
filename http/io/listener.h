// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Listener: a bound, listening socket, made from what an operator writes:
//
//   127.0.0.1:8080   localhost:8080   [::1]:8080   :8080 (all addresses)   unix:/run/robusto.sock
//   systemd   systemd:web
//
// Port 0 lets the kernel choose; address() says what it chose. A unix socket's file is removed when
// the listener goes; one that a dead process left behind is replaced. "systemd" stands for the
// sockets that were passed to the process (http/io/socket_activation.h), all of them or those with a
// name. They keep the options that their creator set. The file of a passed unix socket is not
// removed.
//
// Thread-safety: none. Move-only.

#ifndef ROBUSTO_HTTP_IO_LISTENER_H_
#define ROBUSTO_HTTP_IO_LISTENER_H_

#include <sys/socket.h>
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "robusto/http/io/unique_fd.h"
#include "robusto/workers/address/listen_address.h"

namespace robusto {

struct ListenerOptions {
  // Permission bits of a unix socket's file; to connect is to write. Its rights are never wider, not
  // even while it is made. Absent: what the umask leaves of 0777.
  absl::optional<mode_t> unix_mode;
};

class Listener {
 public:
  // One listener: "systemd" is not accepted, and of "localhost" it is the first loopback address. InvalidArgument
  // for an invalid address; Unavailable when the system refuses, with its reason. Both name the address.
  static absl::StatusOr<Listener> Open(absl::string_view address,
                                       const ListenerOptions& options = {});
  // Any address. "systemd" gives as many listeners as were passed, and "localhost" one for each of 127.0.0.1 and ::1
  // that the machine has, on the same port. Also FailedPrecondition for a passed socket that cannot be used.
  static absl::StatusOr<std::vector<Listener>> OpenAll(absl::string_view address,
                                                       const ListenerOptions& options = {});

  Listener(Listener&& other) noexcept = default;
  Listener& operator=(Listener&& other) noexcept = delete;
  ~Listener();

  // Non-blocking, close-on-exec.
  int fd() const { return fd_.get(); }
  // As it was bound: "127.0.0.1:8080", "[::1]:8080", "unix:/run/robusto.sock".
  const std::string& address() const { return address_; }
  // Where a browser or curl would go: "http://127.0.0.1:8080"; the address itself for a unix
  // socket.
  std::string url() const;
  // Ends listening at once; further connections are refused.
  void Close();

 private:
  Listener(UniqueFd fd, std::string address, std::string unix_path)
      : fd_(std::move(fd)), address_(std::move(address)), unix_path_(std::move(unix_path)) {}

  static absl::StatusOr<std::vector<Listener>> TakePassed(const ListenAddress& address);
  static absl::StatusOr<std::vector<Listener>> OpenLocalhost(const ListenAddress& address);
  static absl::StatusOr<Listener> OpenUnix(const ListenAddress& parsed,
                                           const ListenerOptions& options);
  // Takes over a socket that another process has bound and that already listens.
  static absl::StatusOr<Listener> Adopt(UniqueFd fd);

  UniqueFd fd_;
  std::string address_;
  std::string unix_path_;  // of the file to remove; empty: none
};

// "127.0.0.1:40312", "[::1]:40312" or "unix:": how a peer is named in logs and to handlers. Writes
// at most kMaxPeerName bytes without a NUL and returns how many.
constexpr size_t kMaxPeerName = 54;
size_t FormatPeer(const sockaddr_storage& peer, char* out);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_IO_LISTENER_H_
