// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ThreadPool::Polls and InterruptPoll: whether the work source is polled can be seen from outside
// without a task in the queue.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

// Holds each thread that passes, until it is opened.
class Gate {
 public:
  void Pass() {
    std::unique_lock<std::mutex> lock(mu_);
    reached_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  bool AwaitReached() {
    std::unique_lock<std::mutex> lock(mu_);
    return changed_.wait_for(lock, kGuard, [this] { return reached_; });
  }
  void Open() {
    std::lock_guard<std::mutex> lock(mu_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  bool reached_ = false;  // guarded by mu_, as is the next
  bool open_ = false;
};

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
