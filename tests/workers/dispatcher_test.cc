// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Dispatcher without a pool. (D1)..(D5) are the invariants of workers/dispatcher.h. The supervisor's
// part is played by the test's own thread, a step at a time.

#include "robusto/workers/dispatcher.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

using Admission = Dispatcher::Admission;

// Threads that take tasks and run them, as a pool's workers do.
class Workers {
 public:
  explicit Workers(Dispatcher* dispatcher) : dispatcher_(dispatcher) {}
  ~Workers() {
    dispatcher_->Close();
    for (std::thread& thread : threads_) thread.join();
  }

  void Add(int count) {
    for (int i = 0; i < count; ++i) {
      dispatcher_->AddThreads(1);
      threads_.emplace_back([this] { Main(); });
    }
  }
  int ended() const { return ended_.load(); }

 private:
  void Main() {
    Dispatcher::ParkedWorker parked_worker;
    QueuedTask item;
    try {
      while (dispatcher_->NextTask(parked_worker, item)) {
        const int64_t begin = MonotonicNanos();
        item.task->Run();
        item.task.reset();
        dispatcher_->RecordServiceTime(MonotonicNanos() - begin);
      }
    } catch (const std::runtime_error&) {
      // This worker dies.
    }
    dispatcher_->AddThreads(-1);
    dispatcher_->Leave(parked_worker);
    ended_.fetch_add(1);
  }

  Dispatcher* const dispatcher_;
  std::vector<std::thread> threads_;
  std::atomic<int> ended_{0};
};

class DispatcherTest : public testing::Test {
 protected:
  void TearDown() override {
    blocker_.Free();
    workers_.reset();
  }

  void Make(Dispatcher::Options options) {
    dispatcher_ = std::make_unique<Dispatcher>(options);
    dispatcher_->Open();
    workers_ = std::make_unique<Workers>(dispatcher_.get());
  }
  absl::optional<RejectReason> Offer(TaskPtr task) {
    return dispatcher_->Offer(std::move(task), absl::ZeroDuration());
  }
  // Each task comes when the one before is done, a little later each time: so it meets the worker at
  // every step of its way to rest.
  void OfferManyOneByOne() {
    for (int i = 1; i <= 50000; ++i) {
      for (volatile int delay = i % 400; delay > 0; delay = delay - 1) {
      }
      ASSERT_EQ(Offer(FakeTask::New(&record_)), absl::nullopt);
      const int64_t begin = MonotonicNanos();
      while (record_.finished() < i) {
        std::this_thread::yield();
        ASSERT_LT(MonotonicNanos() - begin, std::chrono::nanoseconds(kGuard).count()) << i;
      }
    }
  }
  // One turn of the supervisor, which does not wait or poll for longer than a millisecond.
  void Tick() {
    dispatcher_->ScheduleMaintenance(MonotonicNanos() + 1000 * 1000);
    TickWhenDue();
  }
  // The same, but it waits for as long as the dispatcher lets the supervisor wait. True: maintenance
  // is due.
  bool TickWhenDue() {
    dispatcher_->SupervisorWait();
    dispatcher_->SupervisorTick();
    return dispatcher_->StartMaintenance();
  }

  // In the order in which they must outlive each other.
  TaskRecord record_;
  Blocker blocker_;
  FakeWorkSource source_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<Workers> workers_;
};

