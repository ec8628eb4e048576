// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Where the admin server listens, and who gets in. Certificates: testdata/make_certificates.

#include "robusto/admin/server/admin_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "robusto/admin/pool_admin.grpc.pb.h"
#include "robusto/workers/option_error.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr char kOperator[] = "operator-0123456789abcdef";
constexpr char kReader[] = "reader-0123456789abcdef";

std::string Pem(const std::string& name) { return "tests/admin/server/testdata/" + name; }

std::string Content(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

class AdminServerTest : public ::testing::Test {
 protected:
  AdminServerTest() {
    ThreadPoolOptions options;
    options.min_threads = 1;
    options.max_threads = 4;
    pool_ = *ThreadPool::Create(options);
    EXPECT_TRUE(pool_->Start().ok());
    options_.listen = "127.0.0.1:0";
    options_.service.unauthenticated_delay = absl::ZeroDuration();
    options_.on_warning = [this](absl::string_view text) {
      absl::MutexLock lock(&mu_);
      warnings_.emplace_back(text);
    };
    options_.service.on_change = [this](const AdminCall& call) {
      absl::MutexLock lock(&mu_);
      roles_.push_back(call.role);
    };
  }

  void Tls() {
    options_.tls_cert = Pem("server.pem");
    options_.tls_key = Pem("server.key");
  }
  void Tokens() {
    options_.token_file = ::testing::TempDir() + "/admin_tokens";
    WriteTokens(absl::StrCat("operator ", kOperator, "\nread-only ", kReader, "\n"));
  }
  void WriteTokens(const std::string& content) {
    const std::string path = ::testing::TempDir() + "/admin_tokens";
    std::ofstream(path + ".new") << content;
    ASSERT_EQ(std::rename((path + ".new").c_str(), path.c_str()), 0);
  }

  void Start() {
    auto server = AdminServer::Create(pool_.get(), options_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  absl::Status Refusal() { return AdminServer::Create(pool_.get(), options_).status(); }
  // The message, where it is this option that is blamed.
  std::string RefusalOf(absl::string_view option, absl::string_view value) {
    const absl::Status status = Refusal();
    const absl::optional<OptionError> error = GetOptionError(status);
    if (!error.has_value()) return absl::StrCat("no option is blamed: ", status.ToString());
    EXPECT_EQ(error->option, option);
    EXPECT_EQ(error->value, value);
    return std::string(status.message());
  }

  // With a certificate of its own when `name` is not empty.
  std::shared_ptr<grpc::ChannelCredentials> Trusting(const std::string& ca,
                                                     const std::string& name = "") {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = Content(Pem(ca));
    if (!name.empty()) {
      ssl.pem_cert_chain = Content(Pem(name + ".pem"));
      ssl.pem_private_key = Content(Pem(name + ".key"));
    }
    return grpc::SslCredentials(ssl);
  }

  struct Codes {
    grpc::StatusCode read;
    grpc::StatusCode change;
  };
  // What a caller gets for GetStats and for Grow, and the message of Grow.
  Codes Call(const std::shared_ptr<grpc::ChannelCredentials>& credentials,
             const std::string& authorization = "") {
    // Each caller a connection of its own.
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto stub = admin::v1::PoolAdmin::NewStub(
        grpc::CreateCustomChannel(server_->address(), credentials, arguments));
    Codes codes;
    {
      grpc::ClientContext context;
      if (!authorization.empty()) context.AddMetadata("authorization", authorization);
      admin::v1::PoolStats stats;
      codes.read = stub->GetStats(&context, {}, &stats).error_code();
    }
    grpc::ClientContext context;
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    admin::v1::GrowRequest grow;
    admin::v1::GrowResponse grown;
    grow.set_count(1);
    const grpc::Status status = stub->Grow(&context, grow, &grown);
    codes.change = status.error_code();
    message_ = status.error_message();
    return codes;
  }

  std::string LastRole() {
    absl::MutexLock lock(&mu_);
    return roles_.empty() ? "" : roles_.back();
  }

  // Waits for a warning that contains `text`.
  bool WarningAppears(const std::string& text) {
    const auto there = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) {
      return std::any_of(warnings_.begin(), warnings_.end(), [&](const std::string& warning) {
        return absl::StrContains(warning, text);
      });
    };
    absl::MutexLock lock(&mu_);
    return mu_.AwaitWithTimeout(absl::Condition(&there), absl::Seconds(30));
  }
  // A TCP connection to the server that sends nothing.
  int ConnectSilently() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int port;
    EXPECT_TRUE(
        absl::SimpleAtoi(server_->address().substr(server_->address().rfind(':') + 1), &port));
    address.sin_port = htons(static_cast<uint16_t>(port));
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
    return fd;
  }

  absl::Mutex mu_;
  std::vector<std::string> roles_ ABSL_GUARDED_BY(mu_);
  std::vector<std::string> warnings_ ABSL_GUARDED_BY(mu_);
  std::unique_ptr<ThreadPool> pool_;
  AdminServerOptions options_;
  std::unique_ptr<AdminServer> server_;
  std::string message_;
};

// --- Where it listens ---

TEST_F(AdminServerTest, SaysWhatPortItGot) {
  Start();
  EXPECT_THAT(server_->address(), MatchesRegex("127\\.0\\.0\\.1:[1-9][0-9]*"));
}

TEST_F(AdminServerTest, RefusesAPortInUse) {
  Start();
  options_.listen = server_->address();
  const absl::Status status = Refusal();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("Address already in use"));
}

