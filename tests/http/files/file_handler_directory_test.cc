// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What is answered for a directory: a redirect, its index, its listing.

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/http/files/file_handler_fixture.h"

namespace robusto {
namespace {

using FileHandlerDirectoryTest = FileHandlerTest;

INSTANTIATE_TEST_SUITE_P(Resolution, FileHandlerDirectoryTest, ::testing::Values(true, false),
                         [](const ::testing::TestParamInfo<bool>& info) {
                           return info.param ? "ByTheKernel" : "BySegments";
                         });

TEST_P(FileHandlerDirectoryTest, RedirectsADirectoryToItsSlash) {
  const std::string odd = "a b?#%<\xFF";
  tree_.MakeDirectory("root/" + odd);
  tree_.MakeDirectory("root/\\example.org");
  Answer answer = Get("/dir");
  EXPECT_EQ(answer.status, 301);
  // Relative to the request (RFC 9110 section 10.2.2): a proxy may have cut a prefix off its path.
  EXPECT_EQ(answer.location, "dir/");
  tree_.MakeDirectory("root/dir/sub");
  EXPECT_EQ(Get("/dir/sub").location, "sub/");
  EXPECT_EQ(Get("/dir/../dir//sub").location, "sub/");
  EXPECT_EQ(Get("/dir?a=1&b=%20?/").location, "dir/?a=1&b=%20?/");
  EXPECT_EQ(Get("/dir?100%&\"k\xc3\xa4se\"").location, "dir/?100%&%22k%C3%A4se%22");
  EXPECT_EQ(Get("/a%20b%3f%23%25%3C%fF").location, "a%20b%3F%23%25%3C%FF/");
  // A browser reads "\" and "//" as the start of another host, and "a:" as a scheme.
  tree_.MakeDirectory("root/javascript:");
  EXPECT_EQ(Get("/%5Cexample.org").location, "%5Cexample.org/");
  EXPECT_EQ(Get("/javascript:").location, "javascript%3A/");
  EXPECT_EQ(Get("//dir").location, "dir/");
  EXPECT_EQ(Get("/%2Fdir").location, "");
}

TEST_P(FileHandlerDirectoryTest, TakesADotSegmentAtTheEndForADirectory) {
  tree_.Write("root/dir/index.html", "<p>dir");
  tree_.Write("root/index.html", "<p>root");
  for (const char* target : {"/dir/.", "/dir/%2e", "/dir/x/..", "/dir//", "//dir/"}) {
    EXPECT_EQ(Get(target).body, "<p>dir") << target;
  }
  for (const char* target : {"/.", "//", "/dir/..", "/dir/%2E%2e", "/dir/../"}) {
    EXPECT_EQ(Get(target).body, "<p>root") << target;
  }
}

TEST_P(FileHandlerDirectoryTest, CannotBeMadeToSplitARedirect) {
  tree_.MakeDirectory("root/a\r\nSet-Cookie: b");
  EXPECT_EQ(Get("/a%0D%0ASet-Cookie:%20b").location, "a%0D%0ASet-Cookie%3A%20b/");
  // The parser does not let such a query through; nor does the handler.
  EXPECT_EQ(Get("/dir?a\r\nSet-Cookie: b").location, "dir/?a%0D%0ASet-Cookie:%20b");
}

TEST_P(FileHandlerDirectoryTest, ServesTheIndexOfADirectory) {
  tree_.Write("root/index.html", "<p>root");
  tree_.Write("root/dir/index.html", "<p>dir");
  EXPECT_EQ(Get("/").body, "<p>root");
  EXPECT_EQ(Get("/?q").body, "<p>root");
  const Answer answer = Get("/dir/");
  EXPECT_EQ(answer.body, "<p>dir");
  EXPECT_EQ(answer.type, "text/html; charset=utf-8");
  EXPECT_NE(answer.etag, "");
  options_.index = "inner.html";
  EXPECT_EQ(Get("/dir/").body, "<p>inner");
}

TEST_P(FileHandlerDirectoryTest, RefusesADirectoryWithoutIndexUnlessItMayList) {
  EXPECT_EQ(Get("/").status, 403);
  EXPECT_EQ(Get("/dir/").status, 403);
  EXPECT_EQ(Get("/none/").status, 404);
  tree_.MakeDirectory("root/dir/index.html");  // a directory of that name is no index
  EXPECT_EQ(Get("/dir/").status, 403);
  tree_.Link("../outside/secret", "root/index.html");
  EXPECT_EQ(Get("/").status, 403);
  options_.list_directories = true;
  EXPECT_EQ(Get("/").status, 403);  // there is an index, and it may not be served
  EXPECT_EQ(Get("/dir/").status, 200);
  EXPECT_EQ(Get("/none/").status, 404);
  EXPECT_EQ(Get("/file.txt/").status, 404);
  options_.index = "";
  EXPECT_TRUE(absl::StrContains(Get("/").body, "file.txt"));
}

TEST_P(FileHandlerDirectoryTest, ListsWhatItWouldServe) {
  tree_.Write("root/.hidden", "");
  tree_.Link("file.txt", "root/to_file");
  tree_.Link("dir", "root/to_dir");
  tree_.Link(tree_.At("root/dir"), "root/to_dir_absolute");
  tree_.Link("../outside", "root/out");
  tree_.Link("none", "root/dangling");
  tree_.Link("loop", "root/loop");
  tree_.MakeNode("root/fifo", S_IFIFO);
  tree_.MakeNode("root/socket", S_IFSOCK);
  tree_.Link("fifo", "root/to_fifo");
  options_.list_directories = true;
  const std::string head =
      "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\"><title>Index of /</title></head>\n"
      "<body>\n<h1>Index of /</h1>\n<ul>\n";
  const std::string rest =
      "<li><a href=\"dir/\">dir/</a></li>\n"
      "<li><a href=\"file.txt\">file.txt</a></li>\n"
      "<li><a href=\"to_dir/\">to_dir/</a></li>\n"
      "<li><a href=\"to_dir_absolute/\">to_dir_absolute/</a></li>\n"
      "<li><a href=\"to_file\">to_file</a></li>\n"
      "</ul>\n</body>\n</html>\n";
  const Answer answer = Get("/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.type, "text/html; charset=utf-8");
  EXPECT_EQ(answer.body, head + "<li><a href=\".hidden\">.hidden</a></li>\n" + rest);
  options_.hide_dot_files = true;
  EXPECT_EQ(Get("/").body, head + rest);
  options_.follow_outside_symlinks = true;
  EXPECT_TRUE(absl::StrContains(Get("/").body, "<a href=\"out/\">"));
}

TEST_P(FileHandlerDirectoryTest, StreamsAPageThatIsLongerThanAPiece) {
  options_.list_directories = true;
  for (int i = 0; i < 1000; ++i) {
    tree_.Write(absl::StrCat("root/many/", 10000 + i, std::string(100, 'n')), "");
  }
  const FakeRequest request("GET", "/many/");
  ResponseWriter response;
  Handler()(request.get(), response);
  EXPECT_EQ(response.status(), 200);
  EXPECT_TRUE(response.streams());
  EXPECT_EQ(response.body(), "");
  const std::string page = Get("/many/").body;
  EXPECT_TRUE(absl::StartsWith(page, "<!DOCTYPE html>"));
  EXPECT_TRUE(absl::EndsWith(page, "</ul>\n</body>\n</html>\n"));
  size_t at = 0;
  for (int i = 0; i < 1000; ++i) {
    at = page.find(absl::StrCat("<a href=\"", 10000 + i, "n"), at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

// What a mirroring client does: every link of every listing leads to what it stands for.
TEST_P(FileHandlerDirectoryTest, ListsOddNamesSoThatTheirLinksLeadToThem) {
  std::vector<std::string> names = {" ",
                                    "a b",
                                    "\"q\"",
                                    "'",
                                    "100%",
                                    "%41",
                                    "a#b",
                                    "a?b",
                                    "a&amp;",
                                    "<b>",
                                    "\xE9",
                                    "\xC3\xA9",
                                    "a\nb",
                                    "\\",
                                    "a:b",
                                    "-",
                                    "~",
                                    "...",
                                    "javascript:alert(1)",
                                    "\x01\x7F",
                                    "a;b=c,d+e@f!$*"};
  for (const std::string& name : names) tree_.Write("root/odd <dir>/" + name, "is " + name);
  options_.list_directories = true;
  const std::string base = "/odd%20%3Cdir%3E/";
  std::string page = Get(base).body;
  EXPECT_TRUE(absl::StrContains(page, "<h1>Index of /odd &lt;dir&gt;/</h1>"));
  EXPECT_TRUE(absl::StrContains(page, "<a href=\"../\">"));
  const std::string mark = "<a href=\"";
  std::vector<std::string> found;
  for (size_t at = page.find(mark); at != std::string::npos; at = page.find(mark, at)) {
    at += mark.size();
    const std::string link = page.substr(at, page.find('"', at) - at);
    if (link == "../") continue;
    const Answer answer = Get(base + link);
    EXPECT_EQ(answer.status, 200) << link;
    found.push_back(answer.body.substr(3));
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(found, names);
}

}  // namespace
}  // namespace robusto
