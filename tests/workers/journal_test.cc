// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/journal.h"

#include <cstdint>
#include <limits>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

PoolEvent Numbered(int number) {
  PoolEvent event;
  event.kind = PoolEvent::Kind::kGrow;
  event.count = number;
  return event;
}

void AppendMany(Journal* journal, int count) {
  for (int i = 1; i <= count; ++i) journal->Append(Numbered(i));
}

TEST(JournalTest, AnEmptyOneHasNothingToRead) {
  const Journal journal;
  EXPECT_EQ(journal.newest(), 0);
  EXPECT_TRUE(journal.Read(0, 10).empty());
  EXPECT_TRUE(journal.Read(1, 10).empty());
}

TEST(JournalTest, EventsAreNumberedFromOneAndDated) {
  Journal journal;
  AppendMany(&journal, 3);
  EXPECT_EQ(journal.newest(), 3);
  const std::vector<PoolEvent> events = journal.Read(0, 10);
  ASSERT_EQ(events.size(), 3);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(events[i].sequence, i + 1);
    EXPECT_EQ(events[i].count, static_cast<int>(i) + 1);
    EXPECT_GT(events[i].at, absl::UnixEpoch());
  }
}

TEST(JournalTest, ReadBeginsAtItsNumberAndGivesNoMoreThanAsked) {
  Journal journal;
  AppendMany(&journal, 5);
  EXPECT_EQ(journal.Read(0, 0).size(), 0);
  EXPECT_EQ(journal.Read(1, 10).size(), 5);
  const std::vector<PoolEvent> events = journal.Read(3, 2);
  ASSERT_EQ(events.size(), 2);
  EXPECT_EQ(events[0].sequence, 3);
  EXPECT_EQ(events[1].sequence, 4);
  EXPECT_TRUE(journal.Read(6, 10).empty());
  EXPECT_TRUE(journal.Read(std::numeric_limits<uint64_t>::max(), 10).empty());
}

TEST(JournalTest, TheNewestAreKeptAndTheNumbersShowWhatIsMissing) {
  Journal journal;
  const int count = static_cast<int>(Journal::kCapacity) + 10;
  AppendMany(&journal, count);
  EXPECT_EQ(journal.newest(), count);
  const std::vector<PoolEvent> events = journal.Read(5, 10000);
  ASSERT_EQ(events.size(), Journal::kCapacity);
  EXPECT_EQ(events.front().sequence, 11) << "5 to 10 are gone";
  EXPECT_EQ(events.back().sequence, count);
}

TEST(JournalTest, AwaitReturnsWhenTheEventComes) {
  Journal journal;
  EXPECT_TRUE(journal.Await(0, absl::ZeroDuration()));
  EXPECT_FALSE(journal.Await(1, absl::ZeroDuration()));
  EXPECT_FALSE(journal.Await(1, absl::Milliseconds(1)));
  std::thread writer([&] { AppendMany(&journal, 2); });
  EXPECT_TRUE(journal.Await(2, absl::InfiniteDuration()));
  EXPECT_TRUE(journal.Await(1, absl::ZeroDuration()));
  writer.join();
}

TEST(JournalTest, EveryKindHasAName) {
  for (int kind = 0; kind <= static_cast<int>(PoolEvent::Kind::kConfirm); ++kind) {
    EXPECT_NE(PoolEventKindName(static_cast<PoolEvent::Kind>(kind)), "unknown") << kind;
  }
}

}  // namespace
}  // namespace robusto
