// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "admin/health_monitor.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "workers/thread_pool.h"

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
  HealthMonitor::Options Options() {
    HealthMonitor::Options options;
    options.interval = absl::Milliseconds(5);
    options.on_change = [this](bool healthy, const std::string& why) {
      absl::MutexLock lock(&mu_);
      said_.emplace_back(healthy, why);
    };
    return options;
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
  HealthMonitor::Options options = answers.Options();
  options.interval = absl::Hours(1);  // so that only the journal can tell it
  HealthMonitor monitor(pool.get(), std::move(options));
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
  HealthMonitor::Options options = answers.Options();
  options.interval = absl::Hours(1);
  HealthMonitor monitor(pool.get(), std::move(options));
  EXPECT_TRUE(answers.Await(0).first);
  monitor.SayStopping();
  EXPECT_EQ(answers.Await(1), std::make_pair(false, std::string("the server is stopping")));
}

TEST(HealthMonitorTest, IsUnhealthyWhileNoProbeGetsThroughTheQueue) {
  auto pool = StartPool();
  absl::Notification let_go;
  Answers answers;
  HealthMonitor::Options options = answers.Options();
  options.probe_timeout = absl::Milliseconds(20);
  HealthMonitor monitor(pool.get(), std::move(options));
  EXPECT_TRUE(answers.Await(0).first);
  ASSERT_TRUE(pool->Put(MakeTask([&] { let_go.WaitForNotification(); })).ok());
  const auto blocked = answers.Await(1);
  EXPECT_FALSE(blocked.first);
  EXPECT_THAT(blocked.second, HasSubstr("no probe has got through the queue for"));
  let_go.Notify();
  EXPECT_TRUE(answers.Await(2).first);
}

TEST(HealthMonitorTest, AProbeMayOutliveTheMonitor) {
  auto pool = StartPool();
  absl::Notification let_go;
  ASSERT_TRUE(pool->Put(MakeTask([&] { let_go.WaitForNotification(); })).ok());
  {
    Answers answers;
    HealthMonitor monitor(pool.get(), answers.Options());
    answers.Await(0);
  }
  let_go.Notify();
  EXPECT_TRUE(pool->Stop(absl::Seconds(30))->clean());
}

}  // namespace
}  // namespace robusto
