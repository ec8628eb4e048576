// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/event_loop/acceptor.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "robusto/http/io/socket_state.h"
#include "robusto/http/message/date.h"

namespace robusto {
namespace {

// Connections accepted in one turn at most, before those that exist have theirs.
constexpr int kMaxAcceptBatch = 64;
// After so many turns in which the batch was full, twice as many.
constexpr int kFullBatchesToGrow = 16;
// Idle connections that are closed at once when the system has no descriptor for another.
constexpr size_t kEvictBatch = 16;
// How long accepting pauses when the system has no descriptor or memory for another connection.
constexpr int64_t kPauseNanos = 100'000'000;
// Connections that vanish before they are accepted do so singly. So many in a row have another
// cause, which trying again at once does not remove.
constexpr int kMaxVanishedInARow = kMaxAcceptBatch;
// Connections accepted from one backlog by one call of Drain at most.
constexpr int kMaxDrainBatch = 1024;
// After so many pauses of a drain without a connection whose end could help, it gives up.
constexpr int kMaxFailedDrains = 10;
// How often a lasting condition is logged.
constexpr int64_t kWarningNanos = 10'000'000'000;
// Connections that RefuseWaiting answers at most: more than a backlog holds by default
// (net.core.somaxconn is 4096).
constexpr size_t kMaxRefused = 8192;

std::string StoppedResponse() {
  return absl::StrCat(
      "HTTP/1.1 503 Service Unavailable\r\nDate: ", FormatHttpDate(std::time(nullptr)),
      "\r\nContent-Length: 0\r\nX-Robusto-Reason: stopped\r\nRetry-After: 1\r\n"
      "Connection: close\r\n\r\n");
}

// accept(2) reports this when the connection has vanished, or for a signal; the next one may be
// good. Linux passes pending network errors on, too.
bool IsTransientAcceptError(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPROTO:
      return true;
    default:
      return false;
  }
}

bool IsOpen(const Listener& listener) { return listener.fd() >= 0; }

}  // namespace

void Acceptor::OnReadable(size_t index) {
  if (index >= listeners_.size() || !IsOpen(listeners_[index])) return;
  // accept4() returning EAGAIN costs nearly as much as success, so one connection is accepted per
  // event, and more only under sustained load.
  int accepted = 0;
  while (accepted < accept_batch_ && AcceptOne(listeners_[index]) == Accepted::kOne) ++accepted;
  if (accepted < accept_batch_) {
    accept_batch_ = 1;
    full_batches_ = 0;
  } else if (++full_batches_ == kFullBatchesToGrow) {
    accept_batch_ = std::min(2 * accept_batch_, kMaxAcceptBatch);
    full_batches_ = 0;
  }
}

Connection* Acceptor::AllocateSlot(const Listener& listener) {
  Connection* connection = environment_.table->Allocate();
  if (connection != nullptr) return connection;
  // No eviction before a connection is actually pending; level-triggered epoll reports it.
  if (!HasWaitingConnection(listener.fd())) return nullptr;
  if (environment_.evictor->Evict(1) == 1) connection = environment_.table->Allocate();
  if (connection != nullptr) return connection;
  waits_for_room_.store(true);
  // One may have closed, or become idle, before it could see the flag.
  if (environment_.table->open() < environment_.max_connections ||
      environment_.evictor->Evict(1) == 1) {
    waits_for_room_.store(false);
  } else {
    WarnRarely(&next_full_warning_ns_,
               absl::StrCat("all ", environment_.max_connections,
                            " connections (max_connections) are busy; new ones wait"));
    // Checked again later: a connection can become evictable without causing an event.
    check_again_ns_ = environment_.clock.Nanos() + kPauseNanos;
  }
  Pause();
  return nullptr;
}

