// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ThreadPool beside its peers, Boost.Asio's thread_pool and oneTBB's task_arena. What
// docs/performance.md quotes comes from
//
//   bazel run //tests/benchmarks:thread_pool_benchmark
//
// The rounds of all pools are interleaved, so that whatever else the machine does falls on all of
// them alike, and every figure is the median of the rounds. Wall time tells little on a machine
// that others share: beside it stand the processor time of all threads (spinning and the kernel's
// part included) and the switches of threads, which say what a task costs wherever it runs.
//
// ThreadPool's queue holds 1024 tasks, and Put waits for room. The peers have no bound: "Asio" and
// "TBB" are held to 1024 waiting tasks by a POSIX semaphore, the cheapest that C++17 on Linux has to
// offer; "Asio, no limit" and "TBB, no limit" let everything pile up.

#include <semaphore.h>
#include <sys/resource.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "robusto/workers/dispatcher.h"
#include "robusto/workers/task.h"
#include "robusto/workers/thread_pool.h"

ABSL_FLAG(int, rounds, 7, "rounds of every measurement; their median is shown");
ABSL_FLAG(std::string, only, "latency,saturated,nested", "which measurements, by commas");
ABSL_FLAG(std::string, workers, "1,2,4,16", "how many workers, by commas");
ABSL_FLAG(std::string, pools, "", "only pools whose name has this in it");
ABSL_FLAG(int, tasks, 500'000, "tasks in a round of saturated and nested");
ABSL_FLAG(int, samples, 1000, "tasks in a round of latency");

namespace robusto {
namespace {

constexpr int kInFlight = 1024;
// Tasks of `nested` that are alive at once: each submits its successor.
constexpr int kChains = 64;

class Robusto {
 public:
  explicit Robusto(int workers) {
    ThreadPoolOptions options;
    options.min_threads = workers;
    options.queue_capacity = kInFlight;
    options.queue_timeout = absl::InfiniteDuration();
    pool_ = std::move(ThreadPool::Create(std::move(options)).value());
    pool_->Start().IgnoreError();
  }
  template <typename F>
  void Submit(F f) {
    pool_->Put(MakeTask(std::move(f))).IgnoreError();
  }
  template <typename F>
  void SubmitFromTask(F f) {
    pool_->TryPut(MakeTask(std::move(f))).IgnoreError();
  }

 private:
  std::unique_ptr<ThreadPool> pool_;
};

class Asio {
 public:
  explicit Asio(int workers) : pool_(static_cast<size_t>(workers)) {}
  ~Asio() { pool_.join(); }
  template <typename F>
  void Submit(F f) {
    boost::asio::post(pool_, std::move(f));
  }
  template <typename F>
  void SubmitFromTask(F f) {
    Submit(std::move(f));
  }

 private:
  boost::asio::thread_pool pool_;
};

class Tbb {
 public:
  // One of the threads that it allows is the caller's, which never works here.
  explicit Tbb(int workers)
      : threads_(tbb::global_control::max_allowed_parallelism, static_cast<size_t>(workers) + 1),
        arena_(workers, 0) {
    arena_.initialize();
  }
  template <typename F>
  void Submit(F f) {
    arena_.enqueue(std::move(f));
  }
  template <typename F>
  void SubmitFromTask(F f) {
    Submit(std::move(f));
  }

 private:
  tbb::global_control threads_;
  tbb::task_arena arena_;
};

// Holds a pool without a bound to kInFlight tasks that wait, as ThreadPool's queue does.
template <typename Pool>
class Limited {
 public:
  explicit Limited(int workers) : pool_(workers) {}
  template <typename F>
  void Submit(F f) {
    while (sem_wait(&room_.semaphore) != 0) {
    }
    Pass(std::move(f));
  }
  // As ThreadPool::TryPut does: a worker does not wait for the room that it has to make.
  template <typename F>
  void SubmitFromTask(F f) {
    if (sem_trywait(&room_.semaphore) == 0) Pass(std::move(f));
  }

 private:
  struct Room {
    Room() { sem_init(&semaphore, 0, kInFlight); }
    ~Room() { sem_destroy(&semaphore); }
    sem_t semaphore;
  };

  template <typename F>
  void Pass(F f) {
    pool_.Submit([this, f = std::move(f)] {
      sem_post(&room_.semaphore);
      f();
    });
  }

  Room room_;  // outlives the pool's threads, which post to it
  Pool pool_;
};

// --- What is measured ---

struct Usage {
  double wall_ns;
  double cpu_ns;
  double switches;

  static Usage Now() {
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    const auto ns = [](const timeval& t) { return t.tv_sec * 1e9 + t.tv_usec * 1e3; };
    return {static_cast<double>(MonotonicNanos()), ns(usage.ru_utime) + ns(usage.ru_stime),
            static_cast<double>(usage.ru_nvcsw + usage.ru_nivcsw)};
  }
};

// The figures of one round: of all rounds the median of each is shown.
using Figures = std::vector<double>;

Figures PerTask(const Usage& before, const Usage& after, double tasks) {
  return {tasks / (after.wall_ns - before.wall_ns) * 1e3, (after.cpu_ns - before.cpu_ns) / tasks,
          (after.switches - before.switches) / tasks * 1e3};
}

double Percentile(std::vector<double>& values, double percent) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(static_cast<double>(values.size() - 1) * percent / 100)];
}

// From the call of Submit to the first line of the task, in a pool that has had nothing to do for
// `pause`.
template <typename Pool>
Figures Latency(int workers, absl::Duration pause) {
  Pool pool(workers);
  std::vector<double> latencies;
  std::atomic<int64_t> started{0};
  const Usage before = Usage::Now();
  const int samples = absl::GetFlag(FLAGS_samples);
  for (int i = 0; i < samples; ++i) {
    absl::SleepFor(pause);
    started.store(0);
    const int64_t begin = MonotonicNanos();
    pool.Submit([&started] { started.store(MonotonicNanos()); });
    do {
      absl::SleepFor(absl::Microseconds(20));
    } while (started.load() == 0);
    latencies.push_back(static_cast<double>(started.load() - begin) / 1e3);
  }
  const Usage after = Usage::Now();
  return {Percentile(latencies, 50), Percentile(latencies, 99),
          (after.cpu_ns - before.cpu_ns) / samples / 1e3};
}

// Counts the tasks that have run, and tells when the last one has.
class Countdown {
 public:
  explicit Countdown(int64_t tasks) : left_(tasks) {}
  void Ran() {
    if (left_.fetch_sub(1, std::memory_order_acq_rel) == 1) done_.Notify();
  }
  int64_t left() const { return left_.load(std::memory_order_relaxed); }
  void Await() { done_.WaitForNotification(); }

 private:
  std::atomic<int64_t> left_;
  absl::Notification done_;
};

// Tiny tasks, as fast as `submitters` threads outside the pool can submit them.
template <typename Pool>
Figures Saturated(int workers, int submitters) {
  Pool pool(workers);
  const int each = absl::GetFlag(FLAGS_tasks) / submitters;
  Countdown countdown(int64_t{each} * submitters);
  std::vector<std::thread> threads;
  const Usage before = Usage::Now();
  for (int i = 0; i < submitters; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < each; ++k) pool.Submit([&countdown] { countdown.Ran(); });
    });
  }
  countdown.Await();
  const Usage after = Usage::Now();
  for (std::thread& thread : threads) thread.join();
  return PerTask(before, after, each * submitters);
}

