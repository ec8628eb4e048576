// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ThreadPool: what it tells of itself.

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

using Kind = PoolEvent::Kind;

class ThreadPoolStatsTest : public testing::Test {
 protected:
  static ThreadPoolOptions Options() {
    ThreadPoolOptions options;
    options.min_threads = 2;
    options.max_threads = 2;
    options.queue_capacity = 4;
    return options;
  }
  void Start(ThreadPoolOptions options) {
    auto pool = ThreadPool::Create(std::move(options));
    ASSERT_TRUE(pool.ok()) << pool.status();
    pool_ = std::move(pool).value();
    ASSERT_TRUE(pool_->Start().ok());
  }
  // Keeps `count` workers busy; one by one, and again when one has expired on its way.
  void Block(int count) {
    for (int i = 0; i < count; ++i) {
      while (blocker_.begun() <= i) {
        const int rejects = blocker_.record().rejects();
        ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
        ASSERT_TRUE(Eventually(
            [&] { return blocker_.begun() > i || blocker_.record().rejects() > rejects; }));
      }
    }
  }
  std::vector<PoolEvent> Events(Kind kind) const {
    std::vector<PoolEvent> events;
    for (PoolEvent& event : pool_->journal().Read(0, Journal::kCapacity)) {
      if (event.kind == kind) events.push_back(std::move(event));
    }
    return events;
  }
  void TearDown() override { blocker_.Free(); }

  TaskRecord record_;
  Blocker blocker_;
  std::unique_ptr<ThreadPool> pool_;
};

uint64_t Sum(const PoolStats& stats) {
  return stats.completed + stats.failed + stats.cancelled + stats.expired + stats.rejected() +
         stats.queued + stats.running;
}

// Decision 3, for the pool.
TEST_F(ThreadPoolStatsTest, PutFromAWorkerOfAPoolWithAFullQueueDoesNotWait) {
  ThreadPoolOptions options = Options();
  options.queue_timeout = absl::InfiniteDuration();
  Start(options);
  ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  std::atomic<int> refused{-1};
  ASSERT_TRUE(pool_
                  ->Put(MakeTask([&] {
                    int count = 0;
                    for (int i = 0; i < 6; ++i) count += !pool_->Put(FakeTask::New(&record_)).ok();
                    refused.store(count);
                  }))
                  .ok());
  EXPECT_TRUE(Eventually([&] { return refused.load() >= 0; }));
  EXPECT_EQ(refused.load(), 2);
  EXPECT_EQ(pool_->Stats().rejected_full, 2);
}

// Decision 2: 0 is at once, and what is more has an end.
TEST_F(ThreadPoolStatsTest, PutWaitsForRoomForTheQueueTimeout) {
  ThreadPoolOptions options = Options();
  options.queue_timeout = absl::Milliseconds(1);
  options.queue_capacity = 1;
  Start(options);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
    ASSERT_TRUE(blocker_.AwaitBusy(i + 1));
  }
  ASSERT_TRUE(pool_->Put(FakeTask::New(&record_)).ok());
  const absl::Status status = pool_->Put(FakeTask::New(&record_));
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(record_.rejects(RejectReason::kQueueFull), 1);
}

// Decision 10.
TEST_F(ThreadPoolStatsTest, IdleAndQueueSizeCountNoSentinelAndNoDeadThread) {
  ThreadPoolOptions options = Options();
  options.max_threads = 10;
  options.grow_after = absl::InfiniteDuration();
  options.queue_ttl = absl::Milliseconds(1);
  Start(options);
  ASSERT_EQ(*pool_->Grow(2), 2);
  Block(3);
  ASSERT_EQ(*pool_->Grow(1), 1);
  ASSERT_EQ(*pool_->Shrink(3), 3);
  ASSERT_TRUE(Eventually([&] { return pool_->Stats().threads == 3; }));
  PoolStats stats = pool_->Stats();
  EXPECT_EQ(stats.retiring, 1);
  EXPECT_EQ(stats.queue_size, 0) << "a retirement is no item in the queue";
  EXPECT_EQ(stats.queued, 0);
  EXPECT_EQ(stats.idle, 0);
  EXPECT_EQ(stats.busy, 3);
  // A thread that has ended is not counted even while the supervisor cannot take note of it.
  std::atomic<bool> supervisor_held{false};
  std::atomic<bool> let_go{false};
  FakeTask::Hooks hooks;
  hooks.reject = [&](RejectReason) {
    supervisor_held.store(true);
    Eventually([&] { return let_go.load(); });
  };
  ASSERT_TRUE(pool_->Put(FakeTask::New(&record_, std::move(hooks))).ok());
  EXPECT_TRUE(Eventually([&] { return supervisor_held.load(); }));
  blocker_.Free();
  EXPECT_TRUE(Eventually([&] { return pool_->Stats().threads == 2; }));
  stats = pool_->Stats();
  EXPECT_EQ(stats.idle + stats.busy, 2);
  let_go.store(true);
  EXPECT_TRUE(Eventually([&] { return record_.finished() == 1; }));
}

