// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// BoundedQueue allocates when it is constructed and never again.

#include <cstdint>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "robusto/queue/bounded_queue.h"
#include "tests/testing/allocations.h"

namespace robusto {
namespace {

TEST(BoundedQueueAllocationTest, NothingIsAllocatedAfterConstructionNotEvenForWaiting) {
  BoundedQueue<int> queue(2), answers(1);
  std::vector<int> items(2);
  int out = 0;
  std::thread echo([&] {
    int value = 0;
    while (queue.Pop(value, absl::InfiniteDuration()) == PopResult::kOk) {
      answers.Push(int{value}, absl::InfiniteDuration());
    }
  });
  const uint64_t before = Allocations();
  ASSERT_GT(before, 0u) << "nothing is counted";
  for (int i = 0; i < 1000; ++i) {
    queue.Push(int{i}, absl::InfiniteDuration());
    queue.PushBatch(absl::MakeSpan(items), absl::InfiniteDuration());
    queue.TryPopIf(out, [](int) { return false; });
    for (int answer = 0; answer < 3; ++answer) answers.Pop(out, absl::InfiniteDuration());
    queue.Pop(out, absl::Microseconds(1));
  }
  queue.Close();
  const uint64_t after = Allocations();
  echo.join();
  EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace robusto
