// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/stop_signals.h"

#include <signal.h>

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace robusto {
namespace {

using Verdict = StopSignalRule::Verdict;

constexpr int64_t kMilli = 1'000'000;

struct Signal {
  int number;
  int64_t at_ms;
  Verdict verdict;
};

TEST(StopSignalRuleTest, ToldApartAreOneStopDeliveredTwiceAndAnImpatientOperator) {
  const std::vector<Signal> rows[] = {
      // A service manager, or timeout(1): two at once.
      {{SIGTERM, 0, Verdict::kStop},
       {SIGTERM, 50, Verdict::kSameStop},
       {SIGTERM, 999, Verdict::kSameStop},
       {SIGTERM, 1000, Verdict::kEndAtOnce}},
      // A terminal's Ctrl-C, and the wrapper's SIGTERM after it.
      {{SIGINT, 0, Verdict::kStop}, {SIGTERM, 50, Verdict::kSameStop}},
      {{SIGTERM, 0, Verdict::kStop}, {SIGINT, 50, Verdict::kSameStop}},
      // Two times Ctrl-C, however fast.
      {{SIGINT, 0, Verdict::kStop}, {SIGINT, 50, Verdict::kEndAtOnce}},
      {{SIGTERM, 0, Verdict::kStop},
       {SIGINT, 50, Verdict::kSameStop},
       {SIGINT, 90, Verdict::kEndAtOnce}},
      // Another signal, later.
      {{SIGTERM, 0, Verdict::kStop}, {SIGINT, 60'000, Verdict::kEndAtOnce}},
      // The second counts from the first signal, not from the last.
      {{SIGTERM, 0, Verdict::kStop},
       {SIGTERM, 700, Verdict::kSameStop},
       {SIGTERM, 1400, Verdict::kEndAtOnce}},
  };
  for (const std::vector<Signal>& row : rows) {
    StopSignalRule rule;
    for (const Signal& signal : row) {
      EXPECT_EQ(rule.OnSignal(signal.number, (5000 + signal.at_ms) * kMilli), signal.verdict)
          << "signal " << signal.number << " after " << signal.at_ms << " ms";
    }
  }
}

}  // namespace
}  // namespace robusto
