// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What Server::Create refuses of its options, and in which words.

#include "robusto/http/api/server_options.h"

#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "robusto/http/server.h"
#include "tests/testing/temp_tree.h"

namespace robusto {
namespace {

absl::Status Create(const ServerOptions& options) {
  return Server::Create(options, [](const Request&, ResponseWriter&) {}).status();
}

ServerOptions OnAFreePort() {
  ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  return options;
}

TEST(ServerOptionsTest, AServerNameThatWouldSplitAResponseIsRefused) {
  const struct {
    absl::string_view name;
    absl::string_view shown;
  } kRows[] = {{"a\r\nSet-Cookie: b", "a\\r\\nSet-Cookie: b"},
               {"a\n", "a\\n"},
               {absl::string_view("a\0z", 3), "a\\x00z"},
               {"\x7f", "\\x7f"}};
  for (const auto& row : kRows) {
    ServerOptions options = OnAFreePort();
    options.server_name = std::string(row.name);
    const absl::Status status = Create(options);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_EQ(status.message(), absl::StrCat("server_name is ", row.shown,
                                             "; it must be text without control characters"));
  }
  for (const char* name : {"", "robusto", "robusto/1.0 (a comment)", "caf\xc3\xa9"}) {
    ServerOptions options = OnAFreePort();
    options.server_name = name;
    EXPECT_TRUE(Create(options).ok()) << name;
  }
}

TEST(ServerOptionsTest, ARequestIdHeaderThatIsNoNameOfAFieldIsRefused) {
  for (const char* name : {"X Id", "X-Id:", "X-Id\r\nA", "\xc3\xa9", "(", "Content-Length",
                           "connection", "Date", "Server"}) {
    ServerOptions options = OnAFreePort();
    options.request_id_header = name;
    const absl::Status status = Create(options);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_TRUE(absl::StartsWith(status.message(), "request_id_header is ")) << status;
  }
  for (const char* name : {"", "X-Request-Id", "traceparent"}) {
    ServerOptions options = OnAFreePort();
    options.request_id_header = name;
    EXPECT_TRUE(Create(options).ok()) << name;
  }
}

TEST(ServerOptionsTest, AUnixSocketHasTheModeOfTheOptions) {
  const TempTree tree;
  ASSERT_EQ(chdir(tree.path().c_str()), 0);
  ServerOptions options;
  options.listen = {"unix:socket"};
  options.unix_socket_mode = 0606;
  auto server = Server::Create(options, [](const Request&, ResponseWriter&) {});
  ASSERT_TRUE(server.ok()) << server.status();
  struct stat info;
  ASSERT_EQ(lstat("socket", &info), 0);
  EXPECT_EQ(info.st_mode & 07777, mode_t{0606});

  options.unix_socket_mode = 04777;
  EXPECT_EQ(Create(options).message(), "unix_socket_mode is 04777; it must be from 0 to 0777");
}

}  // namespace
}  // namespace robusto
