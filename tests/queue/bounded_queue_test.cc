// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What a BoundedQueue does, one sentence a test. Where threads wait for each other they do so
// through the queue alone; no test depends on how long anything takes.

#include "robusto/queue/bounded_queue.h"

#include <cstddef>
#include <limits>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

using Item = std::unique_ptr<int>;

Item Make(int value) { return std::make_unique<int>(value); }

std::vector<Item> MakeAll(int first, int count) {
  std::vector<Item> items;
  for (int i = 0; i < count; ++i) items.push_back(Make(first + i));
  return items;
}

void Fill(BoundedQueue<Item>& queue) {
  for (int i = static_cast<int>(queue.size()); queue.TryPush(Make(i)) == PushResult::kOk; ++i) {
  }
}

// (I1)

TEST(BoundedQueueTest, HoldsExactlyItsCapacityForEverySmallCapacity) {
  for (size_t capacity = 1; capacity <= 9; ++capacity) {
    BoundedQueue<Item> queue(capacity);
    EXPECT_EQ(queue.capacity(), capacity);
    for (size_t round = 0; round < 3; ++round) {
      for (size_t i = 0; i < capacity; ++i) {
        EXPECT_EQ(queue.size(), i);
        ASSERT_EQ(queue.TryPush(Make(0)), PushResult::kOk);
      }
      EXPECT_EQ(queue.size(), capacity);
      EXPECT_EQ(queue.TryPush(Make(0)), PushResult::kFull);
      Item item;
      for (size_t i = capacity; i > 0; --i) {
        EXPECT_EQ(queue.size(), i);
        ASSERT_EQ(queue.TryPop(item), PopResult::kOk);
      }
      EXPECT_EQ(queue.size(), 0u);
      EXPECT_EQ(queue.TryPop(item), PopResult::kEmpty);
    }
  }
}

TEST(BoundedQueueDeathTest, ACapacityOfZeroAbortsAndSaysSo) {
  EXPECT_DEATH(BoundedQueue<Item> queue(0), "capacity is 0; it must be from 1 to");
}

TEST(BoundedQueueDeathTest, ANegativeCapacityAbortsAndSaysSo) {
  EXPECT_DEATH(BoundedQueue<Item> queue(static_cast<size_t>(-1)), "it must be from 1 to");
}

// (I4)

TEST(BoundedQueueTest, ItemsLeaveInTheOrderInWhichTheyEnteredAroundTheEndOfTheRing) {
  BoundedQueue<Item> queue(3);
  Item item;
  int pushed = 0, popped = 0;
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i <= round % 3; ++i) ASSERT_EQ(queue.TryPush(Make(pushed++)), PushResult::kOk);
    while (queue.TryPop(item) == PopResult::kOk) ASSERT_EQ(*item, popped++);
  }
  EXPECT_EQ(popped, pushed);
}

// (I5)

TEST(BoundedQueueTest, APushThatFailsLeavesItsArgumentUnmoved) {
  BoundedQueue<Item> queue(1);
  Fill(queue);
  Item item = Make(7);
  EXPECT_EQ(queue.TryPush(std::move(item)), PushResult::kFull);
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(queue.Push(std::move(item), absl::ZeroDuration()), PushResult::kTimedOut);
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(queue.Push(std::move(item), absl::Microseconds(1)), PushResult::kTimedOut);
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(queue.Push(std::move(item), absl::Seconds(-1)), PushResult::kInvalidArgument);
  ASSERT_NE(item, nullptr);
  queue.Close();
  EXPECT_EQ(queue.TryPush(std::move(item)), PushResult::kClosed);
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(queue.Push(std::move(item), absl::InfiniteDuration()), PushResult::kClosed);
  ASSERT_NE(item, nullptr);
  EXPECT_EQ(*item, 7);
}

