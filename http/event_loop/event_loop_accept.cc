// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The part of the event loop that accepts connections, and pauses when there is no room for more.

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "robusto/http/event_loop/event_loop.h"
#include "robusto/http/io/socket_state.h"

namespace robusto {
namespace {

// The most connections accepted in one turn, before those that are there get theirs.
constexpr int kAcceptBatch = 64;
// After so many turns in which nobody was left out, twice as many.
constexpr int kFullAcceptsForMore = 16;
// Idle connections that are closed at once when the system has no descriptor for another.
constexpr size_t kEvictBatch = 16;
// How long accepting pauses when the system has no descriptor or memory for another connection.
constexpr int64_t kAcceptPauseNanos = 100'000'000;
// Connections that are gone before they are accepted come singly. So many in a row are something
// else, which asking again at once does not end.
constexpr int kMaxGoneInARow = kAcceptBatch;

// What accept(2) says when the connection it was about is gone, or a signal came: it is no longer
// there, and the next may be good. Linux hands errors of the network on, too.
bool IsAboutOneConnection(int error) {
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

}  // namespace

bool EventLoop::WatchListener(size_t index, bool watch) {
  epoll_event interest = {};
  interest.events = watch ? static_cast<uint32_t>(EPOLLIN) : 0;
  interest.data.u64 = kListenerTag | index;
  return epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, listeners_[index].fd(), &interest) == 0;
}

void EventLoop::Accept(size_t index) {
  // A call that finds nobody costs almost as much as one that does, and the listener says when there
  // is another: only a crowd is worth several calls a turn.
  int accepted = 0;
  while (accepted < accept_batch_ && AcceptOne(listeners_[index])) ++accepted;
  if (accepted < accept_batch_) {
    accept_batch_ = 1;
    full_accepts_ = 0;
  } else if (++full_accepts_ == kFullAcceptsForMore) {
    accept_batch_ = std::min(2 * accept_batch_, kAcceptBatch);
    full_accepts_ = 0;
  }
}

bool EventLoop::AcceptOne(Listener& listener) {
  Connection* connection = table_.Allocate();
  if (connection == nullptr) {
    // Nobody is sent away before somebody is there to come in; the listener says when.
    if (!HasWaitingConnection(listener.fd())) return false;
    if (evictor_.Evict(1) == 1) connection = table_.Allocate();
  }
  if (connection == nullptr) {
    waits_for_room_.store(true);
    // One may have closed, or become idle, before it could see that somebody waits.
    if (table_.open() < options_.max_connections || evictor_.Evict(1) == 1) {
      waits_for_room_.store(false);
    } else {
      WarnThatAllAreBusy();
      // By then one may have stalled for long enough, which nobody would tell.
      look_again_ns_ = clock().Nanos() + kAcceptPauseNanos;
    }
    PauseAccepting();
    return false;
  }
  sockaddr_storage peer;
  socklen_t size = sizeof(peer);
  UniqueFd fd(accept4(listener.fd(), reinterpret_cast<sockaddr*>(&peer), &size,
                      SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd.valid()) {
    const int error = errno;
    table_.Free(connection);
    return AcceptFailed(listener, error);
  }
  gone_in_a_row_ = 0;
  epoll_event interest = {};
  interest.events = kReadEvents;
  interest.data.u64 = TagOf(*connection);
  const auto watch = [&] {
    return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &interest) == 0;
  };
  // It takes memory, of which each user may have so much (epoll(7)); idle connections have some.
  if (!watch()) {
    const int error = errno;
    if (evictor_.Evict(kEvictBatch) == 0 || !watch()) {
      fd.reset();
      table_.Free(connection);
      counters_.CountAcceptError();
      PauseForLack(absl::StrCat("cannot watch a connection, which is closed: epoll_ctl: ",
                                std::strerror(error), "; new ones wait"));
      return false;
    }
  }
  // Last: from here on a worker may evict it, and its descriptor may be another's. Its events are
  // this thread's to hear.
  connection->Open(std::move(fd), peer, clock().Nanos());
  return true;
}

bool EventLoop::AcceptFailed(Listener& listener, int error) {
  if (error == EAGAIN || error == EWOULDBLOCK) {
    gone_in_a_row_ = 0;
    return false;
  }
  if (IsAboutOneConnection(error) && ++gone_in_a_row_ < kMaxGoneInARow) return true;
  gone_in_a_row_ = 0;
  // The descriptor is looked for before the connection is.
  if (!HasWaitingConnection(listener.fd())) return false;
  counters_.CountAcceptError();
  if ((error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) &&
      evictor_.Evict(kEvictBatch) > 0) {
    return true;
  }
  PauseForLack(absl::StrCat("cannot accept: ", std::strerror(error), "; new connections wait"));
  return false;
}

void EventLoop::PauseForLack(absl::string_view why) {
  WarnNowAndThen(&next_lack_warning_ns_, why);
  // Asking again at once would spin: the listener stays readable.
  accept_again_ns_ = clock().Nanos() + kAcceptPauseNanos;
  PauseAccepting();
}

void EventLoop::WarnThatAllAreBusy() {
  WarnNowAndThen(&next_full_warning_ns_,
                 absl::StrCat("all ", options_.max_connections,
                              " connections (max_connections) are busy; new ones wait"));
}

void EventLoop::PauseAccepting() {
  accepting_ = false;
  for (size_t i = 0; i < listeners_.size(); ++i) WatchListener(i, false);
}

void EventLoop::ResumeAcceptingIfDue(int64_t now_ns) {
  if (waits_for_room_.load()) {
    if (look_again_ns_ > now_ns) return;
    waits_for_room_.store(false);
  }
  if (accept_again_ns_ != TimerWheel::kNever && accept_again_ns_ > now_ns) return;
  accept_again_ns_ = TimerWheel::kNever;
  accepting_ = true;
  for (size_t i = 0; i < listeners_.size(); ++i) {
    if (WatchListener(i, true)) continue;
    // Left at that, nobody would ever look at it again.
    accepting_ = false;
    accept_again_ns_ = now_ns + kAcceptPauseNanos;
    WarnNowAndThen(&next_lack_warning_ns_,
                   absl::StrCat("cannot watch a listener: epoll_ctl: ", std::strerror(errno),
                                "; new connections wait"));
  }
}

}  // namespace robusto
