// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ThreadPoolOptions: everything that can be set about a ThreadPool, with its default and its
// bounds. Plain data; ThreadPool::Create checks it.

#ifndef ROBUSTO_WORKERS_POOL_OPTIONS_H_
#define ROBUSTO_WORKERS_POOL_OPTIONS_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "robusto/workers/dispatcher.h"
#include "robusto/workers/option_error.h"
#include "robusto/workers/work_source.h"
#include "robusto/workers/worker_thread.h"

namespace robusto {

// 16 million slots take half a gigabyte. A larger queue is a mistake.
constexpr size_t kMaxQueueCapacity = size_t{1} << 24;
constexpr OptionRange kQueueCapacityRange = {"queue_capacity", 1, int64_t{kMaxQueueCapacity}};
constexpr OptionRange kMinThreadsRange = {"min_threads", 1};
constexpr OptionRange kMaxThreadsRange = {"max_threads", 0};  // 0: not set

// What a remote caller may ask for: more threads than this serve no pool of this kind well. A larger
// number is a typing error, and would take the last threads that the machine has before it failed.
constexpr int kMaxThreads = 10000;

struct ThreadPoolOptions {
  // How many threads Start starts, and the minimum number of threads. At least 1.
  int min_threads = 10;
  // The maximum number of threads; at least min_threads. nullopt: no limit for Grow, and the pool does
  // not grow by itself, because without a limit every blocked task would become a thread.
  absl::optional<int> max_threads;

  // How many tasks may wait for a worker; at least 1, at most kMaxQueueCapacity. Bounded on purpose: an
  // unbounded queue turns overload into latency. The memory, 32 bytes a task, is allocated at once.
  size_t queue_capacity = 1024;
  // How long Put waits for room. 0: not at all; absl::InfiniteDuration(): without a limit.
  absl::Duration queue_timeout = absl::Seconds(10);
  // How long a task may wait in the queue before it is rejected as expired.
  // absl::InfiniteDuration(): without a limit.
  absl::Duration queue_ttl = absl::InfiniteDuration();

  // With max_threads: how long the queue's head may wait before workers are added. More than 0;
  // absl::InfiniteDuration(): the pool does not grow by itself.
  absl::Duration grow_after = absl::Milliseconds(20);
  // How long a worker beyond min_threads may be idle before it exits. More than 0;
  // absl::InfiniteDuration(): without a limit.
  absl::Duration idle_timeout = absl::Seconds(60);
  // How long a task may run before it is reported as stuck (it continues). More than 0;
  // absl::InfiniteDuration(): it never is.
  absl::Duration stuck_after = absl::InfiniteDuration();

  // First part of the threads' names: "worker" makes worker-1, worker-2, ...
  std::string name = "worker";
  // Where idle workers look for work; null: only Put brings tasks. Must outlive the pool.
  WorkSource* work_source = nullptr;
  // Whether to admit a task, in addition to the queue's bound; null: all tasks that fit.
  AdmissionCheck admission_check;
  // Called for every task that throws, in the worker's thread.
  TaskFailureObserver on_task_failure;
  // Starts the workers' threads; null: std::thread. Throws std::system_error when the system has none.
  ThreadFactory thread_factory;
};

}  // namespace robusto

#endif  // ROBUSTO_WORKERS_POOL_OPTIONS_H_
