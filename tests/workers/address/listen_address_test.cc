// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/address/listen_address.h"

#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

using Kind = ListenAddress::Kind;

TEST(ListenAddressTest, AnAddressIsTakenApart) {
  const struct {
    const char* text;
    Kind kind;
    const char* host;
    int port;
    bool local;
  } kRows[] = {
      {"127.0.0.1:7", Kind::kTcp, "127.0.0.1", 7, true},
      {"127.9.9.9:7", Kind::kTcp, "127.9.9.9", 7, true},
      {"[::1]:7", Kind::kTcp, "::1", 7, true},
      {"[0:0::1]:7", Kind::kTcp, "0:0::1", 7, true},
      {"localhost:0", Kind::kTcp, "localhost", 0, true},
      {"0.0.0.0:7", Kind::kTcp, "0.0.0.0", 7, false},
      {":65535", Kind::kTcp, "", 65535, false},
      {"[::]:7", Kind::kTcp, "::", 7, false},
      {"192.0.2.1:7", Kind::kTcp, "192.0.2.1", 7, false},
      {"db-7.example_x.net:7", Kind::kTcp, "db-7.example_x.net", 7, false},
      {"127.0.0.1.example.org:7", Kind::kTcp, "127.0.0.1.example.org", 7, false},
      {"127.1:7", Kind::kTcp, "127.1", 7, false},
      {"[::ffff:127.0.0.1]:7", Kind::kTcp, "::ffff:127.0.0.1", 7, false},
      {"[fe80::1%eth0]:7", Kind::kTcp, "fe80::1%eth0", 7, false},
      {"unix:/run/x", Kind::kUnix, "/run/x", 0, true},
      {"unix:x", Kind::kUnix, "x", 0, true},
      {"systemd", Kind::kSystemd, "", 0, false},
      {"systemd:web", Kind::kSystemd, "web", 0, false},
  };
  for (const auto& row : kRows) {
    const auto address = ParseListenAddress(row.text, ListenForms::kAll);
    ASSERT_TRUE(address.ok()) << row.text << ": " << address.status();
    EXPECT_EQ(address->kind, row.kind) << row.text;
    EXPECT_EQ(address->host, row.host) << row.text;
    EXPECT_EQ(address->port, row.port) << row.text;
    EXPECT_EQ(address->local, row.local) << row.text;
    if (row.port != 0 && row.text != std::string("[0:0::1]:7")) {
      EXPECT_EQ(address->WithPort(row.port), row.text);
    }
  }
  EXPECT_EQ(ParseListenAddress("[::1]:0")->WithPort(9), "[::1]:9");
  EXPECT_EQ(ParseListenAddress("unix:/x")->WithPort(9), "unix:/x");
}

TEST(ListenAddressTest, AnErrorNamesTheTextAndWhatIsAccepted) {
  constexpr char kForms[] = "host:port, [v6-address]:port, :port or unix:PATH";
  constexpr char kPort[] = "a port from 0 to 65535";
  constexpr char kBrackets[] = "brackets around the IPv6 address, and a port after them";
  const struct {
    std::string text;
    std::string expected;
  } kRows[] = {
      {"", kForms},
      {"localhost", kForms},
      {"8080", kForms},
      {"http://localhost:8080", kForms},
      {"a b:1", kForms},
      {"a/b:1", kForms},
      {"[::1:7", kForms},
      {"host:", kPort},
      {"host:x", kPort},
      {"host:65536", kPort},
      {"host:-1", kPort},
      {"host:+1", kPort},
      {"host: 1", kPort},
      {"host:18446744073709551617", kPort},
      {"::1:7", kBrackets},
      {"::1", kBrackets},
      {"[]:1", "an IPv6 address in the brackets"},
      {"[127.0.0.1]:1", "an IPv6 address in the brackets"},
      {"unix:", "unix:PATH with a path of 1 to 107 bytes"},
      {"unix:" + std::string(108, 'x'), "unix:PATH with a path of 1 to 107 bytes"},
      {"systemd", kForms},
      {"systemd:web", kPort},
  };
  for (const auto& row : kRows) {
    const absl::Status status = ParseListenAddress(row.text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << row.text;
    EXPECT_EQ(status.message(),
              "invalid listen address \"" + row.text + "\": expected " + row.expected);
  }
  EXPECT_TRUE(ParseListenAddress("unix:" + std::string(107, 'x')).ok());
  EXPECT_EQ(ParseListenAddress("web", ListenForms::kAll).status().message(),
            "invalid listen address \"web\": expected host:port, [v6-address]:port, :port, "
            "unix:PATH, systemd or systemd:NAME");
}

}  // namespace
}  // namespace robusto