TEST(BoundedQueueTest, APopThatFailsLeavesItsOutParameterAlone) {
  BoundedQueue<Item> queue(1);
  Item out = Make(7);
  EXPECT_EQ(queue.TryPop(out), PopResult::kEmpty);
  EXPECT_EQ(queue.Pop(out, absl::ZeroDuration()), PopResult::kTimedOut);
  EXPECT_EQ(queue.Pop(out, absl::Microseconds(1)), PopResult::kTimedOut);
  EXPECT_EQ(queue.Pop(out, absl::Seconds(-1)), PopResult::kInvalidArgument);
  EXPECT_EQ(queue.TryPopIf(out, [](const Item&) { return true; }), PopIfResult::kEmpty);
  queue.Close();
  EXPECT_EQ(queue.TryPop(out), PopResult::kClosed);
  EXPECT_EQ(queue.Pop(out, absl::InfiniteDuration()), PopResult::kClosed);
  EXPECT_EQ(queue.TryPopIf(out, [](const Item&) { return true; }), PopIfResult::kClosed);
  ASSERT_NE(out, nullptr);
  EXPECT_EQ(*out, 7);
}

// Timeouts

TEST(BoundedQueueTest, ANegativeTimeoutIsRefusedEvenWhereTheCallCouldProceed) {
  BoundedQueue<Item> queue(2);
  Item item = Make(1);
  EXPECT_EQ(queue.Push(std::move(item), -absl::Nanoseconds(1)), PushResult::kInvalidArgument);
  EXPECT_EQ(queue.Push(std::move(item), -absl::InfiniteDuration()), PushResult::kInvalidArgument);
  EXPECT_EQ(queue.size(), 0u);
  ASSERT_EQ(queue.TryPush(std::move(item)), PushResult::kOk);
  EXPECT_EQ(queue.Pop(item, -absl::Nanoseconds(1)), PopResult::kInvalidArgument);
  EXPECT_EQ(queue.PopBatch(absl::MakeSpan(&item, 1), -absl::Nanoseconds(1)).reason,
            PopResult::kInvalidArgument);
  EXPECT_EQ(queue.PushBatch(absl::MakeSpan(&item, 1), -absl::Nanoseconds(1)).reason,
            PushResult::kInvalidArgument);
  EXPECT_EQ(queue.size(), 1u);
}

TEST(BoundedQueueTest, AZeroTimeoutStillDoesWhatCanBeDoneAtOnce) {
  BoundedQueue<Item> queue(1);
  Item out;
  EXPECT_EQ(queue.Push(Make(3), absl::ZeroDuration()), PushResult::kOk);
  EXPECT_EQ(queue.Pop(out, absl::ZeroDuration()), PopResult::kOk);
  EXPECT_EQ(*out, 3);
}

TEST(BoundedQueueTest, ATimeoutTooLongForTheClockToCountIsForEver) {
  BoundedQueue<int> queue(1);
  std::thread pusher([&queue] { queue.TryPush(5); });
  int out = 0;
  EXPECT_EQ(queue.Pop(out, absl::Seconds(std::numeric_limits<int64_t>::max())), PopResult::kOk);
  EXPECT_EQ(out, 5);
  pusher.join();
}

// Waiting (I7). Each of these hangs when a wake-up is lost.

TEST(BoundedQueueTest, PopWaitsForAPush) {
  BoundedQueue<Item> queue(1);
  for (int i = 0; i < 200; ++i) {
    Item out;
    std::thread popper(
        [&] { ASSERT_EQ(queue.Pop(out, absl::InfiniteDuration()), PopResult::kOk); });
    ASSERT_EQ(queue.TryPush(Make(i)), PushResult::kOk);
    popper.join();
    EXPECT_EQ(*out, i);
  }
}

TEST(BoundedQueueTest, PushWaitsForAPop) {
  BoundedQueue<Item> queue(1);
  Fill(queue);
  for (int i = 0; i < 200; ++i) {
    std::thread pusher(
        [&] { ASSERT_EQ(queue.Push(Make(i), absl::InfiniteDuration()), PushResult::kOk); });
    Item out;
    ASSERT_EQ(queue.TryPop(out), PopResult::kOk);
    pusher.join();
  }
  EXPECT_EQ(queue.size(), 1u);
}

