// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The part of a connection that answers: running the handler, refusing, and what is told of it.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "robusto/http/connection/connection.h"
#include "robusto/http/io/socket_state.h"
#include "robusto/http/message/status.h"

namespace robusto {
namespace {

// Less than this in the queue and a client that has closed its side is taken for one that sent its
// request and shut its side down at once, which is a way to use HTTP (RFC 9112 section 9.6).
constexpr int64_t kSuspectAfterNanos = 20'000'000;
// When to look again whether a client that was asked is there: two round trips, within limits.
constexpr int64_t kMaxAskNanos = 500'000'000;
// A body up to this is copied behind the head: less than what gathering two buffers costs.
constexpr size_t kCopiedBodyBytes = 1024;
// When the next piece of a stream for which the queue had no room is offered again.
constexpr int64_t kRetryNanos = 50'000'000;

// The client's choice, cut to what is safe in a log, a header and a terminal.
bool IsRequestId(absl::string_view id) {
  if (id.empty() || id.size() > 64) return false;
  for (char c : id) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) &&
        std::strchr("-_.:+/=", c) == nullptr) {
      return false;
    }
  }
  return true;
}

}  // namespace

// --- The request ---

Request Connection::MakeRequestHead() const {
  Request request(exchange_->input.data(), &exchange_->parser.head(), {},
                  {peer_.data(), peer_size_});
  Request::Origin origin;
  origin.connection = serial_;
  origin.number = requests_.load(std::memory_order_relaxed);
  origin.body_complete = !exchange_->in.partial;
  if (has_peer_uid_) origin.peer_uid = peer_uid_;
  if (const std::string& name = host_->options().request_id_header; !name.empty()) {
    const absl::string_view sent = request.Header(name).value_or("");
    if (IsRequestId(sent)) origin.sent_id = sent;
  }
  request.SetOrigin(origin);
  return request;
}

Request Connection::MakeRequest() const {
  const RequestHead& head = exchange_->parser.head();
  const size_t head_size = exchange_->parser.head_size();
  Request request = MakeRequestHead();
  request.SetBody(head.chunked
                      ? absl::string_view(exchange_->body)
                      : exchange_->input.view().substr(head_size, exchange_->in.size - head_size));
  return request;
}

// --- Task ---

void Connection::Run() {
  if (!exchange_->out.streaming) {
    if (ClientIsGone()) return;
    if (held_back_ && !host_->AnswersSoon()) PushHeldBack();
    phase_.store(Phase::kHandling, std::memory_order_relaxed);
    const bool timed = exchange_->began_ns != 0;
    const int64_t begin_ns = timed ? host_->clock().Nanos() : 0;
    const auto count_time = [&] {
      if (timed) exchange_->handled_ns += host_->clock().Nanos() - begin_ns;
    };
    try {
      if (!Handle()) {
        count_time();
        return;
      }
    } catch (...) {
      count_time();
      ResponseWriter& response = exchange_->response;
      response.Reset();
      response.Error(500);
      response.CloseConnection();
      BeginResponse();
      broken_ = broken_ || Write() == Sent::kFailed;
      throw;  // to be counted and reported by the pool
    }
    count_time();
    BeginResponse();
  }
  phase_.store(Phase::kWriting, std::memory_order_relaxed);
  // What is left is sent by Release, when nobody can Cancel any more: closing belongs there.
  broken_ = broken_ || WriteFromWorker() == Sent::kFailed;
}

