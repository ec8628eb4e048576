// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The streams of the admin service: what they say, and when they end.

#include <chrono>
#include <cstdint>

#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "gtest/gtest.h"
#include "robusto/admin/pool_admin.grpc.pb.h"
#include "robusto/admin/service/pool_messages.h"
#include "robusto/workers/thread_pool.h"
#include "tests/admin/service/admin_service_fixture.h"

namespace robusto {
namespace {

using AdminStreamsTest = AdminServiceFixture;

TEST_F(AdminStreamsTest, EverySnapshotOfAStreamAddsUp) {
  admin::v1::WatchStatsRequest request;
  SetDuration(absl::Milliseconds(10), request.mutable_interval());
  grpc::ClientContext context;
  const auto reader = stub_->WatchStats(&context, request);
  uint64_t accepted = 0;
  for (int i = 0; i < 20; ++i) {
    for (int j = 0; j < 20; ++j) pool_->TryPut(MakeTask([] {})).IgnoreError();
    admin::v1::PoolStats stats;
    ASSERT_TRUE(reader->Read(&stats));
    ExpectIdentity(stats);
    EXPECT_GE(stats.accepted(), accepted);
    accepted = stats.accepted();
  }
  EXPECT_GT(accepted, 0);
  context.TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
}

TEST_F(AdminStreamsTest, WatchStatsEndsAfterTheSnapshotOfAStoppedPool) {
  admin::v1::WatchStatsRequest request;
  SetDuration(absl::Milliseconds(10), request.mutable_interval());
  grpc::ClientContext context;
  const auto reader = stub_->WatchStats(&context, request);
  ASSERT_TRUE(pool_->Stop(absl::ZeroDuration()).ok());
  grpc::Status status;
  EXPECT_EQ(ReadAll(reader.get(), &status).state(), admin::v1::POOL_STATE_STOPPED);
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(AdminStreamsTest, WatchStatsRefusesIntervalsOutOfItsBounds) {
  for (const absl::Duration interval : {absl::Milliseconds(9), absl::Hours(2), absl::Seconds(-1)}) {
    admin::v1::WatchStatsRequest request;
    SetDuration(interval, request.mutable_interval());
    grpc::ClientContext context;
    const auto reader = stub_->WatchStats(&context, request);
    grpc::Status status;
    ReadAll(reader.get(), &status);
    ExpectError(status, grpc::StatusCode::INVALID_ARGUMENT, "it must be from 10ms to 1h");
  }
}

TEST_F(AdminStreamsTest, StreamsHonourTheDeadlineOfTheCall) {
  admin::v1::WatchStatsRequest request;
  SetDuration(absl::Hours(1), request.mutable_interval());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(20));
  const auto reader = stub_->WatchStats(&context, request);
  grpc::Status status;
  ReadAll(reader.get(), &status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(AdminStreamsTest, StreamsOfARunningPoolEndWhenTheServiceDoes) {
  admin::v1::WatchStatsRequest watch;
  SetDuration(absl::Hours(1), watch.mutable_interval());
  grpc::ClientContext stats_context, events_context;
  const auto stats = stub_->WatchStats(&stats_context, watch);
  const auto events = stub_->WatchEvents(&events_context, admin::v1::WatchEventsRequest());
  admin::v1::PoolStats snapshot;
  admin::v1::PoolEvent event;
  ASSERT_TRUE(stats->Read(&snapshot));
  ASSERT_TRUE(events->Read(&event));
  service_->EndStreams();
  grpc::Status status;
  ReadAll(stats.get(), &status);
  ExpectError(status, grpc::StatusCode::UNAVAILABLE, "the admin service is shutting down");
  ReadAll(events.get(), &status);
  ExpectError(status, grpc::StatusCode::UNAVAILABLE, "the admin service is shutting down");
}

TEST_F(AdminStreamsTest, ASlowReaderGetsFewSnapshotsAndTheServerKeepsAtMostOne) {
  admin::v1::WatchStatsRequest request;
  SetDuration(absl::Milliseconds(10), request.mutable_interval());
  grpc::ClientContext slow_context, quick_context;
  const auto slow = stub_->WatchStats(&slow_context, request);
  const auto quick = stub_->WatchStats(&quick_context, request);
  admin::v1::PoolStats stats;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(quick->Read(&stats));
  quick_context.TryCancel();
  ASSERT_TRUE(pool_->Stop(absl::ZeroDuration()).ok());
  // In process a message is handed over when it is read: all but those under way were skipped.
  int read = 0;
  while (slow->Read(&stats)) ++read;
  EXPECT_LT(read, 10);
  EXPECT_EQ(stats.state(), admin::v1::POOL_STATE_STOPPED);
  EXPECT_TRUE(slow->Finish().ok());
  quick->Finish();
}

TEST_F(AdminStreamsTest, WatchEventsTellsTheJournalAndThenWhatHappens) {
  grpc::ClientContext context;
  const auto reader = stub_->WatchEvents(&context, admin::v1::WatchEventsRequest());
  admin::v1::PoolEvent event;
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.sequence(), 1);
  EXPECT_EQ(event.kind(), admin::v1::PoolEvent::KIND_START);
  EXPECT_EQ(event.count(), 2);
  ASSERT_EQ(*pool_->Grow(3), 3);
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.kind(), admin::v1::PoolEvent::KIND_GROW);
  EXPECT_EQ(event.count(), 3);
  EXPECT_EQ(event.target_threads(), 5);
  ASSERT_TRUE(pool_->Stop(absl::ZeroDuration()).ok());
  grpc::Status status;
  EXPECT_EQ(ReadAll(reader.get(), &status).kind(), admin::v1::PoolEvent::KIND_STOPPED);
  EXPECT_TRUE(status.ok());
}

TEST_F(AdminStreamsTest, WatchEventsGoesOnWhereTheReaderLeft) {
  ASSERT_EQ(*pool_->Grow(1), 1);
  ASSERT_EQ(*pool_->Shrink(1), 1);
  admin::v1::WatchEventsRequest request;
  request.set_since(2);
  request.set_no_follow(true);
  grpc::ClientContext context;
  const auto reader = stub_->WatchEvents(&context, request);
  admin::v1::PoolEvent event;
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.sequence(), 2);
  ASSERT_TRUE(reader->Read(&event));
  EXPECT_EQ(event.kind(), admin::v1::PoolEvent::KIND_SHRINK);
  EXPECT_FALSE(reader->Read(&event));
  EXPECT_TRUE(reader->Finish().ok());
}

}  // namespace
}  // namespace robusto
