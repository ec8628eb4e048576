// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/metrics/metrics_server.h"

#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "robusto/workers/option_error.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"
#include "tests/testing/http_client.h"

namespace robusto {
namespace {

using ::testing::HasSubstr;

constexpr char kOperator[] = "Authorization: Bearer operator-0123456789\r\n";
constexpr char kReader[] = "Authorization: Bearer reader-0123456789ab\r\n";

class MetricsServerTest : public ::testing::Test {
 protected:
  MetricsServerTest() {
    ThreadPoolOptions options;
    options.min_threads = 2;
    options.queue_capacity = 8;
    pool_ = *ThreadPool::Create(options);
    EXPECT_TRUE(pool_->Start().ok());
    options_.listen = "127.0.0.1:0";
    options_.health.interval = absl::Milliseconds(5);
    options_.health.progress_timeout = absl::Milliseconds(50);
    options_.http = [] {
      ServerStats stats;
      stats.connections_open = 42;
      stats.connections_accepted = 43;
      stats.responses[4] = 5;
      stats.refusals["bare_lf"] = 6;
      return stats;
    };
    options_.on_change = [this](absl::string_view line) {
      std::lock_guard<std::mutex> lock(mu_);
      changes_.emplace_back(line);
    };
  }
  ~MetricsServerTest() override {
    blocker_.Free();
    metrics_.reset();
  }

  void UseTokens() {
    options_.token_file = absl::StrCat(::testing::TempDir(), "/tokens");
    std::FILE* const file = std::fopen(options_.token_file.c_str(), "w");
    std::fputs("operator operator-0123456789\nread-only reader-0123456789ab\n", file);
    std::fclose(file);
    chmod(options_.token_file.c_str(), 0600);
  }
  void Start() {
    auto metrics = MetricsServer::Create(pool_.get(), options_);
    ASSERT_TRUE(metrics.ok()) << metrics.status();
    metrics_ = *std::move(metrics);
  }

  std::string HostOf() const { return metrics_->url().substr(std::string("http://").size()); }
  HttpResponse Ask(const std::string& method, const std::string& target,
                   const std::string& fields = "") {
    return AskAs(HostOf(), method, target, fields);
  }
  HttpResponse AskAs(const std::string& host, const std::string& method, const std::string& target,
                     const std::string& fields = "") {
    HttpClient client(metrics_->url());
    client.Send(absl::StrCat(method, " ", target, " HTTP/1.1\r\nHost: ", host, "\r\n", fields,
                             "Connection: close\r\n\r\n"));
    return client.ReadResponse();
  }
  bool BecomesReady(int status, const std::string& why) {
    return Eventually([&] {
      const HttpResponse response = Ask("GET", "/readyz");
      return response.status == status && absl::StrContains(response.body, why);
    });
  }
  std::vector<std::string> changes() {
    std::lock_guard<std::mutex> lock(mu_);
    return changes_;
  }

