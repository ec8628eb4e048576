// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/access/listen_address.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(ListenAddressTest, KnowsWhoCanReachAnAddress) {
  struct Row {
    const char* text;
    const char* host;
    bool local;
  };
  for (const Row& row : std::vector<Row>{
           {"127.0.0.1:7", "127.0.0.1", true},
           {"127.9.9.9:7", "127.9.9.9", true},
           {"[::1]:7", "::1", true},
           {"localhost:7", "localhost", true},
           {"unix:/run/x", "/run/x", true},
           {"0.0.0.0:7", "0.0.0.0", false},
           {":7", "::", false},
           {"[::]:7", "::", false},
           {"192.0.2.1:7", "192.0.2.1", false},
           {"127.0.0.1.example.org:7", "127.0.0.1.example.org", false},
           {"[::ffff:192.0.2.1]:7", "::ffff:192.0.2.1", false},
       }) {
    const auto address = ParseListenAddress(row.text);
    ASSERT_TRUE(address.ok()) << row.text << ": " << address.status();
    EXPECT_EQ(address->host, row.host);
    EXPECT_EQ(address->local, row.local) << row.text;
  }
  EXPECT_EQ(ParseListenAddress("[::1]:0")->WithPort(9), "[::1]:9");
  EXPECT_EQ(ParseListenAddress("127.0.0.1:0")->WithPort(9), "127.0.0.1:9");
  EXPECT_EQ(ParseListenAddress("unix:/x")->WithPort(9), "unix:/x");
}

TEST(ListenAddressTest, SaysWhatAnAddressShouldBe) {
  for (const char* text :
       {"", "localhost", "::1:7", "[::1:7", "host:", "host:x", "host:65536", "host:-1", "unix:"}) {
    EXPECT_THAT(std::string(ParseListenAddress(text).status().message()),
                ::testing::HasSubstr("expected host:port, [v6-address]:port, :port or unix:PATH"))
        << text;
  }
}

TEST(ListenAddressTest, APathIsNoLongerThanASocketsNameCanBe) {
  EXPECT_TRUE(ParseListenAddress("unix:" + std::string(107, 'x')).ok());
  EXPECT_THAT(std::string(ParseListenAddress("unix:" + std::string(108, 'x')).status().message()),
              ::testing::HasSubstr("the path is longer than 107 bytes"));
}

}  // namespace
}  // namespace robusto