TEST_F(DispatcherTest, EveryTaskIsTakenOrRejectedAndThenDone) {
  Dispatcher::Options options;
  options.queue_capacity = 1;
  Make(options);
  EXPECT_EQ(Offer(FakeTask::New(&record_)), absl::nullopt);
  EXPECT_EQ(Offer(FakeTask::New(&record_)), RejectReason::kQueueFull);
  dispatcher_->SetAdmission(Admission::kDraining);
  EXPECT_EQ(Offer(FakeTask::New(&record_)), RejectReason::kDraining);
  dispatcher_->SetAdmission(Admission::kStopped);
  EXPECT_EQ(Offer(FakeTask::New(&record_)), RejectReason::kStopped);
  EXPECT_EQ(record_.rejects(), 3);
  EXPECT_EQ(record_.finished(), 3);
  workers_->Add(1);
  EXPECT_TRUE(Eventually([&] { return record_.finished() == 4; }));
  EXPECT_EQ(record_.runs(), 1);
  EXPECT_EQ(record_.rejects(), 3);
  // (D5)
  const Dispatcher::Counters counters = dispatcher_->counters();
  EXPECT_EQ(counters.accepted, 4);
  EXPECT_EQ(counters.taken, 1);
  EXPECT_EQ(counters.rejected_full, 1);
  EXPECT_EQ(counters.rejected_draining, 1);
  EXPECT_EQ(counters.rejected_stopped, 1);
}

TEST_F(DispatcherTest, TasksOfTheSourceWaitInTheBoundedQueue) {
  Dispatcher::Options options;
  options.queue_capacity = 1;
  options.work_source = &source_;
  Make(options);
  for (int i = 0; i < 3; ++i) source_.Give(FakeTask::New(&record_));
  workers_->Add(1);
  EXPECT_TRUE(Eventually([&] { return record_.finished() == 3; }));
  // The one that polled runs the first, one waits, and there is no room for the third.
  EXPECT_EQ(record_.runs(), 2);
  EXPECT_EQ(record_.rejects(RejectReason::kQueueFull), 1);
}

TEST_F(DispatcherTest, WhatWasOfferedDuringAPollGoesBeforeWhatThePollGave) {
  Dispatcher::Options options;
  options.work_source = &source_;
  Make(options);
  std::mutex mu;
  std::string order;
  const auto make = [&](char name) {
    FakeTask::Hooks hooks;
    hooks.run = [&, name] {
      std::lock_guard<std::mutex> lock(mu);
      order += name;
    };
    return FakeTask::New(&record_, std::move(hooks));
  };
  std::atomic<int> polls{0};
  source_.OnPoll([&] {
    if (polls.fetch_add(1) > 0) return;
    EXPECT_EQ(Offer(make('1')), absl::nullopt);
  });
  source_.Give(make('2'));
  source_.Give(make('3'));
  workers_->Add(1);
  EXPECT_TRUE(Eventually([&] { return record_.finished() == 3; }));
  workers_.reset();
  EXPECT_EQ(order, "123");
}

TEST_F(DispatcherTest, TheSourceIsNotPolledBeforeItIsOpen) {
  Dispatcher::Options options;
  options.work_source = &source_;
  dispatcher_ = std::make_unique<Dispatcher>(options);
  workers_ = std::make_unique<Workers>(dispatcher_.get());
  workers_->Add(2);
  source_.Give(FakeTask::New(&record_));
  ASSERT_TRUE(Eventually([&] { return dispatcher_->parked() == 2; }));
  EXPECT_EQ(source_.polls(), 0);
  dispatcher_->Open();
  EXPECT_TRUE(Eventually([&] { return record_.runs() == 1; }));
}

TEST_F(DispatcherTest, NothingUndoesStopped) {
  Make({});
  dispatcher_->SetAdmission(Admission::kStopped);
  dispatcher_->SetAdmission(Admission::kOpen);
  EXPECT_EQ(dispatcher_->admission(), Admission::kStopped);
  EXPECT_EQ(Offer(FakeTask::New(&record_)), RejectReason::kStopped);
}

TEST_F(DispatcherTest, WhatIsLeftInTheQueueIsRejectedByItsIds) {
  Make({});
  for (int i = 0; i < 3; ++i) Offer(FakeTask::New(&record_));
  std::vector<uint64_t> ids;
  dispatcher_->RejectQueued(RejectReason::kStopped, [&](uint64_t id) { ids.push_back(id); });
  EXPECT_EQ(ids, (std::vector<uint64_t>{1, 2, 3}));
  EXPECT_EQ(record_.rejects(RejectReason::kStopped), 3);
  EXPECT_EQ(record_.finished(), 3);
}

