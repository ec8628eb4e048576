// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/directory_listing.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "robusto/http/files/directory_entries.h"

namespace robusto {
namespace {

struct Entry {
  std::string name;
  bool is_directory;
};

std::string Render(absl::string_view path, const std::vector<Entry>& entries) {
  DirectoryEntries names;
  for (const Entry& entry : entries) EXPECT_TRUE(names.Add({entry.name, entry.is_directory}));
  names.Sort();
  DirectoryListing listing(path, std::move(names));
  std::string page;
  EXPECT_FALSE(listing(&page));
  return page;
}

TEST(DirectoryListingTest, IsAPageOfRelativeLinksInOrder) {
  EXPECT_EQ(Render("/docs/", {{"b.txt", false}, {"a", true}, {"B", false}}),
            "<!DOCTYPE html>\n<html>\n<head><meta charset=\"utf-8\">"
            "<title>Index of /docs/</title></head>\n<body>\n<h1>Index of /docs/</h1>\n<ul>\n"
            "<li><a href=\"../\">../</a></li>\n"
            "<li><a href=\"B\">B</a></li>\n"
            "<li><a href=\"a/\">a/</a></li>\n"
            "<li><a href=\"b.txt\">b.txt</a></li>\n"
            "</ul>\n</body>\n</html>\n");
}

TEST(DirectoryListingTest, LinksToNoParentAtTheRoot) {
  EXPECT_FALSE(absl::StrContains(Render("/", {{"a", false}}), "../"));
}

struct NameCase {
  const char* what;
  std::string name;
  std::string want;
};

TEST(DirectoryListingTest, MakesOddNamesHarmless) {
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
    const std::string page = Render("/", {{c.name, false}});
    EXPECT_TRUE(absl::StrContains(page, c.want)) << c.what << "\n" << page;
  }
}

// What a client that does not read makes the server hold: the names, which are bounded, and a piece.
TEST(DirectoryListingTest, IsMadeInPiecesAndSaysThatItIsNotComplete) {
  DirectoryEntries entries;
  size_t added = 0;
  const std::string suffix(60, '<');  // "&lt;" and "%3C": seven times as long in the page
  while (entries.Add({absl::StrCat(added, suffix), false})) ++added;
  EXPECT_GT(added, 5000u);
  EXPECT_FALSE(entries.complete());
  EXPECT_EQ(entries.size(), added);
  entries.Sort();

  DirectoryListing listing("/", std::move(entries));
  size_t links = 0;
  size_t pieces = 0;
  std::string piece;
  for (bool more = true; more; ++pieces) {
    piece.clear();
    more = listing(&piece);
    EXPECT_LT(piece.size(), DirectoryListing::kPieceBytes + 4096);
    for (size_t at = piece.find("<li>"); at != std::string::npos; at = piece.find("<li>", at + 1)) {
      ++links;
    }
  }
  EXPECT_EQ(links, added);
  EXPECT_GT(pieces, 10u);
  EXPECT_TRUE(absl::EndsWith(piece, absl::StrCat("</ul>\n<p>This directory has more entries. Only ",
                                                 added, " are listed.</p>\n</body>\n</html>\n")));
}

TEST(DirectoryEntriesTest, HoldsNoMoreNamesThanTheLimit) {
  DirectoryEntries entries;
  const std::string name(255, 'x');
  size_t bytes = 0;
  while (entries.Add({name, true})) bytes += name.size();
  EXPECT_LE(bytes, DirectoryEntries::kMaxNameBytes);
  EXPECT_GT(bytes, DirectoryEntries::kMaxNameBytes * 9 / 10);
}

TEST(DirectoryListingTest, EscapesItsTitle) {
  const std::string page = Render("/<script>/", {});
  EXPECT_FALSE(absl::StrContains(page, "<script>"));
  EXPECT_TRUE(absl::StrContains(page, "<h1>Index of /&lt;script&gt;/</h1>"));
}

}  // namespace
}  // namespace robusto
