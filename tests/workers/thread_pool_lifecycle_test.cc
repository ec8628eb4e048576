// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ThreadPool: what it accepts, and what each call does in each state.

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

using absl::StatusCode;

std::unique_ptr<ThreadPool> Create(ThreadPoolOptions options) {
  auto pool = ThreadPool::Create(std::move(options));
  EXPECT_TRUE(pool.ok()) << pool.status();
  return std::move(pool).value();
}

ThreadPoolOptions Small() {
  ThreadPoolOptions options;
  options.min_threads = 1;
  options.max_threads = 4;
  options.queue_capacity = 4;
  return options;
}

// --- Options ---

struct BadOptions {
  const char* name;
  void (*spoil)(ThreadPoolOptions&);
  const char* message;
};

class ThreadPoolBadOptionsTest : public testing::TestWithParam<BadOptions> {};

// Decisions 1 and 2.
TEST_P(ThreadPoolBadOptionsTest, CreateNamesTheOptionItsValueAndWhatWouldBeAccepted) {
  ThreadPoolOptions options = Small();
  GetParam().spoil(options);
  const absl::Status status = ThreadPool::Create(options).status();
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, ThreadPoolBadOptionsTest,
    testing::Values(
        BadOptions{"NoMin", [](ThreadPoolOptions& o) { o.min_threads = 0; },
                   "min_threads is 0; it must be at least 1"},
        BadOptions{"NegativeMin", [](ThreadPoolOptions& o) { o.min_threads = -3; },
                   "min_threads is -3; it must be at least 1"},
        BadOptions{"MaxBelowMin", [](ThreadPoolOptions& o) { o.min_threads = 5; },
                   "max_threads is 4; it must be at least min_threads, which is 5"},
        BadOptions{"NoQueue", [](ThreadPoolOptions& o) { o.queue_capacity = 0; },
                   "queue_capacity is 0; it must be from 1 to 16777216"},
        BadOptions{"BoundlessQueue", [](ThreadPoolOptions& o) { o.queue_capacity = SIZE_MAX; },
                   "queue_capacity is 18446744073709551615; it must be from 1 to "
                   "16777216"},
        BadOptions{"QueueTimeout",
                   [](ThreadPoolOptions& o) { o.queue_timeout = -absl::Milliseconds(5); },
                   "queue_timeout is -5ms; it must be 0s or more, or inf"},
        BadOptions{"QueueTtl", [](ThreadPoolOptions& o) { o.queue_ttl = -absl::Seconds(1); },
                   "queue_ttl is -1s; it must be 0s or more, or inf"},
        BadOptions{"GrowAfter", [](ThreadPoolOptions& o) { o.grow_after = absl::ZeroDuration(); },
                   "grow_after is 0; it must be more than 0s, or inf"},
        BadOptions{"IdleTimeout", [](ThreadPoolOptions& o) { o.idle_timeout = -absl::Seconds(2); },
                   "idle_timeout is -2s; it must be more than 0s, or inf"},
        BadOptions{"StuckAfter", [](ThreadPoolOptions& o) { o.stuck_after = -absl::Seconds(2); },
                   "stuck_after is -2s; it must be more than 0s, or inf"}),
    [](const auto& param_info) { return param_info.param.name; });

TEST(ThreadPoolTest, TheQueueIsBoundedByDefault) {
  const auto pool = Create(ThreadPoolOptions());
  EXPECT_EQ(pool->Stats().queue_capacity, 1024);
}

TEST(ThreadPoolTest, TimesTooLongForTheClockAreAsGoodAsInfinite) {
  ThreadPoolOptions options = Small();
  const absl::Duration ages = absl::Hours(24 * 365 * 100000.0);
  options.queue_timeout = ages;
  options.queue_ttl = ages;
  options.grow_after = ages;
  options.idle_timeout = ages;
  options.stuck_after = ages;
  const auto pool = Create(options);
  ASSERT_TRUE(pool->Start().ok());
  ASSERT_TRUE(pool->Grow(1).ok());
  TaskRecord record;
  ASSERT_TRUE(pool->Put(FakeTask::New(&record)).ok());
  EXPECT_TRUE(Eventually([&] { return record.finished() == 1; }));
  EXPECT_TRUE(pool->Stop(ages)->clean());
}

// --- The table in thread_pool.h ---

enum class State { kCreated, kRunning, kDraining, kStopped };

