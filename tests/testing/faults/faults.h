// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What the files of the library of faults have in common.
//
// Thread-safety: all functions; the table is another process's as well, and is read and written by
// the compiler's atomic functions.

#ifndef ROBUSTO_TESTS_TESTING_FAULTS_FAULTS_H_
#define ROBUSTO_TESTS_TESTING_FAULTS_FAULTS_H_

#include <dlfcn.h>
#include <sys/epoll.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "tests/testing/faults/fault_table.h"

namespace robusto {

// Null: there is none, or not yet.
FaultTable* Table();

// Returns what it was before.
int64_t Add(int64_t& counter, int64_t delta);

struct Fault {
  int error = 0;           // to fail with; 0: does not
  size_t most = SIZE_MAX;  // bytes to be let through
};

// What is to become of this call. Leaves errno as it is. `fd` is what it is about, or -1.
Fault NextFault(const char* function, int fd);

// syscall(2) itself.
long NextSyscall(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                 long f = 0);

// The function of this name that comes after this library.
#define ROBUSTO_NEXT(name)                              \
  ([] {                                                 \
    static std::atomic<void*> next{nullptr};            \
    void* found = next.load(std::memory_order_relaxed); \
    if (found == nullptr) {                             \
      found = dlsym(RTLD_NEXT, #name);                  \
      next.store(found, std::memory_order_relaxed);     \
    }                                                   \
    return reinterpret_cast<decltype(&::name)>(found);  \
  }())

// --- Waits that follow a clock (fault_clocks.cc) ---

int EpollWaitByClock(int (*next)(int, epoll_event*, int, int), int epoll, epoll_event* events,
                     int count, int timeout_ms);
// `a` are the six arguments of futex(2).
long FutexByClock(const long* a);

}  // namespace robusto

#endif  // ROBUSTO_TESTS_TESTING_FAULTS_FAULTS_H_
