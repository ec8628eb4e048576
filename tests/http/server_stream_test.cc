// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Streams through a whole server: no worker is held by a client, and a drain lets them finish.

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/http/server_fixture.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

class ServerStreamTest : public ServerTest {
 protected:
  static constexpr int kPieces = 2000;
  static constexpr size_t kPieceBytes = 16 * 1024;

  // "/stream": far more than lies between server and client, in chunks with "/stream?chunked"; else
  // a line at once.
  void StartStreams() {
    Start([this](const Request& request, ResponseWriter& response) {
      if (request.path() != "/stream") {
        response.Write("at once");
        return;
      }
      absl::optional<uint64_t> length;
      if (request.query().empty()) length = kPieces * kPieceBytes;
      response.Stream(
          [this, left = kPieces, alive = alive_](std::string* piece) mutable {
            piece->assign(kPieceBytes, 'x');
            asked_.fetch_add(1);
            return --left > 0;
          },
          length);
    });
  }
  // Until the streams of clients that do not read have come to rest: nothing is asked for any more,
  // and nobody works.
  void AwaitRest() {
    EXPECT_TRUE(Eventually([this] {
      const int before = asked_.load();
      const PoolStats stats = server_->pool().Stats();
      return before > 0 && stats.busy == 0 && stats.queue_size == 0 && asked_.load() == before;
    }));
  }

  std::atomic<int> asked_{0};
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

TEST_F(ServerStreamTest, ClientsThatDoNotReadHoldNoWorker) {
  options_.pool.min_threads = 1;
  StartStreams();
  std::vector<HttpClient> deaf;
  for (int i = 0; i < 5; ++i) {
    deaf.emplace_back(url());
    deaf.back().Send(Get("/stream"));
  }
  HttpClient client(url());
  for (int i = 0; i < 20; ++i) {
    client.Send(Get("/"));
    EXPECT_EQ(client.ReadResponse().body, "at once");
  }
  AwaitRest();
  EXPECT_LT(asked_.load(), 5 * kPieces) << "what nobody takes is not made";
  for (HttpClient& each : deaf) EXPECT_EQ(each.ReadResponse().body.size(), kPieces * kPieceBytes);
}

TEST_F(ServerStreamTest, ADrainOfThePoolLetsAStreamFinish) {
  StartStreams();
  HttpClient client(url());
  client.Send(Get("/stream"));
  AwaitRest();
  ASSERT_TRUE(server_->pool().Drain().ok());
  HttpClient late(url());
  late.Send(Get("/"));
  EXPECT_EQ(late.ReadResponse().status, 503);
  EXPECT_EQ(client.ReadResponse().body.size(), kPieces * kPieceBytes);
}

TEST_F(ServerStreamTest, AStopLetsAStreamFinish) {
  StartStreams();
  HttpClient client(url());
  client.Send(Get("/stream"));
  AwaitRest();
  absl::StatusOr<StopReport> report;
  std::thread stop([&] { report = server_->Stop(absl::Seconds(30)); });
  EXPECT_EQ(client.ReadResponse().body.size(), kPieces * kPieceBytes);
  EXPECT_TRUE(client.AtEnd());
  stop.join();
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->clean());
}

TEST_F(ServerStreamTest, AStopCutsAStreamAtItsDeadline) {
  StartStreams();
  HttpClient client(url());
  client.Send(Get("/stream?chunked"));
  AwaitRest();
  EXPECT_TRUE(server_->Stop(absl::Milliseconds(100)).ok());
  EXPECT_FALSE(absl::EndsWith(client.ReadToEnd(), "\r\n0\r\n\r\n")) << "it must not look whole";
  server_.reset();
  EXPECT_EQ(alive_.use_count(), 1) << "its source is gone";
}

TEST_F(ServerStreamTest, ALargeBodyGoesThroughInPiecesWhileOthersAreServed) {
  options_.pool.min_threads = 1;
  options_.body_buffer = 64 * 1024;
  options_.max_body_bytes = 64 << 20;
  Start([](const Request& request, ResponseWriter& response) {
    if (request.body_complete()) {
      response.Write("at once");
      return;
    }
    response.ReceiveBody(
        [size = size_t{0}](absl::string_view piece, bool last, ResponseWriter& answer) mutable {
          size += piece.size();
          if (last) answer.Write(absl::StrCat(size));
          return true;
        });
  });
  constexpr size_t kSize = 20'000'000;
  HttpClient slow(url());
  slow.Send(absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ", kSize, "\r\n\r\n"));
  HttpClient client(url());
  const std::string part(kSize / 20, 'x');
  for (int i = 0; i < 20; ++i) {
    slow.Send(part);
    client.Send(Get("/"));
    EXPECT_EQ(client.ReadResponse().body, "at once");
  }
  EXPECT_EQ(slow.ReadResponse().body, absl::StrCat(kSize));
}

}  // namespace
}  // namespace robusto
