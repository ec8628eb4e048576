// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/parker.h"

#include <atomic>
#include <cstdint>
#include <thread>

#include "gtest/gtest.h"

namespace robusto {
namespace {

constexpr int64_t kHour = int64_t{3600} * 1000 * 1000 * 1000;

TEST(ParkerTest, UnparkBeforeParkMakesThatParkReturnAtOnce) {
  Parker parker;
  parker.Unpark();
  parker.Park();
  parker.Unpark();
  EXPECT_TRUE(parker.ParkFor(kHour));
}

TEST(ParkerTest, TwoUnparksCountAsOne) {
  Parker parker;
  parker.Unpark();
  parker.Unpark();
  parker.Park();
  EXPECT_FALSE(parker.ParkFor(1));
}

TEST(ParkerTest, ParkForEndsWhenTheTimeHasPassedAndLeavesNothingBehind) {
  Parker parker;
  EXPECT_FALSE(parker.ParkFor(0));
  EXPECT_FALSE(parker.ParkFor(1000));
  parker.Unpark();
  EXPECT_TRUE(parker.ParkFor(0));
  EXPECT_FALSE(parker.ParkFor(0));
}

TEST(ParkerTest, UnparkEndsAParkUnderWay) {
  Parker parker;
  std::thread thread([&] { parker.Park(); });
  parker.Unpark();
  thread.join();
}

TEST(ParkerTest, WhatHappenedBeforeUnparkIsSeenAfterPark) {
  Parker there;
  Parker back;
  int ball = 0;  // not an atomic: ThreadSanitizer checks the ordering
  std::thread thread([&] {
    for (int i = 0; i < 10000; ++i) {
      there.Park();
      ++ball;
      back.Unpark();
    }
  });
  for (int i = 0; i < 10000; ++i) {
    ++ball;
    there.Unpark();
    back.Park();
    ASSERT_EQ(ball, 2 * (i + 1));
  }
  thread.join();
}

// The time runs out just as Unpark comes: it is then seen by this ParkFor or by the next Park.
TEST(ParkerTest, AnUnparkThatRacesWithTheTimeIsNotLost) {
  Parker parker;
  Parker back;
  constexpr int kRounds = 5000;
  std::thread thread([&] {
    for (int i = 0; i < kRounds; ++i) {
      while (!parker.ParkFor(i % 50 * 1000)) {
      }
      back.Unpark();
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    parker.Unpark();
    back.Park();
  }
  thread.join();
}

}  // namespace
}  // namespace robusto
