// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// MemoryBudget: one bound for the memory that clients can claim: request heads and bodies that are
// being read, and responses in memory that clients have not taken yet. Limits per connection do not
// bound the sum: 10,000 connections times 1 MiB are 10 GiB.
//
// A connection charges what it holds beyond its first kFreeBytes, so that ordinary requests never
// touch this cache line. When the budget is exhausted, the server closes stalled connections that
// hold more than the one that asks, and if that frees nothing answers the request with 503 and
// reason "memory".
//
// Not counted: the first kFreeBytes of each connection and its fixed part, some 12 KiB while a
// request is under way; the kernel's socket buffers; memory that handlers allocate.
//
// Thread-safety: all methods. Relaxed atomics: the sum orders nothing.

#ifndef ROBUSTO_HTTP_CONNECTION_MEMORY_BUDGET_H_
#define ROBUSTO_HTTP_CONNECTION_MEMORY_BUDGET_H_

#include <atomic>
#include <cstddef>

namespace robusto {

class MemoryBudget {
 public:
  static constexpr size_t kFreeBytes = 8 * 1024;

  explicit MemoryBudget(size_t limit) : limit_(limit) {}

  // False, and nothing is charged, when that would exceed the limit.
  [[nodiscard]] bool TryCharge(size_t bytes) {
    const size_t before = used_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes <= limit_) return true;
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }
  void Release(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  size_t used() const { return used_.load(std::memory_order_relaxed); }
  size_t limit() const { return limit_; }

 private:
  const size_t limit_;
  std::atomic<size_t> used_{0};
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_CONNECTION_MEMORY_BUDGET_H_
