// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// WorkerThread without a pool. (W1)..(W3) are the invariants of workers/worker_thread.h.

#include "robusto/workers/worker_thread.h"

#include <atomic>
#include <future>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

class WorkerThreadTest : public testing::Test {
 protected:
  WorkerThreadTest() {
    environment_.name = "test";
    environment_.dispatcher = std::make_shared<Dispatcher>(Dispatcher::Options());
    environment_.signal = std::make_shared<WorkerSignal>();
    environment_.dispatcher->Open();
  }
  ~WorkerThreadTest() override {
    blocker_.Free();
    environment_.dispatcher->Close();
    if (worker_) worker_->Join();
  }

  void Start() {
    worker_ = std::make_shared<WorkerThread>(1, environment_);
    ASSERT_TRUE(worker_->Start().ok());
  }
  void Offer(TaskPtr task) {
    environment_.dispatcher->Offer(std::move(task), absl::ZeroDuration());
  }

  TaskRecord record_;
  Blocker blocker_;
  WorkerThread::Environment environment_;
  std::shared_ptr<WorkerThread> worker_;
};

// (W1), and decision 12.
TEST_F(WorkerThreadTest, CancelOfATaskThatHasEndedDoesNotReachTheNextOne) {
  Start();
  Offer(blocker_.NewTask());  // id 1
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  EXPECT_EQ(worker_->task_id(), 1);
  EXPECT_FALSE(worker_->Cancel(2, CancelLevel::kGentle));
  Offer(blocker_.NewTask());  // id 2
  blocker_.FreeSome(1);
  ASSERT_TRUE(blocker_.AwaitBusy(2));
  EXPECT_FALSE(worker_->Cancel(1, CancelLevel::kFirm));
  EXPECT_EQ(blocker_.record().cancels(), 0);
  EXPECT_TRUE(worker_->Cancel(2, CancelLevel::kGentle));
  EXPECT_EQ(blocker_.record().cancels(), 1);
}

TEST_F(WorkerThreadTest, CancelOfTaskZeroReachesNone) {
  Start();
  Offer(blocker_.NewTask());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  EXPECT_FALSE(worker_->Cancel(0, CancelLevel::kFirm));
  EXPECT_EQ(blocker_.record().cancels(), 0);
}

// (W1) against tasks that follow each other closely: each hit is of the id that was named.
TEST_F(WorkerThreadTest, CancelHitsTheTaskThatItNamesOrNone) {
  Start();
  std::atomic<bool> done{false};
  std::atomic<uint64_t> named{0};
  std::atomic<int> wrong{0};
  std::thread canceller([&] {
    while (!done.load()) {
      const uint64_t id = worker_->task_id();
      named.store(id);
      worker_->Cancel(id, CancelLevel::kGentle);
    }
  });
  constexpr int kTasks = 5000;
  for (uint64_t id = 1; id <= kTasks; ++id) {
    FakeTask::Hooks hooks;
    hooks.cancel = [&wrong, &named, id](CancelLevel) {
      if (named.load() != id) wrong.fetch_add(1);
    };
    Offer(FakeTask::New(&record_, std::move(hooks)));
    if (id % 100 == 0) {
      ASSERT_TRUE(Eventually([&] { return record_.finished() == static_cast<int>(id); }));
    }
  }
  ASSERT_TRUE(Eventually([&] { return record_.finished() == kTasks; }));
  done.store(true);
  canceller.join();
  EXPECT_EQ(wrong.load(), 0);
  const WorkerTotals totals = worker_->totals();
  EXPECT_EQ(totals.completed + totals.cancelled, kTasks);
}