template <typename Pool>
struct Link {
  Pool* pool;
  Countdown* countdown;
  int left;

  void operator()() const {
    if (left > 1) pool->SubmitFromTask(Link{pool, countdown, left - 1});
    countdown->Ran();
  }
};

// Tiny tasks, submitted from inside by tasks: kChains of them at a time, each the next one's maker.
template <typename Pool>
Figures Nested(int workers) {
  Pool pool(workers);
  const int length = absl::GetFlag(FLAGS_tasks) / kChains;
  Countdown countdown(int64_t{length} * kChains);
  const Usage before = Usage::Now();
  for (int i = 0; i < kChains; ++i) pool.Submit(Link<Pool>{&pool, &countdown, length});
  countdown.Await();
  const Usage after = Usage::Now();
  return PerTask(before, after, length * kChains);
}

// --- Running and showing ---

struct Contender {
  std::string name;
  std::function<Figures()> round;
};

void Compare(const std::string& label, std::vector<Contender> contenders) {
  std::vector<std::vector<Figures>> rounds(contenders.size());
  for (int round = 0; round < absl::GetFlag(FLAGS_rounds); ++round) {
    for (size_t i = 0; i < contenders.size(); ++i) {
      if (contenders[i].name.find(absl::GetFlag(FLAGS_pools)) == std::string::npos) continue;
      rounds[i].push_back(contenders[i].round());
    }
  }
  for (size_t i = 0; i < contenders.size(); ++i) {
    if (rounds[i].empty()) continue;
    std::printf("| %s | %-14s |", label.c_str(), contenders[i].name.c_str());
    for (size_t figure = 0; figure < rounds[i].front().size(); ++figure) {
      std::vector<double> values;
      for (const Figures& figures : rounds[i]) values.push_back(figures[figure]);
      std::printf(" %8.2f |", Percentile(values, 50));
    }
    std::printf("\n");
  }
  std::fflush(stdout);
}