// A pool in a state, with one worker inside a task, which has the id 1, if there are workers.
class PoolIn {
 public:
  explicit PoolIn(State state) : pool_(Create(Small())) {
    if (state == State::kCreated) return;
    if (state != State::kStopped) {
      EXPECT_TRUE(pool_->Start().ok());
      EXPECT_TRUE(pool_->Put(blocker_.NewTask()).ok());
      EXPECT_TRUE(blocker_.AwaitBusy(1));
    }
    if (state == State::kDraining) {
      EXPECT_TRUE(pool_->Drain().ok());
    }
    if (state == State::kStopped) {
      EXPECT_TRUE(pool_->Stop(absl::ZeroDuration()).ok());
    }
  }
  ~PoolIn() { blocker_.Free(); }
  ThreadPool* operator->() { return pool_.get(); }

 private:
  Blocker blocker_;
  std::unique_ptr<ThreadPool> pool_;
};

constexpr State kStates[] = {State::kCreated, State::kRunning, State::kDraining, State::kStopped};

template <typename Call>
void ExpectCodes(Call call, StatusCode created, StatusCode running, StatusCode draining,
                 StatusCode stopped) {
  const StatusCode want[] = {created, running, draining, stopped};
  for (int i = 0; i < 4; ++i) {
    PoolIn pool(kStates[i]);
    const PoolStats before = pool->Stats();
    const absl::Status status = call(pool);
    EXPECT_EQ(status.code(), want[i]) << "state " << i << ": " << status;
    if (status.code() != StatusCode::kFailedPrecondition) continue;
    const PoolStats after = pool->Stats();
    EXPECT_EQ(after.state, before.state) << i;
    EXPECT_EQ(after.threads, before.threads) << i;
    EXPECT_EQ(after.min_threads, before.min_threads) << i;
    EXPECT_EQ(after.max_threads, before.max_threads) << i;
  }
}

constexpr StatusCode kOk = StatusCode::kOk;
constexpr StatusCode kFP = StatusCode::kFailedPrecondition;

// Decision 5.
TEST(ThreadPoolTest, StartTwiceIsFailedPreconditionAndAPoolIsUsedOnce) {
  ExpectCodes([](PoolIn& pool) { return pool->Start(); }, kOk, kFP, kFP, kFP);
}

// Decision 4.
TEST(ThreadPoolTest, PutWhenNotRunningIsRefusedAndTheTaskRejectedNotLost) {
  TaskRecord record;
  const auto put = [&](PoolIn& pool) { return pool->Put(FakeTask::New(&record)); };
  ExpectCodes(put, kFP, kOk, StatusCode::kUnavailable, kFP);
  EXPECT_EQ(record.rejects(RejectReason::kDraining), 1);
  TaskRecord tried;
  const auto try_put = [&](PoolIn& pool) { return pool->TryPut(FakeTask::New(&tried)); };
  ExpectCodes(try_put, kFP, kOk, StatusCode::kUnavailable, kFP);
  EXPECT_EQ(tried.rejects(RejectReason::kDraining), 1);
  for (const TaskRecord* each : {&record, &tried}) {
    // What the running pool took has run, or was in the queue when its test ended.
    EXPECT_GE(each->rejects(RejectReason::kStopped), 2);
    EXPECT_EQ(each->rejects() + each->runs(), 4);
    EXPECT_EQ(each->finished(), 4);
  }
}

TEST(ThreadPoolTest, GrowAndShrinkActOnAPoolThatHasThreads) {
  ExpectCodes([](PoolIn& pool) { return pool->Grow(1).status(); }, kFP, kOk, kOk, kFP);
  ExpectCodes([](PoolIn& pool) { return pool->Shrink(1).status(); }, kFP, kOk, kOk, kFP);
}

TEST(ThreadPoolTest, ResizeSetsTheBoundsOfAPoolBeforeItsStart) {
  ExpectCodes([](PoolIn& pool) { return pool->Resize(2, 3); }, kOk, kOk, kOk, kFP);
  const auto pool = Create(Small());
  ASSERT_TRUE(pool->Resize(2, 3).ok());
  ASSERT_TRUE(pool->Start().ok());
  EXPECT_EQ(pool->Stats().threads, 2);
}

TEST(ThreadPoolTest, DrainAndResumeGoToAndFro) {
  ExpectCodes([](PoolIn& pool) { return pool->Drain(); }, kFP, kOk, kOk, kFP);
  ExpectCodes([](PoolIn& pool) { return pool->Resume(); }, kFP, kFP, kOk, kFP);
  const auto pool = Create(Small());
  TaskRecord record;
  ASSERT_TRUE(pool->Start().ok());
  ASSERT_TRUE(pool->Drain().ok());
  EXPECT_EQ(pool->Stats().state, PoolState::kDraining);
  EXPECT_FALSE(pool->Put(FakeTask::New(&record)).ok());
  ASSERT_TRUE(pool->Resume().ok());
  EXPECT_EQ(pool->Stats().state, PoolState::kRunning);
  EXPECT_TRUE(pool->Put(FakeTask::New(&record)).ok());
  EXPECT_TRUE(Eventually([&] { return record.runs() == 1; }));
}

