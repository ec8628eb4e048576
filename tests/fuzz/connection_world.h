// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// World: a connection and everything around it for connection_fuzz.cc: a client that may do what it
// likes, an event loop and a pool that do what they are told, and a handler whose answer hangs on
// the path. What can be seen to be wrong at once aborts.
//
//   World world;
//   world.Send("GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
//   world.TellReadable();                  // the event; what follows from it has happened then
//   Verdict verdict = world.Finish();      // what came of it all, once the client has taken it
//
// Thread-safety: none; there is one thread.

#ifndef ROBUSTO_TESTS_FUZZ_CONNECTION_WORLD_H_
#define ROBUSTO_TESTS_FUZZ_CONNECTION_WORLD_H_

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "robusto/http/connection/connection.h"
#include "robusto/http/io/unique_fd.h"
#include "robusto/http/message/chunked_decoder.h"
#include "tests/http/connection/connection_fixture.h"

namespace robusto {

inline constexpr absl::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// More than fits between the connection and a client that does not read.
inline constexpr size_t kBigBody = 20'000;
inline constexpr size_t kFileBody = 15'000;

inline void Require(bool condition) {
  if (!condition) std::abort();
}

inline std::string Describe(const Request& request) {
  return absl::StrCat(request.method_name(), " ", request.target(), " @", request.host(), " ",
                      request.body());
}

inline int SharedFile() {
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

// A connection, its client, its event loop and its pool.
class World {
 public:
  World() {
    host_.server_options.parser = FakeHost::Limits().first;
    host_.server_options.max_body_bytes = FakeHost::Limits().second.max_body;
    // Larger ones come in pieces, and nothing else may be different.
    host_.server_options.body_buffer = 100;
    host_.error_pages = std::make_shared<const ErrorResponses>();
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
    connection_.SetSlot(&host_, 0);
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
    if (connection_.OnEvent(connection_.generation(), readiness) == Handoff::kToPool)
      queued_ = true;
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
    if (connection_.OnTimer(now_ns) == Handoff::kToPool) queued_ = true;
    Settle();
  }
  void Drain() {
    host_.drains = true;
    if (connection_.OnDrain() == Handoff::kToPool) queued_ = true;
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
    if (!source_.expired()) {
      RejectStream(reason);
      return;
    }
    const bool head = absl::StartsWith(connection_.Describe().label, "HEAD ");
    answers_.push_back({503, head});
    TaskPtr task(&connection_);
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
    bool to_the_end = false;  // of the connection: an HTTP/1.0 client's stream
  };

  // A stream that has begun is not rejected but delayed, or cut when there is no pool any more.
  void RejectStream(RejectReason reason) {
    may_be_cut_ |= reason == RejectReason::kStopped;
    TaskPtr task(&connection_);
    task->Reject(reason);
    task.reset();
    Settle();
    if (reason == RejectReason::kStopped) return;
    if (connection_.OnTimer(std::numeric_limits<int64_t>::max() - 1) == Handoff::kToPool)
      queued_ = true;
    Settle();
  }

  void Handle(const Request& request, ResponseWriter& response) {
    if (request.body_complete()) {
      Answer200(request.path(), request.method(), request.minor_version(), Describe(request),
                response);
      return;
    }
    response.ReceiveBody(
        [this, path = std::string(request.path()), method = request.method(),
         minor = request.minor_version(), target = std::string(request.target()),
         name = std::string(request.method_name()), host = std::string(request.host()),
         body = std::string()](absl::string_view piece, bool last, ResponseWriter& answer) mutable {
          body.append(piece.data(), piece.size());
          if (last) {
            Answer200(path, method, minor, absl::StrCat(name, " ", target, " @", host, " ", body),
                      answer);
          }
          return true;
        });
  }

  // Three pieces, one of them empty and one longer than the socket takes at once.
  BodySource MakeSource(bool throws) {
    auto alive = std::make_shared<int>(0);
    source_ = alive;
    return [this, throws, alive](std::string* piece) {
      Require(piece->empty());
      switch ((*alive)++) {
        case 0:
          *piece = "one";
          return true;
        case 1:
          return true;
        default:
          if (throws) {
            may_be_cut_ = true;
            throw std::runtime_error("thrown");
          }
          piece->assign(kBigBody, 's');
          return false;
      }
    };
  }

  void Answer200(absl::string_view path, Method method, int minor_version,
                 const std::string& description, ResponseWriter& response) {
    handled_.push_back(description);
    answers_.push_back({200, method == Method::kHead});
    int& status = answers_.back().status;
    response.Write(handled_.back());
    if (path == "/big") response.Write(std::string(kBigBody, 'b'));
    if (path == "/file") response.WriteFile(UniqueFd(dup(SharedFile())), 0, kFileBody);
    if (path == "/known") response.Stream(MakeSource(false), kBigBody + 3);
    if (path == "/chunks" || path == "/fails") {
      response.Stream(MakeSource(path == "/fails"));
      answers_.back().to_the_end = minor_version == 0;
    }
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
    const TaskPtr task(&connection_);
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
        queued_ = connection_.Resume() == Handoff::kToPool;
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
      const bool chunked = absl::StrContains(head, "\r\nTransfer-Encoding: chunked\r\n");
      const bool to_the_end =
          status == 200 && answered <= answers_.size() && answers_[answered - 1].to_the_end;
      Require(!(chunked && to_the_end));
      Require((field == head.npos) == (status == 204 || status == 304 || chunked || to_the_end));
      if (field != head.npos) {
        const absl::string_view value = head.substr(field + 18);
        Require(absl::SimpleAtoi(value.substr(0, value.find('\r')), &length));
        Require(value.find("\r\nContent-Length: ") == value.npos);
      }
      Require(chunked == absl::StrContains(head, "\r\nTransfer-Encoding: "));
      if (to_the_end) Require(verdict.closes);
      if (no_body) {
        length = 0;
      } else if (to_the_end) {
        length = rest.size();
      } else if (chunked) {
        ChunkedLimits limits;
        limits.max_body = 10 * kBigBody;
        ChunkedDecoder decoder(limits);
        std::string body;
        const ChunkedDecoder::Progress progress = decoder.Decode(rest, &body);
        Require(progress.result != ParseResult::kBad);
        length = progress.result == ParseResult::kComplete ? progress.consumed : rest.size() + 1;
      }
      cut = length > rest.size();
      if (cut && host_.closed > 0) verdict.closes = true;
      rest.remove_prefix(std::min(length, rest.size()));
    }
    // (C2): every request is answered.
    Require(may_be_cut_ || (!cut && answered >= answers_.size()));
    return verdict;
  }

  FakeHost host_;
  Connection connection_;
  UniqueFd client_;
  bool hold_ = false;
  bool queued_ = false;          // the pool has it
  bool may_be_cut_ = false;      // the last response need not be whole
  std::weak_ptr<int> source_;    // alive while a stream is on its way
  std::vector<Answer> answers_;  // that were given, in order, but for refusals
  std::vector<std::string> handled_;
  std::string received_;
};

}  // namespace robusto

#endif  // ROBUSTO_TESTS_FUZZ_CONNECTION_WORLD_H_
