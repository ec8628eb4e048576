// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What happens when there are more connections than places.

#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/http/server_fixture.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

class ServerLimitsTest : public ServerTest {
 protected:
  ServerLimitsTest() { options_.keep_alive_timeout = absl::Hours(1); }

  // A client that has had a response and is kept, parked, for the next request.
  HttpClient IdleClient() {
    const uint64_t before = server_->Stats().connections_parked;
    HttpClient client(url());
    client.Send(Get("/"));
    EXPECT_EQ(client.ReadResponse().status, 200);
    // The response is there before the connection is parked.
    EXPECT_TRUE(Eventually([&] {
      const ServerStats stats = server_->Stats();
      return stats.connections_parked > before || stats.connections_evicted > 0;
    }));
    return client;
  }
  bool Works(HttpClient& client) {
    client.Send(Get("/"));
    return client.ReadResponse().status == 200;
  }
};

TEST_F(ServerLimitsTest, WhenAllPlacesAreTakenTheOneIdleForLongestMakesRoom) {
  options_.max_connections = 3;
  StartWithGate();
  std::vector<HttpClient> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(IdleClient());
  HttpClient newcomer(url());
  EXPECT_TRUE(Works(newcomer));
  EXPECT_TRUE(clients[0].AtEnd());
  EXPECT_TRUE(Works(clients[1]));
  EXPECT_TRUE(Works(clients[2]));
  const ServerStats stats = server_->Stats();
  EXPECT_EQ(stats.connections_evicted, 1u);
  EXPECT_EQ(stats.connections_accepted, 4u);
  EXPECT_EQ(stats.connections_open, 3u);
}

TEST_F(ServerLimitsTest, AConnectionThatIsBusyIsNotClosedAndTheNewcomerWaits) {
  options_.max_connections = 1;
  StartWithGate();
  HttpClient busy(url());
  busy.Send(Get("/block"));
  ASSERT_EQ(gate_->AwaitInside(1), 1);
  HttpClient newcomer(url());
  newcomer.Send(Get("/new"));
  gate_->Open();
  EXPECT_EQ(busy.ReadResponse().status, 200) << "it has its answer";
  EXPECT_EQ(newcomer.ReadResponse().status, 200) << "and then makes room";
  EXPECT_TRUE(busy.AtEnd());
}

TEST_F(ServerLimitsTest, AHeadThatIsNotGoneOnWithMakesRoom) {
  options_.max_connections = 1;
  options_.header_timeout = absl::Hours(1);
  StartWithGate();
  HttpClient slow(url());
  slow.Send("GET / HTTP/1.1\r\n");
  EXPECT_TRUE(Eventually([&] { return server_->Stats().bytes_received > 0; }));
  HttpClient newcomer(url());
  EXPECT_TRUE(Works(newcomer));
  EXPECT_TRUE(slow.AtEnd());
  EXPECT_EQ(server_->Stats().connections_evicted, 1u);
}

TEST_F(ServerLimitsTest, AResponseThatIsNotTakenMakesRoom) {
  options_.max_connections = 1;
  options_.write_timeout = absl::Hours(1);
  Start([](const Request& request, ResponseWriter& response) {
    response.Write(std::string(request.path() == "/" ? 1 : 100'000'000, 'a'));
  });
  HttpClient slow(url());
  slow.Send(Get("/large"));
  EXPECT_TRUE(Eventually([&] { return server_->Stats().bytes_sent > 0; }));
  HttpClient newcomer(url());
  EXPECT_TRUE(Works(newcomer));
  EXPECT_EQ(server_->Stats().connections_evicted, 1u);
}

TEST_F(ServerLimitsTest, NoMoreAreParkedThanAllowed) {
  options_.max_parked_connections = 2;
  StartWithGate();
  std::vector<HttpClient> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(IdleClient());
    // One that is being closed has its place until it is: the next might cost another too many.
    EXPECT_TRUE(Eventually([&] { return server_->Stats().connections_open <= 2; }));
  }
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(clients[static_cast<size_t>(i)].AtEnd()) << i;
  EXPECT_TRUE(Works(clients[3]));
  EXPECT_TRUE(Works(clients[4]));
  EXPECT_EQ(server_->Stats().connections_evicted, 3u);
}

}  // namespace
}  // namespace robusto