// Decision 10: "between", here a task that has returned and is not counted as ended yet.
TEST_F(ThreadPoolStatsTest, AWorkerIsBusyUntilItsTaskIsCounted) {
  Start(Options());
  std::atomic<bool> cancelling{false};
  std::atomic<bool> let_go{false};
  FakeTask::Hooks hooks;
  hooks.cancel = [&](CancelLevel) {
    cancelling.store(true);
    Eventually([&] { return let_go.load(); });
  };
  ASSERT_TRUE(pool_->Put(blocker_.NewTask(std::move(hooks))).ok());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  std::thread canceller([&] { EXPECT_TRUE(pool_->Cancel(1, CancelLevel::kGentle).ok()); });
  ASSERT_TRUE(Eventually([&] { return cancelling.load(); }));
  blocker_.Free();
  ASSERT_TRUE(Eventually([&] {
    for (const WorkerInfo& worker : pool_->Workers()) {
      if (worker.busy) return false;
    }
    return true;
  })) << "the worker waits for the Cancel to end";
  const PoolStats stats = pool_->Stats();
  EXPECT_EQ(stats.running, 1);
  EXPECT_EQ(stats.busy, 1);
  EXPECT_EQ(stats.idle, 1);
  let_go.store(true);
  canceller.join();
  EXPECT_TRUE(Eventually([&] { return pool_->Stats().cancelled == 1; }));
}

// A worker is busy exactly while a task is running: also when tasks are as short as can be.
TEST_F(ThreadPoolStatsTest, RunningIsBusyInEverySnapshot) {
  ThreadPoolOptions options = Options();
  options.queue_capacity = 1000;
  Start(options);
  std::atomic<bool> done{false};
  std::thread producer([&] {
    while (!done.load()) pool_->TryPut(MakeTask([] {})).IgnoreError();
  });
  for (int i = 0; i < 20000; ++i) {
    const PoolStats stats = pool_->Stats();
    ASSERT_EQ(stats.running, stats.busy);
    ASSERT_EQ(stats.idle + stats.busy, stats.threads);
    ASSERT_LE(stats.running, 2);
    ASSERT_EQ(stats.accepted, Sum(stats));
  }
  done.store(true);
  producer.join();
}

// Decision 13.
TEST_F(ThreadPoolStatsTest, TotalsAndHistogramsSurviveTheWorkerThatMadeThem) {
  ThreadPoolOptions options = Options();
  options.min_threads = 1;
  options.max_threads = 8;
  options.grow_after = absl::InfiniteDuration();
  Start(options);
  ASSERT_EQ(*pool_->Grow(7), 7);
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
  ASSERT_TRUE(blocker_.AwaitBusy(8));
  ASSERT_EQ(*pool_->Shrink(7), 7);
  blocker_.Free();
  ASSERT_TRUE(
      Eventually([&] { return pool_->Workers().size() == 1 && pool_->Stats().running == 0; }));
  EXPECT_EQ(pool_->Stats().completed, 8);
  EXPECT_GT(pool_->Stats().busy_time, absl::ZeroDuration());
  EXPECT_EQ(pool_->Histograms().queue_wait.count(), 8);
  EXPECT_EQ(pool_->Histograms().service_time.count(), 8);
  EXPECT_EQ(pool_->Workers()[0].totals.completed, 1);
}

// Decision 9, for the pool.
TEST_F(ThreadPoolStatsTest, AnExceptionOutOfATaskIsCountedAndTheWorkerLives) {
  ThreadPoolOptions options = Options();
  std::atomic<int> told{0};
  options.on_task_failure = [&](const TaskDescription&, absl::string_view) { told.fetch_add(1); };
  Start(options);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(pool_->Put(MakeTask([] { throw std::runtime_error("broken"); })).ok());
  }
  EXPECT_TRUE(Eventually([&] { return told.load() == 3; }));
  EXPECT_EQ(pool_->Stats().failed, 3);
  EXPECT_EQ(pool_->Stats().threads, 2);
  EXPECT_TRUE(Events(Kind::kWorkerDied).empty());
}

// Decision 12, for the pool.
TEST_F(ThreadPoolStatsTest, CancelNamesATaskAndIsCountedAndJournalled) {
  Start(Options());
  ASSERT_TRUE(pool_->Put(blocker_.NewTaskThatObeys(CancelLevel::kGentle)).ok());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  ASSERT_TRUE(pool_->Cancel(1, CancelLevel::kGentle).ok());
  EXPECT_TRUE(Eventually([&] { return pool_->Stats().cancelled == 1; }));
  EXPECT_EQ(pool_->Cancel(1, CancelLevel::kFirm).code(), absl::StatusCode::kNotFound);
  ASSERT_EQ(Events(Kind::kCancel).size(), 1);
  EXPECT_EQ(Events(Kind::kCancel)[0].task_id, 1);
  EXPECT_EQ(Events(Kind::kCancel)[0].text, "gentle");
}

