// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The README's example of //workers:thread_pool, as it stands there.

#include <cstdio>

#include "robusto/workers/thread_pool.h"

int main() {
  robusto::ThreadPoolOptions options;
  options.min_threads = 4;
  auto pool = robusto::ThreadPool::Create(options);
  if (!pool.ok() || !(*pool)->Start().ok()) return 1;
  for (int i = 0; i < 10; ++i) {
    (*pool)->Put(robusto::MakeTask([i] { std::printf("task %d\n", i); })).IgnoreError();
  }
  return (*pool)->Stop(absl::Seconds(5))->clean() ? 0 : 1;
}