TEST_F(AdminServerTest, AUnixSocketIsItsOwnersAlone) {
  // Not TempDir, whose paths are often longer than a socket's may be.
  char directory[] = "/tmp/admin_server_test.XXXXXX";
  ASSERT_NE(mkdtemp(directory), nullptr);
  const std::string path = absl::StrCat(directory, "/socket");
  options_.listen = absl::StrCat("unix:", path);
  Start();
  EXPECT_EQ(server_->address(), options_.listen);
  struct stat file;
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  EXPECT_EQ(Call(grpc::InsecureChannelCredentials()).change, grpc::StatusCode::OK);
  // A second server does not take it away.
  EXPECT_THAT(std::string(Refusal().message()), HasSubstr("another server listens on it"));
  server_.reset();
  unlink(path.c_str());
  EXPECT_EQ(rmdir(directory), 0);
}

TEST_F(AdminServerTest, RefusesAWideAddressUnlessItIsSafeOrInsisted) {
  options_.listen = "0.0.0.0:0";
  EXPECT_THAT(std::string(Refusal().message()),
              HasSubstr("it requires tls_cert and tls_key, and tls_client_ca or token_file, or "
                        "insecure; or choose a loopback address"));
  Tokens();
  EXPECT_THAT(std::string(Refusal().message()),
              HasSubstr("it requires tls_cert and tls_key, or insecure"));
  options_.token_file.clear();
  Tls();
  EXPECT_THAT(std::string(Refusal().message()),
              HasSubstr("it requires tls_client_ca or token_file, or insecure"));
  options_.tls_client_ca = Pem("test-ca.pem");
  EXPECT_TRUE(Refusal().ok());
  options_ = AdminServerOptions();
  options_.listen = "0.0.0.0:0";
  options_.insecure = true;
  EXPECT_TRUE(Refusal().ok());
}

TEST_F(AdminServerTest, NamesTheOptionThatIsWrong) {
  options_.tls_cert = Pem("server.pem");
  EXPECT_EQ(RefusalOf("tls_cert", options_.tls_cert), "tls_cert: requires tls_key");
  options_.tls_key = "/nonexistent";
  EXPECT_EQ(RefusalOf("tls_key", "/nonexistent"), "tls_key: the file cannot be read, or is empty");
  options_.tls_key = Pem("make_certificates");
  EXPECT_EQ(RefusalOf("tls_key", options_.tls_key), "tls_key: the file is not in PEM format");
  options_.tls_key = Pem("alice.key");
  EXPECT_EQ(RefusalOf("tls_key", options_.tls_key), "tls_key: it is not the key of tls_cert");
  options_ = AdminServerOptions();
  options_.tls_client_ca = Pem("test-ca.pem");
  EXPECT_EQ(RefusalOf("tls_client_ca", options_.tls_client_ca),
            "tls_client_ca: requires tls_cert and tls_key");
  options_ = AdminServerOptions();
  options_.listen = "nowhere";
  EXPECT_THAT(RefusalOf("listen", "nowhere"),
              HasSubstr("invalid listen address \"nowhere\": expected "));
  options_ = AdminServerOptions();
  options_.token_file = "/nonexistent";
  EXPECT_EQ(RefusalOf("token_file", "/nonexistent"),
            "/nonexistent: cannot read: No such file or directory");
}

TEST_F(AdminServerTest, ConnectionsBeyondTheMaximumWaitForOneToEnd) {
  options_.max_connections = 2;
  Start();
  const int first = ConnectSilently();
  const int second = ConnectSilently();
  const auto stub = admin::v1::PoolAdmin::NewStub(
      grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(60)));
  admin::v1::PoolStats stats;
  grpc::Status status;
  std::thread waiting([&] { status = stub->GetStats(&context, {}, &stats); });
  EXPECT_TRUE(WarningAppears("2 connections are open, which is the maximum; new ones wait"));
  close(first);
  waiting.join();
  EXPECT_TRUE(status.ok()) << status.error_message();
  close(second);
}

