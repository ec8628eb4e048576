// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ThreadPool: how many threads there are. By request, by itself, and when the system has none.

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

class ThreadPoolResizeTest : public testing::Test {
 protected:
  static ThreadPoolOptions Options(int min_threads, absl::optional<int> max_threads) {
    ThreadPoolOptions options;
    options.min_threads = min_threads;
    options.max_threads = max_threads;
    options.grow_after = absl::InfiniteDuration();
    return options;
  }
  void Create(ThreadPoolOptions options) {
    options.thread_factory = [this](std::function<void()> main) {
      if (threads_left_.fetch_sub(1) <= 0) {
        throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
      }
      return std::thread(std::move(main));
    };
    auto pool = ThreadPool::Create(std::move(options));
    ASSERT_TRUE(pool.ok()) << pool.status();
    pool_ = std::move(pool).value();
  }
  void Start(ThreadPoolOptions options) {
    Create(std::move(options));
    ASSERT_TRUE(pool_->Start().ok());
  }
  void Block(int workers) {
    const int before = blocker_.begun();
    for (int i = 0; i < workers; ++i) ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
    ASSERT_TRUE(blocker_.AwaitBusy(before + workers));
  }
  bool AwaitThreads(int count) {
    return Eventually([&] { return pool_->Stats().threads == count; });
  }
  // The events of a kind, in their order.
  std::vector<PoolEvent> Events(PoolEvent::Kind kind) const {
    std::vector<PoolEvent> events;
    for (PoolEvent& event : pool_->journal().Read(0, Journal::kCapacity)) {
      if (event.kind == kind) events.push_back(std::move(event));
    }
    return events;
  }
  bool AwaitEvent(PoolEvent::Kind kind) const {
    return Eventually([&] { return !Events(kind).empty(); });
  }
  void TearDown() override { blocker_.Free(); }

  TaskRecord record_;
  Blocker blocker_;
  FakeWorkSource source_;
  std::atomic<int> threads_left_{1 << 30};
  std::unique_ptr<ThreadPool> pool_;
};

// --- Decision 6 ---

TEST_F(ThreadPoolResizeTest, GrowStartsUpToMaxAndReturnsHowMany) {
  Start(Options(2, 5));
  EXPECT_EQ(*pool_->Grow(0), 0);
  EXPECT_EQ(*pool_->Grow(2), 2);
  EXPECT_EQ(pool_->Stats().threads, 4) << "no waiting for them to get ready";
  EXPECT_EQ(*pool_->Grow(1000000), 1);
  EXPECT_EQ(*pool_->Grow(1), 0);
  EXPECT_EQ(pool_->Stats().threads, 5);
}

TEST_F(ThreadPoolResizeTest, ConcurrentGrowsNeverPassMax) {
  Start(Options(1, 40));
  std::atomic<int> grown{0};
  std::vector<std::thread> growers;
  for (int i = 0; i < 8; ++i) {
    growers.emplace_back([&] {
      for (int j = 0; j < 10; ++j) grown.fetch_add(*pool_->Grow(1));
    });
  }
  for (std::thread& grower : growers) grower.join();
  EXPECT_EQ(grown.load(), 39);
  EXPECT_EQ(pool_->Stats().threads, 40);
}

