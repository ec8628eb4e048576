// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// An idle pool makes no wake-ups: the kernel counts each time that a thread of the pool gives its
// processor up, and it can only do so again after it has been woken. That nothing happens in a
// while can only be seen by letting a while pass, so this test does pause. The normal pause is
// longer than every period in the pool; thread_pool_idle_long_test pauses for ten seconds.

#include <dirent.h>

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"
#include "tests/testing/fake_tasks.h"

#ifndef ROBUSTO_IDLE_PAUSE_SECONDS
#define ROBUSTO_IDLE_PAUSE_SECONDS 1
#endif

namespace robusto {
namespace {

// Times that each thread of the pool named "idle" has given up its processor, by thread id.
std::map<std::string, int64_t> Switches() {
  std::map<std::string, int64_t> switches;
  DIR* const tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return switches;
  while (const dirent* const entry = readdir(tasks)) {
    std::ifstream status(std::string("/proc/self/task/") + entry->d_name + "/status");
    std::string line;
    bool of_pool = false;
    while (std::getline(status, line)) {
      if (absl::StartsWith(line, "Name:\tidle-")) of_pool = true;
      if (!of_pool || !absl::StartsWith(line, "voluntary_ctxt_switches:")) continue;
      int64_t count = -1;
      EXPECT_TRUE(absl::SimpleAtoi(line.substr(line.find('\t') + 1), &count)) << line;
      switches[entry->d_name] = count;
    }
  }
  closedir(tasks);
  return switches;
}

void ExpectNoWakeUps(WorkSource* source) {
  ThreadPoolOptions options;
  options.name = "idle";
  options.min_threads = 4;
  options.max_threads = 8;
  options.grow_after = absl::InfiniteDuration();  // so that the threads can be counted
  options.queue_ttl = absl::Seconds(5);
  options.stuck_after = absl::Seconds(1);
  options.work_source = source;
  auto pool = ThreadPool::Create(options);
  ASSERT_TRUE(pool.ok());
  ASSERT_TRUE((*pool)->Start().ok());
  // It has worked before, so that whatever work sets in motion has to come to rest, too.
  TaskRecord record;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE((*pool)->Put(FakeTask::New(&record)).ok());
  }
  ASSERT_TRUE(Eventually([&] { return record.finished() == 100; }));
  // At rest once nothing was counted for longer than the supervisor watches after the last task.
  std::map<std::string, int64_t> before;
  ASSERT_TRUE(Eventually([&] {
    before = Switches();
    absl::SleepFor(absl::Milliseconds(300));
    return Switches() == before;
  }));
  EXPECT_EQ(before.size(), 5) << "four workers and the supervisor";
  absl::SleepFor(absl::Seconds(ROBUSTO_IDLE_PAUSE_SECONDS));
  EXPECT_EQ(Switches(), before);
  // And it is not dead.
  ASSERT_TRUE((*pool)->Put(FakeTask::New(&record)).ok());
  EXPECT_TRUE(Eventually([&] { return record.finished() == 101; }));
}

TEST(ThreadPoolIdleTest, AnIdlePoolMakesNoWakeUps) { ExpectNoWakeUps(nullptr); }

TEST(ThreadPoolIdleTest, AnIdlePoolWithASourceMakesNoWakeUps) {
  FakeWorkSource source;
  ExpectNoWakeUps(&source);
}

}  // namespace
}  // namespace robusto
