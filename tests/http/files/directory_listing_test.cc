// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/directory_listing.h"

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(RenderDirectoryListingTest, IsAPageOfRelativeLinksInOrder) {
  EXPECT_EQ(RenderDirectoryListing("/docs/", {{"b.txt", false}, {"a", true}, {"B", false}}),
            "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\">"
            "<title>Index of /docs/</title></head>\n<body>\n<h1>Index of /docs/</h1>\n<ul>\n"
            "<li><a href=\"../\">../</a></li>\n"
            "<li><a href=\"B\">B</a></li>\n"
            "<li><a href=\"a/\">a/</a></li>\n"
            "<li><a href=\"b.txt\">b.txt</a></li>\n"
            "</ul>\n</body>\n</html>\n");
}

TEST(RenderDirectoryListingTest, LinksToNoParentAtTheRoot) {
  EXPECT_FALSE(absl::StrContains(RenderDirectoryListing("/", {{"a", false}}), "../"));
}

struct NameCase {
  const char* what;
  std::string name;
  std::string want;
};

TEST(RenderDirectoryListingTest, MakesOddNamesHarmless) {
  const std::string bad = "\xEF\xBF\xBD";
  const NameCase cases[] = {
      {"spaces", " a b ", "<a href=\"%20a%20b%20\"> a b </a>"},
      {"markup", "<b>&amp;'\"",
       "<a href=\"%3Cb%3E%26amp%3B%27%22\">&lt;b&gt;&amp;amp;&#39;&quot;</a>"},
      {"what ends a path", "a?b#c", "<a href=\"a%3Fb%23c\">a?b#c</a>"},
      {"percent", "100%41", "<a href=\"100%2541\">100%41</a>"},
      {"a scheme", "javascript:alert(1)",
       "<a href=\"javascript%3Aalert%281%29\">javascript:alert(1)</a>"},
      {"backslashes", "\\\\host", "<a href=\"%5C%5Chost\">\\\\host</a>"},
      {"newline and escape", "a\n\x1B[31m", "<a href=\"a%0A%1B%5B31m\">a" + bad + bad + "[31m</a>"},
      {"UTF-8", "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x98",
       "<a href=\"%C3%A9%E2%82%AC%F0%9F%90%98\">\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\x98</a>"},
      {"Latin-1", "caf\xE9", "<a href=\"caf%E9\">caf" + bad + "</a>"},
      {"a cut off sequence", "\xE2\x82", "<a href=\"%E2%82\">" + bad + bad + "</a>"},
      {"an overlong slash", "\xC0\xAF", "<a href=\"%C0%AF\">" + bad + bad + "</a>"},
      {"a long overlong form", "\xE0\x80\xAF", "<a href=\"%E0%80%AF\">" + bad + bad + bad + "</a>"},
      {"a surrogate", "\xED\xA0\x80", "<a href=\"%ED%A0%80\">" + bad + bad + bad + "</a>"},
      {"beyond Unicode", "\xF4\x90\x80\x80",
       "<a href=\"%F4%90%80%80\">" + bad + bad + bad + bad + "</a>"},
      {"a lone continuation before a tag", "\x80<", "<a href=\"%80%3C\">" + bad + "&lt;</a>"},
      {"a lead byte before a tag", "\xC3<", "<a href=\"%C3%3C\">" + bad + "&lt;</a>"},
  };
  for (const NameCase& c : cases) {
    const std::string page = RenderDirectoryListing("/", {{c.name, false}});
    EXPECT_TRUE(absl::StrContains(page, c.want)) << c.what << "\n" << page;
  }
}

TEST(RenderDirectoryListingTest, EscapesItsTitle) {
  const std::string page = RenderDirectoryListing("/<script>/", {});
  EXPECT_FALSE(absl::StrContains(page, "<script>"));
  EXPECT_TRUE(absl::StrContains(page, "<h1>Index of /&lt;script&gt;/</h1>"));
}

}  // namespace
}  // namespace robusto
