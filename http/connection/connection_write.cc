// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The part of a connection that writes, and its end.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
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

// What one turn may send of a stream, or discard of a connection's remaining input, before
// other connections have their turn.
constexpr size_t kSliceBytes = 256 * 1024;
// The same of a file. More, because a turn costs a pass through the queue and perhaps a wake-up of a
// worker, and it delays no other connection: it is not under a lead.
constexpr size_t kFileSliceBytes = 1024 * 1024;
// What a chunk of a stream counts at least: one of a few bytes costs a call of the source and a
// system call, too.
constexpr size_t kMinChunkBytes = 16 * 1024;

// sendfile(2) has no flag against SIGPIPE, and a cancel may shut the socket down under it: without
// this a program that does not ignore the signal would end. Blocked in this worker only.
bool BlockSigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  return pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0;
}

}  // namespace

// --- A worker's turn ---

Connection::SendResult Connection::WriteTurn() {
  switch (exchange_->out.body) {
    case Exchange::Body::kMemory:
      return WriteMemory();
    case Exchange::Body::kFile: {
      SendResult sent = WriteMemory();
      if (sent == SendResult::kAll) sent = WriteFileBody();
      return sent;
    }
    case Exchange::Body::kStream:
      return WriteStream();
  }
  return SendResult::kFailed;
}

Connection::SendResult Connection::WriteStream() {
  Exchange::Outgoing& out = exchange_->out;
  for (size_t slice = 0;;) {
    if (out.position == exchange_->output.size() + exchange_->response.body().size() ||
        out.sent == 0) {
      if (out.source_ended) {
        // Here and not later: its destructor may block, and this is a worker.
        exchange_->response.source() = nullptr;
        return SendResult::kAll;
      }
      if (slice >= kSliceBytes) return SendResult::kSlice;
      if (!NextChunk()) {
        Warn(absl::StrCat("a stream ended before its announced length: ",
                          out.sent == 0 ? "500" : "the response is truncated"));
        return out.sent == 0 ? AnswerUnsent() : SendResult::kFailed;
      }
      // Only now: before, the response could still become another.
      if (out.sent == 0) host_->counters().CountResponse(exchange_->response.status());
      slice += std::max(exchange_->response.body().size(), kMinChunkBytes);
    }
    const SendResult sent = WriteMemory();
    if (sent != SendResult::kAll) return sent;
  }
}

bool Connection::NextChunk() {
  Exchange::Outgoing& out = exchange_->out;
  ResponseWriter& response = exchange_->response;
  std::string& chunk = response.mutable_body();
  chunk.clear();
  // The first chunk goes out together with the head.
  if (out.sent != 0) exchange_->output.clear();
  out.position = 0;
  try {
    out.source_ended = !response.source()(&chunk);
  } catch (...) {
    // Truncated, so that the client sees that it does not have all of it; or 500, when it has
    // nothing of it.
    if (out.sent != 0 || AnswerUnsent() == SendResult::kFailed) SetPhase(Phase::kClosing);
    throw;
  }
  if (!out.chunked) {
    if (chunk.size() >= out.stream_left) {
      chunk.resize(static_cast<size_t>(out.stream_left));
      out.source_ended = true;
    }
    out.stream_left -= chunk.size();
    const bool announced = response.stream_length().has_value();
    return !out.source_ended || !announced || out.stream_left == 0;
  }
  if (!chunk.empty()) {
    char size[16];
    const char* const end = std::to_chars(size, size + sizeof(size), chunk.size(), 16).ptr;
    exchange_->output.append(size, static_cast<size_t>(end - size)).append("\r\n");
    chunk.append("\r\n");
  }
  if (out.source_ended) chunk.append("0\r\n\r\n");
  return true;
}

Connection::SendResult Connection::AnswerUnsent() {
  ResponseWriter& response = exchange_->response;
  exchange_->output.clear();
  exchange_->out = Exchange::Outgoing();
  response.Reset();
  response.Error(500);
  response.CloseConnection();
  BeginResponse();
  return WriteMemory();
}