TEST_F(AdminServerTest, RefusesAMaximumOutOfRange) {
  for (const int max_connections : {0, -1, 10001}) {
    options_.max_connections = max_connections;
    EXPECT_EQ(RefusalOf("max_connections", absl::StrCat(max_connections)),
              absl::StrCat("max_connections is ", max_connections, "; it must be from 1 to 10000"));
  }
}

TEST_F(AdminServerTest, ACertificateThatChangesIsUsedWithoutARestart) {
  const std::string cert = ::testing::TempDir() + "/changing.pem";
  const std::string key = ::testing::TempDir() + "/changing.key";
  const auto put = [](const std::string& from, const std::string& to) {
    std::ofstream(to + ".new") << Content(Pem(from));
    ASSERT_EQ(std::rename((to + ".new").c_str(), to.c_str()), 0);
  };
  // A certificate for clients only, which no client accepts from a server.
  put("alice.pem", cert);
  put("alice.key", key);
  options_.tls_cert = cert;
  options_.tls_key = key;
  options_.certificate_check_interval = absl::Seconds(1);
  Start();
  EXPECT_EQ(Call(Trusting("test-ca.pem")).read, grpc::StatusCode::UNAVAILABLE);
  put("server.pem", cert);
  put("server.key", key);
  const absl::Time guard = absl::Now() + absl::Seconds(30);
  grpc::StatusCode code;
  do {
    code = Call(Trusting("test-ca.pem")).read;
  } while (code != grpc::StatusCode::OK && absl::Now() < guard);
  EXPECT_EQ(code, grpc::StatusCode::OK);
}

// --- Who gets in ---

#define EXPECT_CODES(call, want_read, want_change)                      \
  do {                                                                  \
    const Codes codes = call;                                           \
    EXPECT_EQ(codes.read, grpc::StatusCode::want_read);                 \
    EXPECT_EQ(codes.change, grpc::StatusCode::want_change) << message_; \
  } while (false)

TEST_F(AdminServerTest, OnLoopbackEveryLocalUserIsAnOperator) {
  Start();
  EXPECT_CODES(Call(grpc::InsecureChannelCredentials()), OK, OK);
  EXPECT_EQ(LastRole(), "anyone");
}

TEST_F(AdminServerTest, ATokenSaysTheRole) {
  Tokens();
  Start();
  const auto plain = grpc::InsecureChannelCredentials();
  EXPECT_CODES(Call(plain), UNAUTHENTICATED, UNAUTHENTICATED);
  EXPECT_EQ(message_, "a token is required: send one metadata field `authorization: Bearer TOKEN`");
  EXPECT_EQ(LastRole(), "unauthenticated");
  EXPECT_CODES(Call(plain, "Bearer wrong-0123456789abcdef"), UNAUTHENTICATED, UNAUTHENTICATED);
  EXPECT_EQ(message_, "unknown token");
  EXPECT_CODES(Call(plain, absl::StrCat("Basic ", kOperator)), UNAUTHENTICATED, UNAUTHENTICATED);
  EXPECT_CODES(Call(plain, absl::StrCat("Bearer ", kReader)), OK, PERMISSION_DENIED);
  EXPECT_EQ(message_, "a read-only token cannot change anything; use an operator token");
  EXPECT_EQ(LastRole(), "read-only");
  EXPECT_CODES(Call(plain, absl::StrCat("bearer ", kOperator)), OK, OK);
  EXPECT_EQ(LastRole(), "operator");
}

TEST_F(AdminServerTest, UnknownTokensAreLoggedOnceAndWithoutTheToken) {
  Tokens();
  Start();
  const auto plain = grpc::InsecureChannelCredentials();
  for (int i = 0; i < 3; ++i) {
    EXPECT_CODES(Call(plain, "Bearer wrong-0123456789abcdef"), UNAUTHENTICATED, UNAUTHENTICATED);
  }
  absl::MutexLock lock(&mu_);
  int refusals = 0;
  for (const std::string& warning : warnings_) {
    if (absl::StrContains(warning, "refused a call with an unknown token from ipv4:127.0.0.1:")) {
      ++refusals;
    }
    EXPECT_FALSE(absl::StrContains(warning, "wrong-0123456789abcdef")) << warning;
  }
  EXPECT_EQ(refusals, 1);
}

