// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The whole server, over real sockets. What each byte of a message does is connection_message_test's;
// here it is that the parts together keep the promises of http/server.h.

#include "robusto/http/server.h"

#include <unistd.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "robusto/http/files/file_handler.h"
#include "tests/http/server_fixture.h"
#include "tests/testing/temp_tree.h"

namespace robusto {
namespace {

void Echo(const Request& request, ResponseWriter& response) {
  response.Write(request.body().empty() ? request.target() : request.body());
}

TEST_F(ServerTest, ServesOnEveryAddressThatItListensOn) {
  const TempTree tree;
  ASSERT_EQ(chdir(tree.path().c_str()), 0);  // a unix socket's path must be short
  options_.listen = {"127.0.0.1:0", "unix:socket"};
  if (Listener::Open("[::1]:0").ok()) options_.listen.push_back("[::1]:0");
  Start(Echo);
  ASSERT_EQ(server_->urls().size(), options_.listen.size());
  for (const std::string& url : server_->urls()) {
    HttpClient client(url);
    client.Send(Get("/a"));
    EXPECT_EQ(client.ReadResponse().body, "/a") << url;
  }
}

TEST_F(ServerTest, KeepsAConnectionForTheNextRequest) {
  Start(Echo);
  HttpClient client(url());
  for (int i = 0; i < 100; ++i) {
    client.Send(Get(absl::StrCat("/", i)));
    const HttpResponse response = client.ReadResponse();
    EXPECT_EQ(response.body, absl::StrCat("/", i));
    EXPECT_FALSE(response.closes());
  }
  client.Send("GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.ReadResponse().Header("Connection"), "keep-alive");
  client.Send("GET /old HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(client.ReadResponse().closes());
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  options_.pool.min_threads = 4;
  Start(Echo);
  std::vector<std::thread> clients;
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([this, c] {
      HttpClient client(url());
      std::string requests;
      for (int i = 0; i < 100; ++i) absl::StrAppend(&requests, Get(absl::StrCat("/", c, "/", i)));
      client.Send(requests);
      for (int i = 0; i < 100; ++i) {
        ASSERT_EQ(client.ReadResponse().body, absl::StrCat("/", c, "/", i));
      }
    });
  }
  for (std::thread& client : clients) client.join();
}

TEST_F(ServerTest, GathersBodiesOfBothFramings) {
  Start(Echo);
  HttpClient client(url());
  const std::string body(300'000, 'b');
  client.Send(absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ", body.size(),
                           "\r\n\r\n", body));
  EXPECT_TRUE(client.ReadResponse().body == body);
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 30; ++i) {
    client.Send(absl::StrCat("2710\r\n", body.substr(0, 10'000), "\r\n"));
  }
  client.Send("0\r\n\r\n");
  EXPECT_TRUE(client.ReadResponse().body == body);
}

TEST_F(ServerTest, SaysContinueBeforeABodyThatWaitsForIt) {
  Start(Echo);
  HttpClient client(url());
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.ReadResponse().status, 100);
  client.Send("body");
  EXPECT_EQ(client.ReadResponse().body, "body");
}

TEST_F(ServerTest, AnswersHeadWithTheLengthAlone) {
  Start(Echo);
  HttpClient client(url());
  client.Send("HEAD /12345 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.ReadResponse(/*head_request=*/true).Header("Content-Length"), "6");
  client.Send(Get("/next"));
  EXPECT_EQ(client.ReadResponse().body, "/next");
}

TEST_F(ServerTest, AnswersEachKindOfBadRequestWithItsStatusAndCloses) {
  options_.max_body_bytes = 1000;
  options_.header_timeout = absl::Seconds(60);
  Start(Echo);
  const struct {
    int status;
    std::string request;
  } rows[] = {
      {400, "GET / HTTP/1.1\r\n\r\n"},
      {400, "GET / HTTP/1.1\nHost: h\n\n"},
      {400, "\x16\x03\x01 a TLS hello"},
      {400, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"},
      {413, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n"},
      {414, absl::StrCat("GET /", std::string(9000, 'a'), " HTTP/1.1\r\nHost: h\r\n\r\n")},
      {417, "GET / HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\n\r\n"},
      {431, Get("/", absl::StrCat("X: ", std::string(40'000, 'a'), "\r\n"))},
      {501, Get("/", "Transfer-Encoding: gzip, chunked\r\n")},
      {505, "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
  };
  for (const auto& row : rows) {
    HttpClient client(url());
    client.Send(absl::StrCat(row.request, Get("/not-a-request")));
    client.FinishSending();
    const HttpResponse response = client.ReadResponse();
    EXPECT_EQ(response.status, row.status) << row.request.substr(0, 80);
    EXPECT_TRUE(response.closes());
    EXPECT_NE(response.Header("X-Robusto-Reason"), "");
    EXPECT_EQ(client.ReadToEnd(), "") << "C3";
  }
}

TEST_F(ServerTest, AnswersARequestThatComesTooSlowlyWith408) {
  // Not so short that it is over before the client has sent anything.
  options_.header_timeout = absl::Milliseconds(300);
  Start(Echo);
  for (const char* part :
       {"GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nx"}) {
    HttpClient client(url());
    client.Send(part);
    const HttpResponse response = client.ReadResponse();
    EXPECT_EQ(response.status, 408);
    EXPECT_TRUE(response.closes());
  }
}

TEST_F(ServerTest, AnswersForADirectoryWith404And405) {
  const TempTree tree;
  tree.Write("a.txt", "text");
  FileHandlerOptions files;
  files.root = tree.path();
  auto handler = FileHandler::Create(files);
  ASSERT_TRUE(handler.ok()) << handler.status();
  Start(*handler);
  HttpClient client(url());
  client.Send(Get("/a.txt"));
  EXPECT_EQ(client.ReadResponse().body, "text");
  client.Send(Get("/b.txt"));
  EXPECT_EQ(client.ReadResponse().status, 404);
  client.Send(Get("/../../etc/passwd"));
  EXPECT_GE(client.ReadResponse().status, 400);
  client.Send("DELETE /a.txt HTTP/1.1\r\nHost: h\r\n\r\n");
  const HttpResponse response = client.ReadResponse();
  EXPECT_EQ(response.status, 405);
  EXPECT_TRUE(absl::StrContains(response.Header("Allow"), "GET"));
}

TEST_F(ServerTest, AHandlerThatThrowsIsAnswered500AndThePoolGoesOn) {
  options_.pool.min_threads = 1;
  Start([](const Request& request, ResponseWriter& response) {
    if (request.path() == "/throw") throw std::runtime_error("broken");
    if (request.path() == "/throw-int") throw 42;
    response.Write("fine");
  });
  for (int i = 0; i < 20; ++i) {
    HttpClient client(url());
    client.Send(Get(i % 2 == 0 ? "/throw" : "/throw-int"));
    EXPECT_EQ(client.ReadResponse().status, 500);
    EXPECT_TRUE(client.AtEnd());
  }
  HttpClient client(url());
  client.Send(Get("/"));
  EXPECT_EQ(client.ReadResponse().body, "fine");
  EXPECT_EQ(server_->pool().Stats().failed, 20u);
  EXPECT_EQ(server_->pool().Stats().threads, 1);
}

TEST_F(ServerTest, NoWorkerIsHeldByAClientThatDoesNotRead) {  // C4
  options_.pool.min_threads = 1;
  const std::string large(8 << 20, 'x');
  Start([&](const Request& request, ResponseWriter& response) {
    response.Write(request.path() == "/large" ? absl::string_view(large) : "small");
  });
  HttpClient slow(url(), /*receive_buffer=*/4096);
  slow.Send(Get("/large"));
  ASSERT_TRUE(AwaitStats([](const PoolStats& stats) { return stats.completed == 1; }));
  HttpClient other(url());
  for (int i = 0; i < 100; ++i) {
    other.Send(Get("/small"));
    ASSERT_EQ(other.ReadResponse().body, "small");
  }
  EXPECT_TRUE(slow.ReadResponse().body == large);
  slow.Send(Get("/small"));
  EXPECT_EQ(slow.ReadResponse().body, "small");
}

TEST_F(ServerTest, NoWorkerIsHeldByAClientThatDoesNotSend) {
  options_.pool.min_threads = 1;
  Start(Echo);
  std::vector<HttpClient> slow;
  for (int i = 0; i < 50; ++i) {
    slow.emplace_back(url());
    slow.back().Send(i % 2 == 0 ? "GET /slow HTT" : "POST / HTTP/1.1\r\nHost: h\r\nContent-Length");
  }
  HttpClient other(url());
  other.Send(Get("/other"));
  EXPECT_EQ(other.ReadResponse().body, "/other");
  for (int i = 0; i < 50; ++i) {
    slow[i].Send(i % 2 == 0 ? "P/1.1\r\nHost: h\r\n\r\n" : ": 5\r\n\r\n/slow");
  }
  for (HttpClient& client : slow) EXPECT_EQ(client.ReadResponse().body, "/slow");
}

TEST_F(ServerTest, ConnectionsOverTheLimitWaitForOneToClose) {  // E3
  options_.max_connections = 2;
  Start(Echo);
  std::vector<HttpClient> clients;
  for (int i = 0; i < 10; ++i) {
    clients.emplace_back(url());
    clients.back().Send(Get("/a", "Connection: close\r\n"));
  }
  for (HttpClient& client : clients) EXPECT_EQ(client.ReadResponse().status, 200);
  EXPECT_LE(server_->open_connections(), 2u);
}

TEST_F(ServerTest, AnIdleConnectionIsClosedAfterTheKeepAliveTimeout) {
  options_.keep_alive_timeout = absl::Milliseconds(1);
  Start(Echo);
  HttpClient client(url());
  client.Send(Get("/"));
  EXPECT_EQ(client.ReadResponse().status, 200);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerTest, AHalfClosedClientIsAnsweredAndThenClosed) {
  Start(Echo);
  HttpClient client(url());
  client.Send(absl::StrCat(Get("/1"), Get("/2"), Get("/3")));
  client.FinishSending();
  for (const char* path : {"/1", "/2", "/3"}) EXPECT_EQ(client.ReadResponse().body, path);
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerTest, ClientsThatResetHarmNobody) {
  Start(Echo);
  for (int i = 0; i < 100; ++i) {
    HttpClient client(url());
    client.Send(absl::StrCat(Get("/1"), Get("/2")).substr(0, i % 60));
    client.Reset();
  }
  HttpClient client(url());
  client.Send(Get("/a"));
  EXPECT_EQ(client.ReadResponse().body, "/a");
}

TEST(ServerCreateTest, AnOptionOutOfItsBoundsIsNamed) {
  const struct {
    const char* name;
    void (*set)(ServerOptions&);
  } rows[] = {
      {"listen", [](ServerOptions& o) { o.listen.clear(); }},
      {"max_connections", [](ServerOptions& o) { o.max_connections = 0; }},
      {"max_request_line_bytes", [](ServerOptions& o) { o.parser.max_request_line = 0; }},
      {"min_body_bytes_per_second", [](ServerOptions& o) { o.min_body_bytes_per_second = 0; }},
      {"header_timeout", [](ServerOptions& o) { o.header_timeout = absl::ZeroDuration(); }},
      {"keep_alive_timeout", [](ServerOptions& o) { o.keep_alive_timeout = -absl::Seconds(1); }},
      {"write_timeout", [](ServerOptions& o) { o.write_timeout = absl::ZeroDuration(); }},
      {"min_threads", [](ServerOptions& o) { o.pool.min_threads = 0; }},
      {"max_threads", [](ServerOptions& o) { o.pool.max_threads = 1; }},
      {"queue_capacity", [](ServerOptions& o) { o.pool.queue_capacity = 0; }},
      {"queue_ttl", [](ServerOptions& o) { o.pool.queue_ttl = -absl::Seconds(1); }},
  };
  for (const auto& row : rows) {
    ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    row.set(options);
    const absl::Status status = Server::Create(options, Echo).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.name;
    EXPECT_TRUE(absl::StrContains(status.message(), row.name)) << status;
  }
}

}  // namespace
}  // namespace robusto