// (D2)
TEST_F(DispatcherTest, OneWorkerPollsAtATimeAndTheOthersAreParked) {
  Dispatcher::Options options;
  options.work_source = &source_;
  Make(options);
  workers_->Add(8);
  EXPECT_TRUE(Eventually([&] { return dispatcher_->parked() == 7 && source_.polled(); }));
  for (int i = 0; i < 2000; ++i) source_.Give(FakeTask::New(&record_));
  EXPECT_TRUE(Eventually([&] { return record_.finished() == 2000; }));
  EXPECT_FALSE(source_.overlapped());
}

// (D3): the worker parks just when the task comes, again and again.
TEST_F(DispatcherTest, NoTaskIsLeftLyingWhileAWorkerParks) {
  Make({});
  workers_->Add(1);
  OfferManyOneByOne();
}

// (D3) with a source: the worker starts to poll just when the task comes.
TEST_F(DispatcherTest, NoTaskIsLeftLyingWhileAWorkerStartsToPoll) {
  Dispatcher::Options options;
  options.work_source = &source_;
  Make(options);
  workers_->Add(1);
  OfferManyOneByOne();
}

TEST_F(DispatcherTest, AWorkerThatLeavesHandsTheLeadOn) {
  Dispatcher::Options options;
  options.work_source = &source_;
  Make(options);
  workers_->Add(2);
  ASSERT_TRUE(Eventually([&] { return dispatcher_->parked() == 1 && source_.polled(); }));
  const std::thread::id first = source_.poller();
  dispatcher_->RequestExits(1);  // the parked one
  ASSERT_TRUE(Eventually([&] { return workers_->ended() == 1; }));
  EXPECT_EQ(source_.poller(), first);
  workers_->Add(1);
  ASSERT_TRUE(Eventually([&] { return dispatcher_->parked() == 1; }));
  dispatcher_->RequestExits(2);  // the new one and the leader
  ASSERT_TRUE(Eventually([&] { return workers_->ended() == 3; }));
  EXPECT_EQ(dispatcher_->pending_exits(), 0);
  workers_->Add(1);
  source_.Give(FakeTask::New(&record_));
  EXPECT_TRUE(Eventually([&] { return record_.finished() == 1; }));
}

TEST_F(DispatcherTest, AWorkerThatDiesInPollHandsTheLeadOn) {
  Dispatcher::Options options;
  options.work_source = &source_;
  Make(options);
  // Shared: the source is polled until the fixture ends, not the test.
  const auto thrown = std::make_shared<std::atomic<bool>>(false);
  source_.OnPoll([thrown] {
    if (!thrown->exchange(true)) throw std::runtime_error("broken source");
  });
  workers_->Add(2);
  ASSERT_TRUE(Eventually([&] { return workers_->ended() == 1; }));
  source_.Give(FakeTask::New(&record_));
  EXPECT_TRUE(Eventually([&] { return record_.runs() == 1; }));
}

// (D4): the last to come is the first to be woken, and the first to come is the first to go.
TEST_F(DispatcherTest, TheWarmestWorkerIsWokenAndTheColdestRetired) {
  Make({});
  workers_->Add(1);
  ASSERT_TRUE(Eventually([&] { return dispatcher_->parked() == 1; }));
  const int64_t first = dispatcher_->ColdestParkedSince();
  workers_->Add(1);
  ASSERT_TRUE(Eventually([&] { return dispatcher_->parked() == 2; }));
  EXPECT_EQ(dispatcher_->ColdestParkedSince(), first);
  ASSERT_EQ(Offer(blocker_.NewTask()), absl::nullopt);
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  EXPECT_EQ(dispatcher_->ColdestParkedSince(), first) << "the colder one was woken";
  blocker_.Free();
  ASSERT_TRUE(Eventually([&] { return dispatcher_->parked() == 2; }));
  dispatcher_->RequestExits(1);
  ASSERT_TRUE(Eventually([&] { return workers_->ended() == 1; }));
  EXPECT_GT(dispatcher_->ColdestParkedSince(), first) << "the warmer one was retired";
}