void CompareAll() {
  std::vector<int> worker_counts;
  for (absl::string_view count : absl::StrSplit(absl::GetFlag(FLAGS_workers), ',')) {
    worker_counts.push_back(std::stoi(std::string(count)));
  }
  const auto wanted = [](absl::string_view name) {
    for (absl::string_view only : absl::StrSplit(absl::GetFlag(FLAGS_only), ',')) {
      if (only == name) return true;
    }
    return false;
  };

  if (wanted("latency")) {
    std::printf("\n| workers | pause | pool | p50 us | p99 us | CPU us/task |\n");
    std::printf("|---|---|---|---|---|---|\n");
    for (int workers : worker_counts) {
      for (absl::Duration pause : {absl::Microseconds(50), absl::Milliseconds(1)}) {
        Compare(absl::StrCat(workers, " | ", absl::FormatDuration(pause)),
                {{"Robusto", [=] { return Latency<Robusto>(workers, pause); }},
                 {"Asio", [=] { return Latency<Asio>(workers, pause); }},
                 {"TBB", [=] { return Latency<Tbb>(workers, pause); }}});
      }
    }
  }
  if (wanted("saturated")) {
    std::printf("\n| workers | submitters | pool | M tasks/s | CPU ns/task | switches/1000 |\n");
    std::printf("|---|---|---|---|---|---|\n");
    for (int workers : worker_counts) {
      for (int submitters : {1, 4}) {
        Compare(absl::StrCat(workers, " | ", submitters),
                {{"Robusto", [=] { return Saturated<Robusto>(workers, submitters); }},
                 {"Asio", [=] { return Saturated<Limited<Asio>>(workers, submitters); }},
                 {"TBB", [=] { return Saturated<Limited<Tbb>>(workers, submitters); }},
                 {"Asio, no limit", [=] { return Saturated<Asio>(workers, submitters); }},
                 {"TBB, no limit", [=] { return Saturated<Tbb>(workers, submitters); }}});
      }
    }
  }
  if (wanted("nested")) {
    std::printf("\n| workers | pool | M tasks/s | CPU ns/task | switches/1000 |\n");
    std::printf("|---|---|---|---|---|\n");
    for (int workers : worker_counts) {
      Compare(absl::StrCat(workers), {{"Robusto", [=] { return Nested<Robusto>(workers); }},
                                      {"Asio", [=] { return Nested<Limited<Asio>>(workers); }},
                                      {"TBB", [=] { return Nested<Limited<Tbb>>(workers); }},
                                      {"Asio, no limit", [=] { return Nested<Asio>(workers); }},
                                      {"TBB, no limit", [=] { return Nested<Tbb>(workers); }}});
    }
  }
}

}  // namespace
}  // namespace robusto

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  robusto::CompareAll();
  return 0;
}
