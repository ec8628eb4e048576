// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The part of a connection that answers: running the handler, refusing, and reporting both.

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

// A body up to this is copied behind the head: less than what gathering two buffers costs.
constexpr size_t kCopiedBodyBytes = 1024;
// When the next turn of a file or a stream for which the queue had no room is offered again.
constexpr int64_t kRetryNanos = 50'000'000;

// Accepts an id that the client chose only if it is safe in a log, a header and a terminal.
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
  if (exchange_->in.head_check == Exchange::HeadCheckState::kPending) {
    origin.body_complete =
        exchange_->parser.head().content_length.value_or(0) <= host_->options().body_buffer;
  } else {
    origin.body_complete = !exchange_->in.partial;
  }
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
  if (!exchange_->out.begun) {
    if (ClientIsGone()) {
      host_->counters().CountRefusal("client_gone");
      SetPhase(Phase::kClosing);
      return;
    }
    if (writing_.corked && !host_->ExpectsFastResponse()) Uncork();
    SetPhase(Phase::kHandling);
    switch (RunHandler()) {
      case HandlerResult::kReadOn:
        return;
      case HandlerResult::kRespond:
        break;
    }
    if (Charge(exchange_->response.body().size(), &exchange_->charged_output)) {
      BeginResponse();
    } else {
      RespondWithError(503, "memory", KeepAlive::kKeep);
    }
  }
  SetPhase(Phase::kWriting);
  const uint64_t sent_before = exchange_->out.sent;
  const SendResult sent = WriteTurn();
  if (has_file_slot_) ReleaseFileSlot();
  switch (sent) {
    case SendResult::kAll:
    case SendResult::kSlice:
      break;  // Done goes on
    case SendResult::kNoSlot:
      // The head was sent for the file's first bytes to follow at once.
      Uncork();
      break;
    case SendResult::kBlocked:
      // Registered anew, which reports at once what is writable by now: nothing sends again before an
      // event does.
      writing_.watched = false;
      static_cast<void>(AwaitWritable(sent_before));
      break;
    case SendResult::kFailed:
      // Not closed here: Cancel may still use the descriptor. Done closes it.
      SetPhase(Phase::kClosing);
      break;
  }
}

bool Connection::ClientIsGone() const {
  // Only an event that came while the request waited can tell it.
  const bool event = reading_.read_until_eagain ||
                     (ownership_.load(std::memory_order_relaxed) & kOwnershipMask) == kOwnedAgain;
  // A client that has shut down its sending side still reads (RFC 9112 section 9.6), and cannot be
  // told from one that has closed its socket until something is sent: it is answered.
  return event && IsDead(fd_.get());
}

Connection::HandlerResult Connection::RunHandler() {
  ResponseWriter& response = exchange_->response;
  const bool timed = exchange_->began_ns != 0;
  const int64_t begin_ns = timed ? host_->clock().Nanos() : 0;
  const auto count_time = [&] {
    if (timed) exchange_->handled_ns += host_->clock().Nanos() - begin_ns;
  };
  try {
    if (response.receiver() == nullptr) {
      response.SetErrorPage(&host_->options().error_page);
      switch (CheckHead()) {
        case HeadDecision::kRespond:
          count_time();
          return HandlerResult::kRespond;
        case HeadDecision::kReadBody:
          break;
      }
      if (exchange_->in.head_check == Exchange::HeadCheckState::kPending) {
        exchange_->in.head_check = Exchange::HeadCheckState::kPassed;
        exchange_->in.partial = false;
        BeginBody();
        count_time();
        return HandlerResult::kReadOn;
      }
      host_->handler()(MakeRequest(), response);
    }
    const HandlerResult result =
        response.receiver() != nullptr ? Deliver() : HandlerResult::kRespond;
    count_time();
    return result;
  } catch (...) {
    count_time();
    response.Reset();
    response.Error(500);
    response.CloseConnection();
    BeginResponse();
    if (WriteTurn() == SendResult::kFailed) SetPhase(Phase::kClosing);
    if (has_file_slot_) ReleaseFileSlot();
    throw;  // the pool counts and reports it
  }
}

HeadDecision Connection::CheckHead() {
  const RequestHead& head = exchange_->parser.head();
  const bool has_body = head.chunked || head.content_length.value_or(0) > 0;
  if (!has_body || !host_->handler().has_head_check() ||
      exchange_->in.head_check == Exchange::HeadCheckState::kPassed) {
    return HeadDecision::kReadBody;
  }
  ResponseWriter& response = exchange_->response;
  const HeadDecision decision = host_->handler().OnHead(MakeRequestHead(), response);
  if (decision == HeadDecision::kReadBody) response.Reset();
  return decision;
}

Connection::HandlerResult Connection::Deliver() {
  ResponseWriter& response = exchange_->response;
  const bool last = !exchange_->in.partial;
  // Held here while it runs: it may call ReceiveBody, which replaces the one in `response`.
  BodyReceiver receiver = std::move(response.receiver());
  response.receiver() = nullptr;
  const bool wants_more = receiver(MakeRequest().body(), last, response);
  if (!wants_more || last) return HandlerResult::kRespond;
  if (response.receiver() == nullptr) response.receiver() = std::move(receiver);
  exchange_->in.delivered = true;
  SetPhase(Phase::kBody);
  return HandlerResult::kReadOn;
}