Acceptor::Accepted Acceptor::AcceptOne(Listener& listener) {
  Connection* connection = AllocateSlot(listener);
  if (connection == nullptr) return accepting_ ? Accepted::kNone : Accepted::kPaused;
  sockaddr_storage peer;
  socklen_t size = sizeof(peer);
  UniqueFd fd(accept4(listener.fd(), reinterpret_cast<sockaddr*>(&peer), &size,
                      SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd.valid()) {
    const int error = errno;
    environment_.table->Free(connection);
    return OnAcceptError(listener, error);
  }
  vanished_in_a_row_ = 0;
  // epoll watches are limited per user (epoll(7)); evicting idle connections frees some.
  if (!environment_.watch_connection(*connection, fd.get())) {
    const int error = errno;
    if (environment_.evictor->Evict(kEvictBatch) == 0 ||
        !environment_.watch_connection(*connection, fd.get())) {
      fd.reset();
      environment_.table->Free(connection);
      environment_.counters->CountAcceptError();
      PauseOnExhaustion(absl::StrCat("cannot watch a connection, which is closed: epoll_ctl: ",
                                     std::strerror(error), "; new ones wait"));
      return Accepted::kPaused;
    }
  }
  // Must be last: once opened, another thread may evict the connection and its fd may be reused.
  connection->Open(std::move(fd), peer, environment_.clock.Nanos());
  return Accepted::kOne;
}

Acceptor::Accepted Acceptor::OnAcceptError(Listener& listener, int error) {
  if (WouldBlock(error)) {
    vanished_in_a_row_ = 0;
    return Accepted::kNone;
  }
  if (IsTransientAcceptError(error) && ++vanished_in_a_row_ < kMaxVanishedInARow) {
    return Accepted::kOne;
  }
  vanished_in_a_row_ = 0;
  // The kernel looks for a descriptor before it looks for a connection.
  if (!HasWaitingConnection(listener.fd())) return Accepted::kNone;
  environment_.counters->CountAcceptError();
  if ((error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) &&
      environment_.evictor->Evict(kEvictBatch) > 0) {
    return Accepted::kOne;
  }
  PauseOnExhaustion(
      absl::StrCat("cannot accept: ", std::strerror(error), "; new connections wait"));
  return Accepted::kPaused;
}

void Acceptor::PauseOnExhaustion(absl::string_view why) {
  WarnRarely(&next_exhaustion_warning_ns_, why);
  // Trying again at once would spin: the listener stays readable.
  accept_again_ns_ = environment_.clock.Nanos() + kPauseNanos;
  Pause();
}

void Acceptor::Pause() {
  accepting_ = false;
  for (size_t i = 0; i < listeners_.size(); ++i) {
    if (IsOpen(listeners_[i])) environment_.watch_listener(i, listeners_[i].fd(), false);
  }
}

int64_t Acceptor::next_resume_ns() const {
  if (accepting_) return kNever;
  // While there is no slot, the end of a pause for lack of descriptors changes nothing.
  if (waits_for_room_.load()) return check_again_ns_;
  return accept_again_ns_ == kNever ? 0 : accept_again_ns_;
}

void Acceptor::ResumeIfDue(int64_t now_ns) {
  if (accepting_) return;
  if (waits_for_room_.load()) {
    if (check_again_ns_ > now_ns) return;
    waits_for_room_.store(false);
  }
  if (accept_again_ns_ != kNever && accept_again_ns_ > now_ns) return;
  accept_again_ns_ = kNever;
  accepting_ = true;
  for (size_t i = 0; i < listeners_.size(); ++i) {
    if (!IsOpen(listeners_[i])) continue;
    if (environment_.watch_listener(i, listeners_[i].fd(), true)) continue;
    // A listener that is not watched now would never be looked at again.
    accepting_ = false;
    accept_again_ns_ = now_ns + kPauseNanos;
    WarnRarely(&next_exhaustion_warning_ns_,
               absl::StrCat("cannot watch a listener: epoll_ctl: ", std::strerror(errno),
                            "; new connections wait"));
  }
}

void Acceptor::CloseListener(Listener& listener) {
  // Closing alone does not remove it from epoll when another process has it, too, for example a
  // service manager that passed it (epoll(7)).
  environment_.forget_listener(listener.fd());
  listener.Close();
}

bool Acceptor::Drain() {
  for (Listener& listener : listeners_) {
    if (!IsOpen(listener)) continue;
    Accepted accepted = Accepted::kOne;
    for (int i = 0; i < kMaxDrainBatch && accepted == Accepted::kOne; ++i) {
      accepted = AcceptOne(listener);
    }
    if (accepted == Accepted::kPaused && IsDrainHopeless()) {
      const size_t refused = RefuseWaiting();
      environment_.warn(absl::StrCat("stopping while connections cannot be accepted: refused ",
                                     refused, " that waited, and closed the listeners"));
      break;
    }
    if (accepted != Accepted::kNone) return false;
    CloseListener(listener);
  }
  listeners_.clear();
  // No connection waits for room, and nothing is left to resume.
  waits_for_room_.store(false);
  accepting_ = true;
  accept_again_ns_ = kNever;
  return true;
}

bool Acceptor::IsDrainHopeless() {
  // What the open connections hold may be what is lacking.
  const bool lacks_resources = !waits_for_room_.load() && accept_again_ns_ != kNever;
  failed_drains_ = lacks_resources && environment_.table->open() == 0 ? failed_drains_ + 1 : 0;
  return failed_drains_ >= kMaxFailedDrains;
}

size_t Acceptor::RefuseWaiting() {
  size_t refused = 0;
  const std::string response = StoppedResponse();
  for (Listener& listener : listeners_) {
    if (!IsOpen(listener)) continue;
    while (refused < kMaxRefused) {
      const UniqueFd fd(accept4(listener.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!fd.valid()) {
        if (IsTransientAcceptError(errno) && ++vanished_in_a_row_ < kMaxVanishedInARow) continue;
        break;
      }
      vanished_in_a_row_ = 0;
      ++refused;
      send(fd.get(), response.data(), response.size(), MSG_NOSIGNAL);
      shutdown(fd.get(), SHUT_WR);
      // Unread input would make close(2) send a reset, which may overtake the response.
      char discarded[16 * 1024];
      while (recv(fd.get(), discarded, sizeof(discarded), 0) == sizeof(discarded)) {
      }
    }
    CloseListener(listener);
  }
  listeners_.clear();
  return refused;
}

void Acceptor::WarnRarely(int64_t* next_ns, absl::string_view text) {
  const int64_t now = environment_.clock.Nanos();
  if (now < *next_ns) return;
  *next_ns = now + kWarningNanos;
  environment_.warn(text);
}

}  // namespace robusto
