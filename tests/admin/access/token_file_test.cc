// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/access/token_file.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

using ::testing::HasSubstr;

constexpr char kOperator[] = "operator-0123456789abcdef";
constexpr char kReader[] = "reader-0123456789abcdef";

class TokenFileTest : public ::testing::Test {
 protected:
  void Write(const std::string& content) {
    // As an editor does it: what is read is one version or the other.
    std::ofstream(path_ + ".new") << content;
    ASSERT_EQ(std::rename((path_ + ".new").c_str(), path_.c_str()), 0);
  }

  absl::StatusOr<std::unique_ptr<TokenFile>> Open() {
    return TokenFile::Open(path_, [this](absl::string_view text) { warnings_.emplace_back(text); });
  }

  const std::string path_ = ::testing::TempDir() + "/tokens";
  std::vector<std::string> warnings_;
};

TEST_F(TokenFileTest, KnowsTheRoleOfEachToken) {
  Write(std::string("# a comment\n\noperator  ") + kOperator + "\r\nread-only " + kReader);
  const auto file = Open();
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->Find(kOperator), AdminRole::kOperator);
  EXPECT_EQ((*file)->Find(kReader), AdminRole::kReadOnly);
  EXPECT_EQ((*file)->Find("operator-0123456789abcdeg"), absl::nullopt);
  EXPECT_EQ((*file)->Find("operator-0123456789abcde"), absl::nullopt);
  EXPECT_EQ((*file)->Find("operator-0123456789abcdef "), absl::nullopt);
  EXPECT_EQ((*file)->Find(""), absl::nullopt);
}

TEST_F(TokenFileTest, RefusesWhatItDoesNotUnderstandAndShowsNoToken) {
  struct Row {
    std::string content;
    const char* message;
  };
  for (const Row& row : std::vector<Row>{
           {"operator short\n", "tokens:1: expected \"operator TOKEN\""},
           {std::string("# x\nroot ") + kOperator, "tokens:2: expected"},
           {std::string("operator ") + kOperator + " more", "tokens:1: expected"},
           {kOperator, "tokens:1: expected"},
           {"# nothing\n", "holds no token"},
           {"", "is empty"},
       }) {
    Write(row.content);
    const auto status = Open().status();
    EXPECT_THAT(status.message(), HasSubstr(row.message));
    EXPECT_THAT(status.message(), ::testing::Not(HasSubstr(kOperator)));
  }
}

TEST_F(TokenFileTest, FollowsTheFile) {
  Write(std::string("operator ") + kOperator);
  const auto file = Open();
  ASSERT_TRUE(file.ok());
  Write(std::string("read-only ") + kReader);
  EXPECT_EQ((*file)->Find(kOperator), absl::nullopt);
  EXPECT_EQ((*file)->Find(kReader), AdminRole::kReadOnly);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(TokenFileTest, LetsNobodyInWhileTheFileIsWrongOrGone) {
  Write(std::string("operator ") + kOperator);
  const auto file = Open();
  ASSERT_TRUE(file.ok());
  Write(std::string("operator ") + kOperator + "\nopertor " + kReader);
  EXPECT_EQ((*file)->Find(kOperator), absl::nullopt);
  ASSERT_EQ(unlink(path_.c_str()), 0);
  EXPECT_EQ((*file)->Find(kOperator), absl::nullopt);
  EXPECT_EQ((*file)->Find(kOperator), absl::nullopt);
  EXPECT_EQ(warnings_.size(), 2);  // once for each change
  EXPECT_THAT(warnings_[0], HasSubstr("all tokens are rejected until it is fixed"));
  Write(std::string("operator ") + kOperator);
  EXPECT_EQ((*file)->Find(kOperator), AdminRole::kOperator);
}

}  // namespace
}  // namespace robusto
