// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/error_pages.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "robusto/http/message/response.h"
#include "tests/testing/temp_tree.h"

namespace robusto {
namespace {

class ErrorPagesTest : public ::testing::Test {
 protected:
  absl::StatusOr<ErrorPage> Read() {
    auto pages = ErrorPages::Read(tree_.path(),
                                  [this](absl::string_view text) { warnings_.emplace_back(text); });
    if (!pages.ok()) return pages.status();
    return (*pages)->page();
  }

  // "type: body" of what a client gets.
  static std::string Sent(const ErrorPage& page, int status) {
    ResponseWriter response;
    response.SetErrorPage(&page);
    response.Error(status, "the detail");
    return absl::StrCat(response.Header("Content-Type").value_or("none"), ": ", response.body());
  }

  const TempTree tree_;
  std::vector<std::string> warnings_;
};

TEST_F(ErrorPagesTest, AStatusHasItsPageOrThatOfItsClassOrThePlainText) {
  tree_.Write("404.html", "<p>not here");
  tree_.Write("4xx.html", "<p>your fault");
  tree_.Write("503.html", "");
  const auto page = Read();
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(Sent(*page, 404), "text/html; charset=utf-8: <p>not here");
  EXPECT_EQ(Sent(*page, 400), "text/html; charset=utf-8: <p>your fault");
  EXPECT_EQ(Sent(*page, 499), "text/html; charset=utf-8: <p>your fault");
  EXPECT_TRUE(absl::StartsWith(Sent(*page, 500), "text/plain")) << Sent(*page, 500);
  EXPECT_TRUE(absl::StrContains(Sent(*page, 500), "the detail"));
  EXPECT_EQ(warnings_, std::vector<std::string>());
}

TEST_F(ErrorPagesTest, ADirectoryWithoutPagesChangesNothing) {
  const auto page = Read();
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_TRUE(absl::StartsWith(Sent(*page, 404), "text/plain"));
}

TEST_F(ErrorPagesTest, WhatIsNoPageIsIgnoredWithAWarning) {
  const std::vector<std::string> names = {"index.html", "40.html",   "4040.html", "404.htm",
                                          "3xx.html",   "304.html",  "600.html",  "4XX.html",
                                          "4x4.html",   "404.html~", ".html",     ".404.html"};
  for (const std::string& name : names) tree_.Write(name, "x");
  tree_.MakeDirectory("directory");
  tree_.Write("500.html", "<p>sorry");
  const auto page = Read();
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(Sent(*page, 500), "text/html; charset=utf-8: <p>sorry");
  EXPECT_TRUE(absl::StartsWith(Sent(*page, 404), "text/plain"));
  EXPECT_EQ(warnings_.size(), names.size() + 1);
  for (const std::string& name : names) {
    EXPECT_EQ(std::count(warnings_.begin(), warnings_.end(),
                         absl::StrCat("\"", tree_.At(name),
                                      "\" is ignored; error pages have names like 404.html, "
                                      "4xx.html or 5xx.html")),
              1)
        << name;
  }
}

TEST_F(ErrorPagesTest, WhatCannotBeReadIsSaid) {
  const absl::Status missing = ErrorPages::Read("/no/such/directory", nullptr).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(missing.message(), "\"/no/such/directory\": No such file or directory");

  tree_.Link("nowhere", "404.html");
  EXPECT_EQ(Read().status().message(),
            absl::StrCat("\"", tree_.At("404.html"), "\": No such file or directory"));
}

TEST_F(ErrorPagesTest, APageIsAFile) {
  tree_.MakeNode("404.html", S_IFIFO);
  EXPECT_EQ(Read().status().message(),
            absl::StrCat("\"", tree_.At("404.html"), "\" is not a regular file"));
}

TEST_F(ErrorPagesTest, ReloadReplacesThePagesUnlessTheyCannotBeRead) {
  tree_.Write("1/404.html", "first");
  tree_.Write("2/404.html", "second");
  tree_.Link("1", "current");
  const auto pages = ErrorPages::Read(tree_.At("current"), nullptr);
  ASSERT_TRUE(pages.ok()) << pages.status();
  const ErrorPage page = (*pages)->page();
  tree_.Link("2", "next");
  ASSERT_EQ(::rename(tree_.At("next").c_str(), tree_.At("current").c_str()), 0);
  EXPECT_EQ(Sent(page, 404), "text/html; charset=utf-8: first");
  EXPECT_TRUE((*pages)->Reload().ok());
  EXPECT_EQ(Sent(page, 404), "text/html; charset=utf-8: second");
  tree_.Write("2/503.html", std::string(ErrorPages::kMaxPageBytes + 1, 'x'));
  EXPECT_EQ((*pages)->Reload().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Sent(page, 404), "text/html; charset=utf-8: second");
  ASSERT_EQ(::unlink(tree_.At("current").c_str()), 0);
  EXPECT_EQ((*pages)->Reload().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Sent(page, 404), "text/html; charset=utf-8: second");
}

TEST_F(ErrorPagesTest, APageIsBounded) {
  const std::string most(ErrorPages::kMaxPageBytes, 'x');
  tree_.Write("404.html", most);
  const auto page = Read();
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(Sent(*page, 404), "text/html; charset=utf-8: " + most);
  tree_.Write("404.html", most + "x");
  const absl::Status status = Read().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), absl::StrCat("\"", tree_.At("404.html"),
                                           "\" is too large; a page may have 65536 bytes"));
}

}  // namespace
}  // namespace robusto
