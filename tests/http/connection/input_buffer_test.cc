// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/connection/input_buffer.h"

#include <cstring>
#include <random>
#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

void Append(InputBuffer& buffer, absl::string_view text) {
  buffer.Reserve(buffer.size() + text.size());
  ASSERT_GE(buffer.room_size(), text.size());
  if (!text.empty()) std::memcpy(buffer.room(), text.data(), text.size());
  buffer.Commit(text.size());
}

TEST(InputBufferTest, IsEmptyAndHasNoRoomAtFirst) {
  InputBuffer buffer;
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.view(), "");
  EXPECT_EQ(buffer.room_size(), 0u);
  buffer.Reserve(0);
  buffer.Consume(0);
  buffer.Shrink(0);
  EXPECT_TRUE(buffer.empty());
}

TEST(InputBufferTest, HoldsWhatWasCommittedInOrder) {
  InputBuffer buffer;
  Append(buffer, "GET ");
  Append(buffer, "/");
  EXPECT_EQ(buffer.view(), "GET /");
  EXPECT_EQ(buffer.size(), 5u);
}

TEST(InputBufferTest, ConsumeTakesFromTheFrontAndMovesNothing) {
  InputBuffer buffer;
  Append(buffer, "firstsecond");
  const char* const second = buffer.data() + 5;
  buffer.Consume(5);
  EXPECT_EQ(buffer.view(), "second");
  EXPECT_EQ(buffer.data(), second);
}

TEST(InputBufferTest, ConsumedToTheEndTheWholeRoomIsThereAgain) {
  InputBuffer buffer;
  buffer.Reserve(16);
  Append(buffer, "0123456789abcdef");
  EXPECT_EQ(buffer.room_size(), 0u);
  buffer.Consume(16);
  EXPECT_EQ(buffer.room_size(), 16u);
}

TEST(InputBufferTest, ReserveUsesTheRoomInFrontBeforeItAllocates) {
  InputBuffer buffer;
  buffer.Reserve(8);
  const char* const block = buffer.data();
  Append(buffer, "abcdefgh");
  buffer.Consume(6);
  buffer.Reserve(8);
  EXPECT_EQ(buffer.data(), block);
  EXPECT_EQ(buffer.view(), "gh");
  EXPECT_EQ(buffer.room_size(), 6u);
}

TEST(InputBufferTest, ReserveKeepsTheBytesWhenItAllocates) {
  InputBuffer buffer;
  Append(buffer, "xxkept");
  buffer.Consume(2);
  buffer.Reserve(1000);
  EXPECT_EQ(buffer.view(), "kept");
  EXPECT_GE(buffer.room_size(), 996u);
}

TEST(InputBufferTest, EraseCutsOutOfTheMiddle) {
  const struct {
    size_t offset;
    size_t bytes;
    const char* left;
  } rows[] = {
      {4, 5, "headnext"}, {0, 4, "CHUNKnext"}, {9, 4, "headCHUNK"}, {13, 0, "headCHUNKnext"}};
  for (const auto& row : rows) {
    InputBuffer buffer;
    Append(buffer, "__headCHUNKnext");
    buffer.Consume(2);
    buffer.Erase(row.offset, row.bytes);
    EXPECT_EQ(buffer.view(), row.left);
  }
}

TEST(InputBufferTest, ShrinkEmptiesItAndKeepsOnlyASmallBlock) {
  InputBuffer buffer;
  buffer.Reserve(100);
  Append(buffer, "bytes");
  buffer.Shrink(100);
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.room_size(), 100u);
  Append(buffer, "bytes");
  buffer.Shrink(99);
  EXPECT_TRUE(buffer.empty());
  EXPECT_EQ(buffer.room_size(), 0u);
}

TEST(InputBufferTest, AgreesWithAString) {
  std::mt19937 random(7);
  InputBuffer buffer;
  std::string model;
  for (int step = 0; step < 20'000; ++step) {
    const size_t n = random() % 50;
    switch (random() % 4) {
      case 0:
      case 1: {
        const std::string text(n, static_cast<char>('a' + step % 26));
        Append(buffer, text);
        model += text;
        break;
      }
      case 2:
        buffer.Consume(std::min(n, model.size()));
        model.erase(0, std::min(n, model.size()));
        break;
      case 3: {
        const size_t offset = model.empty() ? 0 : random() % model.size();
        const size_t count = std::min(n, model.size() - offset);
        buffer.Erase(offset, count);
        model.erase(offset, count);
        break;
      }
    }
    ASSERT_EQ(buffer.view(), model) << step;
  }
}

}  // namespace
}  // namespace robusto
