// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// How a server ends: whom it still answers, whom it tells, and that it ends by its deadline.

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/http/server.h"
#include "tests/http/server_fixture.h"

namespace robusto {
namespace {

TEST_F(ServerTest, StopAnswersWhatWasAccepted) {  // C2
  options_.pool.min_threads = 1;
  StartWithGate();
  HttpClient running(url());
  running.Send(Get("/block"));
  ASSERT_EQ(gate_->AwaitInside(1), 1);
  HttpClient queued(url());
  queued.Send(Get("/queued"));
  ASSERT_TRUE(AwaitStats([](const PoolStats& stats) { return stats.queue_size == 1; }));
  StopReport report;
  std::thread stopper([&] { report = *server_->Stop(absl::InfiniteDuration()); });
  // The drain has begun when nobody gets in any more.
  while (HttpClient(url()).connected()) {
  }
  gate_->Open();
  for (HttpClient* client : {&running, &queued}) {
    const HttpResponse response = client->ReadResponse();
    EXPECT_EQ(response.status, 200);
    EXPECT_TRUE(response.closes());
    EXPECT_TRUE(client->AtEnd());
  }
  stopper.join();
  EXPECT_TRUE(report.clean());
  EXPECT_EQ(server_->open_connections(), 0u);
}

TEST_F(ServerTest, StopClosesIdleConnections) {
  options_.keep_alive_timeout = absl::InfiniteDuration();
  options_.header_timeout = absl::InfiniteDuration();
  StartWithGate();
  HttpClient idle(url());
  idle.Send(Get("/a"));
  EXPECT_FALSE(idle.ReadResponse().closes());
  HttpClient silent(url());
  ASSERT_TRUE(silent.connected());
  EXPECT_TRUE(server_->Stop(absl::InfiniteDuration())->clean());
  EXPECT_TRUE(idle.AtEnd());
  EXPECT_TRUE(silent.AtEnd());
  EXPECT_FALSE(HttpClient(url()).connected());
}

TEST_F(ServerTest, StopAbandonsAHandlerThatNeverReturnsAndTellsTheOthers) {
  options_.pool.min_threads = 1;
  StartWithGate();
  HttpClient blocked(url());
  blocked.Send(Get("/block"));
  ASSERT_EQ(gate_->AwaitInside(1), 1);
  HttpClient queued(url());
  queued.Send(Get("/queued"));
  ASSERT_TRUE(AwaitStats([](const PoolStats& stats) { return stats.queue_size == 1; }));
  HttpClient idle(url());
  ASSERT_TRUE(idle.connected());

  const absl::StatusOr<StopReport> report = server_->Stop(absl::Milliseconds(100));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->abandoned.size(), 1u);
  EXPECT_EQ(report->rejected.size(), 1u);
  EXPECT_TRUE(blocked.AtEnd()) << "cancelled: no answer will come";
  const HttpResponse response = queued.ReadResponse();
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.Header("X-Robusto-Reason"), "stopped");
  EXPECT_TRUE(queued.AtEnd());
  EXPECT_TRUE(idle.AtEnd());

  // It comes back when even the Server is gone.
  server_.reset();
  gate_->Open();
}

TEST_F(ServerTest, AStopWithNoTimeStillClosesEverything) {
  options_.keep_alive_timeout = absl::InfiniteDuration();
  StartWithGate();
  HttpClient idle(url());
  idle.Send(Get("/a"));
  EXPECT_EQ(idle.ReadResponse().status, 200);
  EXPECT_TRUE(server_->Stop(absl::ZeroDuration()).ok());
  EXPECT_TRUE(idle.AtEnd());
  EXPECT_FALSE(HttpClient(url()).connected());
  EXPECT_EQ(server_->open_connections(), 0u);
}

TEST_F(ServerTest, StopOfADrainingPoolClosesConnections) {
  options_.keep_alive_timeout = absl::InfiniteDuration();
  StartWithGate();
  HttpClient idle(url());
  idle.Send(Get("/a"));
  EXPECT_EQ(idle.ReadResponse().status, 200);
  ASSERT_TRUE(server_->pool().Drain().ok());
  EXPECT_TRUE(server_->Stop(absl::InfiniteDuration())->clean());
  EXPECT_TRUE(idle.AtEnd());
}

