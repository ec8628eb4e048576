// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What clients get when there is more to do than workers: an answer, always, and by its time.

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "robusto/http/server.h"
#include "tests/http/server_fixture.h"

namespace robusto {
namespace {

// Clients whose requests hold all workers.
std::vector<HttpClient> BlockWorkers(const std::string& url, Gate& gate, int workers) {
  std::vector<HttpClient> clients;
  for (int i = 0; i < workers; ++i) {
    clients.emplace_back(url);
    clients.back().Send(Get(absl::StrCat("/block/", i)));
    // One by one: together they could find a short queue full, whoever is idle.
    EXPECT_EQ(gate.AwaitInside(i + 1), i + 1);
  }
  return clients;
}

void ExpectShed(const HttpResponse& response, const std::string& reason) {
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.Header("X-Robusto-Reason"), reason);
  int seconds = 0;
  EXPECT_TRUE(absl::SimpleAtoi(response.Header("Retry-After"), &seconds));
  EXPECT_GE(seconds, 1);
}

TEST_F(ServerTest, WithEveryWorkerBlockedAFifthRequestWaitsInTheQueueAndIsTold503WhenItExpires) {
  options_.pool.min_threads = 4;
  options_.pool.max_threads = 4;
  options_.pool.queue_ttl = absl::Milliseconds(300);
  StartWithGate();
  std::vector<HttpClient> blocked = BlockWorkers(url(), *gate_, 4);
  HttpClient fifth(url());
  fifth.Send(Get("/fifth"));
  EXPECT_TRUE(AwaitStats([](const PoolStats& stats) { return stats.queue_size == 1; }))
      << "accepted, read and queued although nobody is free";
  const HttpResponse response = fifth.ReadResponse();
  ExpectShed(response, "expired");
  EXPECT_FALSE(response.closes());
  EXPECT_EQ(gate_->AwaitInside(4), 4) << "its handler has not run";

  gate_->Open();
  for (size_t i = 0; i < blocked.size(); ++i) {
    EXPECT_EQ(blocked[i].ReadResponse().body, absl::StrCat("/block/", i));
  }
  fifth.Send(Get("/again"));
  EXPECT_EQ(fifth.ReadResponse().body, "/again");
}

TEST_F(ServerTest, WithAFullQueueTheNextRequestIsTold503AtOnce) {
  options_.pool.min_threads = 4;
  options_.pool.max_threads = 4;
  options_.pool.queue_capacity = 1;
  options_.pool.queue_ttl = absl::InfiniteDuration();
  StartWithGate();
  std::vector<HttpClient> blocked = BlockWorkers(url(), *gate_, 4);
  HttpClient queued(url());
  queued.Send(Get("/queued"));
  ASSERT_TRUE(AwaitStats([](const PoolStats& stats) { return stats.queue_size == 1; }));
  for (int i = 0; i < 10; ++i) {
    HttpClient next(url());
    next.Send(Get("/next"));
    ExpectShed(next.ReadResponse(), "queue_full");
    next.Send(Get("/next"));
    ExpectShed(next.ReadResponse(), "queue_full");
  }
  gate_->Open();
  EXPECT_EQ(queued.ReadResponse().body, "/queued");
  for (HttpClient& client : blocked) EXPECT_EQ(client.ReadResponse().status, 200);
}

TEST_F(ServerTest, WithEveryWorkerBlockedBadRequestsAndTimeoutsAreStillAnswered) {
  options_.header_timeout = absl::Milliseconds(300);
  StartWithGate();
  std::vector<HttpClient> blocked = BlockWorkers(url(), *gate_, 2);
  HttpClient bad(url());
  bad.Send("bad\r\n");
  EXPECT_EQ(bad.ReadResponse().status, 400);
  HttpClient slow(url());
  slow.Send("GET ");
  EXPECT_EQ(slow.ReadResponse().status, 408);
  gate_->Open();
  for (HttpClient& client : blocked) EXPECT_EQ(client.ReadResponse().status, 200);
}

TEST_F(ServerTest, ADrainingPoolIsSaidToEveryRequestAndNoneIsKept) {
  StartWithGate();
  HttpClient client(url());
  ASSERT_TRUE(server_->pool().Drain().ok());
  client.Send(Get("/a"));
  const HttpResponse response = client.ReadResponse();
  ExpectShed(response, "draining");
  EXPECT_TRUE(response.closes());
  EXPECT_TRUE(client.AtEnd());

  ASSERT_TRUE(server_->pool().Resume().ok());
  HttpClient next(url());
  next.Send(Get("/a"));
  EXPECT_EQ(next.ReadResponse().status, 200);
}

TEST_F(ServerTest, PipelinedRequestsThatFindTheQueueFullAreAnsweredInOrder) {
  options_.pool.min_threads = 1;
  options_.pool.queue_capacity = 1;
  StartWithGate();
  std::vector<HttpClient> blocked = BlockWorkers(url(), *gate_, 1);
  HttpClient queued(url());
  queued.Send(Get("/queued"));
  ASSERT_TRUE(AwaitStats([](const PoolStats& stats) { return stats.queue_size == 1; }));
  HttpClient client(url());
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += Get("/a");
  client.Send(requests);
  for (int i = 0; i < 50; ++i) ExpectShed(client.ReadResponse(), "queue_full");
  gate_->Open();
}

}  // namespace
}  // namespace robusto
