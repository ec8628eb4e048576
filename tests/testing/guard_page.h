// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// GuardedBuffer: memory whose last byte is followed by a page that may not be touched. A parser
// that reads one byte past its input dies at once, also where no sanitizer is on and in code that
// sanitizers do not see into.
//
//   GuardedBuffer buffer(4096);
//   parser.Parse(buffer.Assign("GET / HT"));   // the T is the last byte before the guard page
//
// Thread-safety: none.

#ifndef ROBUSTO_TESTS_TESTING_GUARD_PAGE_H_
#define ROBUSTO_TESTS_TESTING_GUARD_PAGE_H_

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "absl/strings/string_view.h"

namespace robusto {

class GuardedBuffer {
 public:
  // Holds up to `capacity` bytes at a time. Aborts when the system has no memory for it: it is for
  // tests.
  explicit GuardedBuffer(size_t capacity) {
    const size_t page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
    capacity_ = (capacity + page - 1) / page * page;
    mapped_ = capacity_ + page;
    void* const memory =
        ::mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    memory_ = static_cast<char*>(memory);
    if (::mprotect(memory_ + capacity_, page, PROT_NONE) != 0) std::abort();
  }
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;
  ~GuardedBuffer() { ::munmap(memory_, mapped_); }

  // A copy of `bytes` that ends at the guard page, and is good until the next call.
  absl::string_view Assign(absl::string_view bytes) {
    if (bytes.size() > capacity_) std::abort();
    char* const begin = memory_ + capacity_ - bytes.size();
    if (!bytes.empty()) std::memcpy(begin, bytes.data(), bytes.size());
    return {begin, bytes.size()};
  }

  // Overwrites all of it, so that who still reads from a view that Assign gave reads garbage.
  void Spoil() { std::memset(memory_, 0x5a, capacity_); }

 private:
  size_t capacity_;
  size_t mapped_;
  char* memory_;
};

}  // namespace robusto

#endif  // ROBUSTO_TESTS_TESTING_GUARD_PAGE_H_
