// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The wheel has no clock of its own: every time here is a number.

#include "robusto/http/io/timer_wheel.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace robusto {
namespace {

constexpr int64_t kTick = TimerWheel::kTickNanos;
// Somewhere, and not at the start of a tick.
constexpr int64_t kNow = 12345 * kTick + kTick / 3;

using Nodes = std::vector<TimerWheel::Node*>;

Nodes Expired(TimerWheel& wheel, int64_t now_ns) {
  Nodes nodes;
  wheel.TakeExpired(now_ns, &nodes);
  return nodes;
}

TEST(TimerWheelTest, AnEmptyWheelNeverFires) {
  TimerWheel wheel(kNow);
  EXPECT_EQ(wheel.NextFireNanos(), kNever);
  EXPECT_TRUE(Expired(wheel, kNow + 1000 * kTick).empty());
  EXPECT_EQ(wheel.NextFireNanos(), kNever);
}

TEST(TimerWheelTest, ANodeFiresOnceNeverEarlyAndLessThanATickLate) {
  for (int64_t delay : {int64_t{0}, int64_t{1}, kTick - 1, kTick, kTick + 1, 10 * kTick,
                        1000 * kTick + 7, 1022 * kTick}) {
    SCOPED_TRACE(delay);
    TimerWheel wheel(kNow);
    TimerWheel::Node node;
    EXPECT_TRUE(wheel.Schedule(&node, kNow + delay));
    const int64_t fire = wheel.NextFireNanos();
    EXPECT_EQ(node.scheduled_ns(), fire);
    EXPECT_GT(fire, kNow + delay);
    EXPECT_LE(fire, kNow + delay + kTick);
    EXPECT_TRUE(Expired(wheel, fire - 1).empty());
    EXPECT_EQ(Expired(wheel, fire), Nodes({&node}));
    EXPECT_EQ(node.scheduled_ns(), kNever);
    EXPECT_EQ(wheel.NextFireNanos(), kNever);
    EXPECT_TRUE(Expired(wheel, fire + 5000 * kTick).empty());
  }
}

TEST(TimerWheelTest, ATimeInThePastFiresAtTheNextTick) {
  TimerWheel wheel(kNow);
  TimerWheel::Node node;
  wheel.Schedule(&node, kNow - 100 * kTick);
  EXPECT_EQ(Expired(wheel, kNow + kTick), Nodes({&node}));
}

TEST(TimerWheelTest, TheEarlierTimeIsKept) {
  TimerWheel wheel(kNow);
  TimerWheel::Node node;
  wheel.Schedule(&node, kNow + 50 * kTick);
  EXPECT_FALSE(wheel.Schedule(&node, kNow + 80 * kTick));
  EXPECT_LE(node.scheduled_ns(), kNow + 51 * kTick);
  EXPECT_TRUE(wheel.Schedule(&node, kNow + 20 * kTick));
  EXPECT_LE(node.scheduled_ns(), kNow + 21 * kTick);
  EXPECT_EQ(Expired(wheel, kNow + 21 * kTick), Nodes({&node}));
  EXPECT_TRUE(Expired(wheel, kNow + 100 * kTick).empty());
}

TEST(TimerWheelTest, ScheduleSaysWhetherASleeperMustBeTold) {
  TimerWheel wheel(kNow);
  std::array<TimerWheel::Node, 3> nodes;
  EXPECT_TRUE(wheel.Schedule(&nodes[0], kNow + 50 * kTick));
  EXPECT_FALSE(wheel.Schedule(&nodes[1], kNow + 60 * kTick));
  EXPECT_TRUE(wheel.Schedule(&nodes[2], kNow + 40 * kTick));
  EXPECT_EQ(wheel.NextFireNanos(), nodes[2].scheduled_ns());
}

TEST(TimerWheelTest, BeyondTheHorizonItFiresEarlierToBeScheduledAgain) {
  TimerWheel wheel(kNow);
  TimerWheel::Node node;
  const int64_t deadline = kNow + 100'000 * kTick;
  wheel.Schedule(&node, deadline);
  int rounds = 0;
  while (wheel.NextFireNanos() <= deadline) {
    const int64_t now = wheel.NextFireNanos();
    ASSERT_EQ(Expired(wheel, now), Nodes({&node}));
    wheel.Schedule(&node, deadline);
    ASSERT_GT(wheel.NextFireNanos(), now);
    ++rounds;
  }
  EXPECT_LT(rounds, 110) << "about one look for each turn of the wheel";
}

TEST(TimerWheelTest, ALongSleepLosesNobody) {
  TimerWheel wheel(kNow);
  std::vector<TimerWheel::Node> nodes(1022);
  for (size_t i = 0; i < nodes.size(); ++i) {
    wheel.Schedule(&nodes[i], kNow + static_cast<int64_t>(i) * kTick);
  }
  EXPECT_EQ(Expired(wheel, kNow + 1'000'000 * kTick).size(), nodes.size());
  EXPECT_EQ(wheel.NextFireNanos(), kNever);
}

TEST(TimerWheelTest, AfterALongTimeWithNothingScheduledItStillKeepsTime) {
  TimerWheel wheel(kNow);
  TimerWheel::Node node;
  const int64_t later = kNow + 5000 * kTick;
  const int64_t deadline = later + 10 * kTick;
  wheel.Schedule(&node, deadline);
  // One early look is allowed: nobody has told the wheel the time since kNow.
  if (!Expired(wheel, later).empty()) wheel.Schedule(&node, deadline);
  EXPECT_TRUE(Expired(wheel, deadline).empty());
  EXPECT_EQ(Expired(wheel, deadline + kTick), Nodes({&node}));
}

TEST(TimerWheelTest, EveryNodeOfASlotIsIndependentOfTheOthers) {
  TimerWheel wheel(kNow);
  std::array<TimerWheel::Node, 3> nodes;
  for (TimerWheel::Node& node : nodes) wheel.Schedule(&node, kNow + 30 * kTick);
  wheel.Schedule(&nodes[1], kNow + 5 * kTick);
  EXPECT_EQ(Expired(wheel, kNow + 6 * kTick), Nodes({&nodes[1]}));
  EXPECT_EQ(Expired(wheel, kNow + 31 * kTick).size(), 2u);
}

// Against a plain list, through many turns of the wheel.
TEST(TimerWheelTest, AgreesWithAListOfDeadlines) {
  std::mt19937 random(20260101);
  const auto below = [&](int64_t limit) {
    return std::uniform_int_distribution<int64_t>(0, limit - 1)(random);
  };
  int64_t now = kNow;
  TimerWheel wheel(now);
  std::vector<TimerWheel::Node> nodes(40);
  std::vector<int64_t> due(nodes.size(), kNever);  // the earliest time asked for
  for (int step = 0; step < 20'000; ++step) {
    const size_t i = static_cast<size_t>(below(40));
    const int64_t at = now + below(900 * kTick);
    wheel.Schedule(&nodes[i], at);
    due[i] = std::min(due[i], at);
    if (step % 3 == 0) {
      now += below(step % 100 == 0 ? 3000 * kTick : 3 * kTick);
      for (TimerWheel::Node* node : Expired(wheel, now)) {
        int64_t& deadline = due[static_cast<size_t>(node - nodes.data())];
        ASSERT_LE(deadline, now) << "early, at step " << step;
        deadline = kNever;
      }
      for (int64_t deadline : due) {
        ASSERT_TRUE(deadline == kNever || deadline > now - kTick) << "late, at step " << step;
      }
    }
    const int64_t earliest = *std::min_element(due.begin(), due.end());
    if (earliest != kNever) {
      ASSERT_LE(wheel.NextFireNanos(), earliest + kTick);
    }
  }
}

}  // namespace
}  // namespace robusto
