// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/health/health_monitor.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {
namespace {

using ::testing::HasSubstr;

std::unique_ptr<ThreadPool> StartPool() {
  ThreadPoolOptions options;
  options.min_threads = 1;
  auto pool = *ThreadPool::Create(options);
  EXPECT_TRUE(pool->Start().ok());
  return pool;
}

// What the monitor said, in order.
class Answers {
 public:
  HealthMonitor::Listener Listener() {
    HealthMonitor::Listener listener;
    listener.on_change = [this](bool healthy, const std::string& why) {
      absl::MutexLock lock(&mu_);
      said_.emplace_back(healthy, why);
    };
    return listener;
  }

  size_t count() {
    absl::MutexLock lock(&mu_);
    return said_.size();
  }
  // Waits for the answer with this number, from 0.
  std::pair<bool, std::string> Await(size_t number) {
    const auto there = [&]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return said_.size() > number; };
    absl::MutexLock lock(&mu_);
    if (!mu_.AwaitWithTimeout(absl::Condition(&there), absl::Seconds(30))) {
      ADD_FAILURE() << "the monitor has not said anything new";
      return {};
    }
    return said_[number];
  }

 private:
  absl::Mutex mu_;
  std::vector<std::pair<bool, std::string>> said_ ABSL_GUARDED_BY(mu_);
};

TEST(HealthMonitorTest, FollowsDrainResumeAndStop) {
  auto pool = StartPool();
  Answers answers;
  HealthMonitor::Options options;
  options.interval = absl::Hours(1);  // so that only the journal can tell it
  HealthMonitor monitor(pool.get(), options);
  monitor.Add(answers.Listener());
  EXPECT_TRUE(answers.Await(0).first);
  ASSERT_TRUE(pool->Drain().ok());
  EXPECT_EQ(answers.Await(1), std::make_pair(false, std::string("the pool is draining")));
  ASSERT_TRUE(pool->Resume().ok());
  EXPECT_TRUE(answers.Await(2).first);
  ASSERT_TRUE(pool->Stop(absl::ZeroDuration()).ok());
  EXPECT_FALSE(answers.Await(3).first);
}

TEST(HealthMonitorTest, IsUnhealthyWhenTheServerAroundThePoolStops) {
  auto pool = StartPool();
  Answers answers;
  HealthMonitor::Options options;
  options.interval = absl::Hours(1);
  HealthMonitor monitor(pool.get(), options);
  monitor.Add(answers.Listener());
  EXPECT_TRUE(answers.Await(0).first);
  monitor.MarkStopping();
  EXPECT_EQ(answers.Await(1), std::make_pair(false, std::string("the server is stopping")));
}

TEST(HealthMonitorTest, IsUnhealthyWhileNoProbeGetsThroughTheQueue) {
  auto pool = StartPool();
  absl::Notification let_go;
  Answers answers;
  HealthMonitor::Options options;
  options.interval = absl::Milliseconds(5);
  options.probe_timeout = absl::Milliseconds(20);
  HealthMonitor monitor(pool.get(), options);
  monitor.Add(answers.Listener());
  EXPECT_TRUE(answers.Await(0).first);
  ASSERT_TRUE(pool->Put(MakeTask([&] { let_go.WaitForNotification(); })).ok());
  const auto blocked = answers.Await(1);
  EXPECT_FALSE(blocked.first);
  EXPECT_THAT(blocked.second, HasSubstr("no probe has got through the queue for"));
  let_go.Notify();
  EXPECT_TRUE(answers.Await(2).first);
}

TEST(HealthMonitorTest, TellsEachListenerUntilItIsRemoved) {
  auto pool = StartPool();
  Answers stays, leaves, comes;
  HealthMonitor::Options options;
  options.interval = absl::Hours(1);
  HealthMonitor monitor(pool.get(), options);
  monitor.Add(stays.Listener());
  const uint64_t id = monitor.Add(leaves.Listener());
  EXPECT_TRUE(leaves.Await(0).first);
  monitor.Remove(id);
  monitor.Remove(id);
  ASSERT_TRUE(pool->Drain().ok());
  EXPECT_EQ(stays.Await(1), std::make_pair(false, std::string("the pool is draining")));
  // Who comes late is told what is so, and not what was.
  monitor.Add(comes.Listener());
  EXPECT_EQ(comes.Await(0), std::make_pair(false, std::string("the pool is draining")));
  EXPECT_EQ(leaves.count(), 1u);
  EXPECT_EQ(stays.count(), 2u);
}

// However many listen.
TEST(HealthMonitorTest, OneProbeIsUnderWayAtATime) {
  auto pool = StartPool();
  absl::Notification let_go;
  Answers one, two;
  HealthMonitor::Options options;
  options.interval = absl::Milliseconds(1);
  options.probe_timeout = absl::Milliseconds(20);
  HealthMonitor monitor(pool.get(), options);
  monitor.Add(one.Listener());
  monitor.Add(two.Listener());
  ASSERT_TRUE(pool->Put(MakeTask([&] { let_go.WaitForNotification(); })).ok());
  EXPECT_FALSE(two.Await(1).first);
  EXPECT_EQ(pool->Stats().queue_size, 1u);
  let_go.Notify();
}

TEST(HealthMonitorTest, AProbeMayOutliveTheMonitor) {
  auto pool = StartPool();
  absl::Notification let_go;
  ASSERT_TRUE(pool->Put(MakeTask([&] { let_go.WaitForNotification(); })).ok());
  {
    Answers answers;
    HealthMonitor monitor(pool.get(), HealthMonitor::Options());
    monitor.Add(answers.Listener());
    answers.Await(0);
  }
  let_go.Notify();
  EXPECT_TRUE(pool->Stop(absl::Seconds(30))->clean());
}

}  // namespace
}  // namespace robusto