// Close (I2, I3)

TEST(BoundedQueueTest, AfterCloseEveryPushFailsAlthoughThereIsRoom) {
  BoundedQueue<Item> queue(4);
  EXPECT_FALSE(queue.closed());
  queue.Close();
  EXPECT_TRUE(queue.closed());
  std::vector<Item> items = MakeAll(0, 2);
  EXPECT_EQ(queue.TryPush(std::move(items[0])), PushResult::kClosed);
  EXPECT_EQ(queue.Push(std::move(items[0]), absl::InfiniteDuration()), PushResult::kClosed);
  EXPECT_EQ(queue.Push(std::move(items[0]), absl::ZeroDuration()), PushResult::kClosed);
  EXPECT_EQ(queue.TryPushBatch(absl::MakeSpan(items)).reason, PushResult::kClosed);
  EXPECT_EQ(queue.PushBatch(absl::MakeSpan(items), absl::InfiniteDuration()).reason,
            PushResult::kClosed);
  EXPECT_NE(items[0], nullptr);
  EXPECT_EQ(queue.size(), 0u);
}

TEST(BoundedQueueTest, PopReturnsEmptyOnlyWhenClosedAndDrained) {
  BoundedQueue<Item> queue(4);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(queue.TryPush(Make(i)), PushResult::kOk);
  queue.Close();
  Item out;
  ASSERT_EQ(queue.Pop(out, absl::InfiniteDuration()), PopResult::kOk);
  ASSERT_EQ(queue.TryPop(out), PopResult::kOk);
  ASSERT_EQ(queue.TryPopIf(out, [](const Item&) { return true; }), PopIfResult::kOk);
  EXPECT_EQ(*out, 2);
  EXPECT_EQ(queue.Pop(out, absl::InfiniteDuration()), PopResult::kClosed);
  EXPECT_EQ(queue.Pop(out, absl::ZeroDuration()), PopResult::kClosed);
  EXPECT_EQ(queue.TryPop(out), PopResult::kClosed);
}

TEST(BoundedQueueTest, CloseWakesEverybodyWhoWaits) {
  BoundedQueue<Item> empty(1), full(1);
  Fill(full);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      Item out;
      EXPECT_EQ(empty.Pop(out, absl::InfiniteDuration()), PopResult::kClosed);
    });
    threads.emplace_back([&] {
      Item item = Make(1);
      EXPECT_EQ(full.Push(std::move(item), absl::InfiniteDuration()), PushResult::kClosed);
      EXPECT_NE(item, nullptr);
    });
  }
  empty.Close();
  full.Close();
  for (std::thread& thread : threads) thread.join();
}

TEST(BoundedQueueTest, CloseMayBeCalledAgain) {
  BoundedQueue<Item> queue(1);
  queue.Close();
  queue.Close();
  EXPECT_TRUE(queue.closed());
}

// Batches

TEST(BoundedQueueTest, TryPushBatchPushesWhatFitsAndLeavesTheRestUnmoved) {
  BoundedQueue<Item> queue(3);
  std::vector<Item> items = MakeAll(0, 5);
  const PushBatchResult result = queue.TryPushBatch(absl::MakeSpan(items));
  EXPECT_EQ(result.count, 3u);
  EXPECT_EQ(result.reason, PushResult::kFull);
  EXPECT_EQ(items[2], nullptr);
  ASSERT_NE(items[3], nullptr);
  EXPECT_EQ(*items[3], 3);
  EXPECT_EQ(queue.size(), 3u);
}

