// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/metrics/metrics.h"

#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "robusto/workers/thread_pool.h"
#include "tests/admin/metrics/prometheus_text.h"
#include "tests/testing/fake_tasks.h"

namespace robusto {
namespace {

std::unique_ptr<ThreadPool> StartedPool(int threads, size_t queue_capacity = 1024) {
  ThreadPoolOptions options;
  options.min_threads = threads;
  options.queue_capacity = queue_capacity;
  auto pool = ThreadPool::Create(options);
  EXPECT_TRUE((*pool)->Start().ok());
  return *std::move(pool);
}

std::string Scrape(const ThreadPool& pool) {
  const PoolMetrics metrics(&pool);
  return MetricsText({&metrics});
}

double Outcomes(const PrometheusText& text) {
  double sum = 0;
  for (const auto& [sample, value] : text.samples()) {
    if (absl::StartsWith(sample, "robusto_tasks_total{")) sum += value;
  }
  return sum;
}

TEST(MetricsTest, NamesFollowTheConventions) {
  auto pool = StartedPool(2);
  const PrometheusText text(Scrape(*pool));
  EXPECT_GE(text.types().size(), 19u);
  for (const auto& [name, type] : text.types()) {
    EXPECT_TRUE(absl::StartsWith(name, "robusto_")) << name;
    EXPECT_EQ(absl::EndsWith(name, "_total"), type == "counter") << name;
    EXPECT_TRUE(type != "histogram" || absl::EndsWith(name, "_seconds")) << name;
  }
}

TEST(MetricsTest, TellsThePoolAndItsQueue) {
  auto pool = StartedPool(3, /*queue_capacity=*/10);
  Blocker blocker;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(pool->Put(blocker.NewTask()).ok());
  ASSERT_TRUE(blocker.AwaitBusy(3));
  const PoolMetrics metrics(pool.get());
  ASSERT_TRUE(Eventually([&] { return pool->Stats().busy == 3; }));
  const PrometheusText text(MetricsText({&metrics}));
  EXPECT_EQ(text["robusto_pool_threads"], 3);
  EXPECT_EQ(text["robusto_pool_threads_busy"], 3);
  EXPECT_EQ(text["robusto_pool_threads_idle"], 0);
  EXPECT_EQ(text["robusto_pool_threads_min"], 3);
  EXPECT_TRUE(std::isinf(text["robusto_pool_threads_max"]));
  EXPECT_EQ(text["robusto_pool_queue_size"], 2);
  EXPECT_EQ(text["robusto_pool_queue_capacity"], 10);
  EXPECT_EQ(text["robusto_tasks_accepted_total"], 5);
  EXPECT_EQ(text["robusto_pool_state{state=\"running\"}"], 1);
  EXPECT_EQ(text["robusto_pool_state{state=\"draining\"}"], 0);
  ASSERT_TRUE(pool->Drain().ok());
  const PrometheusText draining(MetricsText({&metrics}));
  EXPECT_EQ(draining["robusto_pool_state{state=\"running\"}"], 0);
  EXPECT_EQ(draining["robusto_pool_state{state=\"draining\"}"], 1);
  blocker.Free();
}

TEST(MetricsTest, CountsEachOutcomeUnderItsName) {
  auto pool = StartedPool(1, /*queue_capacity=*/1);
  Blocker blocker;
  ASSERT_TRUE(pool->Put(blocker.NewTask()).ok());
  ASSERT_TRUE(blocker.AwaitBusy(1));
  ASSERT_TRUE(pool->TryPut(MakeTask([] { throw 1; })).ok());
  EXPECT_FALSE(pool->TryPut(MakeTask([] {})).ok());
  blocker.Free();
  ASSERT_TRUE(Eventually([&] { return pool->Stats().failed == 1; }));
  const PrometheusText text(Scrape(*pool));
  EXPECT_EQ(text["robusto_tasks_total{outcome=\"completed\"}"], 1);
  EXPECT_EQ(text["robusto_tasks_total{outcome=\"failed\"}"], 1);
  EXPECT_EQ(text["robusto_tasks_total{outcome=\"rejected_queue_full\"}"], 1);
  EXPECT_EQ(text["robusto_tasks_total{outcome=\"expired\"}"], 0);
  EXPECT_EQ(text["robusto_queue_wait_seconds_count"], 2);
  EXPECT_EQ(text["robusto_service_seconds_count"], 2);
}

TEST(MetricsTest, IdentityHoldsAndCountersNeverFallInEveryScrapeUnderLoad) {
  auto pool = StartedPool(2, /*queue_capacity=*/16);
  const PoolMetrics metrics(pool.get());
  std::vector<std::thread> producers;
  std::atomic<bool> ended{false};
  for (int i = 0; i < 2; ++i) {
    producers.emplace_back([&] {
      while (!ended.load()) {
        pool->TryPut(MakeTask([] {})).IgnoreError();
        pool->TryPut(MakeTask([] { throw 1; })).IgnoreError();
      }
    });
  }
  std::map<std::string, double> before;
  for (int i = 0; i < 200; ++i) {
    // The pool replaces its workers meanwhile: what the gone ones did must stay.
    const absl::Status resized = i % 20 < 10 ? pool->Resize(1, 2) : pool->Resize(6, 8);
    EXPECT_TRUE(resized.ok()) << resized;
    const PrometheusText text(MetricsText({&metrics}));
    EXPECT_EQ(text["robusto_tasks_accepted_total"],
              Outcomes(text) + text["robusto_tasks_queued"] + text["robusto_tasks_running"]);
    for (const auto& [sample, value] : text.samples()) {
      if (text.types().at(text.FamilyOf(sample)) == "gauge") continue;
      const auto it = before.find(sample);
      EXPECT_TRUE(it == before.end() || value >= it->second) << sample;
    }
    before = text.samples();
  }
  ended.store(true);
  for (std::thread& producer : producers) producer.join();
  EXPECT_GT(before["robusto_tasks_total{outcome=\"completed\"}"], 0);
}

}  // namespace
}  // namespace robusto
