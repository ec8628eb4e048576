// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "robusto/http/connection/exchange.h"

namespace robusto {
namespace {

class ExchangePoolTest : public ::testing::Test {
 protected:
  std::vector<std::unique_ptr<Exchange>> Take(size_t count) {
    std::vector<std::unique_ptr<Exchange>> taken;
    while (taken.size() < count) taken.push_back(pool_.Acquire());
    return taken;
  }
  void GiveBack(std::vector<std::unique_ptr<Exchange>> taken) {
    for (auto& exchange : taken) pool_.Release(std::move(exchange));
  }

  ExchangePool pool_{ParserLimits(), ChunkedLimits()};
};

TEST_F(ExchangePoolTest, CountsThoseThatAreInUse) {
  EXPECT_EQ(pool_.in_use(), 0u);
  auto taken = Take(3);
  EXPECT_EQ(pool_.in_use(), 3u);
  pool_.Release(std::move(taken.back()));
  taken.pop_back();
  EXPECT_EQ(pool_.in_use(), 2u);
  GiveBack(std::move(taken));
  EXPECT_EQ(pool_.in_use(), 0u);
}

TEST_F(ExchangePoolTest, CountsThemAlsoBeyondWhatIsKept) {
  for (int round = 0; round < 2; ++round) {
    auto taken = Take(1000);
    EXPECT_EQ(pool_.in_use(), 1000u);
    GiveBack(std::move(taken));
    EXPECT_EQ(pool_.in_use(), 0u);
  }
}

TEST_F(ExchangePoolTest, GivesOutWhatWasGivenBack) {
  std::set<const Exchange*> first;
  auto taken = Take(10);
  for (const auto& exchange : taken) first.insert(exchange.get());
  GiveBack(std::move(taken));
  for (const auto& exchange : taken = Take(10)) EXPECT_EQ(first.count(exchange.get()), 1u);
}

}  // namespace
}  // namespace robusto