bool Connection::Continues() const {
  return exchange_->out.begun || exchange_->response.receiver() != nullptr ||
         exchange_->in.head_check == Exchange::HeadCheckState::kPassed;
}

void Connection::Reject(RejectReason reason) {
  rejected_ = true;
  if (exchange_->out.begun) {
    // The response is on its way: it goes on when there is room again.
    host_->counters().CountRefusal("stream_delayed");
    if (reason == RejectReason::kStopped) {
      SetPhase(Phase::kClosing);
    } else {
      SetPhase(Phase::kPaused);
      SetDeadline(host_->clock().CoarseNanos() + kRetryNanos);
    }
    return;
  }
  const bool for_good = reason == RejectReason::kDraining || reason == RejectReason::kStopped;
  RespondWithError(503, RejectReasonName(reason),
                   for_good || exchange_->in.partial ? KeepAlive::kLastResponse : KeepAlive::kKeep);
}

void Connection::Cancel(CancelLevel level) {
  cancelled_.store(true, std::memory_order_relaxed);
  // The descriptor is open: only Done closes it, and Done runs later.
  shutdown(fd_.get(), level == CancelLevel::kGentle ? SHUT_RD : SHUT_RDWR);
}

void Connection::Done() {
  if (rejected_) {
    // Going on here would recurse into the pool, which is in the middle of rejecting.
    rejected_ = false;
    host_->Defer(this);
    return;
  }
  if (Drive() == Handoff::kToPool) host_->Submit(this);
}

TaskDescription Connection::Describe() const {
  TaskDescription description;
  const Request request = MakeRequestHead();
  description.request_id = request.id();
  description.label = absl::StrCat(request.method_name(), " ", request.target());
  description.peer = std::string(request.peer());
  description.phase = phase() == Phase::kWriting ? "writing" : "handling";
  return description;
}

// --- The response ---

void Connection::FailRequest(int status, absl::string_view reason) {
  Warn(absl::StrCat(status, " ", reason));
  RespondWithError(status, reason, KeepAlive::kLastResponse);
}

void Connection::RespondWithError(int status, absl::string_view reason, KeepAlive keep_alive) {
  host_->counters().CountRefusal(reason);
  ResponseWriter& response = exchange_->response;
  DisposeOfUserState();
  host_->error_responses()->Fill(status, reason, &response);
  response.SetHeader("X-Robusto-Reason", reason);
  if (status == 503) response.SetHeader("Retry-After", absl::StrCat(host_->RetryAfterSeconds()));
  if (keep_alive == KeepAlive::kLastResponse) {
    response.CloseConnection();
    reading_.discard = status != 503 || exchange_->in.partial || phase() == Phase::kHead ||
                       phase() == Phase::kBody;
  }
  exchange_->out.refusal = reason;
  BeginResponse();
}

void Connection::BeginResponse() {
  const Phase before = phase();
  const ServerOptions& options = host_->options();
  ResponseWriter& response = exchange_->response;
  Exchange::Outgoing& out = exchange_->out;
  response.receiver() = nullptr;
  ResponseHeadInputs inputs;
  const RequestHead& head = exchange_->parser.head();
  // Known as soon as the request line is, even if what follows it is invalid.
  inputs.head = head.method == Method::kHead;
  bool last_response = false;
  if (!reading_.discard) {
    inputs.minor_version = head.minor_version;
    last_response = !head.keep_alive;
  }
  const bool limit_reached =
      options.max_parked_connections == 0 ||
      (options.max_requests_per_connection != 0 &&
       requests_.load(std::memory_order_relaxed) >= options.max_requests_per_connection);
  // An unread request body is indistinguishable from the next request, so the connection must close.
  last_response |= response.close() || reading_.discard || exchange_->in.partial || limit_reached ||
                   cancelled_.load(std::memory_order_relaxed) || host_->draining();
  const bool has_body = ResponseHasBody(response.status(), inputs.head);
  if (has_body && response.streams()) {
    out.body = Exchange::Body::kStream;
    out.chunked = !response.stream_length().has_value() && inputs.minor_version > 0;
    out.stream_left = response.stream_length().value_or(~uint64_t{0});
    last_response |= !response.stream_length().has_value() && !out.chunked;
  } else if (has_body && response.file().fd.valid()) {
    out.body = Exchange::Body::kFile;
  }
  keep_alive_ = last_response ? KeepAlive::kLastResponse : KeepAlive::kKeep;
  inputs.keep_alive = !last_response;
  inputs.now = std::time(nullptr);
  inputs.server = options.server_name;
  if (!options.request_id_header.empty()) {
    response.SetHeader(options.request_id_header, MakeRequestHead().id());
  }
  AppendResponseHead(response, inputs, &exchange_->output);
  out.begun = true;
  out.head_bytes = exchange_->output.size();
  if (!has_body) {
    response.DropBody();
  } else if (out.body == Exchange::Body::kMemory && response.body().size() <= kCopiedBodyBytes) {
    exchange_->output.append(response.body().data(), response.body().size());
    response.mutable_body().clear();
  }
  if (out.body != Exchange::Body::kStream) host_->counters().CountResponse(response.status());
  SetPhase(Phase::kWriting);
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