Connection::SendResult Connection::WriteFileBody() {
  static thread_local const bool blocked = BlockSigpipe();
  static_cast<void>(blocked);
  ResponseWriter::FileRange& file = exchange_->response.mutable_file();
  if (file.length > 0 && !has_file_slot_) {
    has_file_slot_ = host_->file_slots().TryAcquire(host_->MaxFileReaders());
    if (!has_file_slot_) return SendResult::kNoSlot;
  }
  for (size_t slice = 0; file.length > 0;) {
    if (slice >= kFileSliceBytes) return SendResult::kSlice;
    auto offset = static_cast<off_t>(file.offset);
    const ssize_t sent = sendfile(fd_.get(), file.fd.get(), &offset,
                                  std::min<uint64_t>(file.length, kFileSliceBytes));
    if (sent < 0) {
      if (errno == EINTR) continue;
      return SendFailed("sendfile");
    }
    if (sent == 0) {  // truncated, not filled up
      Warn("the response is truncated: the file became shorter");
      return SendResult::kFailed;
    }
    file.offset += static_cast<uint64_t>(sent);
    file.length -= static_cast<uint64_t>(sent);
    slice += static_cast<size_t>(sent);
    CountSent(static_cast<uint64_t>(sent));
  }
  // Here and not later: close(2) may block, and this is a worker.
  file.fd.reset();
  return SendResult::kAll;
}

void Connection::ReleaseFileSlot() {
  has_file_slot_ = false;
  const absl::optional<FileSlots::Waiter> waiter = host_->file_slots().Release();
  if (waiter.has_value() &&
      waiter->connection->OnFileSlot(waiter->generation) == Handoff::kToPool) {
    host_->Submit(waiter->connection);
  }
}

// --- Any owner ---

bool Connection::MayCork() const {
  // Pipelined requests (RFC 9112 section 9.3.2) that are all here: most of them would cost a segment
  // for each small response.
  return exchange_->input.size() > exchange_->in.size && !exchange_->in.partial &&
         keep_alive_ == KeepAlive::kKeep && exchange_->out.body != Exchange::Body::kStream &&
         host_->ExpectsFastResponse();
}

void Connection::Uncork() {
  writing_.corked = false;
  // It is set already; setting it sends what waits (tcp(7)). Nothing waits in a unix socket.
  const int on = 1;
  setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

Connection::SendResult Connection::WriteMemory() {
  const std::string& output = exchange_->output;
  uint64_t& position = exchange_->out.position;
  ResponseWriter& response = exchange_->response;
  const bool file = exchange_->out.body == Exchange::Body::kFile;
  const absl::string_view body = file ? absl::string_view() : response.body();
  // What is sent with MSG_MORE the kernel keeps for at most 200 ms, or a retransmission timeout where
  // that is longer: so long a response waits when the handler of the next request is slower than
  // most. Nothing follows the head of an empty file.
  const bool more = file ? response.file().length > 0 : MayCork();
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
    writing_.corked = more && !file;
    CountSent(static_cast<uint64_t>(sent));
  }
  return SendResult::kAll;
}

bool Connection::NeedsFileSlot() const {
  return exchange_->out.body == Exchange::Body::kFile && exchange_->response.file().length > 0;
}

bool Connection::NeedsWorker() const {
  const Exchange::Outgoing& out = exchange_->out;
  switch (out.body) {
    case Exchange::Body::kMemory:
      return false;
    case Exchange::Body::kFile:
      return exchange_->response.file().length > 0;
    case Exchange::Body::kStream:
      return exchange_->response.source() != nullptr;
  }
  return false;
}