TEST(BoundedQueueTest, TryPopBatchTakesWhatIsThereInOrder) {
  BoundedQueue<Item> queue(3);
  std::vector<Item> items = MakeAll(0, 3), out(2);
  ASSERT_EQ(queue.TryPushBatch(absl::MakeSpan(items)).reason, PushResult::kOk);
  PopBatchResult result = queue.TryPopBatch(absl::MakeSpan(out));
  EXPECT_EQ(result.count, 2u);
  EXPECT_EQ(result.reason, PopResult::kOk);
  EXPECT_EQ(*out[0], 0);
  EXPECT_EQ(*out[1], 1);
  result = queue.TryPopBatch(absl::MakeSpan(out));
  EXPECT_EQ(result.count, 1u);
  EXPECT_EQ(result.reason, PopResult::kEmpty);
  EXPECT_EQ(*out[0], 2);
  EXPECT_EQ(*out[1], 1);
  queue.Close();
  result = queue.TryPopBatch(absl::MakeSpan(out));
  EXPECT_EQ(result.count, 0u);
  EXPECT_EQ(result.reason, PopResult::kClosed);
}

TEST(BoundedQueueTest, AnEmptyBatchSucceedsAtOnceOnAFullAnEmptyAndAClosedQueue) {
  BoundedQueue<Item> queue(1);
  const absl::Span<Item> none;
  EXPECT_EQ(queue.PopBatch(none, absl::InfiniteDuration()).reason, PopResult::kOk);
  Fill(queue);
  EXPECT_EQ(queue.PushBatch(none, absl::InfiniteDuration()).reason, PushResult::kOk);
  queue.Close();
  EXPECT_EQ(queue.TryPushBatch(none).reason, PushResult::kOk);
  EXPECT_EQ(queue.TryPopBatch(none).reason, PopResult::kOk);
}

TEST(BoundedQueueTest, PushBatchLongerThanTheQueueWaitsForPlacesUntilAllAreIn) {
  BoundedQueue<Item> queue(2);
  std::thread pusher([&queue] {
    std::vector<Item> items = MakeAll(0, 100);
    const PushBatchResult result = queue.PushBatch(absl::MakeSpan(items), absl::InfiniteDuration());
    EXPECT_EQ(result.count, 100u);
    EXPECT_EQ(result.reason, PushResult::kOk);
  });
  for (int i = 0; i < 100; ++i) {
    Item out;
    ASSERT_EQ(queue.Pop(out, absl::InfiniteDuration()), PopResult::kOk);
    EXPECT_EQ(*out, i);
  }
  pusher.join();
}

TEST(BoundedQueueTest, PushBatchThatTimesOutSaysHowManyAreIn) {
  BoundedQueue<Item> queue(2);
  std::vector<Item> items = MakeAll(0, 3);
  const PushBatchResult result = queue.PushBatch(absl::MakeSpan(items), absl::Microseconds(1));
  EXPECT_EQ(result.count, 2u);
  EXPECT_EQ(result.reason, PushResult::kTimedOut);
  EXPECT_NE(items[2], nullptr);
}

TEST(BoundedQueueTest, PopBatchWaitsForTheFirstItemOnly) {
  BoundedQueue<Item> queue(4);
  std::thread pusher([&queue] { ASSERT_EQ(queue.TryPush(Make(1)), PushResult::kOk); });
  std::vector<Item> out(4);
  const PopBatchResult result = queue.PopBatch(absl::MakeSpan(out), absl::InfiniteDuration());
  EXPECT_EQ(result.count, 1u);
  EXPECT_EQ(result.reason, PopResult::kEmpty);
  pusher.join();
  EXPECT_EQ(queue.PopBatch(absl::MakeSpan(out), absl::Microseconds(1)).reason,
            PopResult::kTimedOut);
}

// TryPopIf

TEST(BoundedQueueTest, TryPopIfTakesTheOldestOnlyWhenThePredicateHolds) {
  BoundedQueue<Item> queue(4);
  Item out;
  for (int i = 0; i < 3; ++i) ASSERT_EQ(queue.TryPush(Make(i)), PushResult::kOk);
  const auto below_two = [](const Item& item) { return *item < 2; };
  EXPECT_EQ(queue.TryPopIf(out, below_two), PopIfResult::kOk);
  EXPECT_EQ(*out, 0);
  EXPECT_EQ(queue.TryPopIf(out, below_two), PopIfResult::kOk);
  EXPECT_EQ(*out, 1);
  EXPECT_EQ(queue.TryPopIf(out, below_two), PopIfResult::kKept);
  EXPECT_EQ(*out, 1);
  EXPECT_EQ(queue.size(), 1u);
  ASSERT_EQ(queue.TryPop(out), PopResult::kOk);
  EXPECT_EQ(*out, 2);
}