// (W2)
TEST_F(WorkerThreadTest, ATaskIsNotDoneWhileACancelOrDescribeOfItRuns) {
  Start();
  std::promise<void> inside;
  std::promise<void> go_on;
  FakeTask::Hooks hooks;
  hooks.cancel = [&](CancelLevel) {
    inside.set_value();
    go_on.get_future().wait();
  };
  Offer(blocker_.NewTask(std::move(hooks)));
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  std::thread canceller([&] { EXPECT_TRUE(worker_->Cancel(1, CancelLevel::kGentle)); });
  inside.get_future().wait();
  blocker_.Free();  // Run returns, but Cancel has not
  ASSERT_TRUE(Eventually([&] { return worker_->task_id() == 0; }));
  EXPECT_EQ(blocker_.record().finished(), 0);
  go_on.set_value();
  canceller.join();
  EXPECT_TRUE(Eventually([&] { return blocker_.record().finished() == 1; }));
  EXPECT_EQ(worker_->totals().cancelled, 1);
}

// (W3), and decision 9.
TEST_F(WorkerThreadTest, WhatATaskThrowsEndsThatTaskOnly) {
  std::promise<std::pair<std::string, std::string>> told;
  environment_.on_failure = [&](const TaskDescription& task, absl::string_view what) {
    told.set_value({task.label, std::string(what)});
  };
  Start();
  FakeTask::Hooks hooks;
  hooks.run = [] { throw std::runtime_error("broken"); };
  hooks.describe = [] {
    TaskDescription description;
    description.label = "GET /";
    return description;
  };
  Offer(FakeTask::New(&record_, std::move(hooks)));
  EXPECT_EQ(told.get_future().get(), std::make_pair(std::string("GET /"), std::string("broken")));
  Offer(FakeTask::New(&record_));
  EXPECT_TRUE(Eventually([&] { return record_.finished() == 2; }));
  EXPECT_EQ(worker_->totals().failed, 1);
  EXPECT_EQ(worker_->totals().completed, 1);
  EXPECT_FALSE(worker_->exited());
}

TEST_F(WorkerThreadTest, ATaskMayThrowWhatIsNotAnException) {
  Start();
  FakeTask::Hooks hooks;
  hooks.run = [] { throw 42; };
  Offer(FakeTask::New(&record_, std::move(hooks)));
  EXPECT_TRUE(Eventually([&] { return worker_->totals().failed == 1; }));
}

TEST_F(WorkerThreadTest, ADescribeThatThrowsCostsTheDescriptionOnly) {
  std::promise<std::string> told;
  environment_.on_failure = [&](const TaskDescription& task, absl::string_view what) {
    told.set_value(task.label + std::string(what));
  };
  Start();
  FakeTask::Hooks hooks;
  hooks.run = [] { throw std::runtime_error("broken"); };
  hooks.describe = []() -> TaskDescription { throw std::runtime_error("also broken"); };
  Offer(FakeTask::New(&record_, std::move(hooks)));
  EXPECT_EQ(told.get_future().get(), "broken");
  EXPECT_TRUE(Eventually([&] { return record_.finished() == 1; }));
  EXPECT_EQ(worker_->task_id(), 0);
  EXPECT_FALSE(worker_->exited());
}

// (W2): its Done waits for no Describe and no Cancel that will not end.
TEST_F(WorkerThreadTest, ATaskIsDoneAfterADescribeAndACancelThatThrew) {
  Start();
  FakeTask::Hooks hooks;
  hooks.describe = []() -> TaskDescription { throw std::bad_alloc(); };
  hooks.cancel = [](CancelLevel) { throw std::runtime_error("no cancel"); };
  Offer(blocker_.NewTask(std::move(hooks)));
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  const WorkerInfo info = worker_->Info();
  EXPECT_TRUE(info.busy);
  EXPECT_EQ(info.task_id, 1);
  EXPECT_EQ(info.task.label, "");
  EXPECT_TRUE(worker_->Cancel(1, CancelLevel::kGentle));
  blocker_.Free();
  EXPECT_TRUE(Eventually([&] { return blocker_.record().finished() == 1; }));
  EXPECT_TRUE(Eventually([&] { return worker_->totals().cancelled == 1; }));
}

TEST_F(WorkerThreadTest, ADoneThatThrowsEndsTheWorkerWithItsReason) {
  Start();
  FakeTask::Hooks hooks;
  hooks.done = [] { throw std::runtime_error("thrown by Done"); };
  Offer(FakeTask::New(&record_, std::move(hooks)));
  ASSERT_TRUE(Eventually([&] { return worker_->exited(); }));
  EXPECT_EQ(worker_->death(), "exception: thrown by Done");
  EXPECT_EQ(worker_->totals().completed, 1);
  EXPECT_EQ(worker_->task_id(), 0);
}

