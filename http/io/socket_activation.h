// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// TakePassedSockets: listening sockets that systemd, or another that started this process, opened
// for it: the protocol of sd_listen_fds(3). LISTEN_FDS says how many were passed, from descriptor 3
// on; LISTEN_PID for which process; LISTEN_FDNAMES what they are called (FileDescriptorName= in the
// .socket unit; "unknown" for those without a name).
//
//   auto sockets = TakePassedSockets("web");
//   if (!sockets.ok()) return sockets.status();
//
// Thread-safety: any thread, but it reads and changes the environment: call it before there are
// threads that do.

#ifndef ROBUSTO_HTTP_IO_SOCKET_ACTIVATION_H_
#define ROBUSTO_HTTP_IO_SOCKET_ACTIVATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {

struct PassedSocket {
  // A listening stream socket; non-blocking, close-on-exec.
  UniqueFd fd;
  std::string name;
};

// Returns the passed sockets called `name`, or all of them, except those that an earlier call has
// returned. The first call reads the environment and removes the variables, so that no child
// process uses them. Returns Unavailable when there are no such sockets, and FailedPrecondition
// when they are not valid; the message says what is missing.
absl::StatusOr<std::vector<PassedSocket>> TakePassedSockets(
    absl::optional<absl::string_view> name = absl::nullopt);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_IO_SOCKET_ACTIVATION_H_
