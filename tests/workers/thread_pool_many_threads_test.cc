// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ThreadPool with a thousand threads. In a file of its own because it runs alone: a system that has
// a thousand threads for one test may not have them for several at once.

#include <iostream>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

TEST(ThreadPoolManyThreadsTest, AThousandThreadsComeAndGo) {
  ThreadPoolOptions options;
  options.min_threads = 10;
  options.max_threads = 10;
  auto pool = ThreadPool::Create(std::move(options));
  ASSERT_TRUE(pool.ok());
  ASSERT_TRUE((*pool)->Start().ok());
  const auto await_threads = [&](int count) {
    return Eventually([&] { return (*pool)->Stats().threads == count; });
  };
  int64_t begin = MonotonicNanos();
  ASSERT_TRUE((*pool)->Resize(1000, absl::nullopt).ok());
  ASSERT_TRUE(await_threads(1000));
  const absl::Duration up = absl::Nanoseconds(MonotonicNanos() - begin);
  begin = MonotonicNanos();
  ASSERT_TRUE((*pool)->Resize(10, 10).ok());
  ASSERT_TRUE(await_threads(10));
  const absl::Duration down = absl::Nanoseconds(MonotonicNanos() - begin);
  // Figures to be read, not asserted: the machine decides.
  std::cout << "figure: from 10 to 1000 in " << up << ", to 10 in " << down << "\n";
}

}  // namespace
}  // namespace robusto
