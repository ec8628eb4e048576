// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Where the admin server listens, and who gets in. Certificates: testdata/make_certificates.

#include "robusto/admin/server/admin_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "robusto/admin/pool_admin.grpc.pb.h"
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

  absl::Mutex mu_;
  std::vector<std::string> roles_ ABSL_GUARDED_BY(mu_);
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
  EXPECT_EQ(Refusal().message(), "tls_cert: requires tls_key");
  options_.tls_key = "/nonexistent";
  EXPECT_EQ(Refusal().message(), "tls_key=/nonexistent: cannot read the file, or it is empty");
  options_.tls_key = Pem("make_certificates");
  EXPECT_THAT(std::string(Refusal().message()), HasSubstr("is not in PEM format"));
  options_.tls_key = Pem("alice.key");
  EXPECT_THAT(std::string(Refusal().message()), HasSubstr("tls_key is not the key of tls_cert"));
  options_ = AdminServerOptions();
  options_.tls_client_ca = Pem("test-ca.pem");
  EXPECT_EQ(Refusal().message(), "tls_client_ca: requires tls_cert and tls_key");
  options_ = AdminServerOptions();
  options_.listen = "nowhere";
  EXPECT_THAT(std::string(Refusal().message()),
              HasSubstr("listen: invalid listen address \"nowhere\": expected "));
  options_ = AdminServerOptions();
  options_.token_file = "/nonexistent";
  EXPECT_THAT(std::string(Refusal().message()), HasSubstr("token_file: /nonexistent"));
}

// --- Who gets in ---

#define EXPECT_CODES(call, want_read, want_change)                      \
  do {                                                                  \
    const Codes codes = call;                                           \
    EXPECT_EQ(codes.read, grpc::StatusCode::want_read);                 \
    EXPECT_EQ(codes.change, grpc::StatusCode::want_change) << message_; \
  } while (false)

TEST_F(AdminServerTest, OnLoopbackEverybodyIsAnOperator) {
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

TEST_F(AdminServerTest, ATokenIsRevokedByTakingItsLineOut) {
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
