// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/uri.h"

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

using std::string_literals::operator""s;
using Segments = std::vector<std::string>;

TEST(PercentDecodeTest, DecodesEscapesOnceAndNothingElse) {
  const struct {
    absl::string_view text;
    std::string want;
  } kRows[] = {
      {"", ""},       {"abc", "abc"},  {"a%20b", "a b"}, {"%41%6a%6A", "Ajj"}, {"%2541", "%41"},
      {"%00", "\0"s}, {"%fF", "\xff"}, {"a+b", "a+b"},   {"%25%32%46", "%2F"}, {"%2F%2f", "//"},
  };
  for (const auto& row : kRows) {
    std::string out;
    EXPECT_TRUE(PercentDecode(row.text, &out)) << row.text;
    EXPECT_EQ(out, row.want) << row.text;
  }
}

TEST(PercentDecodeTest, RefusesBadEscapesAndLeavesTheOutputAsItWas) {
  for (absl::string_view text :
       {"%", "%4", "a%", "a%4", "%g0", "%0g", "%%41", "%u0041", "% 41", "%+4", "%-1", "ok%41%x"}) {
    std::string out = "before";
    EXPECT_FALSE(PercentDecode(text, &out)) << text;
    EXPECT_EQ(out, "before") << text;
  }
}

TEST(PercentDecodeTest, AppendsToWhatIsThere) {
  std::string out = "a";
  EXPECT_TRUE(PercentDecode("%62", &out));
  EXPECT_EQ(out, "ab");
}

std::string Encoded(absl::string_view name) {
  std::string out;
  PercentEncodePath(name, &out);
  return out;
}

TEST(PercentEncodePathTest, LeavesOnlyUnreservedCharactersAndSlashes) {
  EXPECT_EQ(Encoded("azAZ09-._~/"), "azAZ09-._~/");
  EXPECT_EQ(Encoded(" %#?&<>\"'\\:@+;"), "%20%25%23%3F%26%3C%3E%22%27%5C%3A%40%2B%3B");
  EXPECT_EQ(Encoded(absl::string_view("\0\n\xFF\xC3\xA9", 5)), "%00%0A%FF%C3%A9");
}

TEST(PercentEncodeQueryTest, LeavesAllThatABrowserWouldSend) {
  const struct {
    absl::string_view query;
    absl::string_view want;
  } kRows[] = {
      {"a=1&b=%20?/", "a=1&b=%20?/"},       {"q=100%&r=%zz", "q=100%&r=%zz"},
      {"a[]={b}|c\\`'^", "a[]={b}|c\\`'^"}, {"\"<k\xc3\xa4se>\"", "%22%3Ck%C3%A4se%3E%22"},
      {"a b#c\r\n", "a%20b%23c%0D%0A"},
  };
  for (const auto& row : kRows) {
    std::string out;
    PercentEncodeQuery(row.query, &out);
    EXPECT_EQ(out, row.want) << row.query;
  }
}

TEST(PercentEncodePathTest, IsUndoneByPercentDecode) {
  std::string every;
  for (int c = 0; c < 256; ++c) every.push_back(static_cast<char>(c));
  std::string back;
  EXPECT_TRUE(PercentDecode(Encoded(every), &back));
  EXPECT_EQ(back, every);
}

TEST(DecodePathSegmentsTest, CutsAtSlashesAndDecodesAfter) {
  const struct {
    absl::string_view path;
    Segments want;
  } kRows[] = {
      {"/", {""}},
      {"/a", {"a"}},
      {"/a/", {"a", ""}},
      {"/a/b", {"a", "b"}},
      {"/a%2Fb", {"a/b"}},
      {"/a%2fb/c", {"a/b", "c"}},
      {"/a%252Fb", {"a%2Fb"}},
      {"//", {"", ""}},
      {"//a", {"", "a"}},
      {"/a//b", {"a", "", "b"}},
      {"/.", {"."}},
      {"/../a", {"..", "a"}},
      {"/%2e%2E/a", {"..", "a"}},
      {"/%2e%2e%2fa", {"../a"}},
      {"/a%00b", {"a\0b"s}},
      {"/a\\b", {"a\\b"}},
      {"/caf%C3%A9", {"caf\xc3\xa9"}},
      {"/a?b", {"a?b"}},
      {"/a%3Fb%23c", {"a?b#c"}},
  };
  for (const auto& row : kRows) {
    Segments segments = {"old", "older", "oldest"};
    EXPECT_TRUE(DecodePathSegments(row.path, &segments)) << row.path;
    EXPECT_EQ(segments, row.want) << row.path;
  }
}

TEST(DecodePathSegmentsTest, RefusesWhatIsNotAbsoluteOrBadlyEscaped) {
  for (absl::string_view path :
       {"", "a", "*", "%2Fa", "/%", "/a%2", "/a%/2f", "/a/%zz/b", "/a%2/Fb"}) {
    Segments segments;
    EXPECT_FALSE(DecodePathSegments(path, &segments)) << path;
  }
}

TEST(IsFileNameTest, TakesWhatNamesOneEntryOfADirectory) {
  for (absl::string_view name : {"a", "index.html", ".htaccess", "...", "..a", "a..", " ", "~",
                                 "-rf", "a\\b", "caf\xc3\xa9"}) {
    EXPECT_TRUE(IsFileName(name)) << name;
  }
}

TEST(IsFileNameTest, RefusesWhatLeadsElsewhereOrIsCutShort) {
  for (const std::string& name : {""s, "."s, ".."s, "/"s, "a/b"s, "../a"s, "a/"s, "/etc"s, "\0"s,
                                  "a\0"s, "a\0.html"s, "..\0"s}) {
    EXPECT_FALSE(IsFileName(name)) << name;
  }
}

TEST(QueryParameterTest, FindsTheFirstOfThatNameDecoded) {
  const struct {
    absl::string_view query;
    absl::optional<std::string> want;
  } kRows[] = {
      {"n=1", "1"},
      {"a=0&n=1&n=2", "1"},
      {"n=", ""},
      {"n", ""},
      {"n&m=1", ""},
      {"n=a=b", "a=b"},
      {"n=a+b%2Bc%26d", "a b+c&d"},
      {"%6e=1", "1"},
      {"&&n=1", "1"},
      {"n=a%00", "a\0"s},
      {"", absl::nullopt},
      {"m=n", absl::nullopt},
      {"nn=1", absl::nullopt},
      {"N=1", absl::nullopt},
      {"=1", absl::nullopt},
      // What is no escape stands for itself: url.spec.whatwg.org, "percent-decode".
      {"n=%", "%"},
      {"n=100%", "100%"},
      {"n=%zz&n=1", "%zz"},
      {"n=%4&m", "%4"},
      {"n=%%41", "%A"},
      {"%=1&n=2", "2"},
      {"n=\"<k\xc3\xa4se>\"", "\"<k\xc3\xa4se>\""},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(QueryParameter(row.query, "n"), row.want) << row.query;
  }
}

}  // namespace
}  // namespace robusto
