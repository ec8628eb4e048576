// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "robusto/workers/resize.h"
#include "robusto/workers/thread_pool.h"

namespace robusto {
namespace {

constexpr absl::Duration kLong = absl::Seconds(30);

std::unique_ptr<ThreadPool> StartPool(int min_threads, absl::optional<int> max_threads) {
  ThreadPoolOptions options;
  options.min_threads = min_threads;
  options.max_threads = max_threads;
  auto pool = *ThreadPool::Create(options);
  EXPECT_TRUE(pool->Start().ok());
  return pool;
}

ResizeRequest Bounds(int min_threads, absl::optional<int> max_threads) {
  ResizeRequest request;
  request.min_threads = min_threads;
  request.max_threads = max_threads;
  return request;
}

// The newest event of the kind, waiting for it to come.
PoolEvent AwaitEvent(const ThreadPool& pool, PoolEvent::Kind kind) {
  for (uint64_t from = 1; pool.journal().Await(from, kLong); ++from) {
    const PoolEvent event = pool.journal().Read(from, 1).front();
    if (event.kind == kind) return event;
  }
  ADD_FAILURE() << "no event " << PoolEventKindName(kind);
  return {};
}

TEST(PoolResizeTest, SaysWhatItDid) {
  auto pool = StartPool(2, 4);
  const auto result = pool->Resize(Bounds(6, 8));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->before.min_threads, 2);
  EXPECT_EQ(result->before.max_threads, 4);
  EXPECT_EQ(result->started, 4);
  EXPECT_EQ(result->retired, 0);
  EXPECT_EQ(result->threads, 6);
  EXPECT_EQ(result->generation, pool->Stats().generation);

  const auto back = pool->Resize(Bounds(1, 2));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->started, 0);
  EXPECT_EQ(back->retired, 4);
  EXPECT_EQ(back->threads, 2);
}

TEST(PoolResizeTest, DryRunSaysWhatWouldHappenAndChangesNothing) {
  auto pool = StartPool(2, 4);
  ResizeRequest request = Bounds(6, 8);
  request.dry_run = true;
  request.revert_after = kLong;
  const PoolStats before = pool->Stats();
  const uint64_t newest = pool->journal().newest();
  const auto result = pool->Resize(request);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->started, 4);
  EXPECT_EQ(result->threads, 6);
  EXPECT_EQ(result->generation, before.generation);
  const PoolStats after = pool->Stats();
  EXPECT_EQ(after.min_threads, 2);
  EXPECT_EQ(after.max_threads, 4);
  EXPECT_EQ(after.threads, 2);
  EXPECT_EQ(after.generation, before.generation);
  EXPECT_FALSE(after.pending_revert.has_value());
  EXPECT_EQ(pool->journal().newest(), newest);
}