// (D5)
TEST_F(DispatcherTest, WhatWasAcceptedIsTakenExpiredRejectedOrInTheQueue) {
  Dispatcher::Options options;
  options.queue_capacity = 2;
  options.queue_ttl_ns = 0;
  Make(options);
  for (int i = 0; i < 5; ++i) Offer(FakeTask::New(&record_));
  Dispatcher::Counters counters = dispatcher_->counters();
  EXPECT_EQ(counters.accepted, 5);
  EXPECT_EQ(counters.rejected_full, 3);
  EXPECT_EQ(dispatcher_->queue_size(), 2);
  ASSERT_TRUE(Eventually([&] {
    Tick();
    return dispatcher_->queue_size() == 0;
  }));
  counters = dispatcher_->counters();
  EXPECT_EQ(counters.expired, 2);
  EXPECT_EQ(counters.taken, 0);
  EXPECT_EQ(record_.rejects(RejectReason::kExpired), 2);
  EXPECT_EQ(record_.finished(), 5);
}

TEST_F(DispatcherTest, AWorkerRejectsWhatHasExpiredOnItsWay) {
  Dispatcher::Options options;
  options.queue_ttl_ns = 0;
  Make(options);
  ASSERT_EQ(Offer(FakeTask::New(&record_)), absl::nullopt);
  workers_->Add(1);
  EXPECT_TRUE(Eventually([&] { return record_.finished() == 1; }));
  EXPECT_EQ(record_.rejects(RejectReason::kExpired), 1);
}

TEST_F(DispatcherTest, TheAdmissionCheckKeepsTasksOutOfTheQueue) {
  Dispatcher::Options options;
  options.admission_check = [](const AdmissionContext& context) -> absl::optional<RejectReason> {
    if (context.queue_size < 2) return absl::nullopt;
    return RejectReason::kQueueFull;
  };
  Make(options);
  EXPECT_EQ(Offer(FakeTask::New(&record_)), absl::nullopt);
  EXPECT_EQ(Offer(FakeTask::New(&record_)), absl::nullopt);
  EXPECT_EQ(Offer(FakeTask::New(&record_)), RejectReason::kQueueFull);
}

TEST_F(DispatcherTest, WhatContinuesIsLetInWhileThePoolDrainsAndHeldByTheBoundAlone) {
  Dispatcher::Options options;
  options.queue_capacity = 2;
  options.admission_check = [](const AdmissionContext&) { return RejectReason::kQueueFull; };
  Make(options);
  FakeTask::Hooks continues;
  continues.continues = true;
  EXPECT_EQ(Offer(FakeTask::New(&record_)), RejectReason::kQueueFull);
  EXPECT_EQ(Offer(FakeTask::New(&record_, continues)), absl::nullopt);
  dispatcher_->SetAdmission(Admission::kDraining);
  EXPECT_EQ(Offer(FakeTask::New(&record_)), RejectReason::kDraining);
  EXPECT_EQ(Offer(FakeTask::New(&record_, continues)), absl::nullopt);
  EXPECT_EQ(Offer(FakeTask::New(&record_, continues)), RejectReason::kQueueFull);
  dispatcher_->SetAdmission(Admission::kStopped);
  EXPECT_EQ(Offer(FakeTask::New(&record_, continues)), RejectReason::kStopped);
}