bool Connection::ClientIsGone() {
  if (!read_dry_ && (word_.load(std::memory_order_relaxed) & kOwnershipMask) != kOwnedAgain) {
    return false;
  }
  Exchange::Incoming& in = exchange_->in;
  const auto drop = [this] {
    host_->counters().CountRefusal("client_gone");
    broken_ = true;
    phase_.store(Phase::kWriting, std::memory_order_relaxed);
    return true;
  };
  if (IsDead(fd_.get())) return drop();
  const bool half_closed = PeekInput(fd_.get()) == NextInput::kEnd;
  if (!half_closed || in.asked_if_alive || exchange_->parser.head().minor_version == 0 ||
      host_->clock().CoarseNanos() - in.ready_ns < kSuspectAfterNanos) {
    return false;
  }
  // A client that closed its socket and one that only shut down its sending side look the same: TCP
  // tells them apart when something is sent. An interim response is something that every client
  // of HTTP/1.1 skips (RFC 9110 section 15.2), and a closed socket answers with a reset.
  in.asked_if_alive = true;
  const ssize_t sent = send(fd_.get(), kContinueResponse.data(), kContinueResponse.size(),
                            MSG_NOSIGNAL | MSG_DONTWAIT);
  const bool whole = sent < 0 || static_cast<size_t>(sent) == kContinueResponse.size();
  if (!whole || IsDead(fd_.get())) return drop();
  tcp_info info;
  socklen_t size = sizeof(info);
  if (getsockopt(fd_.get(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
  const int64_t round_trips_ns = int64_t{2'000} * info.tcpi_rtt;
  // So near that the reset would be here.
  if (round_trips_ns < 1'000'000) return false;
  phase_.store(Phase::kPaused, std::memory_order_relaxed);
  SetDeadline(host_->clock().CoarseNanos() + std::min(round_trips_ns, kMaxAskNanos));
  return true;
}

bool Connection::Handle() {
  ResponseWriter& response = exchange_->response;
  if (response.receiver() == nullptr) host_->handler()(MakeRequest(), response);
  if (response.receiver() != nullptr) return Deliver();
  return true;
}

bool Connection::Deliver() {
  ResponseWriter& response = exchange_->response;
  const bool last = !exchange_->in.partial;
  if (response.receiver()(MakeRequest().body(), last, response) && !last) {
    exchange_->in.delivered = true;
    phase_.store(Phase::kBody, std::memory_order_relaxed);
    return false;
  }
  return true;
}

bool Connection::Continues() const {
  return exchange_->out.streaming || exchange_->response.receiver() != nullptr;
}

void Connection::Reject(RejectReason reason) {
  rejected_ = true;
  if (exchange_->out.streaming) {
    // The response is on its way: what was promised is kept when there is room again.
    host_->counters().CountRefusal("stream_delayed");
    if (reason == RejectReason::kStopped) {
      broken_ = true;
      phase_.store(Phase::kWriting, std::memory_order_relaxed);
    } else {
      phase_.store(Phase::kPaused, std::memory_order_relaxed);
      SetDeadline(host_->clock().CoarseNanos() + kRetryNanos);
    }
    return;
  }
  const bool for_good = reason == RejectReason::kDraining || reason == RejectReason::kStopped;
  const bool close = for_good || exchange_->in.partial;
  exchange_->response.Reset();
  RespondWithError(503, RejectReasonName(reason), close);
}

void Connection::Cancel(CancelLevel level) {
  cancelled_.store(true, std::memory_order_relaxed);
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
  const Request request = MakeRequestHead();
  description.request_id = request.id();
  description.label = absl::StrCat(request.method_name(), " ", request.target());
  description.peer = std::string(request.peer());
  description.phase =
      phase_.load(std::memory_order_relaxed) == Phase::kWriting ? "writing" : "handling";
  return description;
}

// --- The response ---

void Connection::Refuse(int status, absl::string_view reason) {
  Warn(absl::StrCat(status, " ", reason));
  RespondWithError(status, reason, /*close=*/true);
}

void Connection::RespondWithError(int status, absl::string_view reason, bool close) {
  host_->counters().CountRefusal(reason);
  ResponseWriter& response = exchange_->response;
  response.Error(status, reason);
  response.SetHeader("X-Robusto-Reason", reason);
  if (status == 503) response.SetHeader("Retry-After", absl::StrCat(host_->RetryAfterSeconds()));
  if (close) {
    response.CloseConnection();
    discard_input_ = status != 503;
  }
  exchange_->out.refusal = reason;
  BeginResponse();
}

void Connection::BeginResponse() {
  const Phase before = phase_.load(std::memory_order_relaxed);
  const ServerOptions& options = host_->options();
  ResponseWriter& response = exchange_->response;
  Exchange::Outgoing& out = exchange_->out;
  response.receiver() = nullptr;
  ResponseFacts facts;
  const RequestHead& head = exchange_->parser.head();
  // Known as soon as the request line is, whatever was wrong after it.
  facts.head = head.method == Method::kHead;
  if (!discard_input_) {
    facts.minor_version = head.minor_version;
    close_after_ = !head.keep_alive;
  }
  const bool last_one =
      options.max_parked_connections == 0 ||
      (options.max_requests_per_connection != 0 &&
       requests_.load(std::memory_order_relaxed) >= options.max_requests_per_connection);
  // The rest of a body that nobody wants cannot be told from a request but by reading all of it.
  close_after_ |= response.close() || discard_input_ || exchange_->in.partial || last_one ||
                  cancelled_.load(std::memory_order_relaxed) || host_->draining();
  const bool has_body = ResponseHasBody(response.status(), facts.head);
  if (has_body && response.streams()) {
    out.streaming = true;
    out.chunked = !response.stream_length().has_value() && facts.minor_version > 0;
    out.stream_left = response.stream_length().value_or(~uint64_t{0});
    close_after_ |= !response.stream_length().has_value() && !out.chunked;
  }
  facts.keep_alive = !close_after_;
  facts.now = std::time(nullptr);
  facts.server = options.server_name;
  if (!options.request_id_header.empty()) {
    response.SetHeader(options.request_id_header, MakeRequestHead().id());
  }
  AppendResponseHead(response, facts, &exchange_->output);
  out.begun = true;
  out.head_bytes = exchange_->output.size();
  if (!has_body) {
    response.DropBody();
  } else if (response.body().size() <= kCopiedBodyBytes) {
    exchange_->output.append(response.body().data(), response.body().size());
    response.mutable_body().clear();
  }
  if (!out.streaming) host_->counters().CountResponse(response.status());
  phase_.store(Phase::kWriting, std::memory_order_relaxed);
  // A worker that is about to write needs no deadline yet: it sets one when the socket is full.
  if (before != Phase::kHandling) SetDeadline(host_->clock().After(options.write_timeout));
}

void Connection::ReportAccess() const {
  const Exchange::Outgoing& out = exchange_->out;
  const Request request = MakeRequestHead();
  AccessRecord record;
  record.took = absl::Nanoseconds(host_->clock().Nanos() - exchange_->began_ns);
  record.began = absl::Now() - record.took;
  record.handled_in = absl::Nanoseconds(exchange_->handled_ns);
  record.peer = request.peer();
  record.request_id = request.id();
  record.method = request.method_name();
  record.target = request.target();
  record.minor_version = request.minor_version();
  record.referer = request.Header("Referer").value_or("");
  record.user_agent = request.Header("User-Agent").value_or("");
  if (out.begun) {
    record.status = exchange_->response.status();
    record.body_bytes = out.sent > out.head_bytes ? out.sent - out.head_bytes : 0;
  }
  record.complete = out.complete;
  record.reason = out.refusal;
  try {
    host_->options().on_access(record);
  } catch (...) {
    Warn("on_access has thrown");
  }
}

void Connection::Warn(absl::string_view text) const {
  host_->Warn(absl::StrCat(absl::string_view(peer_.data(), peer_size_), ": ", text));
}

}  // namespace robusto
