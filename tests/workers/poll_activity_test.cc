// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ThreadPool::Polls and InterruptPoll: whether the work source is polled can be seen from outside
// without a task in the queue.

#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

class PollActivityTest : public testing::Test {
 protected:
  void Start(WorkSource* source) {
    ThreadPoolOptions options;
    options.min_threads = 2;
    options.work_source = source;
    auto pool = ThreadPool::Create(std::move(options));
    ASSERT_TRUE(pool.ok()) << pool.status();
    pool_ = *std::move(pool);
    ASSERT_TRUE(pool_->Start().ok());
  }
  // What a health check does: it ends the poll under way and expects the count to advance.
  bool PollsAdvanceAfterInterrupt() {
    const uint64_t before = pool_->Polls().polls;
    pool_->InterruptPoll();
    return Eventually([&] { return pool_->Polls().polls > before; });
  }
  void TearDown() override {
    gate_.Open();
    blocker_.Free();
    pool_.reset();
  }

  Gate gate_;
  Blocker blocker_;
  FakeWorkSource source_;
  std::unique_ptr<ThreadPool> pool_;
};

TEST_F(PollActivityTest, AnIdlePoolShowsThatItPolls) {
  Start(&source_);
  ASSERT_TRUE(Eventually([&] { return source_.polled(); }));
  EXPECT_TRUE(pool_->Polls().polling);
  const int64_t before = MonotonicNanos();
  EXPECT_TRUE(PollsAdvanceAfterInterrupt());
  EXPECT_GE(pool_->Polls().last_ended_ns, before);
  EXPECT_LE(pool_->Polls().last_ended_ns, MonotonicNanos());
  EXPECT_EQ(pool_->Stats().accepted, 0) << "no task was needed";
}

TEST_F(PollActivityTest, APoolWhoseWorkersAreAllBusyShowsThatTheSupervisorPolls) {
  Start(&source_);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
  ASSERT_TRUE(blocker_.AwaitBusy(2));
  EXPECT_TRUE(PollsAdvanceAfterInterrupt());
  EXPECT_TRUE(PollsAdvanceAfterInterrupt());
}

TEST_F(PollActivityTest, AThreadThatHangsInPollCanBeSeen) {
  source_.OnPoll([this] { gate_.Pass(); });
  Start(&source_);
  ASSERT_TRUE(gate_.AwaitReached());
  pool_->InterruptPoll();
  const PollActivity hangs = pool_->Polls();
  EXPECT_EQ(hangs.polls, 0);
  EXPECT_EQ(hangs.last_ended_ns, 0);
  EXPECT_TRUE(hangs.polling);
  gate_.Open();
  EXPECT_TRUE(Eventually([&] { return pool_->Polls().polls > 0; }));
}

TEST_F(PollActivityTest, WithoutAWorkSourceThereAreNoPolls) {
  Start(nullptr);
  pool_->InterruptPoll();
  EXPECT_EQ(pool_->Polls().polls, 0);
  EXPECT_FALSE(pool_->Polls().polling);
}

}  // namespace
}  // namespace robusto
