// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// BoundedQueue beside its peers: capacity 1024, 8-byte items, blocking pushes and pops, by 1, 2, 4
// and 8 producers and as many consumers. What docs/adr/0001-bounded-queue.md quotes comes from
//
//   bazel run //tests/benchmarks:bounded_queue_benchmark
//
// The runs of all queues are shuffled into each other, so that whatever else the machine does falls
// on all of them alike; read the medians. `items_per_second` is by the clock on the wall, and
// `cpu_ns_per_item` the processor time of all threads, spinning and the kernel's part included.
// moodycamel's queue has no bound: its producers never wait, and it grows instead.

#include <concurrentqueue/blockingconcurrentqueue.h>
#include <sys/resource.h>
#include <tbb/concurrent_queue.h>

#include <atomic>
#include <boost/thread/concurrent_queues/sync_bounded_queue.hpp>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "benchmark/benchmark.h"
#include "robusto/queue/bounded_queue.h"

namespace robusto {
namespace {

constexpr size_t kCapacity = 1024;
constexpr int64_t kItems = 1 << 20;
constexpr int kRepetitions = 9;

class Robusto {
 public:
  void Push(uint64_t item) { queue_.Push(std::move(item), absl::InfiniteDuration()); }
  void Pop(uint64_t& item) { queue_.Pop(item, absl::InfiniteDuration()); }

 private:
  BoundedQueue<uint64_t> queue_{kCapacity};
};

class Boost {
 public:
  void Push(uint64_t item) { queue_.push_back(item); }
  void Pop(uint64_t& item) { queue_.pull_front(item); }

 private:
  boost::sync_bounded_queue<uint64_t> queue_{kCapacity};
};

class Moodycamel {
 public:
  void Push(uint64_t item) { queue_.enqueue(item); }
  void Pop(uint64_t& item) { queue_.wait_dequeue(item); }

 private:
  moodycamel::BlockingConcurrentQueue<uint64_t> queue_{kCapacity};
};

class Tbb {
 public:
  Tbb() { queue_.set_capacity(kCapacity); }
  void Push(uint64_t item) { queue_.push(item); }
  void Pop(uint64_t& item) { queue_.pop(item); }

 private:
  tbb::concurrent_bounded_queue<uint64_t> queue_;
};

class MutexAndTwoConditionVariables {
 public:
  void Push(uint64_t item) {
    {
      std::unique_lock<std::mutex> lock(mu_);
      not_full_.wait(lock, [this] { return size_ < kCapacity; });
      places_[(oldest_ + size_++) % kCapacity] = item;
    }
    not_empty_.notify_one();
  }
  void Pop(uint64_t& item) {
    {
      std::unique_lock<std::mutex> lock(mu_);
      not_empty_.wait(lock, [this] { return size_ > 0; });
      item = places_[oldest_];
      oldest_ = (oldest_ + 1) % kCapacity;
      --size_;
    }
    not_full_.notify_one();
  }

 private:
  std::mutex mu_;
  std::condition_variable not_empty_, not_full_;
  std::vector<uint64_t> places_ = std::vector<uint64_t>(kCapacity);
  size_t oldest_ = 0, size_ = 0;
};

double ProcessCpuNanoseconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto nanoseconds = [](const timeval& time) {
    return time.tv_sec * 1e9 + time.tv_usec * 1e3;
  };
  return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}

template <typename Queue>
void Transfer(benchmark::State& state) {
  const int pairs = static_cast<int>(state.range(0));
  const int64_t per_thread = kItems / pairs;
  double cpu = 0;
  for (auto _ : state) {
    const double cpu_before = ProcessCpuNanoseconds();
    Queue queue;
    std::atomic<uint64_t> sum{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < pairs; ++i) {
      threads.emplace_back([&] {
        uint64_t item = 0, seen = 0;
        for (int64_t k = 0; k < per_thread; ++k) {
          queue.Pop(item);
          seen += item;
        }
        sum += seen;
      });
      threads.emplace_back([&] {
        for (int64_t k = 0; k < per_thread; ++k) queue.Push(static_cast<uint64_t>(k));
      });
    }
    for (std::thread& thread : threads) thread.join();
    cpu += ProcessCpuNanoseconds() - cpu_before;
    if (sum != static_cast<uint64_t>(pairs * (per_thread * (per_thread - 1) / 2))) {
      state.SkipWithError("items were lost or doubled");
    }
  }
  const double items = static_cast<double>(state.iterations() * per_thread * pairs);
  state.counters["cpu_ns_per_item"] = cpu / items;
  state.SetItemsProcessed(static_cast<int64_t>(items));
}

// The hot path of a pool: nobody waits, nobody else is there.
void UncontendedTryPushAndTryPop(benchmark::State& state) {
  BoundedQueue<uint64_t> queue(kCapacity);
  uint64_t item = 0;
  for (auto _ : state) {
    queue.TryPush(std::move(item));
    queue.TryPop(item);
  }
  benchmark::DoNotOptimize(item);
}

void TryPopOfAnEmptyQueue(benchmark::State& state) {
  BoundedQueue<uint64_t> queue(kCapacity);
  uint64_t item = 0;
  for (auto _ : state) benchmark::DoNotOptimize(queue.TryPop(item));
}

template <typename Queue>
void Register(const char* name) {
  benchmark::RegisterBenchmark(name, Transfer<Queue>)
      ->ArgName("pairs")
      ->RangeMultiplier(2)
      ->Range(1, 8)
      ->Iterations(1)
      ->Repetitions(kRepetitions)
      ->UseRealTime()
      ->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace robusto

int main(int argc, char** argv) {
  // Defaults, which the command line may overrule.
  std::vector<std::string> defaults = {"--benchmark_enable_random_interleaving=true",
                                       "--benchmark_display_aggregates_only=true",
                                       "--benchmark_counters_tabular=true"};
  std::vector<char*> arguments = {argv[0]};
  for (std::string& flag : defaults) arguments.push_back(&flag[0]);
  arguments.insert(arguments.end(), argv + 1, argv + argc);
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;

  robusto::Register<robusto::Robusto>("Robusto");
  robusto::Register<robusto::Boost>("Boost");
  robusto::Register<robusto::Moodycamel>("Moodycamel");
  robusto::Register<robusto::Tbb>("Tbb");
  robusto::Register<robusto::MutexAndTwoConditionVariables>("MutexAndTwoConditionVariables");
  benchmark::RegisterBenchmark("UncontendedTryPushAndTryPop", robusto::UncontendedTryPushAndTryPop);
  benchmark::RegisterBenchmark("TryPopOfAnEmptyQueue", robusto::TryPopOfAnEmptyQueue);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
