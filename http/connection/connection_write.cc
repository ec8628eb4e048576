// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The part of a connection that writes, and the end.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "robusto/http/connection/connection.h"
#include "robusto/http/io/socket_state.h"

namespace robusto {
namespace {

// What one turn may send of a file or a stream, or discard of a connection's rest, before others get
// theirs.
constexpr size_t kSliceBytes = 256 * 1024;
// What a piece of a stream counts at the least: one of a few bytes costs a call of the source and a
// system call, too.
constexpr size_t kLeastPieceBytes = 16 * 1024;

}  // namespace

Connection::Sent Connection::WriteFromWorker() {
  Exchange::Outgoing& out = exchange_->out;
  if (!out.streaming) return Write();
  for (size_t slice = 0;;) {
    if (out.position == exchange_->output.size() + exchange_->response.body().size() ||
        out.sent == 0) {
      if (out.source_ended) return Sent::kAll;
      if (slice >= kSliceBytes) return Sent::kSlice;
      if (!NextPiece()) {
        Warn(absl::StrCat("a stream ended before the length that was announced: ",
                          out.sent == 0 ? "500" : "the response is cut off"));
        return out.sent == 0 ? AnswerUnsent() : Sent::kFailed;
      }
      // Only now: with nothing to send of it, it may still become another.
      if (out.sent == 0) host_->counters().CountResponse(exchange_->response.status());
      slice += std::max(exchange_->response.body().size(), kLeastPieceBytes);
    }
    const Sent sent = Write();
    if (sent != Sent::kAll) return sent;
  }
}

bool Connection::NextPiece() {
  Exchange::Outgoing& out = exchange_->out;
  ResponseWriter& response = exchange_->response;
  std::string& piece = response.mutable_body();
  piece.clear();
  // The first piece goes out together with the head.
  if (out.sent != 0) exchange_->output.clear();
  out.position = 0;
  try {
    out.source_ended = !response.source()(&piece);
  } catch (...) {
    // Cut, so that the client sees that it has not all of it; or told, when it has nothing of it.
    broken_ = broken_ || out.sent != 0 || AnswerUnsent() == Sent::kFailed;
    throw;
  }
  if (!out.chunked) {
    if (piece.size() >= out.stream_left) {
      piece.resize(static_cast<size_t>(out.stream_left));
      out.source_ended = true;
    }
    out.stream_left -= piece.size();
    const bool announced = response.stream_length().has_value();
    return !out.source_ended || !announced || out.stream_left == 0;
  }
  if (!piece.empty()) {
    char size[16];
    const char* const end = std::to_chars(size, size + sizeof(size), piece.size(), 16).ptr;
    exchange_->output.append(size, static_cast<size_t>(end - size)).append("\r\n");
    piece.append("\r\n");
  }
  if (out.source_ended) piece.append("0\r\n\r\n");
  return true;
}

Connection::Sent Connection::AnswerUnsent() {
  ResponseWriter& response = exchange_->response;
  exchange_->output.clear();
  exchange_->out = Exchange::Outgoing();
  response.Reset();
  response.Error(500);
  response.CloseConnection();
  BeginResponse();
  return Write();
}

bool Connection::MayHoldBack() const {
  // Pipelined requests (RFC 9112 section 9.3.2) that are all here: a segment of its own for each
  // small response is what most of them would cost.
  return exchange_->input.size() > exchange_->in.size && !exchange_->in.partial && !close_after_ &&
         !exchange_->out.streaming && host_->AnswersSoon();
}

void Connection::PushHeldBack() {
  held_back_ = false;
  // Set already; setting it sends what waits (tcp(7)). Nothing waits in a unix socket.
  const int on = 1;
  setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

Connection::Sent Connection::Write() {
  const std::string& output = exchange_->output;
  uint64_t& position = exchange_->out.position;
  ResponseWriter& response = exchange_->response;
  const bool file = response.file().fd.valid();
  const absl::string_view body = file ? absl::string_view() : response.body();
  // What is sent with MSG_MORE the kernel holds back, but not for longer than it takes to think that
  // it is lost, which is 200 ms and a round trip at the least: that is how long a response waits when
  // the handler of the next request is slower than most. Nothing comes after the head of an empty file.
  const bool more = file ? response.file().length > 0 : MayHoldBack();
  const int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
  while (position < output.size() + body.size()) {
    const size_t head_left = output.size() - std::min<size_t>(position, output.size());
    const size_t body_left = output.size() + body.size() - position - head_left;
    char* const head_at = const_cast<char*>(output.data()) + output.size() - head_left;
    char* const body_at = const_cast<char*>(body.data()) + body.size() - body_left;
    ssize_t sent;
    if (head_left > 0 && body_left > 0) {
      iovec parts[2] = {{head_at, head_left}, {body_at, body_left}};
      msghdr message = {};
      message.msg_iov = parts;
      message.msg_iovlen = 2;
      sent = sendmsg(fd_.get(), &message, flags);
    } else {
      sent = head_left > 0 ? send(fd_.get(), head_at, head_left, flags)
                           : send(fd_.get(), body_at, body_left, flags);
    }
    if (sent < 0) {
      if (errno == EINTR) continue;
      return SendFailed("send");
    }
    position += static_cast<uint64_t>(sent);
    held_back_ = more && !file;
    CountSent(static_cast<uint64_t>(sent));
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
      return SendFailed("sendfile");
    }
    if (sent == 0) {  // cut off, not made up
      Warn("the response is cut off: the file is shorter than it was");
      return Sent::kFailed;
    }
    file.offset += static_cast<uint64_t>(sent);
    file.length -= static_cast<uint64_t>(sent);
    slice += static_cast<size_t>(sent);
    CountSent(static_cast<uint64_t>(sent));
  }
  return Sent::kAll;
}

Connection::Progress Connection::AdvanceWriting() {
  if (broken_) {
    Close();
    return Progress::kClosed;
  }
  if (!writable_) return Progress::kWait;
  Exchange::Outgoing& out = exchange_->out;
  const uint64_t sent_before = out.sent;
  switch (Write()) {
    case Sent::kAll:
      if (!out.streaming || out.source_ended) return FinishResponse();
      // There is room for the next piece, and making one is a worker's business.
      SetDeadline(TimerWheel::kNever);
      phase_.store(Phase::kQueued, std::memory_order_relaxed);
      return Progress::kReady;
    case Sent::kSlice:
      SetDeadline(host_->clock().After(host_->options().write_timeout));
      return Progress::kDeferred;
    case Sent::kBlocked:
      writable_ = false;
      // The timeout is for a client that takes nothing, not for a long response.
      if (out.sent != sent_before || deadline_ns() == TimerWheel::kNever) {
        SetDeadline(host_->clock().After(host_->options().write_timeout));
        out.unacknowledged = UnacknowledgedBytes(fd_.get());
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

Connection::Sent Connection::SendFailed(absl::string_view call) const {
  const int error = errno;
  if (WouldBlock(error)) return Sent::kBlocked;
  if (!IsPeersDoing(error)) {
    Warn(absl::StrCat("the response is cut off: ", call, ": ", std::strerror(error)));
  }
  return Sent::kFailed;
}

bool Connection::ClientTakes() {
  // That there is room the kernel says only when a third of the socket's buffer is empty. That may be
  // a megabyte, which a client with a slow line takes half a minute for.
  int& before = exchange_->out.unacknowledged;
  const int now = UnacknowledgedBytes(fd_.get());
  if (now >= before) return false;
  before = now;
  SetDeadline(host_->clock().After(host_->options().write_timeout));
  return true;
}

void Connection::CountSent(uint64_t bytes) {
  exchange_->out.sent += bytes;
  host_->counters().CountSent(bytes);
}

Connection::Progress Connection::FinishResponse() {
  InputBuffer& input = exchange_->input;
  Exchange::Incoming& in = exchange_->in;
  exchange_->out.complete = true;
  if (exchange_->began_ns != 0) {
    ReportAccess();
    exchange_->began_ns = 0;
  }
  if (!close_after_) {
    input.Consume(static_cast<size_t>(in.size));
    if (input.empty() && !must_read_) {
      host_->exchanges().Release(std::move(exchange_));
    } else {
      exchange_->NextRequest();
    }
    phase_.store(Phase::kIdle, std::memory_order_relaxed);
    const int64_t now_ns = host_->clock().CoarseNanos();
    idle_since_ns_.store(now_ns, std::memory_order_relaxed);
    SetDeadline(Later(now_ns, host_->options().keep_alive_timeout));
    return Progress::kGoOn;
  }
  // Closing a socket with unread input resets the connection, and the reset may overtake the
  // response (RFC 9112 section 9.6): then the rest is read away first.
  const bool unread = discard_input_ || in.partial || must_read_ || input.size() > in.size;
  if (!unread || end_of_input_ || shutdown(fd_.get(), SHUT_WR) != 0) {
    Close();
    return Progress::kClosed;
  }
  host_->exchanges().Release(std::move(exchange_));
  phase_.store(Phase::kLingering, std::memory_order_relaxed);
  SetDeadline(host_->clock().After(kLingerTime));
  must_read_ = true;
  return Progress::kGoOn;
}

Connection::Progress Connection::AdvanceLingering() {
  char discarded[16 * 1024];
  for (size_t slice = 0; must_read_;) {
    if (slice >= kSliceBytes) {
      // Who sends without a pause is never parked, and no timer finds it.
      if (host_->clock().CoarseNanos() < deadline_ns()) return Progress::kDeferred;
      Close();
      return Progress::kClosed;
    }
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

}  // namespace robusto