TEST(BoundedQueueTest, TryPopIfWakesAPusherThatWaitsForThePlace) {
  BoundedQueue<Item> queue(1);
  Fill(queue);
  std::thread pusher(
      [&] { EXPECT_EQ(queue.Push(Make(9), absl::InfiniteDuration()), PushResult::kOk); });
  Item out;
  EXPECT_EQ(queue.TryPopIf(out, [](const Item&) { return true; }), PopIfResult::kOk);
  pusher.join();
  EXPECT_EQ(queue.size(), 1u);
}

TEST(BoundedQueueTest, AThrowingPredicateLeavesTheQueueAsItWas) {
  BoundedQueue<Item> queue(1);
  Fill(queue);
  Item out;
  EXPECT_THROW(queue.TryPopIf(out, [](const Item&) -> bool { throw 1; }), int);
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_EQ(queue.TryPop(out), PopResult::kOk);
}

// Items' lives

TEST(BoundedQueueTest, DestroysTheItemsThatAreStillInIt) {
  const auto shared = std::make_shared<int>(0);
  {
    BoundedQueue<std::shared_ptr<int>> queue(3);
    // The ring's end lies between them.
    std::shared_ptr<int> out;
    for (int i = 0; i < 2; ++i) queue.TryPush(std::shared_ptr<int>(shared));
    for (int i = 0; i < 2; ++i) queue.TryPop(out);
    for (int i = 0; i < 3; ++i) queue.TryPush(std::shared_ptr<int>(shared));
    out.reset();
    EXPECT_EQ(shared.use_count(), 4);
  }
  EXPECT_EQ(shared.use_count(), 1);
}

TEST(BoundedQueueTest, KeepsNothingOfAnItemThatWasPopped) {
  const auto shared = std::make_shared<int>(0);
  BoundedQueue<std::shared_ptr<int>> queue(3);
  std::shared_ptr<int> out;
  queue.TryPush(std::shared_ptr<int>(shared));
  queue.TryPop(out);
  out.reset();
  EXPECT_EQ(shared.use_count(), 1);
}

TEST(BoundedQueueTest, DestroysWhatTheOutParameterHeldWithoutTheLock) {
  // A deleter that uses the queue would deadlock otherwise.
  BoundedQueue<std::shared_ptr<int>> queue(2);
  size_t size_seen = 99;
  std::shared_ptr<int> out(new int(1), [&](int* value) {
    queue.TryPush(nullptr);
    size_seen = queue.size();
    delete value;
  });
  ASSERT_EQ(queue.TryPush(std::make_shared<int>(2)), PushResult::kOk);
  ASSERT_EQ(queue.TryPop(out), PopResult::kOk);
  EXPECT_EQ(*out, 2);
  EXPECT_EQ(size_seen, 1u);
}

struct alignas(128) Wide {
  char bytes[128];
};

TEST(BoundedQueueTest, KeepsTheAlignmentOfItsItems) {
  struct SelfAware {
    SelfAware() = default;
    SelfAware(SelfAware&& other) noexcept : aligned(other.aligned && IsAligned()) {}
    SelfAware& operator=(SelfAware&& other) noexcept {
      aligned = other.aligned;
      return *this;
    }
    bool IsAligned() const { return reinterpret_cast<uintptr_t>(this) % alignof(Wide) == 0; }
    alignas(alignof(Wide)) bool aligned = true;
  };
  BoundedQueue<SelfAware> queue(3);
  for (int i = 0; i < 3; ++i) queue.TryPush(SelfAware());
  SelfAware out;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(queue.TryPop(out), PopResult::kOk);
    EXPECT_TRUE(out.aligned);
  }
}

}  // namespace
}  // namespace robusto
