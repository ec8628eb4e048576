// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/server/pool_event_log.h"

#include <atomic>
#include <cerrno>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

constexpr int64_t kSecond = 1'000'000'000;

class PoolEventLogTest : public ::testing::Test {
 protected:
  PoolEventLogTest() {
    ThreadPoolOptions options;
    options.min_threads = 2;
    options.stuck_after = absl::Milliseconds(1);
    options.thread_factory = [this](std::function<void()> main) {
      if (none_left_.load()) throw std::system_error(EAGAIN, std::generic_category());
      return std::thread(std::move(main));
    };
    pool_ = *ThreadPool::Create(std::move(options));
    EXPECT_TRUE(pool_->Start().ok());
    log_ = std::make_unique<PoolEventLog>(
        pool_.get(), [this](absl::string_view text) { lines_.emplace_back(text); });
  }

  // Waits until the pool's journal has an event of this kind, `count` in all.
  bool AwaitEvents(PoolEvent::Kind kind, int count = 1) {
    return Eventually([&] {
      int found = 0;
      for (const PoolEvent& event : pool_->journal().Read(0, Journal::kCapacity)) {
        found += static_cast<int>(event.kind == kind);
      }
      return found >= count;
    });
  }

  TaskRecord record_;
  Blocker blocker_;
  std::atomic<bool> none_left_{false};
  std::unique_ptr<ThreadPool> pool_;
  std::vector<std::string> lines_;
  std::unique_ptr<PoolEventLog> log_;
};

TEST_F(PoolEventLogTest, EverydayLifeIsNotTold) {
  ASSERT_TRUE(pool_->Grow(1).ok());
  ASSERT_TRUE(pool_->Shrink(1).ok());
  log_->Check(0);
  EXPECT_TRUE(lines_.empty());
}

TEST_F(PoolEventLogTest, ThatThereIsNoThreadIsToldOnceInTenSeconds) {
  none_left_.store(true);
  for (int64_t second : {1, 2, 10, 11, 20}) {
    EXPECT_FALSE(pool_->Grow(1).ok());
    log_->Check(second * kSecond);
  }
  EXPECT_EQ(lines_,
            std::vector<std::string>(2,
                                     "cannot start thread worker-3: Resource temporarily "
                                     "unavailable; continuing with 2 threads (min_threads is 2)"));
}

TEST_F(PoolEventLogTest, AWorkerThatDiesIsTold) {
  FakeTask::Hooks hooks;
  hooks.done = [] { throw std::runtime_error("thrown by Done"); };
  ASSERT_TRUE(pool_->Put(FakeTask::New(&record_, std::move(hooks))).ok());
  ASSERT_TRUE(AwaitEvents(PoolEvent::Kind::kWorkerDied));
  log_->Check(0);
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_TRUE(
      absl::EndsWith(lines_[0], " died of an exception: no release; another takes its place"))
      << lines_[0];
}

TEST_F(PoolEventLogTest, ARequestThatIsStuckIsToldOnce) {
  FakeTask::Hooks hooks;
  hooks.describe = [] {
    TaskDescription description;
    description.label = "GET /hang";
    description.peer = "127.0.0.1:40312";
    return description;
  };
  ASSERT_TRUE(pool_->Put(blocker_.NewTask(std::move(hooks))).ok());
  ASSERT_TRUE(AwaitEvents(PoolEvent::Kind::kStuck));
  log_->Check(0);
  log_->Check(0);
  ASSERT_EQ(lines_.size(), 1u);
  EXPECT_TRUE(absl::StartsWith(
      lines_[0], "127.0.0.1:40312: GET /hang: stuck: the handler has been running for "))
      << lines_[0];
}

TEST_F(PoolEventLogTest, ARequestThatWasStuckAndHasEndedIsNotTold) {
  ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
  ASSERT_TRUE(AwaitEvents(PoolEvent::Kind::kStuck));
  blocker_.Free();
  ASSERT_TRUE(Eventually([&] { return pool_->Stats().running == 0; }));
  log_->Check(0);
  EXPECT_TRUE(lines_.empty());
}

}  // namespace
}  // namespace robusto
