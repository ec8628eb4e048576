// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The fixture of the tests of Connection: one connection at the end of a socket pair, and a fake host
// that only writes down what it is asked for. There is no thread and no pool: each event, timer and
// turn of a worker is a call in the test, and what follows from it has happened when the call
// returns. Time stands still unless the test lets it pass.

#ifndef ROBUSTO_TESTS_HTTP_CONNECTION_CONNECTION_FIXTURE_H_
#define ROBUSTO_TESTS_HTTP_CONNECTION_CONNECTION_FIXTURE_H_

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/http/connection/connection.h"
#include "robusto/http/io/server_clock.h"
#include "tests/testing/http_client.h"

namespace robusto {

class FakeHost final : public ConnectionHost {
 public:
  FakeHost() : ConnectionHost(ServerClock(&now_ns)) {}
  void Submit(Connection* connection) override { submitted.push_back(connection); }
  void Defer(Connection* connection) override { deferred.push_back(connection); }
  void WatchWritable(Connection*) override { ++writable_watches; }
  void ScheduleTimer(Connection*, int64_t at_ns) override { timer_ns = at_ns; }
  void Closed(Connection*) override { ++closed; }
  int RetryAfterSeconds() const override { return 7; }
  bool draining() const override { return drains; }
  void Parked() override { ++parkings; }
  bool ExpectsFastResponse() const override { return answers_soon; }
  int MaxFileReaders() const override { return max_file_readers; }
  void Warn(absl::string_view text) override {
    if (server_options.on_warning) server_options.on_warning(text);
  }
  const ServerOptions& options() const override { return server_options; }
  const Handler& handler() const override { return serve; }
  std::shared_ptr<const ErrorResponses> error_responses() const override { return error_pages; }
  ExchangePool& exchanges() override { return *exchange_pool; }
  FileSlots& file_slots() override { return slots; }
  Disposer& disposer() override { return remains; }
  MemoryBudget& memory() override { return *budget; }
  bool FreeMemory(size_t) override { return false; }
  ServerCounters& counters() override { return server_counters; }

  std::atomic<int64_t> now_ns{1'000'000'000};
  std::vector<Connection*> submitted;
  std::vector<Connection*> deferred;
  int writable_watches = 0;
  int64_t timer_ns = kNever;  // of the last ScheduleTimer
  int closed = 0;
  bool drains = false;
  int parkings = 0;
  bool answers_soon = true;
  int max_file_readers = 1;
  std::shared_ptr<const ErrorResponses> error_pages;  // made by Open
  FileSlots slots;
  Disposer remains;
  std::unique_ptr<MemoryBudget> budget = std::make_unique<MemoryBudget>(size_t{1} << 30);
  ServerCounters server_counters;
  ServerOptions server_options;
  Handler serve;
  std::unique_ptr<ExchangePool> exchange_pool =
      std::make_unique<ExchangePool>(Limits().first, Limits().second);

  static std::pair<ParserLimits, ChunkedLimits> Limits() {
    ParserLimits parser;
    parser.max_request_line = 200;
    parser.max_header_bytes = 400;
    parser.max_fields = 10;
    ChunkedLimits chunked;
    chunked.max_body = 1000;
    return {parser, chunked};
  }
};

class ConnectionTest : public ::testing::Test {
 protected:
  // Later than every deadline that is not kNever.
  static constexpr int64_t kFarFuture = std::numeric_limits<int64_t>::max() - 1;

  ConnectionTest() {
    signal(SIGPIPE, SIG_IGN);  // sendfile(2) has no flag against it
    host_.server_options.parser = FakeHost::Limits().first;
    host_.server_options.max_body_bytes = FakeHost::Limits().second.max_body;
    // Answers with the request, so that a test sees what was understood.
    host_.serve = [this](const Request& request, ResponseWriter& response) {
      ++handled_;
      response.Write(absl::StrCat(request.method_name(), " ", request.target()));
      if (!request.body().empty()) response.Write(absl::StrCat(" ", request.body()));
    };
    connection_.SetSlot(&host_, 0);
  }
  ~ConnectionTest() override { connection_.Abort(); }

  // Opens the connection; small_buffers: a few KiB fill what lies between.
  void Open(bool small_buffers = false) {
    int fds[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    OpenWith(UniqueFd(fds[0]), UniqueFd(fds[1]), small_buffers);
  }
  // The same over TCP, which knows resets and corks.
  void OpenTcp() {
    const UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const int on = 1;  // as the server's listeners have it
    ASSERT_EQ(setsockopt(listener.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), 0);
    ASSERT_EQ(bind(listener.get(), generic, size), 0);
    ASSERT_EQ(listen(listener.get(), 1), 0);
    ASSERT_EQ(getsockname(listener.get(), generic, &size), 0);
    UniqueFd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(connect(client.get(), generic, size), 0);
    fcntl(client.get(), F_SETFL, O_NONBLOCK);
    OpenWith(UniqueFd(accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)),
             std::move(client), /*small_buffers=*/false);
  }

