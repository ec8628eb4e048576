// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/metrics/browser_guard.h"

#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(BrowserGuardTest, TakesOnlyHostsThatNobodyElseCanLeadHere) {
  struct Case {
    const char* host;
    const char* own_name;
    bool want;
  };
  const Case cases[] = {
      {"127.0.0.1:9100", "127.0.0.1", true},
      {"127.0.0.1", "", true},
      {"[::1]:9100", "", true},
      {"[::1]", "", true},
      {"localhost:9100", "", true},
      {"LOCALHOST", "", true},
      {"build-7.example:9100", "build-7.example", true},
      {"evil.example", "", false},
      {"evil.example:9100", "127.0.0.1", false},
      {"127.0.0.1.evil.example:9100", "", false},
      {"localhost.evil.example", "", false},
      {"evil.example:127", "", false},
      {"[::1", "", false},
      {"[evil.example]:9100", "", false},
      {"::1", "", false},
      {"2130706433", "", false},
      {"", "", false},
      {":9100", "", false},
  };
  for (const Case& c : cases) EXPECT_EQ(IsLocalHost(c.host, c.own_name), c.want) << c.host;
}

TEST(BrowserGuardTest, ComparesTheOriginWithTheHost) {
  struct Case {
    const char* origin;
    const char* host;
    bool want;
  };
  const Case cases[] = {
      {"http://127.0.0.1:9100", "127.0.0.1:9100", true},
      {"https://status.example", "status.example", true},
      {"http://LOCALHOST:9100", "localhost:9100", true},
      {"http://127.0.0.1:8080", "127.0.0.1:9100", false},
      {"http://localhost:9100", "127.0.0.1:9100", false},
      {"http://evil.example", "127.0.0.1:9100", false},
      {"http://127.0.0.1:9100.evil.example", "127.0.0.1:9100", false},
      {"null", "127.0.0.1:9100", false},
      {"null", "null", false},
      {"", "", false},
      {"http://", "", false},
      {"127.0.0.1:9100", "127.0.0.1:9100", false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(IsSameOrigin(c.origin, c.host), c.want) << c.origin << " at " << c.host;
  }
}

}  // namespace
}  // namespace robusto
