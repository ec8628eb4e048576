// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/admin_address.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(AdminAddressTest, TakesWhatPeopleWrite) {
  struct Case {
    std::string text;
    std::string target;
    bool on_this_machine;
  };
  const std::vector<Case> cases = {
      {"127.0.0.1:50051", "dns:127.0.0.1:50051", true},
      {"127.1.2.3:1", "dns:127.1.2.3:1", true},
      {"localhost:50051", "dns:localhost:50051", true},
      {":50051", "ipv4:127.0.0.1:50051", true},
      {"db-7.example.net:65535", "dns:db-7.example.net:65535", false},
      {"127.evil.example:80", "dns:127.evil.example:80", false},
      {"[::1]:50051", "ipv6:[::1]:50051", true},
      {"[fe80::1%eth0]:50051", "ipv6:[fe80::1%eth0]:50051", false},
      {"unix:/run/robusto.sock", "unix:/run/robusto.sock", true},
      {"unix:admin.sock", "unix:admin.sock", true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    const auto address = ParseAdminAddress(c.text);
    ASSERT_TRUE(address.ok()) << address.status();
    EXPECT_EQ(address->grpc_target, c.target);
    EXPECT_EQ(address->on_this_machine, c.on_this_machine);
  }
}

TEST(AdminAddressTest, SaysWhatWouldBeRight) {
  for (const char* const text :
       {"", "localhost", "localhost:", "localhost:0", "localhost:65536", "localhost:http",
        "localhost:-1", "::1:50051", "[::1]", "[]:1", "[::1:50051", "http://localhost:50051",
        "a b:1", "a/b:1", "unix:", "x:18446744073709551617"}) {
    SCOPED_TRACE(text);
    const auto address = ParseAdminAddress(text);
    ASSERT_FALSE(address.ok());
    EXPECT_EQ(address.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(address.status().message()),
                ::testing::StartsWith("--address=" + std::string(text) + ": expected "));
  }
}

}  // namespace
}  // namespace robusto