TEST_F(ThreadPoolResizeTest, GrowKeepsWhatItGotWhenTheSystemHasNoMoreThreads) {
  Start(Options(2, 10));
  threads_left_.store(3);
  EXPECT_EQ(*pool_->Grow(8), 3);
  EXPECT_EQ(pool_->Stats().threads, 5);
  const auto failures = Events(PoolEvent::Kind::kStartFailed);
  ASSERT_EQ(failures.size(), 1);
  EXPECT_EQ(failures[0].count, 5);
  EXPECT_NE(failures[0].text.find("cannot start thread worker-6"), std::string::npos)
      << failures[0].text;
  EXPECT_EQ(pool_->Grow(1).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(pool_->Stats().threads, 5);
  Block(5);
  threads_left_.store(100);
  EXPECT_EQ(*pool_->Grow(8), 5) << "it goes on when there are threads again";
  Block(5);
}

TEST_F(ThreadPoolResizeTest, StartLeavesNoneWhenTheSystemHasTooFewThreadsAndMayBeTriedAgain) {
  Create(Options(4, 10));
  threads_left_.store(3);
  const absl::Status status = pool_->Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find("min_threads is 4"), absl::string_view::npos) << status;
  EXPECT_EQ(pool_->Stats().threads, 0);
  EXPECT_EQ(pool_->Stats().state, PoolState::kCreated);
  EXPECT_FALSE(pool_->Put(FakeTask::New(&record_)).ok());
  threads_left_.store(100);
  EXPECT_TRUE(pool_->Start().ok());
  Block(4);
}

TEST_F(ThreadPoolResizeTest, ResizeHoldsTheBoundsAndTheSupervisorTriesAgainForTheThreads) {
  Start(Options(1, 10));
  threads_left_.store(2);
  const absl::Status status = pool_->Resize(6, 10);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(pool_->Stats().min_threads, 6);
  EXPECT_EQ(pool_->Stats().threads, 3);
  threads_left_.store(100);
  EXPECT_TRUE(AwaitThreads(6));
  EXPECT_TRUE(AwaitEvent(PoolEvent::Kind::kRespawn));
}

// --- Decision 7 ---

TEST_F(ThreadPoolResizeTest, ShrinkRetiresIdleWorkersFirstAndNeverBelowMin) {
  Start(Options(2, 10));
  ASSERT_EQ(*pool_->Grow(4), 4);
  Block(3);
  EXPECT_EQ(*pool_->Shrink(3), 3);
  EXPECT_TRUE(AwaitThreads(3));
  EXPECT_EQ(pool_->Stats().busy, 3) << "only idle ones have gone";
  EXPECT_EQ(*pool_->Shrink(100), 1);
  EXPECT_EQ(*pool_->Shrink(100), 0) << "one that is retired is not retired again";
  EXPECT_EQ(pool_->Stats().threads, 3) << "a busy one finishes its task";
  EXPECT_EQ(pool_->Stats().retiring, 1);
  blocker_.Free();
  EXPECT_TRUE(AwaitThreads(2));
  EXPECT_EQ(pool_->Stats().retiring, 0);
}

TEST_F(ThreadPoolResizeTest, ShrinkIsFollowedAlsoWithTheQueueFull) {
  ThreadPoolOptions options = Options(1, 4);
  options.queue_capacity = 1;
  Start(options);
  ASSERT_EQ(*pool_->Grow(3), 3);
  Block(4);
  ASSERT_TRUE(pool_->TryPut(FakeTask::New(&record_)).ok());
  ASSERT_FALSE(pool_->TryPut(FakeTask::New(&record_)).ok());
  EXPECT_EQ(*pool_->Shrink(3), 3);
  blocker_.Free();
  EXPECT_TRUE(AwaitThreads(1));
  EXPECT_TRUE(Eventually([&] { return record_.runs() == 1; }));
}

TEST_F(ThreadPoolResizeTest, ShrinkRetiresTheWorkerThatPolls) {
  ThreadPoolOptions options = Options(1, 4);
  options.work_source = &source_;
  Start(options);
  ASSERT_EQ(*pool_->Grow(3), 3);
  ASSERT_TRUE(Eventually([&] { return source_.polled(); }));
  EXPECT_EQ(*pool_->Shrink(3), 3);
  EXPECT_TRUE(AwaitThreads(1));
  source_.Give(FakeTask::New(&record_));
  EXPECT_TRUE(Eventually([&] { return record_.runs() == 1; }));
  EXPECT_FALSE(source_.overlapped());
  pool_.reset();
}

