// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/text/display_text.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(DisplayTextTest, EscapesWhatIsNoUtf8AndWhatSteersATerminal) {
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
  EXPECT_EQ(DisplayText(std::string(100000, 'x'), kDisplayBytes).size(), kDisplayBytes);
}

}  // namespace
}  // namespace robusto
