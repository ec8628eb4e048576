// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Not a test of Abseil but of how it is built here. Two threads hand a plain integer to each other under
// absl::Mutex and absl::CondVar. Without a sanitizer that cannot fail; with --config=tsan it passes only
// when ThreadSanitizer sees the lock, so when Abseil is instrumented too (see tools/deps/distro.bzl). A
// failure here says that the reports of every other test under TSan are not to be believed.

#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

class Baton {
 public:
  // Waits until the count has the given parity, then adds one. Blocks.
  void Pass(int parity) {
    absl::MutexLock lock(&mu_);
    while (count_ % 2 != parity) {
      changed_.WaitWithTimeout(&mu_, absl::Seconds(10));
    }
    ++count_;
    changed_.SignalAll();
  }

  int count() const {
    absl::MutexLock lock(&mu_);
    return count_;
  }

 private:
  mutable absl::Mutex mu_;
  absl::CondVar changed_;
  int count_ ABSL_GUARDED_BY(mu_) = 0;
};

TEST(AbslSynchronizationTest, TwoThreadsTakeTurnsWithoutARaceBeingSeen) {
  constexpr int kTurns = 1000;
  Baton baton;
  std::thread other([&baton] {
    for (int i = 0; i < kTurns; ++i) baton.Pass(1);
  });
  for (int i = 0; i < kTurns; ++i) baton.Pass(0);
  other.join();
  EXPECT_EQ(baton.count(), 2 * kTurns);
}

// More than two wait at once, and threads come and go: what tools/deps/tsan_suppressions.cc is needed for.
TEST(AbslSynchronizationTest, ShortLivedThreadsWakeEachOtherWithoutARaceBeingSeen) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    Baton baton;
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&baton, i] {
        for (int turn = 0; turn < kRounds; ++turn) baton.Pass(i % 2);
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(baton.count(), kThreads * kRounds);
  }
}

}  // namespace
}  // namespace robusto
