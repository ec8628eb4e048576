// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/command_line/byte_size.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(ByteSizeTest, UnitsArePowersOf1024) {
  const struct {
    const char* text;
    int64_t bytes;
    const char* shown;
  } kRows[] = {{"0", 0, "0"},
               {"1", 1, "1"},
               {"1000", 1000, "1000"},
               {"1024", 1024, "1K"},
               {"64K", 65536, "64K"},
               {"64k", 65536, "64K"},
               {"64KB", 65536, "64K"},
               {"64KiB", 65536, "64K"},
               {"1M", 1048576, "1M"},
               {"1536K", 1572864, "1536K"},
               {"2G", 2147483648, "2G"},
               {"-1", -1, "-1"},
               {"8589934591G", 8589934591 << 30, "8589934591G"}};
  for (const auto& row : kRows) {
    ByteSize size;
    std::string error;
    ASSERT_TRUE(AbslParseFlag(row.text, &size, &error)) << row.text << ": " << error;
    EXPECT_EQ(size.bytes, row.bytes) << row.text;
    EXPECT_EQ(AbslUnparseFlag(size), row.shown);
  }
}

TEST(ByteSizeTest, WhatIsNotASizeIsRefused) {
  for (const char* text : {"", "K", "1 K", "1T", "1.5M", "0x10", "--1", "1-", "64KBB", "+1",
                           "9223372036854775808", "8589934592G", "99999999999999999999"}) {
    ByteSize size{7};
    std::string error;
    EXPECT_FALSE(AbslParseFlag(text, &size, &error)) << text;
    EXPECT_EQ(error, "expected a number of bytes, as 65536, 64K, 1M or 2G");
  }
}

}  // namespace
}  // namespace robusto