Connection::Progress Connection::AdvanceWriting() {
  if (!writing_.maybe_writable) return Progress::kWait;
  Exchange::Outgoing& out = exchange_->out;
  const uint64_t sent_before = out.sent;
  switch (WriteMemory()) {
    case SendResult::kAll:
      // There is room, and filling it from a file or a source is a worker's work.
      return NeedsWorker() ? QueueTurn() : FinishResponse();
    case SendResult::kBlocked:
      return AwaitWritable(sent_before);
    case SendResult::kSlice:
    case SendResult::kNoSlot:
    case SendResult::kFailed:
      break;
  }
  Close();
  return Progress::kClosed;
}

Connection::Progress Connection::AwaitWritable(uint64_t sent_before) {
  writing_.maybe_writable = false;
  Exchange::Outgoing& out = exchange_->out;
  // The timeout is for a client that takes nothing, not for a long response.
  if (out.sent != sent_before || deadline_ns() == kNever) {
    SetDeadline(host_->clock().After(host_->options().write_timeout));
    out.unacknowledged = UnacknowledgedBytes(fd_.get());
  }
  if (!writing_.watched) {
    writing_.watched = true;
    host_->WatchWritable(this);
  }
  return Progress::kWait;
}

Connection::SendResult Connection::SendFailed(absl::string_view call) const {
  const int error = errno;
  if (WouldBlock(error)) return SendResult::kBlocked;
  if (!IsPeerError(error)) {
    Warn(absl::StrCat("the response is truncated: ", call, ": ", std::strerror(error)));
  }
  return SendResult::kFailed;
}

bool Connection::ClientMadeProgress() {
  // The kernel reports room only when a third of the socket's buffer is empty. That may be a
  // megabyte, for which a client with a slow line needs half a minute.
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
  if (keep_alive_ == KeepAlive::kKeep) {
    input.Consume(static_cast<size_t>(in.size));
    if (input.empty() && !reading_.maybe_readable) {
      ReleaseExchange();
    } else {
      ReleaseCharge(&exchange_->charged_output);
      exchange_->NextRequest();
    }
    SetPhase(Phase::kIdle);
    const int64_t now_ns = host_->clock().CoarseNanos();
    idle_since_ns_.store(now_ns, std::memory_order_relaxed);
    SetDeadline(DeadlineAfter(now_ns, host_->options().keep_alive_timeout));
    return Progress::kContinue;
  }
  // Closing a socket with unread input resets the connection, and the reset may overtake the
  // response (RFC 9112 section 9.6): the remaining input is read and discarded first.
  const bool unread =
      reading_.discard || in.partial || reading_.maybe_readable || input.size() > in.size;
  if (!unread || reading_.end_of_input || shutdown(fd_.get(), SHUT_WR) != 0) {
    Close();
    return Progress::kClosed;
  }
  ReleaseExchange();
  SetPhase(Phase::kLingering);
  const int64_t now_ns = host_->clock().CoarseNanos();
  linger_until_ns_ = DeadlineAfter(now_ns, kLingerTime);
  SetDeadline(DeadlineAfter(now_ns, kLingerGap));
  reading_.maybe_readable = true;
  return Progress::kContinue;
}

Connection::Progress Connection::AdvanceLingering() {
  char discarded[16 * 1024];
  for (size_t slice = 0; reading_.maybe_readable;) {
    const ssize_t got = recv(fd_.get(), discarded, sizeof(discarded), 0);
    if (got > 0) {
      const int64_t now_ns = host_->clock().CoarseNanos();
      if (now_ns >= linger_until_ns_) break;
      SetDeadline(std::min(linger_until_ns_, DeadlineAfter(now_ns, kLingerGap)));
      slice += static_cast<size_t>(got);
      if (slice >= kSliceBytes) return Progress::kDeferred;
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && WouldBlock(errno)) {
      reading_.maybe_readable = false;
      return Progress::kWait;
    }
    break;
  }
  if (!reading_.maybe_readable) return Progress::kWait;
  Close();
  return Progress::kClosed;
}

}  // namespace robusto
