// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/health/health_monitor.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

std::unique_ptr<ThreadPool> StartPool(WorkSource* source = nullptr) {
  ThreadPoolOptions options;
  options.min_threads = 1;
  options.work_source = source;
  auto pool = *ThreadPool::Create(options);
  EXPECT_TRUE(pool->Start().ok());
  return pool;
}

// The verdicts that the monitor has reported, in order.
class Verdicts {
 public:
  HealthMonitor::Listener Listener() {
    HealthMonitor::Listener listener;
    listener.on_change = [this](const Health& health) {
      absl::MutexLock lock(&mu_);
      reported_.push_back(health);
    };
    return listener;
  }

  size_t count() {
    absl::MutexLock lock(&mu_);
    return reported_.size();
  }
  // Waits for the verdict with this number, from 0.
  Health Await(size_t number) {
    const auto there = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return reported_.size() > number; };
    absl::MutexLock lock(&mu_);
    if (!mu_.AwaitWithTimeout(absl::Condition(&there), absl::Seconds(30))) {
      ADD_FAILURE() << "the monitor has reported no further verdict";
      return {};
    }
    return reported_[number];
  }

 private:
  absl::Mutex mu_;
  std::vector<Health> reported_ ABSL_GUARDED_BY(mu_);
};

HealthMonitor::Options WithInterval(absl::Duration interval) {
  HealthMonitor::Options options;
  options.interval = interval;
  options.poll_timeout = options.progress_timeout = 4 * interval;
  return options;
}

TEST(HealthMonitorTest, FollowsDrainResumeAndStopByTheJournalAlone) {
  auto pool = StartPool();
  Verdicts verdicts;
  HealthMonitor monitor(pool.get(), WithInterval(absl::Hours(1)));
  monitor.Add(verdicts.Listener());
  EXPECT_TRUE(verdicts.Await(0).ready());
  ASSERT_TRUE(pool->Drain().ok());
  EXPECT_EQ(verdicts.Await(1).not_ready, "the pool is draining");
  ASSERT_TRUE(pool->Resume().ok());
  EXPECT_TRUE(verdicts.Await(2).ready());
  pool->MarkStopping("a test");
  EXPECT_EQ(verdicts.Await(3).not_ready, "the server is stopping");
  ASSERT_TRUE(pool->Stop(absl::ZeroDuration()).ok());
  EXPECT_EQ(verdicts.Await(4).not_ready, "the pool is stopped");
  EXPECT_TRUE(verdicts.Await(4).live());
}

TEST(HealthMonitorTest, AQueueBehindABlockedWorkerIsNotReadyUntilItMoves) {
  auto pool = StartPool();
  absl::Notification let_go;
  Verdicts verdicts;
  HealthMonitor monitor(pool.get(), WithInterval(absl::Milliseconds(5)));
  monitor.Add(verdicts.Listener());
  EXPECT_TRUE(verdicts.Await(0).ready());
  ASSERT_TRUE(pool->Put(MakeTask([&] { let_go.WaitForNotification(); })).ok());
  ASSERT_TRUE(pool->Put(MakeTask([] {})).ok());
  EXPECT_FALSE(verdicts.Await(1).ready());
  EXPECT_TRUE(verdicts.Await(1).live());
  EXPECT_EQ(pool->Stats().accepted, 2u) << "the monitor puts no task into the queue";
  let_go.Notify();
  EXPECT_TRUE(verdicts.Await(2).ready());
}

TEST(HealthMonitorTest, AnEventLoopThatHangsInItsPollIsNotLive) {
  absl::Notification let_go;
  FakeWorkSource source;
  source.OnPoll([&] { let_go.WaitForNotification(); });
  auto pool = StartPool(&source);
  Verdicts verdicts;
  HealthMonitor monitor(pool.get(), WithInterval(absl::Milliseconds(5)));
  monitor.Add(verdicts.Listener());
  EXPECT_TRUE(verdicts.Await(0).live());
  EXPECT_FALSE(verdicts.Await(1).live());
  EXPECT_FALSE(verdicts.Await(1).ready());
  let_go.Notify();
  EXPECT_EQ(verdicts.Await(2), Health());
  monitor.Stop();
}

TEST(HealthMonitorTest, NotifiesEachListenerUntilItIsRemoved) {
  auto pool = StartPool();
  Verdicts stays, leaves, comes;
  HealthMonitor monitor(pool.get(), WithInterval(absl::Hours(1)));
  monitor.Add(stays.Listener());
  const uint64_t id = monitor.Add(leaves.Listener());
  EXPECT_TRUE(leaves.Await(0).ready());
  monitor.Remove(id);
  monitor.Remove(id);
  ASSERT_TRUE(pool->Drain().ok());
  EXPECT_EQ(stays.Await(1).not_ready, "the pool is draining");
  // A listener that is added later receives the current verdict only.
  monitor.Add(comes.Listener());
  EXPECT_EQ(comes.Await(0).not_ready, "the pool is draining");
  EXPECT_EQ(leaves.count(), 1u);
  EXPECT_EQ(stays.count(), 2u);
}

}  // namespace
}  // namespace robusto