TEST(ThreadPoolTest, CancelFindsOnlyWhatRuns) {
  const StatusCode none = StatusCode::kNotFound;
  ExpectCodes([](PoolIn& pool) { return pool->Cancel(1, CancelLevel::kGentle); }, none, kOk, kOk,
              none);
  ExpectCodes([](PoolIn& pool) { return pool->Cancel(2, CancelLevel::kGentle); }, none, none, none,
              none);
  ExpectCodes([](PoolIn& pool) { return pool->Cancel(0, CancelLevel::kGentle); }, none, none, none,
              none);
}

TEST(ThreadPoolTest, StopStopsInEveryState) {
  ExpectCodes([](PoolIn& pool) { return pool->Stop(absl::ZeroDuration()).status(); }, kOk, kOk, kOk,
              kOk);
  const auto pool = Create(Small());
  EXPECT_TRUE(pool->Stop(absl::ZeroDuration()).ok());
  EXPECT_EQ(pool->Stats().state, PoolState::kStopped);
}

TEST(ThreadPoolTest, NegativeArgumentsAreInvalidAndChangeNothing) {
  const StatusCode bad = StatusCode::kInvalidArgument;
  ExpectCodes([](PoolIn& pool) { return pool->Grow(-1).status(); }, bad, bad, bad, bad);
  ExpectCodes([](PoolIn& pool) { return pool->Shrink(-1).status(); }, bad, bad, bad, bad);
  ExpectCodes([](PoolIn& pool) { return pool->Resize(0, absl::nullopt); }, bad, bad, bad, bad);
  ExpectCodes([](PoolIn& pool) { return pool->Resize(3, 2); }, bad, bad, bad, bad);
  ExpectCodes([](PoolIn& pool) { return pool->Stop(-absl::Seconds(1)).status(); }, bad, bad, bad,
              bad);
  PoolIn pool(State::kRunning);
  EXPECT_FALSE(pool->Resize(3, 2).ok());
  EXPECT_FALSE(pool->Stop(-absl::Seconds(1)).ok());
  EXPECT_EQ(pool->Stats().min_threads, 1);
  EXPECT_EQ(pool->Stats().max_threads, 4);
  EXPECT_EQ(pool->Stats().state, PoolState::kRunning);
}

// --- RequestStop ---

TEST(ThreadPoolTest, RequestStopRefusesTasksAndEndsTheWaitForIt) {
  const auto pool = Create(Small());
  ASSERT_TRUE(pool->Start().ok());
  std::thread waiter([&] { pool->AwaitStopRequest(); });
  pool->RequestStop();
  waiter.join();
  TaskRecord record;
  EXPECT_EQ(pool->Put(FakeTask::New(&record)).code(), kFP);
  EXPECT_EQ(record.rejects(RejectReason::kStopped), 1);
}

TEST(ThreadPoolTest, StopEndsTheWaitForItsRequestToo) {
  const auto pool = Create(Small());
  ASSERT_TRUE(pool->Start().ok());
  std::thread waiter([&] { pool->AwaitStopRequest(); });
  EXPECT_TRUE(pool->Stop(absl::ZeroDuration()).ok());
  waiter.join();
  pool->AwaitStopRequest();  // returns at once from now on
}

TEST(ThreadPoolTest, NothingUndoesRequestStop) {
  const auto pool = Create(Small());
  pool->RequestStop();
  TaskRecord record;
  ASSERT_TRUE(pool->Start().ok());
  EXPECT_FALSE(pool->Put(FakeTask::New(&record)).ok());
  ASSERT_TRUE(pool->Drain().ok());
  ASSERT_TRUE(pool->Resume().ok());
  EXPECT_FALSE(pool->Put(FakeTask::New(&record)).ok());
  EXPECT_EQ(record.rejects(RejectReason::kStopped), 2);
}

// --- The source ---

TEST(ThreadPoolTest, NoTaskOfTheSourceIsRejectedWhileThePoolStarts) {
  FakeWorkSource source;
  TaskRecord record;
  for (int i = 0; i < 4; ++i) source.Give(FakeTask::New(&record));
  ThreadPoolOptions options = Small();
  options.min_threads = 4;
  options.work_source = &source;
  options.thread_factory = [&](std::function<void()> main) {
    // The threads that are there already have time to poll: of a source with work, if they may.
    if (source.polls() > 0) ADD_FAILURE() << "polled before the pool was open";
    return std::thread(std::move(main));
  };
  const auto pool = Create(options);
  ASSERT_TRUE(pool->Start().ok());
  EXPECT_TRUE(Eventually([&] { return record.runs() == 4; }));
  EXPECT_EQ(record.rejects(), 0);
}

}  // namespace
}  // namespace robusto
