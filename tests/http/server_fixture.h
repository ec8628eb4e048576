// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The fixture of the tests of Server: a server of the process's own on a free port, and a gate that
// holds handlers for as long as a test likes.

#ifndef ROBUSTO_TESTS_HTTP_SERVER_FIXTURE_H_
#define ROBUSTO_TESTS_HTTP_SERVER_FIXTURE_H_

#include <signal.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/http/server.h"
#include "tests/testing/fake_tasks.h"
#include "tests/testing/http_client.h"

namespace robusto {

inline std::string Get(absl::string_view path, absl::string_view fields = "") {
  return absl::StrCat("GET ", path, " HTTP/1.1\r\nHost: h\r\n", fields, "\r\n");
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    signal(SIGPIPE, SIG_IGN);
    options_.listen = {"127.0.0.1:0"};
    options_.pool.min_threads = 2;
  }
  ~ServerTest() override {
    gate_->Open();
    // Not by the destructor: what went wrong before must not look like a leak.
    if (server_ == nullptr) return;
    EXPECT_TRUE(server_->Stop(absl::Seconds(10)).ok());
  }

  void Start(Handler handler) {
    auto server = Server::Create(options_, std::move(handler));
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const absl::Status status = server_->Start();
    ASSERT_TRUE(status.ok()) << status;
  }
  // Answers with the path; "/block..." waits for the gate first.
  void StartWithGate() {
    Start([gate = gate_](const Request& request, ResponseWriter& response) {
      if (request.path().substr(0, 6) == "/block") gate->Pass();
      response.Write(request.path());
    });
  }
  const std::string& url() const { return server_->urls()[0]; }
  // Waits until `done(stats)`; false when the guard has run out.
  template <typename F>
  bool AwaitStats(F done) {
    const absl::Time guard = absl::Now() + absl::Seconds(HttpClient::kGuardSeconds);
    while (!done(server_->pool().Stats())) {
      if (absl::Now() > guard) return false;
      std::this_thread::yield();
    }
    return true;
  }

  ServerOptions options_;
  // Shared: an abandoned handler may come back later than the test ends.
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
  std::unique_ptr<Server> server_;
};

}  // namespace robusto

#endif  // ROBUSTO_TESTS_HTTP_SERVER_FIXTURE_H_
