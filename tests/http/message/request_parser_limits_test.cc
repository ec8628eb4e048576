// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// RequestParser refuses what is too large at the byte that makes it so, in the middle of a line as
// well.

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "robusto/http/message/parse_error.h"
#include "robusto/http/message/request.h"
#include "robusto/http/message/request_parser.h"

namespace robusto {
namespace {

using std::string_literals::operator""s;

std::string Name(ParseError error) {
  return absl::StrCat(error.status, " ", ReasonName(error.reason));
}

std::string Times(size_t n, absl::string_view text) {
  std::string all;
  for (size_t i = 0; i < n; ++i) absl::StrAppend(&all, text);
  return all;
}

// Feeds byte by byte until the parser has made up its mind, and says after how many bytes that was.
size_t BytesUntilBad(RequestParser* parser, const std::string& input, const char* want) {
  for (size_t fed = 1; fed <= input.size(); ++fed) {
    const ParseResult result = parser->Parse(absl::string_view(input).substr(0, fed));
    if (result == ParseResult::kPartial) continue;
    EXPECT_EQ(result == ParseResult::kBad ? Name(parser->error()) : "complete", want);
    return fed;
  }
  ADD_FAILURE() << "still partial";
  return 0;
}

ParserLimits SmallLimits() {
  ParserLimits limits;
  limits.max_request_line = 20;
  limits.max_header_bytes = 30;
  limits.max_fields = 3;
  return limits;
}

TEST(RequestParserLimitsTest, RequestLineMayBeAsLongAsTheLimitWithItsLineEnd) {
  RequestParser parser(SmallLimits());
  const std::string line = "GET /1234 HTTP/1.1\r\n";
  ASSERT_EQ(line.size(), 20u);
  EXPECT_EQ(parser.Parse(line + "Host: a\r\n\r\n"), ParseResult::kComplete);
  parser.Reset();
  EXPECT_EQ(parser.Parse("\r\n" + line + "Host: a\r\n\r\n"), ParseResult::kComplete);
}

TEST(RequestParserLimitsTest, RequestLinePastTheLimitIs414AtTheByteThatPassesIt) {
  const std::string line = "GET /12345 HTTP/1.1\r\n";
  ASSERT_EQ(line.size(), 21u);
  RequestParser parser(SmallLimits());
  EXPECT_EQ(BytesUntilBad(&parser, line, "414 request_line_too_long"), 20u);
  parser.Reset();
  EXPECT_EQ(parser.Parse(line), ParseResult::kBad);
  EXPECT_EQ(parser.error().status, 414);
}

TEST(RequestParserLimitsTest, RequestLineWithoutEndIs414) {
  RequestParser parser(SmallLimits());
  EXPECT_EQ(BytesUntilBad(&parser, std::string(100, 'a'), "414 request_line_too_long"), 20u);
  parser.Reset();
  EXPECT_EQ(BytesUntilBad(&parser, "\r\n" + std::string(100, 'a'), "414 request_line_too_long"),
            22u);
}

TEST(RequestParserLimitsTest, AsManyEmptyLinesAsTheLimitMayStandBeforeARequest) {
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string most = Times(ParserLimits::kMaxEmptyLines, "\r\n");
  RequestParser parser;
  EXPECT_EQ(parser.Parse(most + request), ParseResult::kComplete);
  EXPECT_EQ(parser.head_size(), most.size() + request.size());
  parser.Reset();
  EXPECT_EQ(BytesUntilBad(&parser, most + "\r\n" + request, "400 bad_request_line"),
            most.size() + 2);
}

TEST(RequestParserLimitsTest, FieldsMayBeAsLongAsTheLimitWithTheEmptyLine) {
  RequestParser parser(SmallLimits());
  const std::string fields = "Host: a\r\nx: 123456789abcdef\r\n";
  ASSERT_EQ(fields.size() + 2, 31u);
  EXPECT_EQ(BytesUntilBad(&parser, "GET / HTTP/1.1\r\n" + fields + "\r\n", "431 fields_too_large"),
            16u + 30u);
  parser.Reset();
  EXPECT_EQ(parser.Parse("GET / HTTP/1.1\r\nHost: a\r\nx: 123456789abcde\r\n\r\n"),
            ParseResult::kComplete);
}

TEST(RequestParserLimitsTest, FieldWithoutEndIs431) {
  RequestParser parser(SmallLimits());
  EXPECT_EQ(BytesUntilBad(&parser, "GET / HTTP/1.1\r\nHost: a\r\nx: " + std::string(100, 'a'),
                          "431 fields_too_large"),
            16u + 30u);
}

TEST(RequestParserLimitsTest, FieldsWithoutEndAre431) {
  ParserLimits limits;
  limits.max_header_bytes = 100;
  RequestParser parser(limits);
  EXPECT_EQ(
      BytesUntilBad(&parser, "GET / HTTP/1.1\r\n" + Times(100, "x:\r\n"), "431 fields_too_large"),
      16u + 100u);
}

TEST(RequestParserLimitsTest, AsManyFieldsAsTheLimitAreGoodAndOneMoreIs431) {
  RequestParser parser(SmallLimits());
  EXPECT_EQ(parser.Parse("GET / HTTP/1.1\r\nHost: a\r\nx:\r\ny:\r\n\r\n"), ParseResult::kComplete);
  parser.Reset();
  EXPECT_EQ(BytesUntilBad(&parser, "GET / HTTP/1.1\r\nHost: a\r\nx:\r\ny:\r\nz:\r\n\r\n",
                          "431 too_many_fields"),
            16u + 9u + 4u + 4u + 4u);
}

TEST(RequestParserLimitsTest, MoreFieldsThanTheTableHoldsAreRefusedWhateverTheLimit) {
  ParserLimits limits;
  limits.max_fields = 100000;
  RequestParser parser(limits);
  const std::string most =
      "GET / HTTP/1.1\r\nHost: a\r\n" + Times(RequestHead::kMaxFields - 1, "x:\r\n");
  EXPECT_EQ(parser.Parse(most + "\r\n"), ParseResult::kComplete);
  EXPECT_EQ(parser.head().field_count, RequestHead::kMaxFields);
  parser.Reset();
  EXPECT_EQ(parser.Parse(most + "x:\r\n\r\n"), ParseResult::kBad);
  EXPECT_EQ(ReasonName(parser.error().reason), "too_many_fields");
}

TEST(RequestParserLimitsTest, NeverNeedsMoreThanMaxHeadBytes) {
  const ParserLimits limits = SmallLimits();
  ASSERT_EQ(limits.max_head_bytes(), 250u);
  const std::string empty_lines = Times(ParserLimits::kMaxEmptyLines, "\r\n");
  for (const std::string& start :
       {std::string(), empty_lines, empty_lines + "GET /1234 HTTP/1.1\r\n",
        empty_lines + "GET /1234 HTTP/1.1\r\nHost: a\r\n"}) {
    std::string input = start;
    input.resize(limits.max_head_bytes(), 'a');
    RequestParser parser(limits);
    EXPECT_EQ(parser.Parse(input), ParseResult::kBad) << start;
  }
}

TEST(RequestParserLimitsTest, DefaultsTakeAnOrdinaryBrowsersHead) {
  EXPECT_EQ(ParserLimits().max_request_line, 8192u);
  EXPECT_EQ(ParserLimits().max_header_bytes, 32768u);
  EXPECT_EQ(ParserLimits().max_fields, 100u);
  RequestParser parser;
  EXPECT_EQ(parser.Parse("GET /" + std::string(8000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"),
            ParseResult::kComplete);
}

}  // namespace
}  // namespace robusto
