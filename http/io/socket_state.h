// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What can be asked of a socket without changing or waiting for anything.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_IO_SOCKET_STATE_H_
#define ROBUSTO_HTTP_IO_SOCKET_STATE_H_

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>

namespace robusto {

inline bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

// An error that the client, or the network in between, causes every day: not a fault of this machine.
inline bool IsPeerError(int error) {
  switch (error) {
    case ECONNABORTED:
    case ECONNRESET:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETRESET:
    case ENETUNREACH:
    case ENOTCONN:
    case EPIPE:
    case ETIMEDOUT:
      return true;
    default:
      return false;
  }
}

// What is next to be read; nothing is taken.
enum class NextInput { kNone, kBytes, kEnd };
inline NextInput PeekInput(int fd) {
  char byte;
  for (;;) {
    const ssize_t got = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got > 0) return NextInput::kBytes;
    if (got < 0 && errno == EINTR) continue;
    return got < 0 && WouldBlock(errno) ? NextInput::kNone : NextInput::kEnd;
  }
}

// Nothing that is sent can reach the peer any more: the connection was reset, or both directions
// are closed. (After a FIN recv(2) goes on to say "end of input", also when a reset has followed.)
inline bool IsDead(int fd) {
  pollfd state = {fd, 0, 0};
  return poll(&state, 1, 0) == 1 && (state.revents & (POLLERR | POLLHUP)) != 0;
}

// Bytes that were written and that the peer has not acknowledged.
inline int UnacknowledgedBytes(int fd) {
  int bytes = 0;
  return ioctl(fd, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

// accept(2) would find one.
inline bool HasWaitingConnection(int listener) {
  pollfd state = {listener, POLLIN, 0};
  return poll(&state, 1, 0) == 1;
}

}  // namespace robusto

#endif  // ROBUSTO_HTTP_IO_SOCKET_STATE_H_
