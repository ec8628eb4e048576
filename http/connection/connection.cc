// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Who owns a connection, and what events and timers make of it. Reading, answering and writing are
// in connection_read.cc, connection_answer.cc and connection_write.cc.

#include "robusto/http/connection/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "robusto/http/io/socket_state.h"

namespace robusto {
namespace {

// Has close(2) send a reset and drop what the socket holds.
void ResetOnClose(int fd) {
  const linger at_once = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

}  // namespace

// --- Ownership ---

void Connection::Open(UniqueFd fd, const sockaddr_storage& peer, int64_t now_ns) {
  fd_ = std::move(fd);
  peer_size_ = static_cast<uint8_t>(FormatPeer(peer, peer_.data()));
  must_read_ = watches_writable_ = read_dry_ = end_of_input_ = broken_ = false;
  close_after_ = discard_input_ = held_back_ = rejected_ = false;
  writable_ = true;
  serial_ = host_->counters().CountAccepted();
  requests_.store(0, std::memory_order_relaxed);
  cancelled_.store(false, std::memory_order_relaxed);
  idle_since_ns_.store(now_ns, std::memory_order_relaxed);
  ucred credentials;
  socklen_t size = sizeof(credentials);
  has_peer_uid_ = peer.ss_family == AF_UNIX &&
                  getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0;
  if (has_peer_uid_) peer_uid_ = credentials.uid;
  phase_.store(Phase::kIdle, std::memory_order_relaxed);
  SetDeadline(Later(now_ns, host_->options().header_timeout));
  ScheduleDeadline();
  word_.store((word_.load(std::memory_order_relaxed) & ~kOwnershipMask) | kParked);
}

bool Connection::AcquireOrTellOwner(uint32_t generation) {
  uint64_t word = word_.load(std::memory_order_acquire);
  for (;;) {
    if (static_cast<uint32_t>(word >> kGenerationShift) != generation) return false;
    const uint64_t rest = word & ~kOwnershipMask;
    switch (word & kOwnershipMask) {
      case kParked:
        if (word_.compare_exchange_weak(word, rest | kOwned, std::memory_order_acquire))
          return true;
        break;
      case kOwned:
        if (word_.compare_exchange_weak(word, rest | kOwnedAgain)) return false;
        break;
      default:
        return false;
    }
  }
}

bool Connection::Park() {
  ScheduleDeadline();
  uint64_t word = word_.load(std::memory_order_relaxed);
  if ((word & kOwnershipMask) == kOwned &&
      word_.compare_exchange_strong(word, (word & ~kOwnershipMask) | kParked)) {
    return true;
  }
  // kOwnedAgain. What came is not told; look for everything.
  word_.exchange((word & ~kOwnershipMask) | kOwned, std::memory_order_acq_rel);
  must_read_ = read_dry_ = writable_ = true;
  return false;
}

void Connection::ScheduleDeadline() {
  if (deadline_ns() == TimerWheel::kNever) return;
  // The wheel's own rounding is no reason to take its lock.
  const int64_t scheduled = scheduled_ns();
  if (scheduled == TimerWheel::kNever || scheduled - TimerWheel::kTickNanos > deadline_ns()) {
    host_->ScheduleTimer(this, deadline_ns());
  }
}

void Connection::Close() {
  // A reset, which unread input brings, would drop it.
  if (held_back_) PushHeldBack();
  if (exchange_ != nullptr) {
    if (exchange_->began_ns != 0 && phase_.load(std::memory_order_relaxed) != Phase::kHead) {
      ReportAccess();
    }
    const Exchange::Outgoing& out = exchange_->out;
    if (out.streaming && !out.complete && !out.chunked &&
        !exchange_->response.stream_length().has_value()) {
      // An end of the connection like any other would say that the body is whole (RFC 9112
      // section 8); a reset does not.
      ResetOnClose(fd_.get());
    }
    host_->exchanges().Release(std::move(exchange_));
  }
  SetDeadline(TimerWheel::kNever);
  fd_.reset();
  // The next generation: events that still name this one find nobody.
  word_.store(((word_.load(std::memory_order_relaxed) >> kGenerationShift) + 1)
              << kGenerationShift);
  host_->Closed(this);
}

void Connection::Abort() {
  if ((word_.load() & kOwnershipMask) != kFree) Close();
}

void Connection::AbortIfParked() {
  if (AcquireOrTellOwner(generation())) Close();
}

int64_t Connection::IdleSince() const {
  // The word as Park stores it, for EventLoop::Parked.
  const bool idle = (word_.load() & kOwnershipMask) == kParked &&
                    phase_.load(std::memory_order_relaxed) == Phase::kIdle;
  return idle ? idle_since_ns_.load(std::memory_order_relaxed) : TimerWheel::kNever;
}

int64_t Connection::WaitsSince(int64_t now_ns) const {
  if ((word_.load() & kOwnershipMask) != kParked) return TimerWheel::kNever;
  const ServerOptions& options = host_->options();
  absl::Duration timeout;
  switch (phase_.load(std::memory_order_relaxed)) {
    case Phase::kIdle:
      return idle_since_ns_.load(std::memory_order_relaxed);
    case Phase::kHead:
    case Phase::kBody:
      timeout = options.header_timeout;
      break;
    case Phase::kWriting:
      timeout = options.write_timeout;
      break;
    case Phase::kLingering:
      timeout = kLingerTime;
      break;
    default:
      return TimerWheel::kNever;
  }
  const int64_t deadline = deadline_ns();
  if (deadline == TimerWheel::kNever) return TimerWheel::kNever;
  const int64_t since = deadline - absl::ToInt64Nanoseconds(timeout);
  return now_ns - since >= absl::ToInt64Nanoseconds(kStallGrace) ? since : TimerWheel::kNever;
}

bool Connection::Evict(uint32_t generation, bool stalled) {
  if (!AcquireOrTellOwner(generation)) return false;
  bool waits = false;
  switch (phase_.load(std::memory_order_relaxed)) {
    case Phase::kIdle:
      waits = PeekInput(fd_.get()) == NextInput::kNone;
      break;
    case Phase::kHead:
    case Phase::kBody:
      waits = stalled && PeekInput(fd_.get()) == NextInput::kNone;
      break;
    case Phase::kWriting:
      // As when it times out.
      waits = stalled && !ClientTakes();
      if (waits) ResetOnClose(fd_.get());
      break;
    case Phase::kLingering:
      waits = stalled;
      break;
    default:
      break;
  }
  if (waits) {
    host_->counters().CountEvicted();
    Close();
    return true;
  }
  // Something came in this very moment: that is the event loop's.
  must_read_ = writable_ = true;
  host_->Defer(this);
  return false;
}

// --- Progress ---

bool Connection::OnEvent(uint32_t generation, Readiness readiness) {
  if (!AcquireOrTellOwner(generation)) return false;
  must_read_ |= readiness.readable;
  writable_ |= readiness.writable;
  read_dry_ |= readiness.hangup;
  return Drive();
}

bool Connection::OnTimer(int64_t now_ns) {
  if (!AcquireOrTellOwner(generation())) return false;
  if (deadline_ns() > now_ns) return Park() ? false : Drive();
  switch (phase_.load(std::memory_order_relaxed)) {
    case Phase::kIdle:
      // A request may have come in this very moment: one look before the door is shut.
      if (PeekInput(fd_.get()) == NextInput::kBytes) {
        must_read_ = true;
        return Drive();
      }
      host_->counters().CountRefusal("keep_alive_timeout");
      Close();
      return false;
    case Phase::kHead:
      Refuse(408, "header_timeout");
      return Drive();
    case Phase::kBody:
      Refuse(408, "body_timeout");
      return Drive();
    case Phase::kPaused:
      SetDeadline(TimerWheel::kNever);
      phase_.store(Phase::kQueued, std::memory_order_relaxed);
      return true;
    case Phase::kWriting:
      if (ClientTakes()) return Park() ? false : Drive();
      host_->counters().CountRefusal("write_timeout");
      // An ordinary close would leave megabytes to the kernel, which goes on offering them to a
      // client that takes nothing.
      ResetOnClose(fd_.get());
      break;
    default:
      break;
  }
  Close();
  return false;
}

bool Connection::OnDrain() { return AcquireOrTellOwner(generation()) && Drive(); }

bool Connection::Drive() {
  for (;;) {
    switch (Advance()) {
      case Progress::kReady:
        return true;
      case Progress::kWait: {
        if (held_back_) PushHeldBack();
        // Once it is parked it is another's.
        ConnectionHost* const host = host_;
        const bool idle = phase_.load(std::memory_order_relaxed) == Phase::kIdle;
        if (!Park()) break;
        if (idle) host->Parked();
        return false;
      }
      case Progress::kDeferred:
        host_->Defer(this);
        return false;
      case Progress::kClosed:
        return false;
      case Progress::kGoOn:
        break;
    }
  }
}

Connection::Progress Connection::Advance() {
  switch (phase_.load(std::memory_order_relaxed)) {
    case Phase::kWriting:
      return AdvanceWriting();
    case Phase::kPaused:
      return AdvancePaused();
    case Phase::kLingering:
      return AdvanceLingering();
    default:
      return AdvanceReading();
  }
}

Connection::Progress Connection::AdvancePaused() {
  if (!IsDead(fd_.get())) return Progress::kWait;
  host_->counters().CountRefusal("client_gone");
  Close();
  return Progress::kClosed;
}

}  // namespace robusto
