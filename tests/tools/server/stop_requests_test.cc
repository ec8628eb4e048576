// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/stop_requests.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

constexpr absl::Time kNow = absl::FromUnixSeconds(1800000000);  // 2027-01-15T08:00:00Z

TEST(StopRequestsTest, TheFirstRequestDecides) {
  StopRequests requests;
  requests.Add({"SIGTERM", absl::Seconds(10)}, nullptr);
  requests.Add({"Stop from unix:", absl::Seconds(1)}, nullptr);
  EXPECT_EQ(requests.Await().requester, "SIGTERM");
  EXPECT_EQ(requests.Await().timeout, absl::Seconds(10));
}

TEST(StopReasonTest, SaysWhoAskedAndUntilWhen) {
  EXPECT_EQ(StopReason({"SIGTERM", absl::Seconds(10)}, absl::ZeroDuration(), kNow),
            "SIGTERM; until 2027-01-15T08:00:10Z: requests have 10s to finish");
  EXPECT_EQ(StopReason({"SIGINT", absl::Seconds(10)}, absl::Seconds(5), kNow),
            "SIGINT; until 2027-01-15T08:00:15Z: serves for 5s, then requests have 10s to finish");
  EXPECT_EQ(StopReason({"SIGTERM", absl::InfiniteDuration()}, absl::ZeroDuration(), kNow),
            "SIGTERM; no deadline: waits for all requests to finish");
}

}  // namespace
}  // namespace robusto
