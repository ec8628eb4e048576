// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/status_page/json_string.h"

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

TEST(JsonStringTest, IsTheTextOrItsEscapes) {
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

}  // namespace
}  // namespace robusto
