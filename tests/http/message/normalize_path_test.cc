// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/normalize_path.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(NormalizePathTest, RemovesDotSegmentsAndEmptySegments) {
  const struct {
    absl::string_view path;
    absl::string_view want;
  } kRows[] = {
      // RFC 3986 section 5.2.4's example, and section 5.4's as far as they stay below the root.
      {"/a/b/c/./../../g", "/a/g"},
      {"/b/c/./g", "/b/c/g"},
      {"/b/c/g/", "/b/c/g/"},
      {"/b/c/.", "/b/c/"},
      {"/b/c/./", "/b/c/"},
      {"/b/c/..", "/b/"},
      {"/b/c/../", "/b/"},
      {"/b/c/../..", "/"},
      {"/b/c/../../g", "/g"},
      {"/b/c/g.", "/b/c/g."},
      {"/b/c/.g", "/b/c/.g"},
      {"/b/c/g..", "/b/c/g.."},
      {"/b/c/..g", "/b/c/..g"},
      {"/b/c/g;x=1/../y", "/b/c/y"},
      {"/./Packages", "/Packages"},
      {"/a/./b/../c//d", "/a/c/d"},
      {"/.", "/"},
      {"/./.", "/"},
      {"/a/..", "/"},
      {"/...", "/..."},
      {"/a/.../b", "/a/.../b"},
      // An escaped dot is a dot: section 6.2.2.2.
      {"/%2e", "/"},
      {"/%2E/a", "/a"},
      {"/a/%2e%2e/b", "/b"},
      {"/a/.%2E/b", "/b"},
      {"/a/%2e./", "/"},
      {"/%2e%2e%2e", "/%2e%2e%2e"},
      {"/%2ea", "/%2ea"},
      {"/%252e", "/%252e"},
      // Repeated slashes.
      {"//", "/"},
      {"///", "/"},
      {"//a", "/a"},
      {"/a//", "/a/"},
      {"/a///b", "/a/b"},
      {"/a//../b", "/b"},
      // Nothing else is touched.
      {"/", "/"},
      {"/a", "/a"},
      {"/a%2F..%2Fb", "/a%2F..%2Fb"},
      {"/a\\..\\b", "/a\\..\\b"},
      {"/%41%20", "/%41%20"},
      {"/a%00b", "/a%00b"},
  };
  for (const auto& row : kRows) {
    std::string out = "old";
    EXPECT_TRUE(NormalizePath(row.path, &out)) << row.path;
    EXPECT_EQ(out, row.want) << row.path;
    EXPECT_EQ(IsNormalPath(row.path), row.path == row.want) << row.path;
    EXPECT_TRUE(IsNormalPath(out)) << row.path;
  }
}

TEST(NormalizePathTest, RefusesWhatLeavesTheRoot) {
  for (absl::string_view path : {"/..", "/../", "/../a", "/a/../..", "/a/../../a", "/./..", "//..",
                                 "/%2e%2e", "/.%2e/a", "/a/%2E./%2e%2e/b", "/a/b/../../../c/d"}) {
    std::string out;
    EXPECT_FALSE(IsNormalPath(path)) << path;
    EXPECT_FALSE(NormalizePath(path, &out)) << path;
  }
}

}  // namespace
}  // namespace robusto