  void Send(absl::string_view bytes) {
    ASSERT_EQ(send(client_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()))
        << std::strerror(errno);
  }
  void FinishSending() { shutdown(client_.get(), SHUT_WR); }

  static Readiness Readable() {
    Readiness readiness;
    readiness.readable = true;
    return readiness;
  }
  static Readiness HungUp() {
    Readiness readiness = Readable();
    readiness.hangup = true;
    return readiness;
  }
  static Readiness Writable() {
    Readiness readiness;
    readiness.writable = true;
    return readiness;
  }

  // An event, and all that follows from it.
  void Event(Readiness readiness) {
    if (connection_.OnEvent(connection_.generation(), readiness) == Handoff::kToPool) Work();
    Settle();
  }
  // What the client sends, and the event that says so.
  void SendAndTell(absl::string_view bytes) {
    Send(bytes);
    Event(Readable());
  }
  // A worker's turn with a connection that has a whole request.
  void Work() {
    const TaskPtr task(&connection_);
    try {
      task->Run();
    } catch (const std::exception& error) {
      thrown_.push_back(error.what());
    }
  }
  // The event loop's and the pool's, until there is nothing left to do.
  void Settle() {
    for (int turns = 0; !host_.submitted.empty() || !host_.deferred.empty(); ++turns) {
      ASSERT_LT(turns, 10'000) << "it never comes to rest";
      if (!host_.submitted.empty()) {
        host_.submitted.clear();
        Work();
      } else {
        host_.deferred.clear();
        if (connection_.Resume() == Handoff::kToPool) Work();
      }
    }
  }
  void TimePasses(absl::Duration time) { host_.now_ns += absl::ToInt64Nanoseconds(time); }
  // How long it is until the deadline that was set last.
  absl::Duration Left() const { return absl::Nanoseconds(host_.timer_ns - host_.now_ns.load()); }
  // Its timer fires, with all that follows. `now_ns` decides which deadlines have passed.
  void Timer(int64_t now_ns = kFarFuture) {
    if (connection_.OnTimer(now_ns) == Handoff::kToPool) Work();
    Settle();
  }

  // Reads what has come for the client, at most `limit` bytes of it.
  std::string Received(size_t limit = std::numeric_limits<size_t>::max()) {
    std::string all;
    std::vector<char> bytes(64 * 1024);
    while (all.size() < limit) {
      const ssize_t got =
          recv(client_.get(), bytes.data(), std::min(bytes.size(), limit - all.size()), 0);
      if (got == 0) client_saw_end_ = true;
      if (got <= 0) break;
      all.append(bytes.data(), static_cast<size_t>(got));
    }
    return all;
  }
  // The responses that have come; no byte may be left over.
  std::vector<HttpResponse> Responses(bool head_request = false) {
    std::string bytes = Received();
    std::vector<HttpResponse> responses;
    while (!bytes.empty()) {
      absl::optional<HttpResponse> response = TakeResponse(&bytes, head_request);
      if (!response.has_value()) {
        ADD_FAILURE() << "not a whole response: " << bytes;
        break;
      }
      responses.push_back(*std::move(response));
    }
    return responses;
  }
  // The only response that has come.
  HttpResponse OnlyResponse(bool head_request = false) {
    std::vector<HttpResponse> responses = Responses(head_request);
    EXPECT_EQ(responses.size(), 1u);
    return responses.empty() ? HttpResponse() : responses[0];
  }

  // Waits until the disposer has destroyed what the connection left behind. Once a test.
  void AwaitDisposal() { ASSERT_TRUE(host_.remains.Stop(std::numeric_limits<int64_t>::max())); }

  bool closed() const { return host_.closed > 0; }
  bool client_saw_end() {
    Received();
    return client_saw_end_;
  }

  FakeHost host_;
  Connection connection_;
  UniqueFd client_;
  int handled_ = 0;
  std::vector<std::string> thrown_;
  bool client_saw_end_ = false;

 private:
  void OpenWith(UniqueFd server, UniqueFd client, bool small_buffers) {
    sockaddr_storage peer = {};
    socklen_t size = sizeof(peer);
    ASSERT_EQ(getpeername(server.get(), reinterpret_cast<sockaddr*>(&peer), &size), 0);
    if (small_buffers) {
      const int bytes = 4096;
      setsockopt(server.get(), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
    }
    host_.error_pages = std::make_shared<const ErrorResponses>(host_.server_options.error_page);
    client_ = std::move(client);
    client_saw_end_ = false;
    connection_.Open(std::move(server), peer, host_.now_ns.load());
  }
};

}  // namespace robusto

#endif  // ROBUSTO_TESTS_HTTP_CONNECTION_CONNECTION_FIXTURE_H_
