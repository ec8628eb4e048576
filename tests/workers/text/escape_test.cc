// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/text/escape.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(DisplayTextTest, EscapesInvalidUtf8AndControlCharacters) {
  struct Case {
    const char* name;
    absl::string_view text;
    const char* want;
  };
  const Case cases[] = {
      {"empty", "", ""},
      {"plain", "GET /a?b=\"c\\d\"", "GET /a?b=\"c\\d\""},
      {"two, three and four bytes", "\u00e9\u65e5\U0001F600", "\u00e9\u65e5\U0001F600"},
      {"Latin-1", "caf\xE9!", "caf\\xe9!"},
      {"a lone continuation", "a\x80z", "a\\x80z"},
      {"overlong slash", "\xC0\xAF", "\\xc0\\xaf"},
      {"surrogate", "\xED\xA0\x80", "\\xed\\xa0\\x80"},
      {"cut off", "\xE2\x82", "\\xe2\\x82"},
      {"NUL, newline, escape, delete", absl::string_view("\0\n\x1b[2J\x7f", 7),
       "\\x00\\x0a\\x1b[2J\\x7f"},
      {"C1 as UTF-8: CSI", "\xC2\x9B\x32J", "\\xc2\\x9b2J"},
      {"the last of C1", "\xC2\x9F", "\\xc2\\x9f"},
      {"the first after C1", "\xC2\xA0", "\xC2\xA0"},
  };
  for (const Case& c : cases) EXPECT_EQ(DisplayText(c.text, 100), c.want) << c.name;
}

TEST(DisplayTextTest, CutsBetweenCharacters) {
  EXPECT_EQ(DisplayText("0123456789", 10), "0123456789");
  EXPECT_EQ(DisplayText("0123456789x", 10), "0123456...");
  // Two bytes each: three of them fill six, and half of the fourth would be the seventh.
  EXPECT_EQ(DisplayText("\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9", 10), "\u00e9\u00e9\u00e9...");
  // An escape is not cut either.
  EXPECT_EQ(DisplayText("01234\xFF\xFF", 10), "01234...");
  EXPECT_EQ(DisplayText("abcd", 3), "...");
  EXPECT_EQ(DisplayText(std::string(100000, 'x'), kMaxDisplayBytes).size(), kMaxDisplayBytes);
}

TEST(PrintableTextTest, EscapesEveryByteThatIsNotPrintableAscii) {
  EXPECT_EQ(PrintableText("GET /a b~"), "GET /a b~");
  EXPECT_EQ(PrintableText(absl::string_view("\0\x1b[2J\x7f\n", 7)), "\\x00\\x1b[2J\\x7f\\x0a");
  EXPECT_EQ(PrintableText("caf\xc3\xa9 \xc2\x9b \xff"), "caf\\xc3\\xa9 \\xc2\\x9b \\xff");
}

TEST(AppendLogTextTest, EscapesQuoteBackslashAndEveryByteThatIsNotPrintableAscii) {
  struct Case {
    const char* name;
    absl::string_view text;
    size_t limit;
    const char* want;
  };
  const Case cases[] = {
      {"plain", "GET /a?b=c", 100, "GET /a?b=c"},
      {"quote and backslash", R"(a"b\c)", 100, R"(a\x22b\x5Cc)"},
      {"control and high bytes", absl::string_view("\0\n\xff", 3), 100, R"(\x00\x0A\xFF)"},
      {"exactly the limit", "0123456789", 10, "0123456789"},
      {"beyond the limit", "0123456789x", 10, "0123456789..."},
      {"an escape is not cut", "01234567\xff", 10, "01234567..."},
  };
  for (const Case& c : cases) {
    std::string line = "x";
    AppendLogText(c.text, c.limit, &line);
    EXPECT_EQ(line, std::string("x") + c.want) << c.name;
  }
}

TEST(AppendJsonStringTest, EscapesQuotesControlCharactersTagsAndInvalidUtf8) {
  struct Case {
    const char* name;
    absl::string_view text;
    const char* want;
  };
  const Case cases[] = {
      {"empty", "", R"("")"},
      {"plain", "GET /a?b=c", R"("GET /a?b=c")"},
      {"quote and backslash", R"(a"b\c)", R"("a\"b\\c")"},
      {"controls", absl::string_view("\0\n\x1f\x7f", 4), R"("\u0000\u000a\u001f\u007f")"},
      {"a tag", "<b>&", R"("\u003cb\u003e\u0026")"},
      {"two, three and four bytes", "\u00e9\u65e5\U0001F600", "\"\u00e9\u65e5\U0001F600\""},
      {"a lone continuation", "a\x80z", R"("a\ufffdz")"},
      {"overlong slash", "\xC0\xAF", R"("\ufffd\ufffd")"},
      {"overlong in three", "\xE0\x80\xAF", R"("\ufffd\ufffd\ufffd")"},
      {"surrogate", "\xED\xA0\x80", R"("\ufffd\ufffd\ufffd")"},
      {"beyond the last", "\xF4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},
      {"cut off", "\xE2\x82", R"("\ufffd\ufffd")"},
      {"cut off by a quote", "\xE2\x82\"", R"("\ufffd\ufffd\"")"},
  };
  for (const Case& c : cases) {
    std::string json = "x";
    AppendJsonString(c.text, &json);
    EXPECT_EQ(json, std::string("x") + c.want) << c.name;
  }
}

TEST(AppendJsonAsciiTest, EscapesEveryCharacterThatIsNotPrintableAscii) {
  struct Case {
    const char* name;
    absl::string_view text;
    size_t limit;
    const char* want;
  };
  const Case cases[] = {
      {"plain", "GET /<a>", 100, "GET /<a>"},
      {"quote and backslash", R"(a"b\c)", 100, R"(a\"b\\c)"},
      {"control", "\n\x7f", 100, R"(\u000a\u007f)"},
      {"two and three bytes", "\u00e9\u65e5", 100, R"(\u00e9\u65e5)"},
      {"a surrogate pair", "\U0001F600", 100, R"(\ud83d\ude00)"},
      {"invalid UTF-8", "a\x80z", 100, R"(a\ufffdz)"},
      {"a surrogate pair is not cut", "\U0001F600", 11, "..."},
  };
  for (const Case& c : cases) {
    std::string line = "x";
    AppendJsonAscii(c.text, c.limit, &line);
    EXPECT_EQ(line, std::string("x") + c.want) << c.name;
  }
}

}  // namespace
}  // namespace robusto
