// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/task.h"

#include <memory>
#include <utility>

#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(TaskTest, MakeTaskRunsACallableThatCanOnlyBeMoved) {
  int got = 0;
  auto number = std::make_unique<int>(42);
  const TaskPtr task = MakeTask([&got, number = std::move(number)] { got = *number; });
  task->Run();
  EXPECT_EQ(got, 42);
}

TEST(TaskTest, ATaskMadeWithNewIsDeletedWhenItIsDone) {
  auto shared = std::make_shared<int>(1);
  TaskPtr task = MakeTask([shared] {});
  EXPECT_EQ(shared.use_count(), 2);
  task->Reject(RejectReason::kQueueFull);
  task->Cancel(CancelLevel::kFirm);
  task.reset();
  EXPECT_EQ(shared.use_count(), 1);
}

TEST(TaskTest, TaskPtrCallsDoneRatherThanDelete) {
  class Reused : public Task {
   public:
    void Run() override {}
    void Done() override { ++dones; }
    int dones = 0;
  };
  Reused reused;
  TaskPtr(&reused).reset();
  TaskPtr(&reused).reset();
  EXPECT_EQ(reused.dones, 2);
}

TEST(TaskTest, ATaskSaysNothingOfItselfUnlessItWantsTo) {
  const TaskPtr task = MakeTask([] {});
  const TaskDescription description = task->Describe();
  EXPECT_EQ(description.label + description.peer + description.phase + description.request_id, "");
}

TEST(TaskTest, EveryRejectReasonHasAName) {
  EXPECT_EQ(RejectReasonName(RejectReason::kQueueFull), "queue_full");
  EXPECT_EQ(RejectReasonName(RejectReason::kExpired), "expired");
  EXPECT_EQ(RejectReasonName(RejectReason::kDraining), "draining");
  EXPECT_EQ(RejectReasonName(RejectReason::kStopped), "stopped");
}

}  // namespace
}  // namespace robusto