  std::mutex mu_;
  std::vector<std::string> changes_;
  Blocker blocker_;
  std::unique_ptr<ThreadPool> pool_;
  MetricsServerOptions options_;
  std::unique_ptr<MetricsServer> metrics_;
};

TEST_F(MetricsServerTest, AnswersEachPage) {
  Start();
  const HttpResponse metrics = Ask("GET", "/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_EQ(metrics.Header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(metrics.body, HasSubstr("\nrobusto_http_connections 42\n"));
  EXPECT_THAT(metrics.body, HasSubstr("\nrobusto_http_connections_accepted_total 43\n"));
  EXPECT_THAT(metrics.body, HasSubstr("\nrobusto_http_responses_total{class=\"4xx\"} 5\n"));
  EXPECT_THAT(metrics.body, HasSubstr("\nrobusto_http_refusals_total{reason=\"bare_lf\"} 6\n"));
  EXPECT_EQ(Ask("GET", "/healthz").body, "ok\n");
  const HttpResponse status = Ask("GET", "/status.json");
  EXPECT_EQ(status.status, 200);
  EXPECT_EQ(status.Header("Content-Type"), "application/json");
  EXPECT_THAT(status.body, HasSubstr("\"may\":\"read\""));
  EXPECT_THAT(status.body, HasSubstr("\"connections_open\":42"));
  EXPECT_EQ(Ask("GET", "/favicon.ico").status, 404);
}

TEST_F(MetricsServerTest, ServesThePageWithAPolicyThatForbidsAllButItself) {
  Start();
  const HttpResponse page = Ask("GET", "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.Header("Content-Type"), "text/html; charset=utf-8");
  const std::string policy = page.Header("Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'none';"));
  EXPECT_THAT(policy, HasSubstr("frame-ancestors 'none'"));
  EXPECT_FALSE(absl::StrContains(policy, "unsafe"));
  EXPECT_EQ(page.Header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(page.Header("Cache-Control"), "no-store");
  // The only address in it names the form of the pictures that it draws.
  size_t addresses = 0;
  for (size_t at = 0; (at = page.body.find("http", at)) != std::string::npos; ++at) {
    addresses += page.body.compare(at, 18, "http://www.w3.org/") == 0 ? 0 : 1;
  }
  EXPECT_EQ(addresses, 0u);
}

TEST_F(MetricsServerTest, IsNotReadyWhileQueuedTasksAreNotStarted) {
  Start();
  EXPECT_TRUE(BecomesReady(200, "ready"));
  // One more than there are workers.
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
  ASSERT_TRUE(blocker_.AwaitBusy(2));
  // Every worker is blocked, and the port still answers.
  EXPECT_TRUE(BecomesReady(503, "no queued request was started"));
  EXPECT_EQ(Ask("GET", "/healthz").status, 200);
  EXPECT_EQ(Ask("GET", "/metrics").status, 200);
  blocker_.Free();
  EXPECT_TRUE(BecomesReady(200, "ready"));
}

TEST_F(MetricsServerTest, IsNotReadyWhileThePoolDrainsNorWhenTheServerStops) {
  Start();
  EXPECT_TRUE(BecomesReady(200, "ready"));
  ASSERT_TRUE(pool_->Drain().ok());
  EXPECT_TRUE(BecomesReady(503, "draining"));
  ASSERT_TRUE(pool_->Resume().ok());
  EXPECT_TRUE(BecomesReady(200, "ready"));
  pool_->MarkStopping("a test");
  EXPECT_TRUE(BecomesReady(503, "the server is stopping"));
  EXPECT_THAT(Ask("GET", "/metrics").body, HasSubstr("robusto_pool_state{state=\"stopping\"} 1"));
  EXPECT_THAT(Ask("GET", "/status.json").body, HasSubstr("\"state\":\"stopping\""));
  ASSERT_TRUE(pool_->Stop(absl::ZeroDuration()).ok());
  EXPECT_TRUE(BecomesReady(503, ""));
  EXPECT_EQ(Ask("GET", "/healthz").status, 200);
}

TEST_F(MetricsServerTest, HasOneMethodForEachPath) {
  UseTokens();
  Start();
  for (const char* path : {"/", "/status.json", "/metrics", "/healthz", "/readyz"}) {
    const HttpResponse response =
        Ask("POST", path, absl::StrCat(kOperator, "Content-Length: 0\r\n"));
    EXPECT_EQ(response.status, 405) << path;
    EXPECT_EQ(response.Header("Allow"), "GET, HEAD") << path;
  }
  for (const char* path : {"/drain", "/resume", "/resize?min=1", "/cancel?task=1"}) {
    const HttpResponse response = Ask("GET", path, kOperator);
    EXPECT_EQ(response.status, 405) << path;
    EXPECT_EQ(response.Header("Allow"), "POST") << path;
  }
  EXPECT_EQ(pool_->Stats().state, PoolState::kRunning);
}

TEST_F(MetricsServerTest, ShowsRequestsOnlyUnderNamesOfThisMachine) {
  Start();
  EXPECT_EQ(AskAs("evil.example", "GET", "/status.json").status, 421);
  EXPECT_EQ(AskAs("evil.example", "GET", "/").status, 421);
  EXPECT_EQ(AskAs("localhost:1", "GET", "/status.json").status, 200);
  // A scraper may know the machine by any name.
  EXPECT_EQ(AskAs("scraped.example", "GET", "/metrics").status, 200);
  EXPECT_EQ(AskAs("probed.example", "GET", "/readyz").body.empty(), false);
}

TEST_F(MetricsServerTest, IsToReadOnlyWithoutTokens) {
  Start();
  for (const char* path : {"/drain", "/resume", "/resize?min=1", "/cancel?task=1"}) {
    EXPECT_EQ(Ask("POST", path, kOperator).status, 403) << path;
  }
  EXPECT_EQ(pool_->Stats().state, PoolState::kRunning);
}

TEST_F(MetricsServerTest, AsksForATokenWhereThereAreTokens) {
  UseTokens();
  Start();
  EXPECT_EQ(Ask("GET", "/status.json").status, 401);
  EXPECT_EQ(Ask("GET", "/status.json", "Authorization: Bearer guess\r\n").status, 401);
  EXPECT_THAT(Ask("GET", "/status.json", kReader).body, HasSubstr("\"may\":\"read\""));
  EXPECT_THAT(Ask("GET", "/status.json", kOperator).body, HasSubstr("\"may\":\"operate\""));
  EXPECT_EQ(Ask("GET", "/").status, 200);
  EXPECT_EQ(Ask("GET", "/metrics").status, 200);
  EXPECT_EQ(Ask("POST", "/drain").status, 401);
  EXPECT_EQ(Ask("POST", "/drain", kReader).status, 403);
  EXPECT_EQ(pool_->Stats().state, PoolState::kRunning);
  EXPECT_TRUE(changes().empty());
}

TEST_F(MetricsServerTest, RefusesChangesFromPagesOfElsewhere) {
  UseTokens();
  Start();
  for (const char* origin : {"http://evil.example", "null", "http://127.0.0.1:1"}) {
    const std::string fields = absl::StrCat(kOperator, "Origin: ", origin, "\r\n");
    EXPECT_EQ(Ask("POST", "/drain", fields).status, 403) << origin;
  }
  EXPECT_EQ(AskAs("evil.example", "POST", "/drain",
                  absl::StrCat(kOperator, "Origin: http://evil.example\r\n"))
                .status,
            421);
  EXPECT_EQ(pool_->Stats().state, PoolState::kRunning);
  const std::string own = absl::StrCat(kOperator, "Origin: ", metrics_->url(), "\r\n");
  EXPECT_EQ(Ask("POST", "/drain", own).status, 200);
  EXPECT_EQ(pool_->Stats().state, PoolState::kDraining);
}

TEST_F(MetricsServerTest, ChangesThePoolForAnOperatorAndSaysSo) {
  UseTokens();
  Start();
  struct Case {
    std::string target;
    int status;
    const char* answer;
  };
  const std::string generation = absl::StrCat(pool_->Stats().generation);
  const Case cases[] = {
      {"/resize?min=0", 400, "min=0: must be a number from 1 to 10000"},
      {"/resize", 400, "min=: must be"},
      {"/resize?min=3&max=2", 400, "max"},
      {"/resize?min=3&max=many", 400, "max=many"},
      {"/resize?min=1&max=10001", 400, "max=10001"},
      {"/resize?min=3&max=4&generation=x", 400, "generation=x"},
      {"/resize?min=3&max=4&generation=999", 409, "generation"},
      {"/resize?min=3&max=4&generation=" + generation, 200, "1 started, 0 retired, 3 workers"},
      {"/resume", 409, ""},
      {"/drain", 200, "draining"},
      {"/resume", 200, "running"},
      {"/cancel", 400, "task="},
      {"/cancel?task=0", 400, "task=0"},
      {"/cancel?task=1&level=rude", 400, "gentle or firm"},
      {"/cancel?task=987654321", 404, ""},
  };
  for (const Case& c : cases) {
    const HttpResponse response = Ask("POST", c.target, kOperator);
    EXPECT_EQ(response.status, c.status) << c.target << " " << response.body;
    EXPECT_THAT(response.body, HasSubstr(c.answer)) << c.target;
  }
  EXPECT_EQ(changes().size(), sizeof(cases) / sizeof(cases[0]));
  EXPECT_THAT(changes()[7], HasSubstr("/resize?min=3&max=4"));
  EXPECT_EQ(pool_->Stats().max_threads, 4);
}

TEST_F(MetricsServerTest, RefusesAWiderAddressUnlessItIsInsistedOn) {
  options_.listen = "0.0.0.0:0";
  const auto refused = MetricsServer::Create(pool_.get(), options_);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.status().message()),
              HasSubstr("listen: other machines can reach this address"));
  options_.insecure = true;
  auto metrics = MetricsServer::Create(pool_.get(), options_);
  ASSERT_TRUE(metrics.ok()) << metrics.status();
}

TEST_F(MetricsServerTest, ShowsNoRequestsToOtherMachinesWithoutAToken) {
  options_.listen = "0.0.0.0:0";
  options_.insecure = true;
  Start();
  const std::string port = metrics_->url().substr(metrics_->url().rfind(':'));
  const auto ask = [&](const std::string& path, const std::string& fields) {
    HttpClient client("http://127.0.0.1" + port);
    client.Send(absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: a.example\r\n", fields, "\r\n"));
    return client.ReadResponse();
  };
  EXPECT_EQ(ask("/status.json", "").status, 403);
  EXPECT_EQ(ask("/status.json", kOperator).status, 403);
  EXPECT_EQ(ask("/metrics", "").status, 200);
}

TEST_F(MetricsServerTest, ListensOnAUnixSocket) {
  // In the directory of the test, as the path of TempDir() is too long for a socket.
  options_.listen = "unix:metrics_socket";
  Start();
  EXPECT_EQ(metrics_->url(), options_.listen);
  EXPECT_EQ(AskAs("localhost", "GET", "/healthz").body, "ok\n");
}

TEST_F(MetricsServerTest, NamesTheOptionThatCannotBeHad) {
  options_.listen = "nowhere";
  EXPECT_THAT(std::string(MetricsServer::Create(pool_.get(), options_).status().message()),
              ::testing::StartsWith("invalid listen address \"nowhere\""));
  options_.listen = "127.0.0.1:0";
  Start();
  options_.listen = HostOf();
  const auto taken = MetricsServer::Create(pool_.get(), options_);
  EXPECT_EQ(taken.status().code(), absl::StatusCode::kUnavailable) << taken.status();
  options_.listen = "127.0.0.1:0";
  options_.token_file = "/no/such/file";
  const absl::Status unreadable = MetricsServer::Create(pool_.get(), options_).status();
  EXPECT_EQ(unreadable.message(), "/no/such/file: cannot read: No such file or directory");
  const absl::optional<OptionError> error = GetOptionError(unreadable);
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->option, "token_file");
  EXPECT_EQ(error->value, "/no/such/file");
}

}  // namespace
}  // namespace robusto