// Decision 3.
TEST_F(DispatcherTest, AWorkerNeverWaitsForRoomInItsOwnQueueButInAnother) {
  Dispatcher::Options options;
  options.queue_capacity = 1;
  Make(options);
  Dispatcher other(options);
  other.Open();
  ASSERT_EQ(other.Offer(FakeTask::New(&record_), absl::ZeroDuration()), absl::nullopt);
  std::atomic<bool> own_full{false};
  std::atomic<bool> other_taken{false};
  FakeTask::Hooks hooks;
  hooks.run = [&] {
    Offer(FakeTask::New(&record_));  // fills the queue
    own_full.store(dispatcher_->Offer(FakeTask::New(&record_), absl::InfiniteDuration()) ==
                   RejectReason::kQueueFull);
    other_taken.store(other.Offer(FakeTask::New(&record_), absl::InfiniteDuration()) ==
                      absl::nullopt);
  };
  TaskRecord outer;
  ASSERT_EQ(Offer(FakeTask::New(&outer, std::move(hooks))), absl::nullopt);
  workers_->Add(1);
  ASSERT_TRUE(Eventually([&] { return own_full.load(); }));
  other.RejectQueued(RejectReason::kStopped, [](uint64_t) {});  // makes room
  EXPECT_TRUE(Eventually([&] { return outer.finished() == 1; }));
  EXPECT_TRUE(other_taken.load());
  other.RejectQueued(RejectReason::kStopped, [](uint64_t) {});
}

// --- Wake rule ---

TEST_F(DispatcherTest, ATaskThatNobodyAwakeCouldTakeWakesAWorker) {
  Make({});
  workers_->Add(2);
  ASSERT_TRUE(Eventually([&] { return dispatcher_->parked() == 2; }));
  for (int i = 0; i < 1000; ++i) dispatcher_->RecordServiceTime(0);  // as quick as can be
  ASSERT_EQ(Offer(blocker_.NewTask()), absl::nullopt);
  EXPECT_TRUE(blocker_.AwaitBusy(1));
  EXPECT_EQ(dispatcher_->parked(), 1);
}

TEST_F(DispatcherTest, AfterSlowTasksEveryTaskWakesAWorker) {
  Make({});
  workers_->Add(3);
  ASSERT_TRUE(Eventually([&] { return dispatcher_->parked() == 3; }));
  for (int i = 1; i <= 3; ++i) {
    ASSERT_EQ(Offer(blocker_.NewTask()), absl::nullopt);
    ASSERT_TRUE(blocker_.AwaitBusy(i)) << "no supervisor was there to mend it";
  }
}

TEST_F(DispatcherTest, WhatTheWakeRuleMisjudgedTheSupervisorMends) {
  Make({});
  workers_->Add(2);
  ASSERT_TRUE(Eventually([&] { return dispatcher_->parked() == 2; }));
  ASSERT_EQ(Offer(blocker_.NewTask()), absl::nullopt);
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  for (int i = 0; i < 1000; ++i) dispatcher_->RecordServiceTime(0);
  ASSERT_EQ(Offer(blocker_.NewTask()), absl::nullopt);
  EXPECT_TRUE(Eventually([&] {
    Tick();
    return blocker_.begun() == 2;
  }));
}

// --- Vacancy rule ---

TEST_F(DispatcherTest, AParkedWorkerIsWokenToPollWhenNobodyDoes) {
  Dispatcher::Options options;
  options.work_source = &source_;
  Make(options);
  workers_->Add(2);
  ASSERT_TRUE(Eventually([&] { return dispatcher_->parked() == 1 && source_.polled(); }));
  for (int i = 0; i < 1000; ++i) dispatcher_->RecordServiceTime(0);
  source_.Give(blocker_.NewTask());  // the leader runs it
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  EXPECT_TRUE(Eventually([&] {
    Tick();
    return dispatcher_->parked() == 0 && source_.polled();
  }));
}

TEST_F(DispatcherTest, TheSupervisorPollsWhenEveryWorkerIsBlocked) {
  Dispatcher::Options options;
  options.queue_capacity = 1;
  options.work_source = &source_;
  Make(options);
  workers_->Add(1);
  source_.Give(blocker_.NewTask());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  for (int i = 0; i < 3; ++i) source_.Give(FakeTask::New(&record_));
  EXPECT_TRUE(Eventually([&] {
    Tick();
    return record_.rejects(RejectReason::kQueueFull) == 2;
  }));
  blocker_.Free();
  EXPECT_TRUE(Eventually([&] { return record_.runs() == 1; }));
}