TEST_F(ServerTest, StopMayBeCalledByManyAtOnce) {
  StartWithGate();
  HttpClient client(url());
  client.Send(Get("/a"));
  EXPECT_EQ(client.ReadResponse().status, 200);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] { EXPECT_TRUE(server_->Stop(absl::Seconds(10)).ok()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(client.AtEnd());
}

TEST_F(ServerTest, ANegativeTimeoutIsRefusedAndTheServerGoesOn) {
  StartWithGate();
  EXPECT_EQ(server_->Stop(-absl::Seconds(1)).status().code(), absl::StatusCode::kInvalidArgument);
  HttpClient client(url());
  client.Send(Get("/a"));
  const HttpResponse response = client.ReadResponse();
  EXPECT_EQ(response.status, 200);
  EXPECT_FALSE(response.closes());
}

TEST_F(ServerTest, AServerThatNeverStartedStops) {
  auto server = Server::Create(options_, [](const Request&, ResponseWriter&) {});
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_TRUE((*server)->Stop(absl::InfiniteDuration()).ok());
  EXPECT_FALSE(HttpClient((*server)->urls()[0]).connected());
}

TEST_F(ServerTest, UnderLoadAStopLeavesNoRequestUnanswered) {  // C2
  options_.pool.min_threads = 4;
  StartWithGate();
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&] {
      HttpClient client(url());
      absl::Time idle_since = absl::Now();
      for (;;) {
        const absl::Time sent = absl::Now();
        client.Send(absl::StrCat(Get("/a"), Get("/b")));
        if (client.Ended()) {
          // The drain took it for idle: only if this thread was kept from running for that long.
          EXPECT_GT(sent - idle_since, Connection::kDrainGrace);
          return;
        }
        const HttpResponse first = client.ReadResponse();
        EXPECT_EQ(first.status, 200);
        ++answered;
        if (first.closes()) break;
        const HttpResponse second = client.ReadResponse();
        EXPECT_EQ(second.status, 200);
        ++answered;
        if (second.closes()) break;
        idle_since = absl::Now();
      }
      // What was sent after the request whose answer said "close" is not answered, and said so.
      client.FinishSending();
      EXPECT_EQ(client.ReadToEnd(), "");
    });
  }
  while (answered < 1000) std::this_thread::yield();
  const absl::StatusOr<StopReport> report = server_->Stop(absl::InfiniteDuration());
  for (std::thread& client : clients) client.join();
  EXPECT_TRUE(report->clean());
}

TEST_F(ServerTest, AResponseThatItsClientHasNotTakenIsLost) {
  Start(
      [](const Request&, ResponseWriter& response) { response.Write(std::string(64 << 20, 'x')); });
  HttpClient client(url());
  client.Send(Get("/"));
  ASSERT_TRUE(AwaitStats([](const PoolStats& stats) { return stats.completed == 1; }));
  EXPECT_EQ(server_->Stats().connections_in_exchange, 1u);
  const absl::StatusOr<StopReport> report = server_->Stop(absl::Milliseconds(100));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->truncated, 1u);
  EXPECT_FALSE(report->clean());
}

TEST_F(ServerTest, ConnectionsThatWaitForASlotAreServedByAStop) {  // A3
  options_.max_connections = 1;
  StartWithGate();
  HttpClient busy(url());
  busy.Send(Get("/block"));
  ASSERT_EQ(gate_->AwaitInside(1), 1);
  std::vector<HttpClient> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.emplace_back(url());
    waiting.back().Send(Get("/a"));
  }
  StopReport report;
  std::thread stopper([&] { report = *server_->Stop(absl::InfiniteDuration()); });
  gate_->Open();
  EXPECT_EQ(busy.ReadResponse().status, 200);
  for (HttpClient& client : waiting) {
    EXPECT_EQ(client.ReadResponse().status, 200);
    EXPECT_TRUE(client.AtEnd());
  }
  stopper.join();
  EXPECT_TRUE(report.clean());
}

TEST_F(ServerTest, ConnectionsThatStillWaitAtTheDeadlineAreTold) {  // A3
  options_.max_connections = 1;
  StartWithGate();
  HttpClient busy(url());
  busy.Send(Get("/block"));
  ASSERT_EQ(gate_->AwaitInside(1), 1);
  HttpClient waiting(url());
  waiting.Send(Get("/a"));
  EXPECT_EQ(server_->Stop(absl::Milliseconds(50))->abandoned.size(), 1u);
  const HttpResponse response = waiting.ReadResponse();
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.Header("X-Robusto-Reason"), "stopped");
  EXPECT_TRUE(waiting.AtEnd());
}

TEST_F(ServerTest, ADestructorThatDoesNotReturnIsAbandonedAndReported) {
  struct Blocker {
    Gate* gate;
    ~Blocker() { gate->Pass(); }
  };
  Start([this](const Request&, ResponseWriter& response) {
    response.Stream(
        [blocker = std::shared_ptr<Blocker>(new Blocker{gate_.get()})](std::string* chunk) {
          chunk->assign(1 << 20, 'x');
          return true;
        });
  });
  {
    HttpClient client(url());
    client.Send(Get("/"));
    ASSERT_TRUE(AwaitStats([](const PoolStats& stats) { return stats.completed >= 1; }));
  }
  ASSERT_EQ(gate_->AwaitInside(1), 1);
  const absl::StatusOr<StopReport> report = server_->Stop(absl::Milliseconds(50));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->abandoned_threads, 1u);
  EXPECT_FALSE(report->clean());
}

TEST_F(ServerTest, WhatAThreadThatHangsInPollUsesIsKept) {
  options_.on_warning = [this](absl::string_view) { gate_->Pass(); };
  StartWithGate();
  HttpClient bad(url());
  bad.Send("bad\r\n\r\n");
  ASSERT_EQ(gate_->AwaitInside(1), 1);
  HttpClient idle(url());
  const absl::StatusOr<StopReport> report = server_->Stop(absl::Milliseconds(50));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->abandoned_threads, 1u);
  EXPECT_FALSE(report->clean());
  // It comes back when even the Server is gone.
  server_.reset();
  gate_->Open();
  EXPECT_EQ(bad.ReadResponse().status, 400);
}

}  // namespace
}  // namespace robusto
