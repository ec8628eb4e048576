// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Maintenance is due by time: it does not wait for a pause in the load, and a task of another thread
// does not wait for the end of the supervisor's poll. In each test the load, or what blocks the
// workers, goes on until the test has seen what it waits for.

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

class PoolMaintenanceTest : public testing::Test {
 protected:
  void Start(ThreadPoolOptions options) {
    auto pool = ThreadPool::Create(std::move(options));
    ASSERT_TRUE(pool.ok()) << pool.status();
    pool_ = *std::move(pool);
    ASSERT_TRUE(pool_->Start().ok());
  }
  // Two workers and nothing that happens by itself.
  static ThreadPoolOptions Options() {
    ThreadPoolOptions options;
    options.min_threads = 2;
    options.grow_after = absl::InfiniteDuration();
    options.idle_timeout = absl::InfiniteDuration();
    return options;
  }
  // Tasks that put themselves in again, so that the queue is never empty for long.
  void StartLoad(int tasks) {
    for (int i = 0; i < tasks; ++i) Renew();
  }
  void Renew() {
    FakeTask::Hooks hooks;
    hooks.run = [this] {
      if (!enough_.load()) Renew();
    };
    started_.fetch_add(1);
    pool_->TryPut(FakeTask::New(&load_, std::move(hooks))).IgnoreError();
  }
  bool Journalled(PoolEvent::Kind kind) {
    for (const PoolEvent& event : pool_->journal().Read(0, Journal::kCapacity)) {
      if (event.kind == kind) return true;
    }
    return false;
  }
  // Blocks both workers, and waits until the supervisor polls in their place.
  void BlockWorkers() {
    for (int i = 0; i < 2; ++i) source_.Give(blocker_.NewTask());
    ASSERT_TRUE(blocker_.AwaitBusy(2));
    ASSERT_TRUE(Eventually([&] { return source_.polled(); }));
  }
  void TearDown() override {
    enough_.store(true);
    blocker_.Free();
    EXPECT_TRUE(Eventually([&] { return load_.finished() == started_.load(); }));
    pool_.reset();
  }

  TaskRecord record_;
  TaskRecord load_;
  std::atomic<int> started_{0};
  std::atomic<bool> enough_{false};
  Blocker blocker_;
  FakeWorkSource source_;
  std::unique_ptr<ThreadPool> pool_;
};

TEST_F(PoolMaintenanceTest, AStuckTaskIsJournalledWhileThePoolIsBusy) {
  ThreadPoolOptions options = Options();
  options.stuck_after = absl::Milliseconds(50);
  Start(options);
  StartLoad(8);
  ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
  EXPECT_TRUE(Eventually([&] { return Journalled(PoolEvent::Kind::kStuck); }));
}

TEST_F(PoolMaintenanceTest, RejectionsAreJournalledWhileThePoolIsBusy) {
  ThreadPoolOptions options = Options();
  options.queue_capacity = 8;
  Start(options);
  StartLoad(4);
  while (pool_->Stats().rejected_full == 0) pool_->TryPut(FakeTask::New(&record_)).IgnoreError();
  EXPECT_TRUE(Eventually([&] { return Journalled(PoolEvent::Kind::kReject); }));
}

TEST_F(PoolMaintenanceTest, ATaskOfAnotherThreadMakesThePoolGrowWhileTheSupervisorPolls) {
  ThreadPoolOptions options = Options();
  options.max_threads = 3;
  options.grow_after = absl::Milliseconds(20);
  options.work_source = &source_;
  Start(options);
  BlockWorkers();
  ASSERT_TRUE(pool_->TryPut(FakeTask::New(&record_)).ok());
  EXPECT_TRUE(Eventually([&] { return record_.runs() == 1; }));
  // The new worker may be faster than the journal.
  EXPECT_TRUE(Eventually([&] { return Journalled(PoolEvent::Kind::kAutoGrow); }));
}

TEST_F(PoolMaintenanceTest, ATaskOfAnotherThreadExpiresWhileTheSupervisorPolls) {
  ThreadPoolOptions options = Options();
  options.queue_ttl = absl::Milliseconds(20);
  options.work_source = &source_;
  Start(options);
  BlockWorkers();
  ASSERT_TRUE(pool_->TryPut(FakeTask::New(&record_)).ok());
  EXPECT_TRUE(Eventually([&] { return record_.rejects(RejectReason::kExpired) == 1; }));
}

TEST_F(PoolMaintenanceTest, AStuckTaskIsJournalledWhileTheSupervisorPolls) {
  ThreadPoolOptions options = Options();
  options.stuck_after = absl::Milliseconds(50);
  options.work_source = &source_;
  Start(options);
  BlockWorkers();
  EXPECT_TRUE(Eventually([&] { return Journalled(PoolEvent::Kind::kStuck); }));
}

}  // namespace
}  // namespace robusto
