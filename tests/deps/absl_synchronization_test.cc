// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Not a test of Abseil but of how it is built here. Two threads hand a plain integer to each other under
// absl::Mutex and absl::CondVar. Without a sanitizer that cannot fail; with --config=tsan it passes only
// when ThreadSanitizer sees the lock, so when Abseil is instrumented too (see tools/deps/distro.bzl). A
// failure here says that the reports of every other test under TSan are not to be believed.

#include <thread>

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
    changed_.Signal();
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

}  // namespace
}  // namespace robusto