TEST_F(ThreadPoolStatsTest, WhatWaitsTooLongExpiresWithEveryWorkerBlocked) {
  ThreadPoolOptions options = Options();
  options.queue_ttl = absl::Milliseconds(2);
  Start(options);
  Block(2);
  const uint64_t before = pool_->Stats().expired;
  ASSERT_TRUE(pool_->Put(FakeTask::New(&record_)).ok());
  EXPECT_TRUE(Eventually([&] { return record_.rejects(RejectReason::kExpired) == 1; }));
  EXPECT_EQ(pool_->Stats().expired, before + 1);
}

TEST_F(ThreadPoolStatsTest, AStuckTaskIsCountedShownAndJournalledOnce) {
  ThreadPoolOptions options = Options();
  options.stuck_after = absl::Milliseconds(2);
  Start(options);
  ASSERT_TRUE(pool_->Put(blocker_.NewTask()).ok());
  ASSERT_TRUE(Eventually([&] { return Events(Kind::kStuck).size() == 1; }));
  EXPECT_EQ(Events(Kind::kStuck)[0].task_id, 1);
  EXPECT_EQ(pool_->Stats().stuck, 1);
  int stuck = 0;
  for (const WorkerInfo& worker : pool_->Workers()) stuck += worker.stuck ? 1 : 0;
  EXPECT_EQ(stuck, 1);
  blocker_.Free();
  EXPECT_TRUE(Eventually([&] { return pool_->Stats().stuck == 0; }));
  EXPECT_EQ(Events(Kind::kStuck).size(), 1);
}

// Decision 15.
TEST_F(ThreadPoolStatsTest, EveryDecisionIsInTheJournalWithItsInputs) {
  ThreadPoolOptions options = Options();
  options.max_threads = 4;
  options.grow_after = absl::InfiniteDuration();
  Start(options);
  ASSERT_EQ(*pool_->Grow(1), 1);
  ASSERT_EQ(*pool_->Shrink(1), 1);
  ASSERT_TRUE(pool_->Resize(1, 3).ok());
  ASSERT_TRUE(pool_->Drain().ok());
  ASSERT_FALSE(pool_->Put(FakeTask::New(&record_)).ok());
  ASSERT_TRUE(Eventually([&] { return Events(Kind::kReject).size() == 1; }));
  ASSERT_TRUE(pool_->Resume().ok());
  ASSERT_TRUE(pool_->Put(blocker_.NewTaskThatObeys(CancelLevel::kFirm)).ok());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  ASSERT_TRUE(pool_->Stop(absl::ZeroDuration()).ok());
  std::vector<std::string> kinds;
  const std::vector<PoolEvent> events = pool_->journal().Read(0, 100);
  for (const PoolEvent& event : events) kinds.push_back(std::string(PoolEventKindName(event.kind)));
  EXPECT_EQ(kinds, (std::vector<std::string>{"start", "grow", "shrink", "resize", "drain", "reject",
                                             "resume", "stop", "cancel", "cancel", "stopped"}));
  EXPECT_EQ(events[1].threads, 3);
  EXPECT_EQ(events[1].max_threads, 4);
  EXPECT_EQ(events[2].threads, 2);
  EXPECT_EQ(events[3].min_threads, 1);
  EXPECT_EQ(events[3].max_threads, 3);
  EXPECT_EQ(events[5].text, "draining");
  EXPECT_EQ(events.back().text, "0 completed, 0 rejected, 1 cancelled, 0 abandoned");
}

TEST_F(ThreadPoolStatsTest, WithEveryWorkerBlockedTheSourceIsPolledAndTheRestRejected) {
  FakeWorkSource source;
  ThreadPoolOptions options = Options();
  options.work_source = &source;
  options.grow_after = absl::Nanoseconds(1);  // the queue's head asks for workers all the time
  Start(options);
  for (int i = 0; i < 2; ++i) source.Give(blocker_.NewTask());
  ASSERT_TRUE(blocker_.AwaitBusy(2));
  for (int i = 0; i < 14; ++i) {
    source.Give(FakeTask::New(&record_));
    ASSERT_TRUE(Eventually([&] { return source.left() == 0; }));
  }
  EXPECT_TRUE(Eventually([&] { return record_.rejects(RejectReason::kQueueFull) == 10; }));
  blocker_.Free();
  EXPECT_TRUE(Eventually([&] { return record_.runs() == 4; }));
  EXPECT_FALSE(source.overlapped());
  pool_.reset();
}

}  // namespace
}  // namespace robusto