TEST_F(DispatcherTest, TheSourceIsPolledAlsoWhenTasksThatComeBackNeverLeaveTheQueueEmpty) {
  Dispatcher::Options options;
  options.queue_capacity = 4;
  options.work_source = &source_;
  Make(options);
  std::atomic<bool> enough{false};
  TaskRecord renewed;
  std::atomic<int> made{0};
  std::function<TaskPtr()> renewing = [&] {
    made.fetch_add(1);
    FakeTask::Hooks hooks;
    // Offered while it runs: between two tasks there is always one in the queue.
    hooks.run = [&] {
      if (enough.load()) return;
      EXPECT_EQ(Offer(renewing()), absl::nullopt);
    };
    return FakeTask::New(&renewed, std::move(hooks));
  };
  ASSERT_EQ(Offer(renewing()), absl::nullopt);
  workers_->Add(1);
  ASSERT_TRUE(Eventually([&] { return renewed.runs() > 100; }));
  source_.Give(FakeTask::New(&record_));
  EXPECT_TRUE(Eventually([&] { return record_.runs() == 1; }));
  enough.store(true);
  // Of those made, not of those that ran: between two tasks as many were done as ran.
  EXPECT_TRUE(Eventually([&] {
    Tick();
    return renewed.finished() == made.load();
  }));
}

TEST_F(DispatcherTest, TheSupervisorGoesOnPollingWhenTheQueueAlwaysMakesMaintenanceDue) {
  Dispatcher::Options options;
  options.queue_capacity = 1;
  options.grow_after_ns = 1;
  options.work_source = &source_;
  Make(options);
  workers_->Add(1);
  source_.Give(blocker_.NewTask());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  ASSERT_EQ(Offer(FakeTask::New(&record_)), absl::nullopt);
  source_.Give(FakeTask::New(&record_));
  bool due = false;
  EXPECT_TRUE(Eventually([&] {
    due = TickWhenDue() || due;
    return record_.rejects(RejectReason::kQueueFull) == 1;
  }));
  EXPECT_TRUE(due);
}

TEST_F(DispatcherTest, AWorkerThatComesFreeTakesTheLeadFromTheSupervisor) {
  Dispatcher::Options options;
  options.work_source = &source_;
  Make(options);
  workers_->Add(1);
  source_.Give(blocker_.NewTask());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  std::atomic<bool> done{false};
  std::thread supervisor([&] {
    while (!done.load()) {
      TickWhenDue();
    }
  });
  EXPECT_TRUE(
      Eventually([&] { return source_.polled() && source_.poller() == supervisor.get_id(); }));
  blocker_.Free();
  EXPECT_TRUE(
      Eventually([&] { return source_.polled() && source_.poller() != supervisor.get_id(); }));
  EXPECT_FALSE(source_.overlapped());
  done.store(true);
  dispatcher_->RequestMaintenance();
  supervisor.join();
}

// (D7): maintenance records it in the journal. TickWhenDue would wait for ever otherwise.
TEST_F(DispatcherTest, ARejectionMakesMaintenanceDueAlsoWhenNothingElseHappens) {
  Make({});
  dispatcher_->SetAdmission(Admission::kDraining);
  ASSERT_EQ(Offer(FakeTask::New(&record_)), RejectReason::kDraining);
  while (!TickWhenDue()) {
  }
  EXPECT_FALSE(dispatcher_->StartMaintenance()) << "once is enough";
}

TEST_F(DispatcherTest, MaintenanceIsDueWhileTheQueueIsNeverEmpty) {
  Dispatcher::Options options;
  options.watch_running = true;
  Make(options);
  std::atomic<bool> enough{false};
  std::atomic<int> made{0};
  std::function<TaskPtr()> renewing = [&] {
    made.fetch_add(1);
    FakeTask::Hooks hooks;
    hooks.run = [&] {
      dispatcher_->WatchRunning();
      if (enough.load()) return;
      EXPECT_EQ(Offer(renewing()), absl::nullopt);
    };
    return FakeTask::New(&record_, std::move(hooks));
  };
  for (int i = 0; i < 2; ++i) ASSERT_EQ(Offer(renewing()), absl::nullopt);
  workers_->Add(1);
  for (int times = 0; times < 3;) times += TickWhenDue() ? 1 : 0;
  enough.store(true);
  EXPECT_TRUE(Eventually([&] { return record_.finished() == made.load(); }));
}

