// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "http/connection.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "http/status.h"

namespace robusto {
namespace {

constexpr size_t kFirstReadBytes = 4096;
// Raw bytes of a chunked body that are read before they are decoded.
constexpr size_t kChunkedReadBytes = 64 * 1024;
// What one turn may send of a file or discard of a connection's rest, before others get theirs.
constexpr size_t kSliceBytes = 1 << 20;
// How long the rest of what a refused client sends is read away, so that it sees the answer rather
// than a reset (RFC 9112 section 9.6).
constexpr int64_t kLingerNanos = 2'000'000'000;

// For timeouts of seconds: some 5 ns instead of 25, exact to a scheduler tick.
int64_t CoarseNanos() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// kNever also for what is too far away to be counted.
int64_t Later(int64_t from_ns, absl::Duration timeout) {
  const int64_t nanoseconds = absl::ToInt64Nanoseconds(timeout);
  return nanoseconds < TimerWheel::kNever - from_ns ? from_ns + nanoseconds : TimerWheel::kNever;
}

int64_t After(absl::Duration timeout) { return Later(CoarseNanos(), timeout); }

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

// --- Answering ---

Request Connection::MakeRequest() const {
  const RequestHead& head = exchange_->parser.head();
  const size_t head_size = exchange_->parser.head_size();
  const absl::string_view body =
      head.chunked ? absl::string_view(exchange_->body)
                   : exchange_->input.view().substr(head_size, request_size_ - head_size);
  return Request(exchange_->input.data(), &head, body, {peer_.data(), peer_size_});
}

void Connection::Run() {
  phase_.store(Phase::kHandling, std::memory_order_relaxed);
  ResponseWriter& response = exchange_->response;
  const auto answer = [this] {
    BeginResponse();
    // What is left is sent by Release, when nobody can Cancel any more: closing belongs there.
    broken_ = broken_ || Write() == Sent::kFailed;
  };
  try {
    host_->handler()(MakeRequest(), response);
  } catch (...) {
    response.Reset();
    response.Error(500);
    response.CloseConnection();
    answer();
    throw;  // to be counted and reported by the pool
  }
  answer();
}

void Connection::Reject(RejectReason reason) {
  rejected_ = true;
  const bool for_good = reason == RejectReason::kDraining || reason == RejectReason::kStopped;
  exchange_->response.Reset();
  RespondWithError(503, RejectReasonName(reason), /*close=*/for_good);
}

void Connection::Cancel(CancelLevel level) {
  // The descriptor is open: it is closed by Release only, which comes after.
  shutdown(fd_.get(), level == CancelLevel::kGentle ? SHUT_RD : SHUT_RDWR);
}

void Connection::Release() {
  if (rejected_) {
    // Going on here would come back to the pool, which is in the middle of refusing.
    rejected_ = false;
    host_->Defer(this);
    return;
  }
  if (Drive()) host_->Submit(this);
}

TaskDescription Connection::Describe() const {
  TaskDescription description;
  const Request request = MakeRequest();
  description.label = absl::StrCat(request.method_name(), " ", request.target());
  description.peer = std::string(request.peer());
  description.phase =
      phase_.load(std::memory_order_relaxed) == Phase::kWriting ? "writing" : "handling";
  return description;
}

void Connection::RespondToBadMessage(ParseError error) {
  Warn(absl::StrCat(error.status, " ", ReasonName(error.reason)));
  RespondWithError(error.status, ReasonName(error.reason), /*close=*/true);
}

void Connection::RespondWithError(int status, absl::string_view reason, bool close) {
  ResponseWriter& response = exchange_->response;
  response.Error(status, reason);
  response.SetHeader("X-Robusto-Reason", reason);
  if (status == 503) response.SetHeader("Retry-After", absl::StrCat(host_->RetryAfterSeconds()));
  if (close) {
    response.CloseConnection();
    discard_input_ = status != 503;
  }
  BeginResponse();
}

void Connection::BeginResponse() {
  const Phase before = phase_.load(std::memory_order_relaxed);
  ResponseWriter& response = exchange_->response;
  ResponseFacts facts;
  const RequestHead& head = exchange_->parser.head();
  // Known as soon as the request line is, whatever was wrong after it.
  facts.head = head.method == Method::kHead;
  if (!discard_input_) {
    facts.minor_version = head.minor_version;
    close_after_ = !head.keep_alive;
  }
  close_after_ |= response.close() || discard_input_ || host_->draining();
  facts.keep_alive = !close_after_;
  facts.now = std::time(nullptr);
  facts.server = host_->options().server_name;
  AppendResponseHead(response, facts, &exchange_->output);
  if (!ResponseHasBody(response.status(), facts.head)) response.DropBody();
  sent_ = 0;
  phase_.store(Phase::kWriting, std::memory_order_relaxed);
  // A worker that is about to write needs no deadline yet: it sets one when the socket is full.
  if (before != Phase::kHandling) SetDeadline(After(host_->options().write_timeout));
}

Connection::Sent Connection::Write() {
  const std::string& output = exchange_->output;
  ResponseWriter& response = exchange_->response;
  const bool file = response.file().fd.valid();
  const absl::string_view body = file ? absl::string_view() : response.body();
  while (sent_ < output.size() + body.size()) {
    iovec parts[2];
    msghdr message = {};
    message.msg_iov = parts;
    if (sent_ < output.size()) {
      parts[message.msg_iovlen++] = {const_cast<char*>(output.data()) + sent_,
                                     output.size() - sent_};
    }
    const size_t body_sent = sent_ > output.size() ? sent_ - output.size() : 0;
    if (!body.empty()) {
      parts[message.msg_iovlen++] = {const_cast<char*>(body.data()) + body_sent,
                                     body.size() - body_sent};
    }
    // Nothing comes after the head of an empty file, and MSG_MORE would hold it back for 200 ms.
    const int more = file && response.file().length > 0 ? MSG_MORE : 0;
    const ssize_t sent = sendmsg(fd_.get(), &message, MSG_NOSIGNAL | more);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return WouldBlock(errno) ? Sent::kBlocked : Sent::kFailed;
    }
    sent_ += static_cast<uint64_t>(sent);
  }
  return file ? WriteFile() : Sent::kAll;
}

Connection::Sent Connection::WriteFile() {
  ResponseWriter::FileRange& file = exchange_->response.mutable_file();
  for (size_t slice = 0; file.length > 0;) {
    if (slice >= kSliceBytes) return Sent::kSlice;
    auto offset = static_cast<off_t>(file.offset);
    const ssize_t sent =
        sendfile(fd_.get(), file.fd.get(), &offset, std::min<uint64_t>(file.length, kSliceBytes));
    if (sent < 0) {
      if (errno == EINTR) continue;
      return WouldBlock(errno) ? Sent::kBlocked : Sent::kFailed;
    }
    if (sent == 0) return Sent::kFailed;  // the file is shorter than it was: cut off, not made up
    file.offset += static_cast<uint64_t>(sent);
    file.length -= static_cast<uint64_t>(sent);
    slice += static_cast<size_t>(sent);
  }
  return Sent::kAll;
}

Connection::Progress Connection::AdvanceWriting() {
  if (broken_) {
    Close();
    return Progress::kClosed;
  }
  if (!writable_) return Progress::kWait;
  const uint64_t left_before = exchange_->response.file().length;
  const uint64_t sent_before = sent_;
  switch (Write()) {
    case Sent::kAll:
      return FinishResponse();
    case Sent::kSlice:
      SetDeadline(After(host_->options().write_timeout));
      return Progress::kDeferred;
    case Sent::kBlocked:
      writable_ = false;
      // The timeout is for a client that takes nothing, not for a long response.
      if (sent_ != sent_before || exchange_->response.file().length != left_before ||
          deadline_ns_.load(std::memory_order_relaxed) == TimerWheel::kNever) {
        SetDeadline(After(host_->options().write_timeout));
      }
      if (!watches_writable_) {
        watches_writable_ = true;
        host_->WatchWritable(this);
      }
      return Progress::kWait;
    case Sent::kFailed:
      break;
  }
  Close();
  return Progress::kClosed;
}

Connection::Progress Connection::FinishResponse() {
  InputBuffer& input = exchange_->input;
  if (!close_after_) {
    input.Consume(request_size_);
    exchange_->NextRequest();
    phase_.store(Phase::kIdle, std::memory_order_relaxed);
    SetDeadline(After(host_->options().keep_alive_timeout));
    return Progress::kGoOn;
  }
  // Closing a socket with unread input resets the connection, and the reset may overtake the
  // response (RFC 9112 section 9.6): then the rest is read away first.
  const bool unread = discard_input_ || must_read_ || input.size() > request_size_;
  if (!unread || end_of_input_ || shutdown(fd_.get(), SHUT_WR) != 0) {
    Close();
    return Progress::kClosed;
  }
  host_->exchanges().Release(std::move(exchange_));
  phase_.store(Phase::kLingering, std::memory_order_relaxed);
  SetDeadline(CoarseNanos() + kLingerNanos);
  must_read_ = true;
  return Progress::kGoOn;
}

Connection::Progress Connection::AdvanceLingering() {
  char discarded[16 * 1024];
  for (size_t slice = 0; must_read_;) {
    if (slice >= kSliceBytes) return Progress::kDeferred;
    const ssize_t got = recv(fd_.get(), discarded, sizeof(discarded), 0);
    if (got > 0) {
      slice += static_cast<size_t>(got);
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && WouldBlock(errno)) {
      must_read_ = false;
      break;
    }
    Close();
    return Progress::kClosed;
  }
  return Progress::kWait;
}

void Connection::Warn(absl::string_view text) const {
  if (!host_->options().on_warning) return;
  host_->options().on_warning(
      absl::StrCat(absl::string_view(peer_.data(), peer_size_), ": ", text));
}

}  // namespace robusto
