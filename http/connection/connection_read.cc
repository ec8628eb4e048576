// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The part of a connection that reads: without blocking, until there is work for a worker.

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "robusto/http/connection/connection.h"
#include "robusto/http/io/socket_state.h"
#include "robusto/http/message/status.h"

namespace robusto {
namespace {

constexpr size_t kFirstReadBytes = 4096;
// A read that fills its buffer is followed by one more, which may find nothing: room for a little more
// than what is expected avoids it.
constexpr size_t kSpareBytes = 64;
// Raw bytes of a chunked body that are read before they are decoded.
constexpr size_t kChunkedReadBytes = 64 * 1024;
// What a BodyReceiver is given at a time, except at the end: enough to be worth a turn in the queue.
constexpr uint64_t kDeliveryBytes = 64 * 1024;

}  // namespace

Connection::Progress Connection::AdvanceReading() {
  if (exchange_ != nullptr && exchange_->in.delivered) RemoveDelivered();
  for (;;) {
    if (exchange_ == nullptr && reading_.maybe_readable) {
      exchange_ = host_->exchanges().Acquire();
    }
    if (exchange_ != nullptr && !exchange_->input.empty()) {
      if (exchange_->began_ns == 0 && host_->options().on_access) {
        exchange_->began_ns = host_->clock().Nanos();
      }
      switch (ReadRequest()) {
        case ReadResult::kReady:
          exchange_->in.ready_ns = host_->clock().CoarseNanos();
          SetDeadline(kNever);
          SetPhase(Phase::kQueued);
          return Progress::kReady;
        case ReadResult::kInvalid:
          return Progress::kContinue;
        case ReadResult::kMore:
          break;
      }
    }
    if (!reading_.maybe_readable) break;
    switch (Receive()) {
      case Received::kBytes:
      case Received::kNothing:
        break;
      case Received::kEnd:
        // Part of a request, or none: there is nothing to answer.
        Close();
        return Progress::kClosed;
      case Received::kNoMemory:
        FailRequest(503, "memory");
        return Progress::kContinue;
    }
  }
  if (phase() == Phase::kIdle) {
    if (exchange_ != nullptr && exchange_->input.empty()) ReleaseExchange();
    if (host_->draining()) {
      SetDeadline(std::min(deadline_ns(), host_->clock().After(kDrainGrace)));
    }
  }
  return Progress::kWait;
}

size_t Connection::WantedInputBytes() const {
  const InputBuffer& input = exchange_->input;
  if (input.room_size() > 0) return 0;
  // Doubled each time, so that memory follows what was sent and not what was announced.
  size_t enough = host_->options().parser.max_head_bytes();
  if (phase() == Phase::kBody) {
    const RequestHead& head = exchange_->parser.head();
    // Up to the limit at which ReadBody hands it on, where there is one.
    const uint64_t body =
        head.chunked ? kChunkedReadBytes
                     : std::min(*head.content_length - exchange_->in.body_taken,
                                exchange_->response.receiver() != nullptr
                                    ? kDeliveryBytes
                                    : std::max(host_->options().body_buffer, kDeliveryBytes));
    enough = exchange_->parser.head_size() + static_cast<size_t>(body);
  }
  const size_t wanted = std::max(2 * input.size(), kFirstReadBytes);
  return std::max(std::min(wanted, enough), input.size()) + kSpareBytes;
}

Connection::Received Connection::Receive() {
  InputBuffer& input = exchange_->input;
  if (const size_t wanted = WantedInputBytes(); wanted > 0) {
    if (!Charge(wanted + exchange_->body.capacity(), &exchange_->charged_input)) {
      return Received::kNoMemory;
    }
    input.Reserve(wanted);
  }
  for (;;) {
    const ssize_t got = recv(fd_.get(), input.room(), input.room_size(), 0);
    if (got > 0) {
      // Less than there was room for: the socket is empty, and need not be read once more (epoll(7),
      // edge-triggered).
      reading_.maybe_readable =
          reading_.read_until_eagain || static_cast<size_t>(got) == input.room_size();
      input.Commit(static_cast<size_t>(got));
      host_->counters().CountReceived(static_cast<uint64_t>(got));
      return Received::kBytes;
    }
    if (got < 0 && errno == EINTR) continue;
    reading_.maybe_readable = reading_.read_until_eagain = false;
    if (got < 0 && WouldBlock(errno)) return Received::kNothing;
    reading_.end_of_input = true;
    if (got < 0 && !IsPeerError(errno)) {
      Warn(absl::StrCat("the connection is closed: recv: ", std::strerror(errno)));
    }
    return Received::kEnd;
  }
}

Connection::ReadResult Connection::ReadRequest() {
  if (phase() == Phase::kBody) return ReadBody();
  RequestParser& parser = exchange_->parser;
  switch (parser.Parse(exchange_->input.view())) {
    case ParseResult::kPartial:
      // The CRLF that some clients send after a body begins no request.
      if (parser.idle()) {
        exchange_->began_ns = 0;
      } else if (phase() == Phase::kIdle) {
        SetPhase(Phase::kHead);
        SetDeadline(host_->clock().After(host_->options().header_timeout));
      }
      return ReadResult::kMore;
    case ParseResult::kBad:
      FailRequest(parser.error());
      return ReadResult::kInvalid;
    case ParseResult::kComplete:
      break;
  }
  const RequestHead& head = parser.head();
  requests_.store(requests_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  Exchange::Incoming& in = exchange_->in;
  in.size = parser.head_size();
  if (head.method == Method::kConnect) {
    // A handler's 2xx would make what follows a tunnel (RFC 9110 section 9.3.6).
    FailRequest({501, ParseReason::kUnsupportedMethod});
    return ReadResult::kInvalid;
  }
  if (!head.chunked && head.content_length.value_or(0) == 0) return ReadResult::kReady;
  if (head.content_length.value_or(0) > host_->options().max_body_bytes) {
    FailRequest({413, ParseReason::kBodyTooLarge});
    return ReadResult::kInvalid;
  }
  // A body that is here already needs no turn of its own to be refused.
  const bool here = !head.chunked && exchange_->input.size() - in.size >= *head.content_length;
  if (!here && host_->handler().has_head_check()) {
    in.head_check = Exchange::HeadCheckState::kPending;
    in.partial = true;
    return ReadResult::kReady;
  }
  BeginBody();
  return phase() == Phase::kClosing ? ReadResult::kInvalid : ReadBody();
}

void Connection::BeginBody() {
  Exchange::Incoming& in = exchange_->in;
  SetPhase(Phase::kBody);
  in.body_began_ns = host_->clock().CoarseNanos();
  if (!exchange_->parser.head().expect_continue || exchange_->input.size() != in.size) return;
  // Not worth parking for: a client that does not receive it sends its body after a while anyway
  // (RFC 9110 section 10.1.1). A part of it, however, would be read as a response.
  const ssize_t sent = send(fd_.get(), kContinueResponse.data(), kContinueResponse.size(),
                            MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent > 0 && static_cast<size_t>(sent) < kContinueResponse.size()) SetPhase(Phase::kClosing);
}

Connection::ReadResult Connection::ReadBody() {
  InputBuffer& input = exchange_->input;
  Exchange::Incoming& in = exchange_->in;
  const RequestHead& head = exchange_->parser.head();
  const size_t head_size = exchange_->parser.head_size();
  uint64_t gathered;
  if (head.chunked) {
    const ChunkedDecoder::Progress progress =
        exchange_->decoder.Decode(input.view().substr(head_size), &exchange_->body);
    if (progress.result == ParseResult::kBad) {
      FailRequest(exchange_->decoder.error());
      return ReadResult::kInvalid;
    }
    if (progress.result == ParseResult::kComplete) {
      in.size = head_size + progress.consumed;
      in.partial = false;
      return ReadResult::kReady;
    }
    in.body_received += progress.consumed;
    input.Erase(head_size, progress.consumed);
    if (!Charge(input.size() + exchange_->body.capacity(), &exchange_->charged_input)) {
      FailRequest(503, "memory");
      return ReadResult::kInvalid;
    }
    gathered = exchange_->body.size();
  } else {
    const uint64_t left = *head.content_length - in.body_taken;
    in.size = head_size + left;
    gathered = input.size() - head_size;
    if (gathered >= left) {
      in.partial = false;
      return ReadResult::kReady;
    }
    in.body_received = in.body_taken + gathered;
  }
  const ServerOptions& options = host_->options();
  const bool receives = exchange_->response.receiver() != nullptr;
  if (options.max_body_bytes > options.body_buffer &&
      gathered >= (receives ? kDeliveryBytes : options.body_buffer)) {
    in.partial = true;
    return ReadResult::kReady;
  }
  const double allowed = static_cast<double>(in.body_received) /
                         static_cast<double>(options.min_body_bytes_per_second);
  SetDeadline(DeadlineAfter(in.body_began_ns, options.header_timeout + absl::Seconds(allowed)));
  return ReadResult::kMore;
}

void Connection::RemoveDelivered() {
  InputBuffer& input = exchange_->input;
  Exchange::Incoming& in = exchange_->in;
  in.delivered = false;
  // The time that the queue and the receiver took does not count against the client.
  in.body_began_ns += host_->clock().CoarseNanos() - in.ready_ns;
  if (exchange_->parser.head().chunked) {
    exchange_->body.clear();
    return;
  }
  const size_t head_size = exchange_->parser.head_size();
  const size_t taken = input.size() - head_size;
  in.body_taken += taken;
  input.Erase(head_size, taken);
}

}  // namespace robusto