TEST(PoolResizeTest, DryRunRefusesWhatTheRealOneRefuses) {
  auto pool = StartPool(2, 4);
  ResizeRequest request = Bounds(3, 2);
  request.dry_run = true;
  EXPECT_EQ(pool->Resize(request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(PoolResizeTest, EveryChangeByACallerRaisesTheGenerationByOne) {
  auto pool = StartPool(2, 8);
  EXPECT_EQ(pool->Stats().generation, 1);
  EXPECT_EQ(*pool->Grow(2), 2);
  EXPECT_EQ(pool->Stats().generation, 2);
  EXPECT_EQ(*pool->Shrink(1), 1);
  EXPECT_EQ(pool->Stats().generation, 3);
  EXPECT_TRUE(pool->Resize(2, 3).ok());
  EXPECT_EQ(pool->Stats().generation, 4);
  EXPECT_EQ(*pool->Grow(5), 0);  // at max: nothing changed
  EXPECT_EQ(*pool->Grow(0), 0);
  EXPECT_FALSE(pool->Resize(0, 3).ok());
  EXPECT_EQ(pool->Stats().generation, 4);
}

TEST(PoolResizeTest, StaleGenerationIsAbortedAndChangesNothing) {
  auto pool = StartPool(2, 8);
  ResizeRequest request = Bounds(4, 8);
  request.if_generation = pool->Stats().generation;
  ASSERT_EQ(*pool->Grow(1), 1);
  const absl::Status status = pool->Resize(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(
      absl::StrContains(status.message(), "if_generation is 1, but the pool is at generation 2"))
      << status;
  EXPECT_EQ(pool->Stats().min_threads, 2);
  request.if_generation = 2;
  EXPECT_TRUE(pool->Resize(request).ok());
}

TEST(PoolResizeTest, RevertsUnlessConfirmed) {
  auto pool = StartPool(2, 4);
  ResizeRequest request = Bounds(6, 8);
  request.revert_after = absl::Milliseconds(1);
  const auto result = pool->Resize(request);
  ASSERT_TRUE(result.ok()) << result.status();
  const PoolEvent event = AwaitEvent(*pool, PoolEvent::Kind::kRevert);
  EXPECT_EQ(event.min_threads, 2);
  EXPECT_EQ(event.max_threads, 4);
  EXPECT_EQ(event.threads, 4);
  EXPECT_EQ(event.count, -2);
  const PoolStats stats = pool->Stats();
  EXPECT_EQ(stats.min_threads, 2);
  EXPECT_EQ(stats.generation, result->generation + 1);
  EXPECT_FALSE(stats.pending_revert.has_value());
  EXPECT_EQ(pool->ConfirmResize(absl::nullopt).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(PoolResizeTest, RevertsWhileItDrains) {
  auto pool = StartPool(2, 4);
  ResizeRequest request = Bounds(6, 8);
  request.revert_after = absl::Milliseconds(1);
  ASSERT_TRUE(pool->Resize(request).ok());
  ASSERT_TRUE(pool->Drain().ok());
  EXPECT_EQ(AwaitEvent(*pool, PoolEvent::Kind::kRevert).min_threads, 2);
}

TEST(PoolResizeTest, ConfirmedStays) {
  auto pool = StartPool(2, 4);
  ResizeRequest request = Bounds(3, 8);
  request.revert_after = kLong;
  const auto result = pool->Resize(request);
  ASSERT_TRUE(result.ok()) << result.status();
  const auto pending = pool->Stats().pending_revert;
  ASSERT_TRUE(pending.has_value());
  EXPECT_EQ(pending->bounds.min_threads, 2);
  EXPECT_EQ(pending->bounds.max_threads, 4);
  EXPECT_EQ(pending->generation, result->generation);
  EXPECT_GT(pending->remaining, absl::ZeroDuration());
  EXPECT_LE(pending->remaining, kLong);

  EXPECT_EQ(pool->ConfirmResize(result->generation + 1).code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(pool->ConfirmResize(result->generation).ok());
  EXPECT_FALSE(pool->Stats().pending_revert.has_value());
  EXPECT_EQ(AwaitEvent(*pool, PoolEvent::Kind::kConfirm).min_threads, 3);
  EXPECT_EQ(pool->ConfirmResize(result->generation).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(PoolResizeTest, TheNextUnconfirmedResizeRevertsToTheLastConfirmedBounds) {
  auto pool = StartPool(2, 4);
  ResizeRequest request = Bounds(3, 8);
  request.revert_after = kLong;
  ASSERT_TRUE(pool->Resize(request).ok());
  request.min_threads = 5;
  request.revert_after = absl::Milliseconds(1);
  ASSERT_TRUE(pool->Resize(request).ok());
  const PoolEvent event = AwaitEvent(*pool, PoolEvent::Kind::kRevert);
  EXPECT_EQ(event.min_threads, 2);
  EXPECT_EQ(event.max_threads, 4);
}

TEST(PoolResizeTest, APermanentResizeSettlesTheOneThatWaits) {
  auto pool = StartPool(2, 4);
  ResizeRequest request = Bounds(3, 8);
  request.revert_after = kLong;
  ASSERT_TRUE(pool->Resize(request).ok());
  ASSERT_TRUE(pool->Resize(4, 4).ok());
  EXPECT_FALSE(pool->Stats().pending_revert.has_value());
}

TEST(PoolResizeTest, StopForgetsTheRevert) {
  auto pool = StartPool(2, 4);
  ResizeRequest request = Bounds(3, 8);
  request.revert_after = kLong;
  ASSERT_TRUE(pool->Resize(request).ok());
  ASSERT_TRUE(pool->Stop(absl::ZeroDuration()).ok());
  EXPECT_FALSE(pool->Stats().pending_revert.has_value());
  EXPECT_EQ(pool->ConfirmResize(absl::nullopt).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(PoolResizeTest, RefusesARevertThatIsDueAtOnce) {
  auto pool = StartPool(2, 4);
  ResizeRequest request = Bounds(3, 8);
  request.revert_after = absl::ZeroDuration();
  EXPECT_EQ(pool->Resize(request).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(PoolResizeTest, SetsTheBoundsOfAPoolThatIsNotStarted) {
  ThreadPoolOptions options;
  options.min_threads = 2;
  auto pool = *ThreadPool::Create(options);
  const auto result = pool->Resize(Bounds(3, 8));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->threads, 0);
  ASSERT_TRUE(pool->Start().ok());
  EXPECT_EQ(pool->Stats().threads, 3);
}

TEST(PoolResizeTest, KeepsTheBoundsWhenTheSystemGivesNoMoreThreads) {
  ThreadPoolOptions options;
  options.min_threads = 1;
  int left = 2;
  options.thread_factory = [&left](std::function<void()> main) {
    if (left-- <= 0) throw std::system_error(EAGAIN, std::generic_category());
    return std::thread(std::move(main));
  };
  auto pool = *ThreadPool::Create(options);
  ASSERT_TRUE(pool->Start().ok());
  const absl::Status status = pool->Resize(Bounds(4, 4)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(absl::StrContains(status.message(), "only 2 threads run for now")) << status;
  EXPECT_EQ(pool->Stats().min_threads, 4);
  pool->Stop(absl::ZeroDuration()).IgnoreError();
}

TEST(PoolResizeTest, ResumeNeedsAPoolThatDrains) {
  auto pool = StartPool(1, 1);
  EXPECT_EQ(pool->Resume().code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(pool->Drain().ok());
  ASSERT_TRUE(pool->Drain().ok());
  EXPECT_TRUE(pool->Resume().ok());
}

}  // namespace
}  // namespace robusto