// (D6)
TEST_F(DispatcherTest, NoTaskStartsWithoutAPollerWhenTheLastPollIsOld) {
  Dispatcher::Options options;
  options.work_source = &source_;
  Make(options);
  dispatcher_->AddThreads(1);
  Dispatcher::ParkedWorker worker;
  QueuedTask task;
  for (int i = 1; i <= 3; ++i) {
    ASSERT_EQ(Offer(FakeTask::New(&record_)), absl::nullopt);
    const int64_t old = dispatcher_->poll_activity().last_ended_ns + 2 * 1000 * 1000;
    while (MonotonicNanos() < old) std::this_thread::yield();
    ASSERT_TRUE(dispatcher_->NextTask(worker, task));
    EXPECT_EQ(dispatcher_->poll_activity().polls, i);
    task.task->Run();
    task.task.reset();
  }
  dispatcher_->AddThreads(-1);
  dispatcher_->Leave(worker);
}

// (D8)
TEST_F(DispatcherTest, NoPollBeginsAfterClose) {
  Dispatcher::Options options;
  options.work_source = &source_;
  Make(options);
  ASSERT_EQ(Offer(FakeTask::New(&record_)), absl::nullopt);
  dispatcher_->Close();
  Dispatcher::ParkedWorker worker;
  QueuedTask task;
  // The first poll is overdue, and the queue is drained.
  ASSERT_TRUE(dispatcher_->NextTask(worker, task));
  task.task.reset();
  EXPECT_FALSE(dispatcher_->NextTask(worker, task));
  dispatcher_->SupervisorTick();
  dispatcher_->SupervisorTick();
  EXPECT_EQ(source_.polls(), 0);
  EXPECT_FALSE(dispatcher_->poll_activity().polling);
  dispatcher_->Leave(worker);
}

// --- Exits ---

TEST_F(DispatcherTest, AnExitThatNoWorkerHasFollowedCanBeCancelled) {
  Make({});
  workers_->Add(2);
  ASSERT_EQ(Offer(blocker_.NewTask()), absl::nullopt);
  ASSERT_EQ(Offer(blocker_.NewTask()), absl::nullopt);
  ASSERT_TRUE(Eventually([&] {
    Tick();
    return blocker_.begun() == 2;
  }));
  dispatcher_->RequestExits(2);
  EXPECT_EQ(dispatcher_->pending_exits(), 2);
  EXPECT_EQ(dispatcher_->CancelExits(1), 1);
  blocker_.Free();
  EXPECT_TRUE(Eventually([&] { return workers_->ended() == 1 && dispatcher_->parked() == 1; }));
  EXPECT_EQ(dispatcher_->CancelExits(1), 0);
}

TEST_F(DispatcherTest, ALeaderThatMustExitEndsAtOnce) {
  Dispatcher::Options options;
  options.work_source = &source_;
  Make(options);
  workers_->Add(1);
  ASSERT_TRUE(Eventually([&] { return source_.polled(); }));
  dispatcher_->RequestExits(1);
  EXPECT_TRUE(Eventually([&] { return workers_->ended() == 1; }));
}

TEST_F(DispatcherTest, CloseEndsEveryWorkerWhenTheQueueIsEmpty) {
  Dispatcher::Options options;
  options.work_source = &source_;
  Make(options);
  for (int i = 0; i < 100; ++i) Offer(FakeTask::New(&record_));
  workers_->Add(4);
  dispatcher_->Close();
  EXPECT_TRUE(Eventually([&] { return workers_->ended() == 4; }));
  EXPECT_EQ(record_.runs(), 100);
  EXPECT_EQ(Offer(FakeTask::New(&record_)), RejectReason::kStopped);
}

}  // namespace
}  // namespace robusto