TEST_F(AdminServerTest, UnknownTokensAreAnsweredLateAndTheServerEndsInTime) {
  Tokens();
  options_.service.unauthenticated_delay = absl::Hours(1);
  Start();
  const auto stub = admin::v1::PoolAdmin::NewStub(
      grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext brief;
  brief.AddMetadata("authorization", "Bearer wrong-0123456789abcdef");
  brief.set_deadline(absl::ToChronoTime(absl::Now() + absl::Milliseconds(100)));
  admin::v1::PoolStats stats;
  EXPECT_EQ(stub->GetStats(&brief, {}, &stats).error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  // The end of the server does not wait for the delay.
  grpc::ClientContext patient;
  patient.AddMetadata("authorization", "Bearer wrong-0123456789abcdef");
  const auto events = stub->WatchEvents(&patient, admin::v1::WatchEventsRequest());
  EXPECT_TRUE(WarningAppears("unknown token"));
  server_->Shutdown(absl::Seconds(30));
  admin::v1::PoolEvent event;
  EXPECT_FALSE(events->Read(&event));
  EXPECT_FALSE(events->Finish().ok());
}

TEST_F(AdminServerTest, ATokenIsRevokedByRemovingItsLine) {
  Tokens();
  Start();
  const auto plain = grpc::InsecureChannelCredentials();
  EXPECT_CODES(Call(plain, absl::StrCat("Bearer ", kOperator)), OK, OK);
  WriteTokens(absl::StrCat("read-only ", kReader, "\n"));
  EXPECT_CODES(Call(plain, absl::StrCat("Bearer ", kOperator)), UNAUTHENTICATED, UNAUTHENTICATED);
  EXPECT_CODES(Call(plain, absl::StrCat("Bearer ", kReader)), OK, PERMISSION_DENIED);
}

TEST_F(AdminServerTest, WithTlsTheCallerKnowsTheServer) {
  Tls();
  Start();
  EXPECT_CODES(Call(Trusting("test-ca.pem")), OK, OK);
  EXPECT_CODES(Call(Trusting("other-ca.pem")), UNAVAILABLE, UNAVAILABLE);
  EXPECT_CODES(Call(grpc::InsecureChannelCredentials()), UNAVAILABLE, UNAVAILABLE);
}

TEST_F(AdminServerTest, WithAClientAuthorityTheServerKnowsTheCaller) {
  Tls();
  options_.tls_client_ca = Pem("test-ca.pem");
  Start();
  EXPECT_CODES(Call(Trusting("test-ca.pem", "alice")), OK, OK);
  EXPECT_EQ(LastRole(), "anyone (alice)");
  EXPECT_CODES(Call(Trusting("test-ca.pem", "mallory")), UNAVAILABLE, UNAVAILABLE);
  EXPECT_CODES(Call(Trusting("test-ca.pem")), UNAVAILABLE, UNAVAILABLE);
}

TEST_F(AdminServerTest, WithBothACertificateAndATokenAreNeeded) {
  Tls();
  Tokens();
  options_.tls_client_ca = Pem("test-ca.pem");
  Start();
  const auto alice = Trusting("test-ca.pem", "alice");
  EXPECT_CODES(Call(alice), UNAUTHENTICATED, UNAUTHENTICATED);
  EXPECT_CODES(Call(alice, absl::StrCat("Bearer ", kReader)), OK, PERMISSION_DENIED);
  EXPECT_CODES(Call(alice, absl::StrCat("Bearer ", kOperator)), OK, OK);
  EXPECT_EQ(LastRole(), "operator (alice)");
  EXPECT_CODES(Call(Trusting("test-ca.pem", "mallory"), absl::StrCat("Bearer ", kOperator)),
               UNAVAILABLE, UNAVAILABLE);
}

// --- Its end ---

TEST_F(AdminServerTest, ShutdownEndsStreamsAndThenRefuses) {
  Start();
  const auto stub = admin::v1::PoolAdmin::NewStub(
      grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  const auto events = stub->WatchEvents(&context, admin::v1::WatchEventsRequest());
  admin::v1::PoolEvent event;
  ASSERT_TRUE(events->Read(&event));
  ASSERT_TRUE(pool_->Stop(absl::ZeroDuration()).ok());
  server_->Shutdown(absl::Seconds(30));
  admin::v1::PoolEvent last = event;
  while (events->Read(&event)) last = event;
  EXPECT_EQ(last.kind(), admin::v1::PoolEvent::KIND_STOPPED);
  EXPECT_TRUE(events->Finish().ok());
  EXPECT_CODES(Call(grpc::InsecureChannelCredentials()), UNAVAILABLE, UNAVAILABLE);
}

}  // namespace
}  // namespace robusto
