// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The part of a connection that reads: requests are gathered here, without ever waiting, until there
// is something for a worker.

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
// than what is expected spares that.
constexpr size_t kSpareBytes = 64;
// Raw bytes of a chunked body that are read before they are decoded.
constexpr size_t kChunkedReadBytes = 64 * 1024;
// What a BodyReceiver is given at once, but for the end: enough to be worth a turn in the queue.
constexpr uint64_t kPieceBytes = 64 * 1024;

}  // namespace

Connection::Progress Connection::AdvanceReading() {
  if (exchange_ != nullptr && exchange_->in.delivered) TakeDelivered();
  for (;;) {
    if (exchange_ == nullptr && must_read_) {
      exchange_ = host_->exchanges().Acquire();
      exchange_->response.SetErrorPage(&host_->options().error_page);
    }
    if (exchange_ != nullptr && !exchange_->input.empty()) {
      if (exchange_->began_ns == 0 && host_->options().on_access) {
        exchange_->began_ns = host_->clock().Nanos();
      }
      switch (Gather()) {
        case Gathered::kReady:
          exchange_->in.ready_ns = host_->clock().CoarseNanos();
          SetDeadline(TimerWheel::kNever);
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
      SetDeadline(std::min(deadline_ns(), host_->clock().After(kDrainGrace)));
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
      // Up to the limit that makes GatherBody hand it on, where there is one.
      const uint64_t body =
          head.chunked ? kChunkedReadBytes
                       : std::min(*head.content_length - exchange_->in.body_taken,
                                  exchange_->response.receiver() != nullptr
                                      ? kPieceBytes
                                      : std::max(host_->options().body_buffer, kPieceBytes));
      enough = exchange_->parser.head_size() + static_cast<size_t>(body);
    }
    const size_t wanted = std::max(2 * input.size(), kFirstReadBytes);
    input.Reserve(std::max(std::min(wanted, enough), input.size()) + kSpareBytes);
  }
  for (;;) {
    const ssize_t got = recv(fd_.get(), input.room(), input.room_size(), 0);
    if (got > 0) {
      // Less than there was room for: the socket is empty, no need to ask it once more (epoll(7),
      // edge-triggered).
      must_read_ = read_dry_ || static_cast<size_t>(got) == input.room_size();
      input.Commit(static_cast<size_t>(got));
      host_->counters().CountReceived(static_cast<uint64_t>(got));
      return true;
    }
    if (got < 0 && errno == EINTR) continue;
    must_read_ = read_dry_ = false;
    end_of_input_ = got == 0 || !WouldBlock(errno);
    if (got < 0 && end_of_input_ && !IsPeersDoing(errno)) {
      Warn(absl::StrCat("the connection is closed: recv: ", std::strerror(errno)));
    }
    return false;
  }
}

Connection::Gathered Connection::Gather() {
  if (phase_.load(std::memory_order_relaxed) == Phase::kBody) return GatherBody();
  RequestParser& parser = exchange_->parser;
  switch (parser.Parse(exchange_->input.view())) {
    case ParseResult::kPartial:
      // The CRLF that some clients send after a body begins no request.
      if (parser.idle()) {
        exchange_->began_ns = 0;
      } else if (phase_.load(std::memory_order_relaxed) == Phase::kIdle) {
        phase_.store(Phase::kHead, std::memory_order_relaxed);
        SetDeadline(host_->clock().After(host_->options().header_timeout));
      }
      return Gathered::kMore;
    case ParseResult::kBad:
      Refuse(parser.error());
      return Gathered::kBad;
    case ParseResult::kComplete:
      break;
  }
  const RequestHead& head = parser.head();
  requests_.store(requests_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  Exchange::Incoming& in = exchange_->in;
  in.size = parser.head_size();
  if (head.method == Method::kConnect) {
    // A handler's 2xx would make what follows a tunnel (RFC 9110 section 9.3.6).
    Refuse({501, ParseReason::kUnsupportedMethod});
    return Gathered::kBad;
  }
  if (!head.chunked && head.content_length.value_or(0) == 0) return Gathered::kReady;
  if (head.content_length.value_or(0) > host_->options().max_body_bytes) {
    Refuse({413, ParseReason::kBodyTooLarge});
    return Gathered::kBad;
  }
  phase_.store(Phase::kBody, std::memory_order_relaxed);
  in.body_began_ns = host_->clock().CoarseNanos();
  if (head.expect_continue && exchange_->input.size() == in.size) {
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
  Exchange::Incoming& in = exchange_->in;
  const RequestHead& head = exchange_->parser.head();
  const size_t head_size = exchange_->parser.head_size();
  uint64_t gathered;
  if (head.chunked) {
    const ChunkedDecoder::Progress progress =
        exchange_->decoder.Decode(input.view().substr(head_size), &exchange_->body);
    if (progress.result == ParseResult::kBad) {
      Refuse(exchange_->decoder.error());
      return Gathered::kBad;
    }
    if (progress.result == ParseResult::kComplete) {
      in.size = head_size + progress.consumed;
      in.partial = false;
      return Gathered::kReady;
    }
    in.body_received += progress.consumed;
    input.Erase(head_size, progress.consumed);
    gathered = exchange_->body.size();
  } else {
    const uint64_t left = *head.content_length - in.body_taken;
    in.size = head_size + left;
    gathered = input.size() - head_size;
    if (gathered >= left) {
      in.partial = false;
      return Gathered::kReady;
    }
    in.body_received = in.body_taken + gathered;
  }
  const ServerOptions& options = host_->options();
  const bool receives = exchange_->response.receiver() != nullptr;
  if (options.max_body_bytes > options.body_buffer &&
      gathered >= (receives ? kPieceBytes : options.body_buffer)) {
    in.partial = true;
    return Gathered::kReady;
  }
  const double allowed = static_cast<double>(in.body_received) /
                         static_cast<double>(options.min_body_bytes_per_second);
  SetDeadline(Later(in.body_began_ns, options.header_timeout + absl::Seconds(allowed)));
  return Gathered::kMore;
}

void Connection::TakeDelivered() {
  InputBuffer& input = exchange_->input;
  Exchange::Incoming& in = exchange_->in;
  in.delivered = false;
  // The client is not to blame for what the queue and the receiver took.
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
