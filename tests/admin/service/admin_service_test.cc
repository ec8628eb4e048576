// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Every call of the admin service, over an in-process channel.

#include "robusto/admin/service/admin_service.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "robusto/admin/pool_admin.grpc.pb.h"
#include "robusto/admin/service/pool_messages.h"
#include "robusto/workers/thread_pool.h"
#include "tests/admin/service/admin_service_fixture.h"

namespace robusto {
namespace {

using AdminServiceTest = AdminServiceFixture;

// --- GetStats, ListWorkers ---

TEST_F(AdminServiceTest, GetStatsTellsTheStateBoundsAndCounts) {
  HeldTask::Control held;
  Hold(&held);
  const admin::v1::PoolStats stats = Stats();
  EXPECT_EQ(stats.state(), admin::v1::POOL_STATE_RUNNING);
  EXPECT_EQ(stats.generation(), 1);
  EXPECT_EQ(stats.min_threads(), 2);
  EXPECT_TRUE(stats.has_max_threads());
  EXPECT_EQ(stats.max_threads(), 8);
  EXPECT_EQ(stats.threads(), 2);
  EXPECT_EQ(stats.busy(), 1);
  EXPECT_EQ(stats.idle(), 1);
  EXPECT_EQ(stats.queue_capacity(), 4);
  EXPECT_EQ(stats.accepted(), 1);
  EXPECT_EQ(stats.running(), 1);
  EXPECT_EQ(stats.queue_wait().count(), 1);
  EXPECT_EQ(stats.service_time().count(), 0);
  EXPECT_GT(ToDuration(stats.uptime()), absl::ZeroDuration());
  EXPECT_GT(stats.time().seconds(), 1'600'000'000);
  EXPECT_FALSE(stats.has_pending_revert());
  EXPECT_FALSE(stats.has_traffic());
  ExpectIdentity(stats);
  held.let_go.Notify();
  held.released.WaitForNotification();
  const admin::v1::PoolStats after = Stats();
  EXPECT_EQ(after.completed(), 1);
  EXPECT_EQ(after.service_time().count(), 1);
  EXPECT_EQ(ToDuration(after.service_time().max()), ToDuration(after.service_time().sum()));
  EXPECT_GT(after.rates().completed(), 0);
  ExpectIdentity(after);
}

TEST_F(AdminServiceTest, GetStatsLeavesAnAbsentMaxUnset) {
  Serve(1, absl::nullopt, AdminServiceOptions());
  EXPECT_FALSE(Stats().has_max_threads());
}

TEST_F(AdminServiceTest, GetStatsTellsWhatTheServerAroundThePoolCounts) {
  AdminServiceOptions options;
  options.traffic = [] {
    AdminTraffic traffic;
    traffic.connections_open = 7;
    return traffic;
  };
  Serve(1, 1, std::move(options));
  const admin::v1::PoolStats stats = Stats();
  EXPECT_EQ(stats.traffic().connections_open(), 7);
  EXPECT_FALSE(stats.traffic().has_bytes_sent());
}

TEST_F(AdminServiceTest, ListWorkersHasTheLongestRunningFirst) {
  HeldTask::Control first, second;
  first.request_id = "one";
  second.request_id = "two";
  Serve(3, 3, AdminServiceOptions());
  Hold(&first);
  Hold(&second);
  admin::v1::ListWorkersResponse list;
  ASSERT_TRUE(
      Call(&admin::v1::PoolAdmin::Stub::ListWorkers, admin::v1::ListWorkersRequest(), &list).ok());
  ASSERT_EQ(list.workers_size(), 3);
  EXPECT_EQ(list.workers(0).task().request_id(), "one");
  EXPECT_EQ(list.workers(0).task().label(), "GET /held");
  EXPECT_EQ(list.workers(0).task().peer(), "127.0.0.1:1");
  EXPECT_EQ(list.workers(0).task().phase(), "handling");
  EXPECT_EQ(list.workers(0).state(), admin::v1::WORKER_STATE_BUSY);
  EXPECT_EQ(list.workers(1).task().request_id(), "two");
  EXPECT_EQ(list.workers(2).state(), admin::v1::WORKER_STATE_IDLE);
  EXPECT_FALSE(list.workers(2).has_task());
  first.let_go.Notify();
  second.let_go.Notify();
  pool_->Stop(absl::Seconds(30)).IgnoreError();
}

TEST_F(AdminServiceTest, ListWorkersIsReadableWhateverBytesARequestHas) {
  HeldTask::Control held;
  held.label = "GET /caf\xE9\xC2\x9B" + std::string(1000, 'x');
  held.request_id = "\xFF";
  Hold(&held);
  admin::v1::ListWorkersResponse list;
  ASSERT_TRUE(
      Call(&admin::v1::PoolAdmin::Stub::ListWorkers, admin::v1::ListWorkersRequest(), &list).ok());
  const admin::v1::RunningTask& task = list.workers(0).task();
  EXPECT_EQ(task.label().substr(0, 23), "GET /caf\\xe9\\xc2\\x9bxxx");
  EXPECT_EQ(task.label().size(), 300u);
  EXPECT_EQ(task.request_id(), "\\xff");
  // It can be named by what is shown.
  admin::v1::CancelRequestRequest request;
  admin::v1::CancelRequestResponse response;
  request.set_request_id(task.request_id());
  EXPECT_TRUE(Call(&admin::v1::PoolAdmin::Stub::CancelRequest, request, &response).ok());
  // What the caller wrote comes back, but does not end a log line.
  request.set_request_id("a\nb");
  ExpectError(Call(&admin::v1::PoolAdmin::Stub::CancelRequest, request, &response),
              grpc::StatusCode::NOT_FOUND, "no request with request_id a\\x0ab is running");
}

// --- Resize, Grow, Shrink ---

TEST_F(AdminServiceTest, ResizeSaysWhatItDid) {
  admin::v1::ResizeResponse response;
  ASSERT_TRUE(Resize(Bounds(4, 6), &response).ok());
  EXPECT_EQ(response.min_threads(), 4);
  EXPECT_EQ(response.max_threads(), 6);
  EXPECT_EQ(response.previous_min_threads(), 2);
  EXPECT_EQ(response.previous_max_threads(), 8);
  EXPECT_EQ(response.started(), 2);
  EXPECT_EQ(response.retired(), 0);
  EXPECT_EQ(response.target_threads(), 4);
  EXPECT_EQ(response.generation(), 2);
  EXPECT_FALSE(response.dry_run());
}

TEST_F(AdminServiceTest, DryRunOfResizeChangesNothing) {
  admin::v1::ResizeRequest request = Bounds(4, 6);
  request.set_dry_run(true);
  admin::v1::ResizeResponse response;
  ASSERT_TRUE(Resize(request, &response).ok());
  EXPECT_EQ(response.started(), 2);
  EXPECT_TRUE(response.dry_run());
  EXPECT_EQ(response.generation(), 1);
  EXPECT_EQ(Stats().min_threads(), 2);
}

TEST_F(AdminServiceTest, ResizeOfAStaleGenerationIsAborted) {
  admin::v1::ResizeRequest request = Bounds(4, 6);
  request.set_if_generation(9);
  admin::v1::ResizeResponse response;
  ExpectError(Resize(request, &response), grpc::StatusCode::ABORTED,
              "if_generation is 9, but the pool is at generation 1");
}

TEST_F(AdminServiceTest, ResizeWaitsToBeConfirmed) {
  admin::v1::ResizeRequest request = Bounds(4, 6);
  SetDuration(absl::Hours(1), request.mutable_revert_after());
  admin::v1::ResizeResponse response;
  ASSERT_TRUE(Resize(request, &response).ok());
  const admin::v1::PendingRevert pending = Stats().pending_revert();
  EXPECT_EQ(pending.min_threads(), 2);
  EXPECT_EQ(pending.max_threads(), 8);
  EXPECT_EQ(pending.generation(), response.generation());

  admin::v1::ConfirmResizeRequest confirm;
  admin::v1::ConfirmResizeResponse confirmed;
  confirm.set_generation(99);
  ExpectError(Call(&admin::v1::PoolAdmin::Stub::ConfirmResize, confirm, &confirmed),
              grpc::StatusCode::ABORTED, "generation is 99, but the Resize that waits");
  confirm.set_generation(response.generation());
  EXPECT_TRUE(Call(&admin::v1::PoolAdmin::Stub::ConfirmResize, confirm, &confirmed).ok());
  EXPECT_FALSE(Stats().has_pending_revert());
  ExpectError(Call(&admin::v1::PoolAdmin::Stub::ConfirmResize, confirm, &confirmed),
              grpc::StatusCode::FAILED_PRECONDITION, "no Resize waits for confirmation");
}

TEST_F(AdminServiceTest, GrowAndShrinkSayHowManyAndStayInTheBounds) {
  admin::v1::GrowRequest grow;
  admin::v1::GrowResponse grown;
  grow.set_count(3);
  ASSERT_TRUE(Call(&admin::v1::PoolAdmin::Stub::Grow, grow, &grown).ok());
  EXPECT_EQ(grown.started(), 3);
  EXPECT_EQ(grown.target_threads(), 5);
  EXPECT_EQ(grown.generation(), 2);
  grow.set_count(10000);
  ASSERT_TRUE(Call(&admin::v1::PoolAdmin::Stub::Grow, grow, &grown).ok());
  EXPECT_EQ(grown.started(), 3);
  EXPECT_EQ(grown.target_threads(), 8);

  admin::v1::ShrinkRequest shrink;
  admin::v1::ShrinkResponse shrunk;
  shrink.set_count(10000);
  ASSERT_TRUE(Call(&admin::v1::PoolAdmin::Stub::Shrink, shrink, &shrunk).ok());
  EXPECT_EQ(shrunk.retired(), 6);
  EXPECT_EQ(shrunk.target_threads(), 2);
}

TEST_F(AdminServiceTest, NamesTheFieldItsValueAndWhatWouldBeAccepted) {
  struct Row {
    admin::v1::ResizeRequest request;
    const char* message;
  };
  admin::v1::ResizeRequest soon = Bounds(2, 4), late = Bounds(2, 4), unset;
  SetDuration(absl::Milliseconds(1), soon.mutable_revert_after());
  SetDuration(absl::Hours(25), late.mutable_revert_after());
  for (const Row& row : std::vector<Row>{
           {unset, "min_threads is 0; it must be from 1 to 10000"},
           {Bounds(-1, 4), "min_threads is -1; it must be from 1 to 10000"},
           {Bounds(10001, 20000), "min_threads is 10001; it must be from 1 to 10000"},
           {Bounds(4, 1'000'000), "max_threads is 1000000; it must be from 1 to 10000"},
           {Bounds(4, -1), "max_threads is -1; it must be from 1 to 10000"},
           {Bounds(4, 3), "max_threads is 3; it must be at least min_threads, which is 4"},
           {soon, "revert_after is 1ms; it must be from 1s to 24h"},
           {late, "revert_after is 25h; it must be from 1s to 24h"},
       }) {
    admin::v1::ResizeResponse response;
    ExpectError(Resize(row.request, &response), grpc::StatusCode::INVALID_ARGUMENT, row.message);
  }
  for (const int count : {0, -1, 10001}) {
    admin::v1::GrowRequest grow;
    admin::v1::GrowResponse grown;
    grow.set_count(count);
    ExpectError(Call(&admin::v1::PoolAdmin::Stub::Grow, grow, &grown),
                grpc::StatusCode::INVALID_ARGUMENT, "it must be from 1 to 10000");
    admin::v1::ShrinkRequest shrink;
    admin::v1::ShrinkResponse shrunk;
    shrink.set_count(count);
    ExpectError(Call(&admin::v1::PoolAdmin::Stub::Shrink, shrink, &shrunk),
                grpc::StatusCode::INVALID_ARGUMENT, "it must be from 1 to 10000");
  }
  EXPECT_EQ(Stats().generation(), 1);
}

// --- CancelRequest ---

TEST_F(AdminServiceTest, CancelRequestEndsATaskThatHeedsTheGentleStep) {
  HeldTask::Control held;
  Hold(&held);
  admin::v1::ListWorkersResponse list;
  ASSERT_TRUE(
      Call(&admin::v1::PoolAdmin::Stub::ListWorkers, admin::v1::ListWorkersRequest(), &list).ok());
  admin::v1::CancelRequestRequest request;
  admin::v1::CancelRequestResponse response;
  request.set_task_id(list.workers(0).task().id());
  SetDuration(absl::Seconds(60), request.mutable_firm_after());
  ASSERT_TRUE(Call(&admin::v1::PoolAdmin::Stub::CancelRequest, request, &response).ok());
  EXPECT_EQ(response.task_id(), request.task_id());
  EXPECT_EQ(response.outcome(), admin::v1::CancelRequestResponse::OUTCOME_ENDED);
  held.released.WaitForNotification();
  EXPECT_EQ(Stats().cancelled(), 1);
  ExpectError(Call(&admin::v1::PoolAdmin::Stub::CancelRequest, request, &response),
              grpc::StatusCode::NOT_FOUND, "ListWorkers returns the running ones");
}

TEST_F(AdminServiceTest, CancelRequestGoesOnToTheFirmStep) {
  HeldTask::Control held;
  held.heeds = CancelLevel::kFirm;
  held.request_id = "r-17";
  Hold(&held);
  admin::v1::CancelRequestRequest request;
  admin::v1::CancelRequestResponse response;
  request.set_request_id("r-17");
  SetDuration(absl::Milliseconds(1), request.mutable_firm_after());
  ASSERT_TRUE(Call(&admin::v1::PoolAdmin::Stub::CancelRequest, request, &response).ok());
  EXPECT_EQ(response.outcome(), admin::v1::CancelRequestResponse::OUTCOME_FORCED);
  held.released.WaitForNotification();
}

TEST_F(AdminServiceTest, CancelRequestHonoursTheDeadlineOfTheCall) {
  HeldTask::Control held;
  held.heeds = CancelLevel::kFirm;
  held.request_id = "r-18";
  Hold(&held);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(20));
  admin::v1::CancelRequestRequest request;
  admin::v1::CancelRequestResponse response;
  request.set_request_id("r-18");
  SetDuration(absl::Seconds(60), request.mutable_firm_after());
  EXPECT_EQ(stub_->CancelRequest(&context, request, &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_FALSE(held.let_go.HasBeenNotified());
  held.let_go.Notify();
  held.released.WaitForNotification();
}

TEST_F(AdminServiceTest, CancelRequestSaysWhatItNeeds) {
  admin::v1::CancelRequestRequest request;
  admin::v1::CancelRequestResponse response;
  const auto cancel = [&] {
    return Call(&admin::v1::PoolAdmin::Stub::CancelRequest, request, &response);
  };
  ExpectError(cancel(), grpc::StatusCode::INVALID_ARGUMENT, "set one of task_id and request_id");
  request.set_task_id(0);
  ExpectError(cancel(), grpc::StatusCode::INVALID_ARGUMENT, "task_id is 0");
  request.set_request_id("");
  ExpectError(cancel(), grpc::StatusCode::INVALID_ARGUMENT, "request_id is empty");
  request.set_request_id("nobody");
  ExpectError(cancel(), grpc::StatusCode::NOT_FOUND, "no request with request_id nobody");
  request.set_task_id(12345);
  ExpectError(cancel(), grpc::StatusCode::NOT_FOUND, "no task with id 12345 is running");
  SetDuration(absl::Seconds(61), request.mutable_firm_after());
  ExpectError(cancel(), grpc::StatusCode::INVALID_ARGUMENT, "firm_after is 1m1s");
}

// --- Drain, Resume, Stop ---

TEST_F(AdminServiceTest, DrainsAndResumes) {
  admin::v1::DrainResponse drained;
  admin::v1::ResumeResponse resumed;
  const auto resume = [&] {
    return Call(&admin::v1::PoolAdmin::Stub::Resume, admin::v1::ResumeRequest(), &resumed);
  };
  ExpectError(resume(), grpc::StatusCode::FAILED_PRECONDITION,
              "Resume of a pool that is running; only one that is draining can be resumed");
  ASSERT_TRUE(Call(&admin::v1::PoolAdmin::Stub::Drain, admin::v1::DrainRequest(), &drained).ok());
  EXPECT_EQ(Stats().state(), admin::v1::POOL_STATE_DRAINING);
  EXPECT_TRUE(Call(&admin::v1::PoolAdmin::Stub::Drain, admin::v1::DrainRequest(), &drained).ok());
  ASSERT_TRUE(resume().ok());
  EXPECT_EQ(Stats().state(), admin::v1::POOL_STATE_RUNNING);
}

TEST_F(AdminServiceTest, StopEndsWithTheReport) {
  HeldTask::Control held;
  Hold(&held);
  admin::v1::StopRequest request;
  SetDuration(absl::Milliseconds(1), request.mutable_timeout());
  grpc::Status status;
  {
    grpc::ClientContext context;
    const auto reader = stub_->Stop(&context, request);
    const admin::v1::StopProgress last = ReadAll(reader.get(), &status);
    EXPECT_TRUE(status.ok()) << status.error_message();
    ASSERT_TRUE(last.has_report());
    EXPECT_EQ(last.report().cancelled_size(), 1);
    EXPECT_FALSE(last.report().clean());
  }
  // Again: the same report.
  grpc::ClientContext context;
  const auto reader = stub_->Stop(&context, request);
  EXPECT_EQ(ReadAll(reader.get(), &status).report().cancelled_size(), 1);
  EXPECT_EQ(Stats().state(), admin::v1::POOL_STATE_STOPPED);
}

TEST_F(AdminServiceTest, StopGoesThroughTheServerAroundThePool) {
  AdminServiceOptions options;
  absl::Duration asked;
  std::function<void(const absl::StatusOr<StopReport>&)> done;
  absl::Notification begun;
  options.stop_timeout = absl::Seconds(17);
  options.stop = [&](absl::Duration timeout, auto when_done) {
    asked = timeout;
    done = when_done;
    begun.Notify();
  };
  Serve(1, 1, std::move(options));
  grpc::ClientContext context;
  const auto reader = stub_->Stop(&context, admin::v1::StopRequest());
  admin::v1::StopProgress progress;
  ASSERT_TRUE(reader->Read(&progress));  // the first comes at once
  EXPECT_FALSE(progress.has_report());
  begun.WaitForNotification();
  EXPECT_EQ(asked, absl::Seconds(17));
  StopReport report;
  report.completed = 5;
  done(report);
  grpc::Status status;
  EXPECT_EQ(ReadAll(reader.get(), &status).report().completed(), 5);
  EXPECT_TRUE(status.ok());
}

TEST_F(AdminServiceTest, StopRefusesTimeoutsThatNobodyMeans) {
  for (const absl::Duration timeout : {absl::Seconds(-1), absl::Hours(25)}) {
    admin::v1::StopRequest request;
    SetDuration(timeout, request.mutable_timeout());
    grpc::ClientContext context;
    grpc::Status status;
    const auto reader = stub_->Stop(&context, request);
    ReadAll(reader.get(), &status);
    ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "it must be from 0 to 24h");
  }
  EXPECT_EQ(Stats().state(), admin::v1::POOL_STATE_RUNNING);
}

TEST_F(AdminServiceTest, RefusesChangesOfAStoppedPool) {
  ASSERT_TRUE(pool_->Stop(absl::ZeroDuration()).ok());
  using Stub = admin::v1::PoolAdmin::Stub;
  admin::v1::ResizeResponse resized;
  ExpectError(Resize(Bounds(2, 4), &resized), grpc::StatusCode::FAILED_PRECONDITION,
              "Resize of a pool");
  admin::v1::GrowRequest grow;
  grow.set_count(1);
  admin::v1::GrowResponse grown;
  ExpectError(Call(&Stub::Grow, grow, &grown), grpc::StatusCode::FAILED_PRECONDITION, "Grow of");
  admin::v1::DrainResponse drained;
  ExpectError(Call(&Stub::Drain, admin::v1::DrainRequest(), &drained),
              grpc::StatusCode::FAILED_PRECONDITION, "Drain of");
  admin::v1::ResumeResponse resumed;
  ExpectError(Call(&Stub::Resume, admin::v1::ResumeRequest(), &resumed),
              grpc::StatusCode::FAILED_PRECONDITION, "Resume of");
}

// --- Callers ---

TEST_F(AdminServiceTest, AsksWhetherTheCallerMayAndTellsOfChanges) {
  absl::Mutex mu;
  std::vector<AdminCall> told;
  AdminServiceOptions options;
  options.authorize = [](const grpc::ServerContextBase&, AdminAccess access, std::string* role) {
    *role = "reader";
    return access == AdminAccess::kRead ? absl::OkStatus() : absl::PermissionDeniedError("no");
  };
  options.on_change = [&](const AdminCall& call) {
    absl::MutexLock lock(&mu);
    told.push_back(call);
  };
  Serve(2, 8, std::move(options));
  Stats();
  using Stub = admin::v1::PoolAdmin::Stub;
  constexpr auto kDenied = grpc::StatusCode::PERMISSION_DENIED;
  admin::v1::ResizeResponse resized;
  admin::v1::GrowResponse grown;
  admin::v1::ShrinkResponse shrunk;
  admin::v1::ConfirmResizeResponse confirmed;
  admin::v1::CancelRequestResponse cancelled;
  admin::v1::DrainResponse drained;
  admin::v1::ResumeResponse resumed;
  ExpectError(Resize(Bounds(3, 4), &resized), kDenied, "no");
  ExpectError(Call(&Stub::ConfirmResize, admin::v1::ConfirmResizeRequest(), &confirmed), kDenied,
              "no");
  ExpectError(Call(&Stub::Grow, admin::v1::GrowRequest(), &grown), kDenied, "no");
  ExpectError(Call(&Stub::Shrink, admin::v1::ShrinkRequest(), &shrunk), kDenied, "no");
  ExpectError(Call(&Stub::CancelRequest, admin::v1::CancelRequestRequest(), &cancelled), kDenied,
              "no");
  ExpectError(Call(&Stub::Drain, admin::v1::DrainRequest(), &drained), kDenied, "no");
  ExpectError(Call(&Stub::Resume, admin::v1::ResumeRequest(), &resumed), kDenied, "no");
  grpc::ClientContext context;
  grpc::Status status;
  const auto reader = stub_->Stop(&context, admin::v1::StopRequest());
  ReadAll(reader.get(), &status);
  ExpectError(status, kDenied, "no");

  std::vector<std::string> methods;
  absl::MutexLock lock(&mu);
  for (const AdminCall& call : told) {
    methods.emplace_back(call.method);
    EXPECT_EQ(call.role, "reader");
    EXPECT_EQ(call.result.code(), absl::StatusCode::kPermissionDenied);
  }
  EXPECT_THAT(methods, ::testing::ElementsAre("Resize", "ConfirmResize", "Grow", "Shrink",
                                              "CancelRequest", "Drain", "Resume", "Stop"));
  EXPECT_EQ(told[0].request, "min_threads: 3 max_threads: 4");
  EXPECT_EQ(pool_->Stats().generation, 1);
}

}  // namespace
}  // namespace robusto
