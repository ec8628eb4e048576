// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "http/coarse_clock.h"
#include "http/status.h"

namespace robusto {
namespace {

constexpr size_t kFirstReadBytes = 4096;
// Raw bytes of a chunked body that are read before they are decoded.
constexpr size_t kChunkedReadBytes = 64 * 1024;

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

// --- Ownership ---

void Connection::Open(UniqueFd fd, const sockaddr_storage& peer, int64_t now_ns) {
  fd_ = std::move(fd);
  peer_size_ = static_cast<uint8_t>(FormatPeer(peer, peer_.data()));
  must_read_ = watches_writable_ = read_dry_ = end_of_input_ = broken_ = false;
  close_after_ = discard_input_ = rejected_ = false;
  writable_ = true;
  phase_.store(Phase::kIdle, std::memory_order_relaxed);
  SetDeadline(Later(now_ns, host_->options().header_timeout));
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
  SetDeadline(deadline_ns_.load(std::memory_order_relaxed));
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

void Connection::SetDeadline(int64_t at_ns) {
  deadline_ns_.store(at_ns);
  if (at_ns == TimerWheel::kNever) return;
  // The wheel's own rounding is no reason to take its lock.
  const int64_t scheduled = scheduled_ns();
  if (scheduled == TimerWheel::kNever || scheduled - TimerWheel::kTickNanos > at_ns) {
    host_->ScheduleTimer(this, at_ns);
  }
}

void Connection::Close() {
  if (exchange_ != nullptr) host_->exchanges().Release(std::move(exchange_));
  deadline_ns_.store(TimerWheel::kNever);
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
  if (deadline_ns_.load(std::memory_order_relaxed) > now_ns) return Park() ? false : Drive();
  switch (phase_.load(std::memory_order_relaxed)) {
    case Phase::kIdle:
      // A request may have come in this very moment: one look before the door is shut.
      if (exchange_ == nullptr) exchange_ = host_->exchanges().Acquire();
      if (Receive()) return Drive();
      Close();
      return false;
    case Phase::kHead:
      RespondWithError(408, "header_timeout", /*close=*/true);
      return Drive();
    case Phase::kBody:
      RespondWithError(408, "body_timeout", /*close=*/true);
      return Drive();
    default:
      Close();
      return false;
  }
}

bool Connection::OnDrain() { return AcquireOrTellOwner(generation()) && Drive(); }

bool Connection::Drive() {
  for (;;) {
    switch (Advance()) {
      case Progress::kReady:
        return true;
      case Progress::kWait:
        if (Park()) return false;
        break;
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
    case Phase::kLingering:
      return AdvanceLingering();
    default:
      return AdvanceReading();
  }
}

// --- Reading ---

Connection::Progress Connection::AdvanceReading() {
  for (;;) {
    if (exchange_ == nullptr && must_read_) exchange_ = host_->exchanges().Acquire();
    if (exchange_ != nullptr && !exchange_->input.empty()) {
      switch (Gather()) {
        case Gathered::kRequest:
          deadline_ns_.store(TimerWheel::kNever);
          phase_.store(Phase::kQueued, std::memory_order_relaxed);
          return Progress::kReady;
        case Gathered::kBad:
          return Progress::kGoOn;
        case Gathered::kMore:
          break;
      }
    }
    if (!must_read_) break;
    if (!Receive() && end_of_input_) {
      // Part of a request, or none: nobody is left who waits for an answer to it.
      Close();
      return Progress::kClosed;
    }
  }
  if (phase_.load(std::memory_order_relaxed) == Phase::kIdle) {
    if (exchange_ != nullptr && exchange_->input.empty()) {
      host_->exchanges().Release(std::move(exchange_));
    }
    if (host_->draining()) {
      SetDeadline(std::min(deadline_ns_.load(std::memory_order_relaxed), After(kDrainGrace)));
    }
  }
  return Progress::kWait;
}

bool Connection::Receive() {
  InputBuffer& input = exchange_->input;
  if (input.room_size() == 0) {
    // Twice as much each time, so that memory follows what was sent and not what was announced.
    size_t enough = host_->options().parser.max_head_bytes();
    if (phase_.load(std::memory_order_relaxed) == Phase::kBody) {
      const RequestHead& head = exchange_->parser.head();
      enough = exchange_->parser.head_size() +
               (head.chunked ? kChunkedReadBytes : static_cast<size_t>(*head.content_length));
    }
    const size_t wanted = std::max(2 * input.size(), kFirstReadBytes);
    input.Reserve(std::max(std::min(wanted, enough), input.size() + 1));
  }
  for (;;) {
    const ssize_t got = recv(fd_.get(), input.room(), input.room_size(), 0);
    if (got > 0) {
      // Less than there was room for: the socket is empty, no need to ask it once more (epoll(7),
      // edge-triggered).
      must_read_ = read_dry_ || static_cast<size_t>(got) == input.room_size();
      input.Commit(static_cast<size_t>(got));
      return true;
    }
    if (got < 0 && errno == EINTR) continue;
    must_read_ = read_dry_ = false;
    end_of_input_ = got == 0 || !WouldBlock(errno);
    return false;
  }
}

Connection::Gathered Connection::Gather() {
  if (phase_.load(std::memory_order_relaxed) == Phase::kBody) return GatherBody();
  RequestParser& parser = exchange_->parser;
  switch (parser.Parse(exchange_->input.view())) {
    case ParseResult::kPartial:
      // The CRLF that some clients send after a body begins no request.
      if (phase_.load(std::memory_order_relaxed) == Phase::kIdle && !parser.idle()) {
        phase_.store(Phase::kHead, std::memory_order_relaxed);
        SetDeadline(After(host_->options().header_timeout));
      }
      return Gathered::kMore;
    case ParseResult::kBad:
      RespondToBadMessage(parser.error());
      return Gathered::kBad;
    case ParseResult::kComplete:
      break;
  }
  const RequestHead& head = parser.head();
  request_size_ = parser.head_size();
  if (!head.chunked && head.content_length.value_or(0) == 0) return Gathered::kRequest;
  if (head.content_length.value_or(0) > host_->options().max_body_bytes) {
    RespondToBadMessage({413, ParseReason::kBodyTooLarge});
    return Gathered::kBad;
  }
  phase_.store(Phase::kBody, std::memory_order_relaxed);
  body_began_ns_ = CoarseNanos();
  body_received_ = 0;
  if (head.expect_continue && exchange_->input.size() == request_size_) {
    // Not worth parking on: a client that does not get it sends its body after a while all the same
    // (RFC 9110 section 10.1.1). Half of it would be worse than none.
    const ssize_t sent = send(fd_.get(), kContinueResponse.data(), kContinueResponse.size(),
                              MSG_NOSIGNAL | MSG_DONTWAIT);
    broken_ = sent > 0 && static_cast<size_t>(sent) < kContinueResponse.size();
  }
  return GatherBody();
}

Connection::Gathered Connection::GatherBody() {
  InputBuffer& input = exchange_->input;
  const RequestHead& head = exchange_->parser.head();
  const size_t head_size = exchange_->parser.head_size();
  if (head.chunked) {
    const ChunkedDecoder::Progress progress =
        exchange_->decoder.Decode(input.view().substr(head_size), &exchange_->body);
    if (progress.result == ParseResult::kBad) {
      RespondToBadMessage(exchange_->decoder.error());
      return Gathered::kBad;
    }
    if (progress.result == ParseResult::kComplete) {
      request_size_ = head_size + progress.consumed;
      return Gathered::kRequest;
    }
    body_received_ += progress.consumed;
    input.Erase(head_size, progress.consumed);
  } else {
    request_size_ = head_size + *head.content_length;
    if (input.size() >= request_size_) return Gathered::kRequest;
    body_received_ = input.size() - head_size;
  }
  const ServerOptions& options = host_->options();
  const double allowed =
      static_cast<double>(body_received_) / static_cast<double>(options.min_body_bytes_per_second);
  SetDeadline(Later(body_began_ns_, options.header_timeout + absl::Seconds(allowed)));
  return Gathered::kMore;
}

}  // namespace robusto
