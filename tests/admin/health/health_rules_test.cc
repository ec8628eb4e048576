// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/health/health_rules.h"

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/workers/pool_stats.h"

namespace robusto {
namespace {

// Feeds the rules with one observation per second of a clock of its own.
class HealthRulesTest : public testing::Test {
 protected:
  HealthRulesTest() {
    pool_.threads = pool_.min_threads = pool_.idle = 2;
    pool_.has_work_source = true;
    Busy(0);
  }

  // All workers run a task, and `queued` tasks wait.
  void Busy(uint64_t queued) {
    pool_.idle = 0;
    pool_.queued = queued;
  }
  Health After(absl::Duration time) {
    pool_.now_ns += absl::ToInt64Nanoseconds(time);
    return rules_.Check(pool_);
  }
  // A check per second; the event loop is polled in each.
  Health AfterSeconds(int seconds) {
    Health health;
    for (int i = 0; i < seconds; ++i) {
      ++pool_.polls;
      health = After(absl::Seconds(1));
    }
    return health;
  }

  HealthRules::Inputs pool_;
  HealthRules rules_{HealthRules::Options()};
};

TEST_F(HealthRulesTest, H1OnlyARunningPoolIsReadyButEveryPoolIsLive) {
  struct Case {
    PoolState state;
    const char* not_ready;
  };
  for (const Case& c :
       {Case{PoolState::kRunning, ""}, Case{PoolState::kCreated, "the pool is created"},
        Case{PoolState::kDraining, "the pool is draining"},
        Case{PoolState::kStopping, "the server is stopping"},
        Case{PoolState::kStopped, "the pool is stopped"}}) {
    pool_.state = c.state;
    EXPECT_EQ(AfterSeconds(1).not_ready, c.not_ready);
    EXPECT_TRUE(AfterSeconds(1).live());
  }
}

TEST_F(HealthRulesTest, H2FewerWorkersThanMinThreadsAreNotReady) {
  pool_.threads = 1;
  EXPECT_EQ(AfterSeconds(1).not_ready, "only 1 workers are alive; min_threads is 2");
  EXPECT_TRUE(AfterSeconds(1).live());
  pool_.threads = 2;
  EXPECT_TRUE(AfterSeconds(1).ready());
}

TEST_F(HealthRulesTest, H3AnEventLoopThatIsNotPolledIsNeitherLiveNorReady) {
  EXPECT_TRUE(AfterSeconds(3).live());
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(After(absl::Seconds(1)).live()) << i;
  const Health health = After(absl::Seconds(1));
  EXPECT_EQ(health.not_live, "the event loop was not polled for more than 5s");
  EXPECT_EQ(health.not_ready, health.not_live);
  ++pool_.polls;
  EXPECT_EQ(After(absl::Seconds(1)), Health());
}

TEST_F(HealthRulesTest, H3ANewServerThatHangsInItsFirstPollIsNotLive) {
  pool_.idle = 2;
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(After(absl::Seconds(1)).live()) << i;
  EXPECT_FALSE(After(absl::Seconds(1)).live());
}

TEST_F(HealthRulesTest, H3APoolWithoutAnEventLoopOrThatStopsNeedsNoPolls) {
  pool_.has_work_source = false;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(After(absl::Seconds(1)).live());
  pool_.has_work_source = true;
  pool_.state = PoolState::kStopping;
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(After(absl::Seconds(1)).live());
}

TEST_F(HealthRulesTest, H4AFullQueueThatMovesIsReady) {
  Busy(1024);
  for (int i = 0; i < 60; ++i) {
    ++pool_.started;
    EXPECT_TRUE(AfterSeconds(1).ready());
  }
}

TEST_F(HealthRulesTest, H4AQueueThatDoesNotMoveIsNotReadyUntilATaskStarts) {
  EXPECT_TRUE(AfterSeconds(1).ready());
  Busy(3);
  EXPECT_TRUE(AfterSeconds(5).ready());
  Health health = AfterSeconds(1);
  EXPECT_EQ(health.not_ready,
            "all workers are busy, and no queued request was started for more than 5s");
  EXPECT_TRUE(health.live());
  // The waiting requests expire; the workers are still blocked.
  Busy(0);
  EXPECT_FALSE(AfterSeconds(30).ready());
  ++pool_.started;
  EXPECT_TRUE(AfterSeconds(1).ready());
}

TEST_F(HealthRulesTest, H4AQueueThatDoesNotMoveIsReadyAgainWhenAWorkerIsIdle) {
  Busy(3);
  EXPECT_FALSE(AfterSeconds(7).ready());
  Busy(0);
  pool_.idle = 1;
  EXPECT_TRUE(AfterSeconds(1).ready());
}

TEST_F(HealthRulesTest, H4LongRequestsWithAnEmptyQueueAreReady) {
  Busy(0);
  EXPECT_TRUE(AfterSeconds(600).ready());
}

TEST_F(HealthRulesTest, H5APauseOfTheProcessDoesNotCount) {
  Busy(3);
  ++pool_.started;
  EXPECT_TRUE(AfterSeconds(1).ready());
  // Neither a poll ended nor a task started during an hour in which the process was stopped.
  EXPECT_EQ(After(absl::Hours(1)), Health());
  EXPECT_EQ(After(absl::Seconds(1)), Health());
}

}  // namespace
}  // namespace robusto
