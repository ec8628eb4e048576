// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Files compressed beforehand. What an Accept-Encoding field may say is accept_encoding_test's.

#include <sys/stat.h>

#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/http/files/file_handler_fixture.h"

namespace robusto {
namespace {

constexpr const char* kAll = "gzip, br";

class FileHandlerPrecompressedTest : public FileHandlerTest {
 protected:
  FileHandlerPrecompressedTest() {
    options_.precompressed = true;
    Put("page.html", "<p>plain");
    Put("page.html.br", "in brotli");
    Put("page.html.gz", "in gzip");
    Put("dir/index.html", "<p>index");
    Put("dir/index.html.gz", "index in gzip");
  }
  void Put(const std::string& name, const std::string& text) {
    tree_.Write("root/" + name, text);
    tree_.SetTime("root/" + name, kModified);
  }
  Answer Ask(absl::string_view target, const std::string& accepted,
             FakeRequest::Fields fields = {}) const {
    fields.emplace_back("Accept-Encoding", accepted);
    return Get(target, fields);
  }
};

INSTANTIATE_TEST_SUITE_P(Resolution, FileHandlerPrecompressedTest, ::testing::Values(true, false),
                         [](const ::testing::TestParamInfo<bool>& info) {
                           return info.param ? "ByTheKernel" : "BySegments";
                         });

bool Has(const Answer& answer, absl::string_view line) {
  return absl::StrContains(answer.headers, absl::StrCat(line, "\r\n"));
}

TEST_P(FileHandlerPrecompressedTest, SendsWhatTheClientPrefersOfWhatIsThere) {
  Put("only.txt", "plain");
  Put("only.txt.gz", "only in gzip");
  Put("plain.txt", "nothing beside");
  const struct {
    const char* target;
    const char* accepted;
    const char* body;
    const char* coding;
  } cases[] = {
      {"/page.html", "gzip, br", "in brotli", "br"},
      {"/page.html", "gzip", "in gzip", "gzip"},
      {"/page.html", "gzip, br;q=0.5", "in gzip", "gzip"},
      {"/page.html", "identity, gzip;q=0.5", "<p>plain", ""},
      {"/page.html", "deflate", "<p>plain", ""},
      {"/page.html", "", "<p>plain", ""},
      {"/page.html", "br, identity;q=0", "in brotli", "br"},
      {"/page.html", "*", "in brotli", "br"},
      {"/page.html?query", "gzip", "in gzip", "gzip"},
      {"/only.txt", "br, gzip;q=0.1", "only in gzip", "gzip"},
      {"/plain.txt", "br, gzip", "nothing beside", ""},
      {"/dir/", "gzip, br", "index in gzip", "gzip"},
      {"/page.html.gz", "gzip, br", "in gzip", ""},
  };
  for (const auto& c : cases) {
    const Answer answer = Ask(c.target, c.accepted);
    EXPECT_EQ(answer.status, 200) << c.target << " " << c.accepted;
    EXPECT_EQ(answer.body, c.body) << c.target << " " << c.accepted;
    EXPECT_EQ(absl::StrContains(answer.headers, "Content-Encoding"), c.coding[0] != '\0');
    EXPECT_EQ(Has(answer, absl::StrCat("Content-Encoding: ", c.coding)), c.coding[0] != '\0')
        << answer.headers;
    EXPECT_TRUE(Has(answer, "Vary: Accept-Encoding")) << c.target << " " << c.accepted;
  }
  EXPECT_EQ(Get("/page.html").body, "<p>plain");
  EXPECT_TRUE(Has(Get("/page.html"), "Vary: Accept-Encoding"));
}

TEST_P(FileHandlerPrecompressedTest, KeepsTheTypeAndHasATagOfItsOwn) {
  // Of one size and time, so that nothing but the coding tells them apart.
  std::set<std::string> tags;
  for (const char* name : {"same.html", "same.html.gz", "same.html.br"}) Put(name, "same");
  for (const char* accepted : {"identity", "gzip", "br"}) {
    const Answer answer = Ask("/same.html", accepted);
    EXPECT_EQ(answer.type, "text/html; charset=utf-8") << accepted;
    EXPECT_TRUE(absl::StartsWith(answer.etag, "\"")) << answer.etag;
    tags.insert(answer.etag);
  }
  EXPECT_EQ(tags.size(), 3u);
}

TEST_P(FileHandlerPrecompressedTest, AnswersConditionsAndRangesForWhatItSends) {
  const std::string plain = Ask("/page.html", "identity").etag;
  const std::string gzip = Ask("/page.html", "gzip").etag;
  // RFC 9110 section 15.4.5: a 304 has ETag and Vary, and here nothing else.
  const Answer same = Ask("/page.html", "gzip", {{"If-None-Match", gzip}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.headers, absl::StrCat("ETag: ", gzip, "\r\nVary: Accept-Encoding\r\n"));
  EXPECT_EQ(Ask("/page.html", "gzip", {{"If-None-Match", plain}}).status, 200);
  EXPECT_EQ(Ask("/page.html", "identity", {{"If-None-Match", gzip}}).status, 200);
  EXPECT_EQ(Ask("/page.html", "identity", {{"If-Match", gzip}}).status, 412);

  const Answer part = Ask("/page.html", "gzip", {{"Range", "bytes=3-"}, {"If-Range", gzip}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "gzip");
  EXPECT_TRUE(Has(part, "Content-Range: bytes 3-6/7"));
  EXPECT_TRUE(Has(part, "Content-Encoding: gzip"));
  EXPECT_TRUE(Has(part, "Vary: Accept-Encoding"));
  const Answer beyond = Ask("/page.html", "gzip", {{"Range", "bytes=7-"}});
  EXPECT_EQ(beyond.status, 416);
  EXPECT_TRUE(Has(beyond, "Content-Range: bytes */7"));
  EXPECT_TRUE(Has(beyond, "Vary: Accept-Encoding"));
  EXPECT_EQ(Ask("/page.html", "br", {{"Range", "bytes=3-"}, {"If-Range", gzip}}).body, "in brotli");
  // The date is that of all three.
  EXPECT_EQ(Ask("/page.html", "gzip",
                {{"Range", "bytes=3-"}, {"If-Range", "Sun, 06 Nov 1994 08:49:37 GMT"}})
                .status,
            200);
}

// Section 12.5.3.
TEST_P(FileHandlerPrecompressedTest, Is406WhenNothingThatIsThereIsAccepted) {
  Put("plain.txt", "plain");
  for (const char* accepted : {"identity;q=0", "*;q=0", "gzip, br, identity;q=0"}) {
    const Answer answer = Ask("/plain.txt", accepted);
    EXPECT_EQ(answer.status, 406) << accepted;
    EXPECT_TRUE(Has(answer, "Vary: Accept-Encoding")) << accepted;
  }
  EXPECT_EQ(Ask("/none", "identity;q=0").status, 404);
}

// In whole seconds, as compressors keep a file's time without the fraction.
TEST_P(FileHandlerPrecompressedTest, DoesNotUseWhatIsOlderThanTheFile) {
  tree_.SetTime("root/page.html", kModified, 500);
  for (const auto& time : {std::pair<int, int>(-1, 999'999'999), {-1, 0}, {-1000, 500}}) {
    tree_.SetTime("root/page.html.gz", kModified + time.first, time.second);
    EXPECT_EQ(Ask("/page.html", "gzip").body, "<p>plain") << time.first << " " << time.second;
  }
  for (const auto& time : {std::pair<int, int>(0, 0), {0, 499}, {0, 500}, {0, 501}, {1, 0}}) {
    tree_.SetTime("root/page.html.gz", kModified + time.first, time.second);
    EXPECT_EQ(Ask("/page.html", "gzip").body, "in gzip") << time.first << " " << time.second;
  }
  // br is too old, gzip is not.
  tree_.SetTime("root/page.html.br", kModified - 1);
  EXPECT_EQ(Ask("/page.html", kAll).body, "in gzip");
}

// A Content-Encoding would be that of the multipart body.
TEST_P(FileHandlerPrecompressedTest, SendsTheWholeForSeveralRangesOfACompressedFile) {
  const FakeRequest::Fields ranges = {{"Range", "bytes=0-1,4-5"}};
  const Answer gzip = Ask("/page.html", "gzip", ranges);
  EXPECT_EQ(gzip.status, 200);
  EXPECT_EQ(gzip.body, "in gzip");
  const Answer plain = Ask("/page.html", "identity", ranges);
  EXPECT_EQ(plain.status, 206);
  EXPECT_TRUE(absl::StartsWith(plain.type, "multipart/byteranges"));
  EXPECT_TRUE(Has(plain, "Vary: Accept-Encoding"));
}

TEST_P(FileHandlerPrecompressedTest, TellsTheTimeOfWhatItSends) {
  tree_.SetTime("root/page.html.gz", kModified + 1);
  EXPECT_EQ(Ask("/page.html", "gzip").last_modified, "Sun, 06 Nov 1994 08:49:38 GMT");
  EXPECT_EQ(Ask("/page.html", "br").last_modified, "Sun, 06 Nov 1994 08:49:37 GMT");
  tree_.SetTime("root/page.html.gz", kNow - 1);
  EXPECT_TRUE(absl::StartsWith(Ask("/page.html", "gzip").etag, "W/\""));
  EXPECT_TRUE(absl::StartsWith(Ask("/page.html", "br").etag, "\""));
}

TEST_P(FileHandlerPrecompressedTest, KeepsToTheRulesOfTheRoot) {
  for (const char* name : {"link", "inside", "fifo", "directory", "empty", "dangling"}) {
    Put(name, "plain");
  }
  tree_.Link("../outside/secret", "root/link.gz");
  tree_.Link("page.html.gz", "root/inside.gz");
  tree_.Link("none", "root/dangling.gz");
  tree_.MakeNode("root/fifo.gz", S_IFIFO);
  tree_.MakeDirectory("root/directory.gz");
  tree_.Write("root/empty.gz", "");
  EXPECT_EQ(Ask("/link", "gzip").body, "plain");
  EXPECT_EQ(Ask("/inside", "gzip").body, "in gzip");
  EXPECT_EQ(Ask("/dangling", "gzip").body, "plain");
  EXPECT_EQ(Ask("/fifo", "gzip").body, "plain");
  EXPECT_EQ(Ask("/directory", "gzip").body, "plain");
  EXPECT_EQ(Ask("/empty", "gzip").body, "plain");
  options_.follow_outside_symlinks = true;
  EXPECT_EQ(Ask("/link", "gzip").body, "secret");
}

TEST_P(FileHandlerPrecompressedTest, NeedsTheFileItself) {
  Put("alone.html.gz", "in gzip");
  EXPECT_EQ(Ask("/alone.html", "gzip").status, 404);
  Put(".hidden.gz", "in gzip");
  Put(".hidden", "plain");
  options_.hide_dot_files = true;
  EXPECT_EQ(Ask("/.hidden", "gzip").status, 404);
}

TEST_P(FileHandlerPrecompressedTest, LooksAtAcceptEncodingOnlyWhenToldTo) {
  options_.precompressed = false;
  for (const char* accepted : {kAll, "identity;q=0"}) {
    const Answer answer = Ask("/page.html", accepted);
    EXPECT_EQ(answer.status, 200) << accepted;
    EXPECT_EQ(answer.body, "<p>plain") << accepted;
    EXPECT_FALSE(absl::StrContains(answer.headers, "Vary")) << accepted;
    EXPECT_FALSE(absl::StrContains(answer.headers, "Content-Encoding")) << accepted;
  }
  EXPECT_EQ(Ask("/page.html", "gzip",
                {{"Range", "bytes=3-"}, {"If-Range", "Sun, 06 Nov 1994 08:49:37 GMT"}})
                .status,
            206);
}

}  // namespace
}  // namespace robusto