TEST_F(ThreadPoolResizeTest, GrowTakesBackARetirementThatNobodyHasFollowed) {
  Start(Options(1, 4));
  ASSERT_EQ(*pool_->Grow(3), 3);
  Block(4);
  ASSERT_EQ(*pool_->Shrink(2), 2);
  threads_left_.store(0);
  EXPECT_EQ(*pool_->Grow(2), 2);
  EXPECT_EQ(pool_->Stats().retiring, 0);
  EXPECT_EQ(pool_->Stats().threads, 4);
}

TEST_F(ThreadPoolResizeTest, ALoweredMaxRetiresTheSurplusAndARaisedMinStartsTheMissing) {
  Start(Options(2, 10));
  ASSERT_EQ(*pool_->Grow(8), 8);
  ASSERT_TRUE(pool_->Resize(2, 4).ok());
  EXPECT_TRUE(AwaitThreads(4));
  ASSERT_TRUE(pool_->Resize(7, absl::nullopt).ok());
  EXPECT_TRUE(AwaitThreads(7));
  EXPECT_EQ(Events(PoolEvent::Kind::kResize)[0].count, -6);
  EXPECT_EQ(Events(PoolEvent::Kind::kResize)[1].count, 3);
}

// --- Decision 8 ---

TEST_F(ThreadPoolResizeTest, AWorkerThatDiesInDoneIsRecordedWithItsReasonAndReplaced) {
  Start(Options(2, 2));
  FakeTask::Hooks hooks;
  hooks.done = [] { throw std::runtime_error("thrown by Done"); };
  ASSERT_TRUE(pool_->Put(FakeTask::New(&record_, std::move(hooks))).ok());
  ASSERT_TRUE(AwaitEvent(PoolEvent::Kind::kRespawn));
  EXPECT_EQ(Events(PoolEvent::Kind::kWorkerDied)[0].text, "exception: thrown by Done");
  EXPECT_EQ(pool_->Stats().threads, 2);
  EXPECT_EQ(pool_->Stats().completed, 1);
  Block(2);
}

TEST_F(ThreadPoolResizeTest, AWorkerThatDiesInTheFailureObserverIsRecordedAndReplaced) {
  ThreadPoolOptions options = Options(2, 2);
  options.on_task_failure = [](const TaskDescription&, absl::string_view) {
    throw std::runtime_error("no observer");
  };
  Start(options);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(pool_->Put(MakeTask([] { throw std::runtime_error("broken"); })).ok());
  }
  ASSERT_TRUE(Eventually([&] {
    return Events(PoolEvent::Kind::kWorkerDied).size() == 2 && pool_->Stats().threads == 2;
  }));
  EXPECT_EQ(Events(PoolEvent::Kind::kWorkerDied)[1].text, "exception: no observer");
  EXPECT_EQ(pool_->Stats().failed, 2);
  Block(2);
}

TEST_F(ThreadPoolResizeTest, ADeadWorkerIsReplacedWhenTheSystemHasThreadsAgain) {
  Start(Options(2, 2));
  threads_left_.store(0);
  FakeTask::Hooks hooks;
  hooks.done = [] { throw std::runtime_error("thrown by Done"); };
  ASSERT_TRUE(pool_->Put(FakeTask::New(&record_, std::move(hooks))).ok());
  ASSERT_TRUE(AwaitEvent(PoolEvent::Kind::kStartFailed));
  EXPECT_EQ(pool_->Stats().threads, 1);
  ASSERT_TRUE(pool_->Put(FakeTask::New(&record_)).ok());
  EXPECT_TRUE(Eventually([&] { return record_.runs() == 2; })) << "one worker goes on";
  threads_left_.store(100);
  EXPECT_TRUE(AwaitThreads(2));
  Block(2);
}

