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
    NormalizePath(row.path, &out);
    EXPECT_EQ(out, row.want) << row.path;
    EXPECT_EQ(IsNormalPath(row.path), row.path == row.want) << row.path;
    EXPECT_TRUE(IsNormalPath(out)) << row.path;
    EXPECT_FALSE(LeavesRoot(out)) << row.path;
  }
}

TEST(NormalizePathTest, KeepsWhatLeadsAboveTheRootAtTheFront) {
  const struct {
    absl::string_view path;
    absl::string_view want;
  } kRows[] = {
      {"/..", "/../"},
      {"/../", "/../"},
      {"/../a", "/../a"},
      {"/../a/..", "/../"},
      {"/../..", "/../../"},
      {"/a/../../b", "/../b"},
      {"/a/../../../b/../c/.", "/../../c/"},
      {"/./..", "/../"},
      {"//..//a", "/../a"},
      {"/%2e%2e", "/../"},
      {"/.%2e/%2E./a", "/../../a"},
      {"/a..//../..", "/../"},
  };
  for (const auto& row : kRows) {
    std::string out;
    EXPECT_FALSE(IsNormalPath(row.path)) << row.path;
    NormalizePath(row.path, &out);
    EXPECT_EQ(out, row.want) << row.path;
    EXPECT_TRUE(LeavesRoot(out)) << row.path;
    // Once more changes nothing.
    std::string again;
    NormalizePath(out, &again);
    EXPECT_EQ(again, out) << row.path;
  }
}

}  // namespace
}  // namespace robusto
