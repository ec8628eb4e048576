// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What ThreadSanitizer must not report. --config=tsan links this into every program (.bazelrc says how), so
// that it holds in a test, in a server that a test starts, and in one run by hand, with nothing to set.
// Each line needs a reason. None may name this project's code: mend that instead.

// Looked up by the sanitizer's runtime, by this name.
extern "C" const char* __tsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return
      // Abseil hides the inside of Mutex from the sanitizer, and takes the memory of its waiters straight
      // from mmap, which counts as a write by the thread that asked. When another thread wakes that waiter,
      // the order between the two is in the hidden part, and the sanitizer sees a race with the mmap.
      // Seen first in Waiter::Post; Abseil 20220623, with g++ 12 and clang 14.
      "race:absl::*::base_internal::LowLevelAlloc::Alloc\n";
}
