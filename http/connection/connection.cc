// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Ownership of a connection, and what events and timers do to it. Reading, answering and writing are
// in connection_read.cc, connection_answer.cc and connection_write.cc.

#include "robusto/http/connection/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "robusto/http/io/socket_state.h"

namespace robusto {
namespace {

// Makes close(2) send a reset and drop what the socket holds.
void ResetOnClose(int fd) {
  const linger at_once = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

}  // namespace

// --- Ownership ---

void Connection::Open(UniqueFd fd, const sockaddr_storage& peer, int64_t now_ns) {
  fd_ = std::move(fd);
  peer_size_ = static_cast<uint8_t>(FormatPeer(peer, peer_.data()));
  reading_ = Reading();
  writing_ = Writing();
  keep_alive_ = KeepAlive::kKeep;
  rejected_ = has_file_slot_ = false;
  awaits_file_slot_.store(false, std::memory_order_relaxed);
  serial_ = host_->counters().CountAccepted();
  requests_.store(0, std::memory_order_relaxed);
  cancelled_.store(false, std::memory_order_relaxed);
  idle_since_ns_.store(now_ns, std::memory_order_relaxed);
  ucred credentials;
  socklen_t size = sizeof(credentials);
  has_peer_uid_ = peer.ss_family == AF_UNIX &&
                  getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0;
  if (has_peer_uid_) peer_uid_ = credentials.uid;
  SetPhase(Phase::kIdle);
  SetDeadline(DeadlineAfter(now_ns, host_->options().header_timeout));
  ScheduleDeadline();
  ownership_.store((ownership_.load(std::memory_order_relaxed) & ~kOwnershipMask) | kParked);
}

bool Connection::AcquireOrMark(uint32_t generation) {
  uint64_t word = ownership_.load(std::memory_order_acquire);
  for (;;) {
    if (static_cast<uint32_t>(word >> kGenerationShift) != generation) return false;
    const uint64_t rest = word & ~kOwnershipMask;
    switch (static_cast<Ownership>(word & kOwnershipMask)) {
      case kParked:
        if (ownership_.compare_exchange_weak(word, rest | kOwned, std::memory_order_acquire)) {
          return true;
        }
        break;
      case kOwned:
        if (ownership_.compare_exchange_weak(word, rest | kOwnedAgain)) return false;
        break;
      case kOwnedAgain:
      case kFree:
        return false;
    }
  }
}

bool Connection::Park() {
  ScheduleDeadline();
  uint64_t word = ownership_.load(std::memory_order_relaxed);
  if ((word & kOwnershipMask) == kOwned &&
      ownership_.compare_exchange_strong(word, (word & ~kOwnershipMask) | kParked)) {
    return true;
  }
  // kOwnedAgain. It does not say what happened, so everything is checked.
  ownership_.exchange((word & ~kOwnershipMask) | kOwned, std::memory_order_acq_rel);
  reading_.maybe_readable = reading_.read_until_eagain = writing_.maybe_writable = true;
  return false;
}

void Connection::ScheduleDeadline() {
  if (deadline_ns() == kNever) return;
  // The wheel's own rounding is no reason to take its lock.
  const int64_t scheduled = scheduled_ns();
  if (scheduled == kNever || scheduled - TimerWheel::kTickNanos > deadline_ns()) {
    host_->ScheduleTimer(this, deadline_ns());
  }
}

void Connection::Close() {
  // A reset, which unread input causes, would drop what is corked.
  if (writing_.corked) Uncork();
  if (exchange_ != nullptr) {
    if (exchange_->began_ns != 0 && phase() != Phase::kHead) ReportAccess();
    const Exchange::Outgoing& out = exchange_->out;
    if (out.body == Exchange::Body::kStream && !out.complete && !out.chunked &&
        !exchange_->response.stream_length().has_value()) {
      // An ordinary end of the connection would say that the body is whole (RFC 9112 section 8);
      // a reset does not.
      ResetOnClose(fd_.get());
    }
    DisposeOfUserState();
    ReleaseExchange();
  }
  SetDeadline(kNever);
  fd_.reset();
  // Bump the generation so that stale epoll events are ignored.
  ownership_.store(((ownership_.load(std::memory_order_relaxed) >> kGenerationShift) + 1)
                   << kGenerationShift);
  host_->Closed(this);
}

void Connection::DisposeOfUserState() {
  ResponseWriter& response = exchange_->response;
  if (response.source() == nullptr && response.receiver() == nullptr &&
      !response.file().fd.valid()) {
    return;
  }
  Disposer::Remains remains;
  remains.source = std::move(response.source());
  remains.receiver = std::move(response.receiver());
  remains.file = response.ReleaseFile().fd;
  response.source() = nullptr;
  response.receiver() = nullptr;
  host_->disposer().Dispose(std::move(remains));
}

void Connection::ReleaseExchange() {
  ReleaseCharge(&exchange_->charged_input);
  ReleaseCharge(&exchange_->charged_output);
  host_->exchanges().Release(std::move(exchange_));
}

bool Connection::Charge(size_t bytes, size_t* charged) {
  if (bytes <= MemoryBudget::kFreeBytes || bytes - MemoryBudget::kFreeBytes <= *charged) {
    return true;
  }
  const size_t more = bytes - MemoryBudget::kFreeBytes - *charged;
  while (!host_->memory().TryCharge(more)) {
    // Clients that keep the server waiting give way to this one, unless it holds as much itself.
    if (!host_->FreeMemory(charged_bytes())) return false;
  }
  *charged += more;
  charged_bytes_.fetch_add(more, std::memory_order_relaxed);
  return true;
}

void Connection::ReleaseCharge(size_t* charged) {
  if (*charged == 0) return;
  host_->memory().Release(*charged);
  charged_bytes_.fetch_sub(*charged, std::memory_order_relaxed);
  *charged = 0;
}

void Connection::Abort() {
  if ((ownership_.load() & kOwnershipMask) != kFree) Close();
}

bool Connection::AbortIfParked() {
  if (!AcquireOrMark(generation())) return false;
  Close();
  return true;
}

int64_t Connection::IdleSince() const {
  // The word as Park stores it, for EventLoop::Parked.
  const bool idle = (ownership_.load() & kOwnershipMask) == kParked && phase() == Phase::kIdle;
  return idle ? idle_since_ns_.load(std::memory_order_relaxed) : kNever;
}

bool Connection::InExchange() const {
  if ((ownership_.load() & kOwnershipMask) == kFree) return false;
  switch (phase()) {
    case Phase::kIdle:
    case Phase::kHead:
    case Phase::kLingering:
      return false;
    case Phase::kBody:
    case Phase::kQueued:
    case Phase::kHandling:
    case Phase::kWriting:
    case Phase::kPaused:
    case Phase::kAwaitingFileSlot:
    case Phase::kClosing:
      return true;
  }
  return true;
}

int64_t Connection::StalledSince(int64_t now_ns) const {
  if ((ownership_.load() & kOwnershipMask) != kParked) return kNever;
  const ServerOptions& options = host_->options();
  absl::Duration timeout;
  switch (phase()) {
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
      timeout = kLingerGap;
      break;
    case Phase::kAwaitingFileSlot:
      // Behind reads that do not return.
      timeout = options.write_timeout;
      break;
    case Phase::kQueued:
    case Phase::kHandling:
    case Phase::kPaused:
    case Phase::kClosing:
      return kNever;
  }
  const int64_t deadline = deadline_ns();
  if (deadline == kNever) return kNever;
  const int64_t since = deadline - absl::ToInt64Nanoseconds(timeout);
  return now_ns - since >= absl::ToInt64Nanoseconds(kStallGrace) ? since : kNever;
}

bool Connection::Evict(uint32_t generation, bool stalled) {
  if (!AcquireOrMark(generation)) return false;
  bool waits = false;
  switch (phase()) {
    case Phase::kIdle:
      waits = PeekInput(fd_.get()) == NextInput::kNone;
      break;
    case Phase::kHead:
    case Phase::kBody:
      waits = stalled && PeekInput(fd_.get()) == NextInput::kNone;
      break;
    case Phase::kWriting:
      // As when it times out.
      waits = stalled && !ClientMadeProgress();
      if (waits) ResetOnClose(fd_.get());
      break;
    case Phase::kAwaitingFileSlot:
    case Phase::kLingering:
      waits = stalled;
      break;
    case Phase::kQueued:
    case Phase::kHandling:
    case Phase::kPaused:
    case Phase::kClosing:
      break;
  }
  if (waits) {
    host_->counters().CountEvicted();
    Close();
    return true;
  }
  // An event arrived in this very moment: the event loop handles it.
  reading_.maybe_readable = writing_.maybe_writable = true;
  host_->Defer(this);
  return false;
}

// --- Progress ---

Handoff Connection::OnEvent(uint32_t generation, Readiness readiness) {
  if (!AcquireOrMark(generation)) return Handoff::kNone;
  reading_.maybe_readable |= readiness.readable;
  reading_.read_until_eagain |= readiness.hangup;
  writing_.maybe_writable |= readiness.writable;
  return Drive();
}

Handoff Connection::OnTimer(int64_t now_ns) {
  if (!AcquireOrMark(generation())) return Handoff::kNone;
  if (deadline_ns() > now_ns) return Park() ? Handoff::kNone : Drive();
  switch (phase()) {
    case Phase::kIdle:
      // A request may have arrived in this very moment.
      if (PeekInput(fd_.get()) == NextInput::kBytes) {
        reading_.maybe_readable = true;
        return Drive();
      }
      host_->counters().CountRefusal("keep_alive_timeout");
      break;
    case Phase::kHead:
      FailRequest(408, "header_timeout");
      return Drive();
    case Phase::kBody:
      FailRequest(408, "body_timeout");
      return Drive();
    case Phase::kPaused:
      SetPhase(Phase::kWriting);
      return Drive();
    case Phase::kAwaitingFileSlot:
      host_->counters().CountRefusal("file_timeout");
      ResetOnClose(fd_.get());
      break;
    case Phase::kWriting:
      if (ClientMadeProgress()) return Park() ? Handoff::kNone : Drive();
      host_->counters().CountRefusal("write_timeout");
      // An ordinary close would leave megabytes to the kernel, which goes on offering them to a
      // client that takes nothing.
      ResetOnClose(fd_.get());
      break;
    case Phase::kLingering:
    case Phase::kClosing:
    case Phase::kQueued:
    case Phase::kHandling:
      break;
  }
  Close();
  return Handoff::kNone;
}

Handoff Connection::OnFileSlot(uint32_t generation) {
  awaits_file_slot_.store(false);
  if (!AcquireOrMark(generation)) return Handoff::kNone;
  if (phase() == Phase::kAwaitingFileSlot) SetPhase(Phase::kWriting);
  return Drive();
}

Handoff Connection::OnDrain() { return AcquireOrMark(generation()) ? Drive() : Handoff::kNone; }

Handoff Connection::Drive() {
  for (;;) {
    switch (Advance()) {
      case Progress::kReady:
        return Handoff::kToPool;
      case Progress::kWait: {
        if (writing_.corked) Uncork();
        // Once it is parked another thread may own it.
        ConnectionHost* const host = host_;
        const bool idle = phase() == Phase::kIdle;
        if (!Park()) break;
        if (idle) host->Parked();
        return Handoff::kNone;
      }
      case Progress::kDeferred:
        host_->Defer(this);
        return Handoff::kNone;
      case Progress::kClosed:
        return Handoff::kNone;
      case Progress::kContinue:
        break;
    }
  }
}

Connection::Progress Connection::Advance() {
  switch (phase()) {
    case Phase::kIdle:
    case Phase::kHead:
    case Phase::kBody:
    // In the next two phases the queue or a worker owns the connection: they are not reached here.
    case Phase::kQueued:
    case Phase::kHandling:
      return AdvanceReading();
    case Phase::kWriting:
      return AdvanceWriting();
    case Phase::kPaused:
    case Phase::kAwaitingFileSlot:
      return AdvancePaused();
    case Phase::kLingering:
      return AdvanceLingering();
    case Phase::kClosing:
      Close();
      return Progress::kClosed;
  }
  return Progress::kWait;
}

Connection::Progress Connection::AdvancePaused() {
  if (IsDead(fd_.get())) {
    host_->counters().CountRefusal("client_gone");
    Close();
    return Progress::kClosed;
  }
  // After Reject: the turn that the slot was for does not take place now.
  if (has_file_slot_) ReleaseFileSlot();
  // OnFileSlot came before this was parked.
  if (phase() == Phase::kAwaitingFileSlot && !awaits_file_slot_.load()) return QueueTurn();
  return Progress::kWait;
}

Connection::Progress Connection::QueueTurn() {
  if (NeedsFileSlot()) {
    FileSlots& slots = host_->file_slots();
    const bool waits_already = awaits_file_slot_.exchange(true);
    const FileSlots::Waiter self = {this, generation()};
    has_file_slot_ = waits_already ? slots.TryAcquire(host_->MaxFileReaders())
                                   : slots.TryAcquireOrAwait(host_->MaxFileReaders(), self);
    if (!has_file_slot_) {
      if (phase() != Phase::kAwaitingFileSlot) {
        SetPhase(Phase::kAwaitingFileSlot);
        SetDeadline(host_->clock().After(host_->options().write_timeout));
      }
      return Progress::kWait;
    }
    // It is in no list, unless it was in one before: an extra wake-up is harmless.
    if (!waits_already) awaits_file_slot_.store(false);
  }
  SetDeadline(kNever);
  SetPhase(Phase::kQueued);
  return Progress::kReady;
}

}  // namespace robusto