TEST_F(WorkerThreadTest, SoDoesOneThatThrowsWhatIsNotAnException) {
  Start();
  FakeTask::Hooks hooks;
  hooks.done = [] { throw 1; };
  Offer(FakeTask::New(&record_, std::move(hooks)));
  ASSERT_TRUE(Eventually([&] { return worker_->exited(); }));
  EXPECT_EQ(worker_->death(), "exception that is not a std::exception");
}

TEST_F(WorkerThreadTest, AnObserverThatThrowsEndsTheWorkerWithItsReason) {
  environment_.on_failure = [](const TaskDescription&, absl::string_view) {
    throw std::runtime_error("no observer");
  };
  Start();
  FakeTask::Hooks hooks;
  hooks.run = [] { throw 1; };
  Offer(FakeTask::New(&record_, std::move(hooks)));
  ASSERT_TRUE(Eventually([&] { return worker_->exited(); }));
  EXPECT_EQ(worker_->death(), "exception: no observer");
  EXPECT_EQ(worker_->totals().failed, 1);
}

TEST_F(WorkerThreadTest, ARejectThatThrowsCostsNothingElse) {
  environment_.dispatcher->SetAdmission(Dispatcher::Admission::kDraining);
  FakeTask::Hooks hooks;
  hooks.reject = [](RejectReason) { throw std::runtime_error("no reject"); };
  hooks.done = [] { throw std::runtime_error("thrown by Done"); };
  Offer(FakeTask::New(&record_, std::move(hooks)));
  EXPECT_EQ(record_.rejects(), 1);
  EXPECT_EQ(record_.finished(), 1);
}

TEST_F(WorkerThreadTest, InfoTellsWhatRunsAndForHowLong) {
  Start();
  EXPECT_FALSE(worker_->Info().busy);
  FakeTask::Hooks hooks;
  hooks.describe = [] {
    TaskDescription description;
    description.phase = "handling";
    return description;
  };
  Offer(blocker_.NewTask(std::move(hooks)));
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  const WorkerInfo info = worker_->Info();
  EXPECT_TRUE(info.busy);
  EXPECT_EQ(info.task_id, 1);
  EXPECT_GT(info.running_for, absl::ZeroDuration());
  EXPECT_EQ(info.task.phase, "handling");
}

TEST_F(WorkerThreadTest, ATaskIsReportedAsStuckOnce) {
  environment_.stuck_after_ns = 1000;
  Start();
  Offer(blocker_.NewTask());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  EXPECT_EQ(worker_->TakeNewlyStuck(worker_->running_since_ns() + 1000), 0);
  EXPECT_EQ(worker_->TakeNewlyStuck(worker_->running_since_ns() + 1001), 1);
  EXPECT_EQ(worker_->TakeNewlyStuck(worker_->running_since_ns() + 2000), 0);
  EXPECT_TRUE(Eventually([&] { return worker_->stuck(); }));
}

TEST_F(WorkerThreadTest, AThreadThatTheSystemDoesNotGiveIsResourceExhausted) {
  environment_.thread_factory = [](const std::function<void()>&) -> std::thread {
    throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
  };
  const absl::Status status = std::make_shared<WorkerThread>(7, environment_)->Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find("test-7"), absl::string_view::npos);
}

TEST_F(WorkerThreadTest, AnAbandonedThreadEndsByItself) {
  Start();
  Offer(blocker_.NewTask());
  ASSERT_TRUE(blocker_.AwaitBusy(1));
  environment_.dispatcher->Close();
  worker_->Abandon();
  worker_->Join();  // does nothing
  std::weak_ptr<WorkerThread> left = worker_;
  worker_.reset();
  blocker_.Free();
  EXPECT_TRUE(Eventually([&] { return left.expired(); }));
  EXPECT_EQ(blocker_.record().finished(), 1);
}

}  // namespace
}  // namespace robusto
