// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Looks for bytes and events that a whole connection answers wrongly. The input is what a client
// sends, as it is; kMark and a letter in it is an event, one of Play's, so that an input may cut the
// bytes, end them, let a timer fire, keep a worker waiting, and so on. An input is played three
// times:
//   - its bytes alone, at once: the connection must handle and refuse what RequestParser and
//     ChunkedDecoder, called plainly one after the other, find in them;
//   - its bytes alone, in pieces: everything must come out the same;
//   - with its events.
// Each time all that the client received must be well-framed responses, as many and in the order as
// the handler was called, and nothing may come, or be handled, after the one that says that it is
// the last. See BUILD for how to run it.

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "http/chunked_decoder.h"
#include "http/connection.h"
#include "http/parse_error.h"
#include "http/request_parser.h"
#include "http/unique_fd.h"
#include "tests/http/connection_fixture.h"

namespace {

using robusto::ChunkedDecoder;
using robusto::Method;
using robusto::ParseResult;
using robusto::Readiness;
using robusto::RejectReason;
using robusto::Request;
using robusto::RequestParser;
using robusto::ResponseWriter;
using robusto::UniqueFd;

constexpr char kMark = '\xfe';
constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr int64_t kFarFuture = std::numeric_limits<int64_t>::max() - 1;
// More than fits between the connection and a client that does not read.
constexpr size_t kBigBody = 20'000;
constexpr size_t kFileBody = 15'000;

void Require(bool condition) {
  if (!condition) std::abort();
}

std::string Describe(const Request& request) {
  return absl::StrCat(request.method_name(), " ", request.target(), " @", request.host(), " ",
                      request.body());
}

int SharedFile() {
  static const int fd = [] {
    const int made = memfd_create("body", MFD_CLOEXEC);
    const std::string bytes(kFileBody, 'f');
    Require(write(made, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    return made;
  }();
  return fd;
}

// What should come of a stream of requests.
struct Verdict {
  std::vector<std::string> handled;
  int refusal = 0;  // the status that ends it; 0: none does
  bool closes = false;

  bool operator==(const Verdict& other) const {
    return handled == other.handled && refusal == other.refusal && closes == other.closes;
  }
};

Verdict ReadPlainly(absl::string_view input) {
  const auto [parser_limits, chunked_limits] = robusto::FakeHost::Limits();
  Verdict verdict;
  const auto refuse = [&verdict](int status) {
    verdict.refusal = status;
    verdict.closes = true;
    return verdict;
  };
  while (!input.empty()) {
    RequestParser parser(parser_limits);
    const ParseResult result = parser.Parse(input);
    if (result == ParseResult::kPartial) break;
    if (result == ParseResult::kBad) return refuse(parser.error().status);
    const absl::string_view rest = input.substr(parser.head_size());
    const uint64_t length = parser.head().content_length.value_or(0);
    std::string body;
    size_t body_size = length;
    if (parser.head().chunked) {
      ChunkedDecoder decoder(chunked_limits);
      const ChunkedDecoder::Progress progress = decoder.Decode(rest, &body);
      if (progress.result == ParseResult::kPartial) break;
      if (progress.result == ParseResult::kBad) return refuse(decoder.error().status);
      body_size = progress.consumed;
    } else {
      if (length > chunked_limits.max_body) return refuse(413);
      if (length > rest.size()) break;
      body = std::string(rest.substr(0, length));
    }
    const Request request(input.data(), &parser.head(), body, "");
    verdict.handled.push_back(Describe(request));
    if (!parser.head().keep_alive || request.path() == "/close" || request.path() == "/throw") {
      verdict.closes = true;
      break;
    }
    input = rest.substr(body_size);
  }
  return verdict;
}

// A connection, its client, its event loop and its pool.
class World {
 public:
  World() {
    host_.server_options.parser = robusto::FakeHost::Limits().first;
    host_.server_options.max_body_bytes = robusto::FakeHost::Limits().second.max_body;
    host_.serve = [this](const Request& request, ResponseWriter& response) {
      Handle(request, response);
    };
    int fds[2];
    Require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    const int bytes = 4096;
    setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    client_.reset(fds[1]);
    sockaddr_storage peer = {};
    peer.ss_family = AF_UNIX;
    connection_.SetPlace(&host_, 0);
    connection_.Open(UniqueFd(fds[0]), peer, 1'000'000'000);
  }
  ~World() { connection_.Abort(); }

  void Send(absl::string_view bytes) {
    while (!bytes.empty() && client_.valid()) {
      const ssize_t sent = send(client_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<size_t>(sent));
      } else if (hold_ || (errno != EAGAIN && errno != EWOULDBLOCK)) {
        return;  // lost, as on a network
      } else {
        // The connection reads nothing before its response is taken.
        TellReadable();
        Require(TakeAll());
      }
    }
  }
  void Tell(Readiness readiness) {
    if (connection_.OnEvent(connection_.generation(), readiness)) queued_ = true;
    Settle();
  }
  void TellReadable() {
    Readiness readiness;
    readiness.readable = true;
    Tell(readiness);
  }
  void TellWritable() {
    Readiness readiness;
    readiness.writable = true;
    Tell(readiness);
  }
  void FinishSending() {
    if (client_.valid()) shutdown(client_.get(), SHUT_WR);
    Readiness readiness;  // EPOLLRDHUP
    readiness.readable = readiness.hangup = true;
    Tell(readiness);
  }
  void CloseClient() {
    may_be_cut_ = true;
    TakeOnce();
    client_.reset();
    Readiness readiness;  // EPOLLHUP
    readiness.readable = readiness.hangup = readiness.writable = true;
    Tell(readiness);
  }
  void Timer(int64_t now_ns) {
    may_be_cut_ |= now_ns != 0;
    if (connection_.OnTimer(now_ns)) queued_ = true;
    Settle();
  }
  void Drain() {
    host_.drains = true;
    if (connection_.OnDrain()) queued_ = true;
    Settle();
  }
  // While it holds, requests wait for WorkerTurn or Reject.
  void Hold(bool hold) {
    hold_ = hold;
    Settle();
  }
  void WorkerTurn() {
    if (queued_) Run();
    Settle();
  }
  void Reject(RejectReason reason) {
    if (!queued_) return;
    queued_ = false;
    const bool head = absl::StartsWith(connection_.Describe().label, "HEAD ");
    answers_.push_back({503, head});
    robusto::TaskPtr task(&connection_);
    task->Reject(reason);
    task.reset();
    Settle();
  }
  // The client reads what has come, and the event loop hears that there is room.
  bool TakeOnce() {
    char bytes[64 * 1024];
    if (!client_.valid()) return false;
    const ssize_t got = recv(client_.get(), bytes, sizeof(bytes), 0);
    if (got <= 0) return false;
    received_.append(bytes, static_cast<size_t>(got));
    TellWritable();
    return true;
  }
  bool TakeAll() {
    bool any = false;
    while (TakeOnce()) any = true;
    return any;
  }

  // The end: all is sent and taken. Checks what has come.
  Verdict Finish() {
    Hold(false);
    TellReadable();
    TakeAll();
    const Verdict verdict = CheckResponses();
    FinishSending();
    TakeAll();
    // Whoever sends no more is answered and gone; nothing else came of it.
    Require(host_.closed == 1);
    const Verdict again = CheckResponses();
    Require(again == verdict || may_be_cut_ || host_.drains);
    return verdict;
  }

  // Without what may differ: the time, and whether the client had to be told to go on.
  std::string Received() const {
    std::string text = received_;
    for (size_t at; (at = text.find(kContinue.data())) != std::string::npos;) {
      text.erase(at, kContinue.size());
    }
    for (size_t at = 0; (at = text.find("\r\nDate: ", at)) != std::string::npos; ++at) {
      text.erase(at, text.find("\r\n", at + 2) - at);
    }
    return text;
  }

 private:
  struct Answer {
    int status;
    bool head;
  };

  void Handle(const Request& request, ResponseWriter& response) {
    handled_.push_back(Describe(request));
    answers_.push_back({200, request.method() == Method::kHead});
    int& status = answers_.back().status;
    const absl::string_view path = request.path();
    response.Write(handled_.back());
    if (path == "/big") response.Write(std::string(kBigBody, 'b'));
    if (path == "/file") response.WriteFile(UniqueFd(dup(SharedFile())), 0, kFileBody);
    if (path == "/none") response.SetStatus(status = 204);
    if (path == "/same") response.SetStatus(status = 304);
    if (path == "/close") response.CloseConnection();
    if (path == "/throw") {
      status = 500;
      throw std::runtime_error("thrown");
    }
  }

  void Run() {
    queued_ = false;
    const robusto::TaskPtr task(&connection_);
    try {
      task->Run();
    } catch (const std::exception&) {
    }
  }
  void Settle() {
    for (int turns = 0;; ++turns) {
      Require(turns < 10'000);
      Require(host_.closed <= 1);
      if (!host_.submitted.empty()) {
        Require(host_.submitted.size() == 1 && !queued_);
        host_.submitted.clear();
        queued_ = true;
      } else if (!host_.deferred.empty()) {
        Require(host_.deferred.size() == 1 && !queued_);
        host_.deferred.clear();
        queued_ = connection_.Resume();
      } else if (queued_ && !hold_) {
        Run();
      } else {
        return;
      }
    }
  }

  Verdict CheckResponses() const {
    Verdict verdict;
    verdict.handled = handled_;
    size_t answered = 0;
    absl::string_view rest = received_;
    bool cut = false;
    while (!rest.empty() && !cut) {
      Require(!verdict.closes);
      if (absl::StartsWith(rest, kContinue)) {
        rest.remove_prefix(kContinue.size());
        continue;
      }
      const size_t head_end = rest.find("\r\n\r\n");
      if (head_end == rest.npos) {
        cut = true;
        break;
      }
      const absl::string_view head = rest.substr(0, head_end + 2);
      rest.remove_prefix(head_end + 4);
      int status = 0;
      Require(absl::StartsWith(head, "HTTP/1.1 ") && absl::SimpleAtoi(head.substr(9, 3), &status));
      Require(head[12] == ' ' && status >= 200 && head.find('\0') == head.npos);
      verdict.closes = absl::StrContains(head, "\r\nConnection: close\r\n");
      bool no_body = status == 204 || status == 304;
      if (answered < answers_.size()) {
        Require(status == answers_[answered].status);
        no_body |= answers_[answered].head;
      } else {
        // (C3): nothing after it is read as a request.
        Require(status >= 400 && status != 503 && verdict.closes);
        Require(absl::StrContains(head, "\r\nX-Robusto-Reason: "));
        verdict.refusal = status;
        no_body |= rest.empty();  // it may be HEAD that is refused
      }
      ++answered;
      size_t length = 0;
      const size_t field = head.find("\r\nContent-Length: ");
      Require((field == head.npos) == (status == 204 || status == 304));
      if (field != head.npos) {
        const absl::string_view value = head.substr(field + 18);
        Require(absl::SimpleAtoi(value.substr(0, value.find('\r')), &length));
        Require(value.find("\r\nContent-Length: ") == value.npos);
      }
      Require(!absl::StrContains(head, "\r\nTransfer-Encoding: "));
      if (no_body) length = 0;
      cut = length > rest.size();
      rest.remove_prefix(std::min(length, rest.size()));
    }
    // (C2): every request is answered.
    Require(may_be_cut_ || (!cut && answered >= answers_.size()));
    return verdict;
  }

  robusto::FakeHost host_;
  robusto::Connection connection_;
  UniqueFd client_;
  bool hold_ = false;
  bool queued_ = false;          // the pool has it
  bool may_be_cut_ = false;      // the last response need not be whole
  std::vector<Answer> answers_;  // that were given, in order, but for refusals
  std::vector<std::string> handled_;
  std::string received_;
};

std::string BytesOf(absl::string_view input) {
  std::string bytes;
  for (size_t i = 0; i < input.size(); ++i) {
    if (input[i] != kMark || (++i < input.size() && input[i] == kMark)) bytes += input[i];
  }
  return bytes;
}

void Play(absl::string_view input) {
  World world;
  std::string bytes;
  const auto flush = [&] {
    world.Send(bytes);
    bytes.clear();
  };
  for (size_t i = 0; i < input.size(); ++i) {
    if (input[i] != kMark) {
      bytes += input[i];
      continue;
    }
    if (++i == input.size()) break;
    if (input[i] == kMark) {
      bytes += kMark;
      continue;
    }
    flush();
    switch (input[i]) {
      case 'r':
        world.TellReadable();
        break;
      case 'w':
        world.TellWritable();
        break;
      case 'e':
        world.FinishSending();
        break;
      case 'x':
        world.CloseClient();
        break;
      case 'c':
        world.TakeOnce();
        break;
      case 't':
        world.Timer(kFarFuture);
        break;
      case 'u':
        world.Timer(0);  // before any deadline
        break;
      case 'd':
        world.Drain();
        break;
      case 'h':
        world.Hold(true);
        break;
      case 'g':
        world.Hold(false);
        break;
      case 'k':
        world.WorkerTurn();
        break;
      case 'q':
        world.Reject(RejectReason::kQueueFull);
        break;
      case 's':
        world.Reject(RejectReason::kStopped);
        break;
      default:
        break;
    }
  }
  flush();
  world.Finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const bool ignored = signal(SIGPIPE, SIG_IGN) != SIG_ERR;
  Require(ignored);
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string bytes = BytesOf(input);
  const Verdict want = ReadPlainly(bytes);

  World whole;
  whole.Send(bytes);
  Require(whole.Finish() == want);

  World pieces;
  std::minstd_rand random(static_cast<uint32_t>(size) + 1);
  for (absl::string_view rest = bytes; !rest.empty();) {
    const size_t piece = std::min<size_t>(rest.size(), 1 + random() % 40);
    pieces.Send(rest.substr(0, piece));
    pieces.TellReadable();
    if (random() % 4 == 0) pieces.TakeOnce();
    rest.remove_prefix(piece);
  }
  Require(pieces.Finish() == want);
  Require(pieces.Received() == whole.Received());

  if (bytes.size() != size) Play(input);
  return 0;
}
