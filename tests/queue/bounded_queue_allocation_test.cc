// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// BoundedQueue allocates when it is constructed and never again. In a binary of its own, because it
// replaces operator new.

#include <atomic>
#include <cstdlib>
#include <new>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "queue/bounded_queue.h"

namespace {
std::atomic<int> allocations{0};
}  // namespace

void* operator new(size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }

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
  const int before = allocations.load();
  for (int i = 0; i < 1000; ++i) {
    queue.Push(int{i}, absl::InfiniteDuration());
    queue.PushBatch(absl::MakeSpan(items), absl::InfiniteDuration());
    queue.TryPopIf(out, [](int) { return false; });
    for (int answer = 0; answer < 3; ++answer) answers.Pop(out, absl::InfiniteDuration());
    queue.Pop(out, absl::Microseconds(1));
  }
  queue.Close();
  const int after = allocations.load();
  echo.join();
  EXPECT_EQ(after, before);
}

}  // namespace
}  // namespace robusto
