// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The half of a connection that answers: running the handler, refusing, writing, and the end.

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"
#include "http/coarse_clock.h"
#include "http/connection.h"
#include "http/status.h"

namespace robusto {
namespace {

// What one turn may send of a file or discard of a connection's rest, before others get theirs.
constexpr size_t kSliceBytes = 1 << 20;
// How long the rest of what a refused client sends is read away, so that it sees the answer rather
// than a reset (RFC 9112 section 9.6).
constexpr int64_t kLingerNanos = 2'000'000'000;

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

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
