// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What a server asks of the heap: nothing for a request on a warm connection, and little for a
// connection that is parked. Exact counts.

#include <sys/resource.h>

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/http/server_fixture.h"
#include "tests/testing/allocations.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

// A client that itself never allocates.
class BareClient {
 public:
  explicit BareClient(const std::string& url) : client_(url) {}

  bool Exchange(absl::string_view request) {
    client_.Send(request);
    char answer[4096];
    const ssize_t got = recv(client_.fd(), answer, sizeof(answer), 0);
    return got > 12 && absl::string_view(answer, 12) == "HTTP/1.1 200";
  }

 private:
  HttpClient client_;
};

class ServerMemoryTest : public ServerTest {
 protected:
  void StartPlain() {
    options_.keep_alive_timeout = absl::Hours(1);
    Start([](const Request&, ResponseWriter& response) {
      response.SetHeader("Content-Type", "text/plain");
      response.Write("Hello, World!");
    });
  }
};

TEST_F(ServerMemoryTest, AKeepAliveGetAllocatesNothingOnceTheServerIsWarm) {
  StartPlain();
  const std::string get = Get("/", "User-Agent: test\r\nAccept: */*\r\n");
  BareClient client(url());
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(client.Exchange(get));
  const uint64_t before = Allocations();
  ASSERT_GT(before, 0u) << "nothing is counted";
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(client.Exchange(get));
  EXPECT_EQ(Allocations() - before, 0u);
}

TEST_F(ServerMemoryTest, AParkedConnectionTakesLessThanAKilobyte) {
  rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  // Two descriptors for each, and some for the rest.
  const size_t count = limit.rlim_cur > 3000 ? 1280 : 384;
  if (limit.rlim_cur < 900) GTEST_SKIP() << "only " << limit.rlim_cur << " descriptors";
  StartPlain();
  std::vector<HttpClient> clients;
  clients.reserve(2 * count);
  // Each with a request behind it: what that took must have been given back.
  const auto open = [&](size_t more) {
    for (size_t i = 0; i < more; ++i) {
      clients.emplace_back(url());
      clients.back().Send(Get("/"));
      ASSERT_EQ(clients.back().ReadResponse().status, 200);
    }
    EXPECT_TRUE(Eventually([&] { return server_->Stats().connections_parked == clients.size(); }));
    for (HttpClient& client : clients) client.ForgetBuffer();
  };
  open(128);  // what every server has, however many connections
  const int64_t before = AllocatedBytes();
  open(count);
  const int64_t each = (AllocatedBytes() - before) / static_cast<int64_t>(count);
  RecordProperty("bytes_per_parked_connection", static_cast<int>(each));
  EXPECT_GT(each, 0);
  EXPECT_LT(each, 1024);
}

}  // namespace
}  // namespace robusto