TEST_F(ThreadPoolResizeTest,
       AThreadThatTheSystemDoesNotGiveWhenThePoolGrowsByItselfIsNotedAndTriedAgain) {
  ThreadPoolOptions options = Options(1, 2);
  options.grow_after = absl::Milliseconds(1);
  Start(std::move(options));
  threads_left_.store(0);
  Block(1);
  ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
  ASSERT_TRUE(AwaitEvent(PoolEvent::Kind::kStartFailed));
  EXPECT_EQ(pool_->Stats().threads, 1);
  EXPECT_TRUE(Events(PoolEvent::Kind::kAutoGrow).empty());
  threads_left_.store(100);
  EXPECT_TRUE(AwaitThreads(2));
  EXPECT_TRUE(blocker_.AwaitBusy(2));
}

TEST_F(ThreadPoolResizeTest, AWorkerThatDiesWhileOthersRetireIsReplaced) {
  Start(Options(1, 3));
  ASSERT_EQ(*pool_->Grow(2), 2);
  FakeTask::Hooks hooks;
  hooks.done = [] { throw std::runtime_error("thrown by Done"); };
  for (int i = 0; i < 3; ++i) {
    FakeTask::Hooks copy = hooks;
    ASSERT_TRUE(pool_->Put(blocker_.NewTask(std::move(copy))).ok());
  }
  ASSERT_TRUE(blocker_.AwaitBusy(3));
  ASSERT_EQ(*pool_->Shrink(2), 2);
  blocker_.Free();  // all die, retired or not
  ASSERT_TRUE(Eventually([&] {
    const PoolStats stats = pool_->Stats();
    return Events(PoolEvent::Kind::kWorkerDied).size() == 3 && stats.threads == 1 &&
           stats.retiring == 0;
  }));
  // Two of the three had been told to retire when they died: they are not missed twice.
  for (const PoolEvent& event : Events(PoolEvent::Kind::kWorkerDied)) EXPECT_GE(event.threads, 0);
  ASSERT_EQ(*pool_->Grow(10), 2);
  ASSERT_TRUE(pool_->Put(FakeTask::New(&record_)).ok());
  EXPECT_TRUE(Eventually([&] { return record_.runs() == 1; }));
}

// --- Decision 14 ---

TEST_F(ThreadPoolResizeTest, ItGrowsWhenTheOldestTaskHasWaitedTooLongAndTrimsWhatIsIdle) {
  ThreadPoolOptions options = Options(1, 3);
  options.grow_after = absl::Milliseconds(1);
  options.idle_timeout = absl::Milliseconds(1);
  Start(options);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
  EXPECT_TRUE(AwaitThreads(3));
  ASSERT_TRUE(blocker_.AwaitBusy(3));
  const auto grown = Events(PoolEvent::Kind::kAutoGrow);
  ASSERT_EQ(grown.size(), 2);
  EXPECT_GT(grown[0].oldest_wait, absl::Milliseconds(1));
  EXPECT_EQ(grown[1].threads, 3);
  EXPECT_TRUE(Events(PoolEvent::Kind::kTrim).empty()) << "nobody is idle";
  blocker_.Free();
  EXPECT_TRUE(AwaitThreads(1));
  EXPECT_FALSE(Events(PoolEvent::Kind::kTrim).empty());
  EXPECT_EQ(pool_->Stats().completed, 5);
}

TEST_F(ThreadPoolResizeTest, WithoutMaxItDoesNotGrowByItself) {
  ThreadPoolOptions options = Options(1, absl::nullopt);
  options.grow_after = absl::Nanoseconds(1);
  options.queue_ttl = absl::Milliseconds(20);
  Start(options);
  // Again when it has expired on its way.
  while (blocker_.begun() == 0) {
    const int rejects = blocker_.record().rejects();
    ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
    ASSERT_TRUE(
        Eventually([&] { return blocker_.begun() > 0 || blocker_.record().rejects() > rejects; }));
  }
  ASSERT_TRUE(pool_->Put(FakeTask::New(&record_)).ok());
  // When the task has expired, the supervisor has seen it wait.
  ASSERT_TRUE(Eventually([&] { return record_.rejects(RejectReason::kExpired) == 1; }));
  EXPECT_EQ(pool_->Stats().threads, 1);
}

}  // namespace
}  // namespace robusto
