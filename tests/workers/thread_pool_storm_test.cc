// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ThreadPool with everything at once: submitters, a source, and somebody who turns every knob while
// a third looks. What is random is seeded, so the calls are the same in each run; the
// interleavings are not.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

// ThreadSanitizer and AddressSanitizer take 5 to 20 times as long for each task.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr int kTasks = 200'000;
#else
constexpr int kTasks = 1'000'000;
#endif
constexpr int kSubmitters = 8;
constexpr int kCalls = 10'000;
constexpr int kGreatestMax = 24;

// What became of each task. A task counts its own calls, and is never deleted: a second Run, a Run
// after Reject or one that never came shows in the end.
class Marked : public Task {
 public:
  void Run() override {
    // Now and then one that takes its time, so that there is something to cancel.
    if (reinterpret_cast<uintptr_t>(this) / sizeof(*this) % 256 == 0) {
      for (int i = 0; i < 50; ++i) std::this_thread::yield();
    }
    runs_.fetch_add(1, std::memory_order_relaxed);
  }
  void Reject(RejectReason) override { rejects_.fetch_add(1, std::memory_order_relaxed); }
  void Done() override { dones_.fetch_add(1, std::memory_order_relaxed); }

  int runs() const { return runs_.load(); }
  int rejects() const { return rejects_.load(); }
  bool done_once() const { return runs() + rejects() == 1 && dones_.load() == 1; }

 private:
  std::atomic<int> runs_{0};
  std::atomic<int> rejects_{0};
  std::atomic<int> dones_{0};
};

void ExpectIdentity(const PoolStats& stats) {
  EXPECT_EQ(stats.accepted, stats.completed + stats.failed + stats.cancelled + stats.expired +
                                stats.rejected() + stats.queued + stats.running);
  // None of the differences has gone below 0 either.
  EXPECT_LE(stats.queued, stats.accepted);
  EXPECT_LE(stats.running, stats.accepted);
  EXPECT_EQ(stats.running, static_cast<uint64_t>(stats.busy));
  EXPECT_LE(stats.queue_size, stats.queue_capacity);
}

void TurnKnobs(ThreadPool* pool) {
  std::mt19937 random(42);
  const auto below = [&](int bound) {
    return static_cast<int>(random() % static_cast<unsigned>(bound));
  };
  for (int i = 0; i < kCalls; ++i) {
    switch (below(4)) {
      case 0:
        EXPECT_TRUE(pool->Grow(below(6)).ok());
        break;
      case 1:
        EXPECT_TRUE(pool->Shrink(below(6)).ok());
        break;
      case 2: {
        const int min_threads = 1 + below(8);
        EXPECT_TRUE(pool->Resize(min_threads, min_threads + below(kGreatestMax - 8)).ok());
        break;
      }
      default: {
        const std::vector<WorkerInfo> workers = pool->Workers();
        if (workers.empty()) break;
        const auto which = static_cast<size_t>(below(static_cast<int>(workers.size())));
        // It may have ended meanwhile; then none is hit.
        pool->Cancel(workers[which].task_id, CancelLevel::kGentle).IgnoreError();
      }
    }
  }
}

void Storm(WorkSource* source, const std::function<void(TaskPtr)>& give) {
  ThreadPoolOptions options;
  options.min_threads = 2;
  options.max_threads = 8;
  options.queue_capacity = 256;
  options.grow_after = absl::Milliseconds(1);
  options.idle_timeout = absl::Milliseconds(1);
  options.stuck_after = absl::Milliseconds(100);
  options.work_source = source;
  auto created = ThreadPool::Create(options);
  ASSERT_TRUE(created.ok());
  ThreadPool* const pool = created->get();
  ASSERT_TRUE(pool->Start().ok());

  std::vector<Marked> tasks(kTasks);
  std::vector<std::thread> threads;
  std::atomic<int> refused{0};
  for (int s = 0; s < kSubmitters; ++s) {
    threads.emplace_back([&, s] {
      for (int i = s; i < kTasks; i += kSubmitters) {
        TaskPtr task(&tasks[static_cast<size_t>(i)]);
        if (give != nullptr && i % 3 == 0) {
          give(std::move(task));
        } else if (i % 2 == 0) {
          if (!pool->Put(std::move(task)).ok()) refused.fetch_add(1);
        } else if (!pool->TryPut(std::move(task)).ok()) {
          refused.fetch_add(1);
        }
      }
    });
  }
  std::atomic<bool> done{false};
  std::thread sampler([&] {
    while (!done.load()) {
      ExpectIdentity(pool->Stats());
      pool->Workers();
      std::this_thread::yield();
    }
  });
  std::thread knobs([&] { TurnKnobs(pool); });
  knobs.join();
  for (std::thread& thread : threads) thread.join();

  // Settled: all have come, also those that the source was given, and what was asked for last holds.
  ASSERT_TRUE(pool->Resize(3, 5).ok());
  EXPECT_TRUE(Eventually([&] {
    const PoolStats stats = pool->Stats();
    return stats.threads >= 3 && stats.threads <= 5 && stats.retiring == 0 &&
           stats.accepted == kTasks && stats.queued == 0 && stats.running == 0;
  }));
  for (int i = 0; i < 100; ++i) {
    const PoolStats stats = pool->Stats();
    EXPECT_GE(stats.threads, 3);
    EXPECT_LE(stats.threads, 5);
  }
  const auto report = pool->Stop(absl::Seconds(30));
  done.store(true);
  sampler.join();
  ASSERT_TRUE(report.ok());
  EXPECT_TRUE(report->abandoned.empty());

  int runs = 0;
  int rejects = 0;
  int wrong = 0;
  for (const Marked& task : tasks) {
    runs += task.runs();
    rejects += task.rejects();
    wrong += task.done_once() ? 0 : 1;
  }
  EXPECT_EQ(wrong, 0) << "lost, run twice, or not released";
  const PoolStats stats = pool->Stats();
  ExpectIdentity(stats);
  EXPECT_EQ(stats.accepted, kTasks);
  EXPECT_EQ(stats.completed + stats.cancelled, runs);
  EXPECT_EQ(stats.rejected() + stats.expired, rejects);
  if (give == nullptr) {
    EXPECT_EQ(rejects, refused.load());
  }
  EXPECT_EQ(stats.threads, 0);
}

TEST(ThreadPoolStormTest, NoTaskIsLostOrRunTwiceAndEverySnapshotAddsUp) { Storm(nullptr, nullptr); }

TEST(ThreadPoolStormTest, NoTaskIsLostOrRunTwiceWithASource) {
  FakeWorkSource source;
  Storm(&source, [&](TaskPtr task) { source.Give(std::move(task)); });
  EXPECT_FALSE(source.overlapped());
}

}  // namespace
}  // namespace robusto
