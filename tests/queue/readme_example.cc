// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The README's example of //queue:bounded_queue, as it stands there.

#include <cstdio>
#include <thread>
#include <utility>

#include "absl/time/time.h"
#include "robusto/queue/bounded_queue.h"

int main() {
  robusto::BoundedQueue<int> queue(16);
  std::thread consumer([&queue] {
    int item;
    while (queue.Pop(item, absl::InfiniteDuration()) == robusto::PopResult::kOk) {
      std::printf("%d\n", item);
    }
  });
  for (int i = 0; i < 100; ++i) queue.Push(int{i}, absl::InfiniteDuration());  // waits for a place
  queue.Close();  // what is in it still comes out
  consumer.join();
}
