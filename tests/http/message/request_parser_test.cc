// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// RequestParser against its table (request_parser_rows.h). Every row is parsed whole, byte by byte,
// and cut in two at each place; always from a buffer that ends at a guard page, and that moves from
// call to call.

#include "robusto/http/message/request_parser.h"

#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "robusto/http/message/parse_error.h"
#include "robusto/http/message/request.h"
#include "tests/http/message/request_parser_rows.h"
#include "tests/testing/guard_page.h"

namespace {
size_t allocations = 0;
}  // namespace

// Not inlined: g++ would see malloc meet delete, and warn (-Wmismatched-new-delete).
ABSL_ATTRIBUTE_NOINLINE void* operator new(size_t size) {
  ++allocations;
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
ABSL_ATTRIBUTE_NOINLINE void operator delete(void* memory) noexcept { std::free(memory); }
ABSL_ATTRIBUTE_NOINLINE void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace robusto {
namespace {

using request_parser_rows::Get;
using request_parser_rows::Host;
using request_parser_rows::Line;
using request_parser_rows::Post;
using request_parser_rows::Row;

// As Row::want says it.
std::string Describe(const RequestParser& parser, ParseResult result, absl::string_view input) {
  if (result == ParseResult::kPartial) return "partial";
  if (result == ParseResult::kBad) {
    return absl::StrCat(parser.error().status, " ", ReasonName(parser.error().reason));
  }
  const RequestHead& head = parser.head();
  const Request request(input.data(), &head, "", "");
  std::string text = absl::StrCat(request.method_name(), " ", request.path());
  if (head.query.offset != 0) absl::StrAppend(&text, " ?", request.query());
  if (!request.host().empty()) absl::StrAppend(&text, " host=", request.host());
  if (head.minor_version == 0) absl::StrAppend(&text, " 1.0");
  if (!head.keep_alive) absl::StrAppend(&text, " close");
  if (head.content_length.has_value()) absl::StrAppend(&text, " length=", *head.content_length);
  if (head.chunked) absl::StrAppend(&text, " chunked");
  if (head.expect_continue) absl::StrAppend(&text, " continue");
  for (size_t i = 0; i < request.header_count(); ++i) {
    const std::string name = absl::AsciiStrToLower(request.header(i).name);
    if (name == "host" || name == "connection" || name == "content-length" || name == "expect" ||
        name == "transfer-encoding") {
      continue;
    }
    absl::StrAppend(&text, " ", request.header(i).name, "=", request.header(i).value);
  }
  const absl::string_view rest = input.substr(parser.head_size());
  if (!rest.empty()) absl::StrAppend(&text, " rest=", rest);
  return text;
}

std::vector<Row> AllRows() {
  std::vector<Row> all;
  namespace rows_of = request_parser_rows;
  for (const auto& rows : {rows_of::RequestLineRows(), rows_of::TargetRows(), rows_of::FieldRows(),
                           rows_of::HostRows(), rows_of::FramingRows(), rows_of::ConnectionRows(),
                           rows_of::SmugglingRows()}) {
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return all;
}

class RequestParserTable : public testing::TestWithParam<Row> {
 protected:
  // Parses `bytes` from another place than the last time, where they end at a guard page.
  ParseResult Parse(absl::string_view bytes) {
    GuardedBuffer& here = buffers_[calls_ % 2];
    GuardedBuffer& there = buffers_[++calls_ % 2];
    const absl::string_view moved = there.Assign(bytes);
    here.Spoil();
    return parser_.Parse(moved);
  }

  RequestParser parser_;
  GuardedBuffer buffers_[2] = {GuardedBuffer(1), GuardedBuffer(1)};
  size_t calls_ = 0;
};

TEST_P(RequestParserTable, Whole) {
  const std::string& input = GetParam().input;
  EXPECT_EQ(Describe(parser_, Parse(input), input), GetParam().want);
}

TEST_P(RequestParserTable, ByteByByte) {
  const std::string& input = GetParam().input;
  ParseResult result = ParseResult::kPartial;
  size_t fed = 0;
  while (result == ParseResult::kPartial && fed < input.size()) {
    result = Parse(absl::string_view(input).substr(0, ++fed));
  }
  EXPECT_EQ(Describe(parser_, result, input), GetParam().want);
  if (result == ParseResult::kComplete) {
    EXPECT_EQ(fed, parser_.head_size());
  }
}

TEST_P(RequestParserTable, CutInTwoAnywhere) {
  const std::string& input = GetParam().input;
  for (size_t cut = 0; cut <= input.size(); ++cut) {
    parser_.Reset();
    ParseResult result = Parse(absl::string_view(input).substr(0, cut));
    if (result == ParseResult::kPartial) result = Parse(input);
    ASSERT_EQ(Describe(parser_, result, input), GetParam().want) << "cut at " << cut;
  }
}

TEST_P(RequestParserTable, SaysTheSameAgainUntilReset) {
  const std::string& input = GetParam().input;
  const ParseResult result = Parse(input);
  if (result == ParseResult::kPartial) {
    EXPECT_EQ(Parse(input), ParseResult::kPartial);
  } else {
    EXPECT_EQ(Parse(input + "more"), result);
    EXPECT_EQ(Describe(parser_, result, input), GetParam().want);
  }
  parser_.Reset();
  EXPECT_EQ(Describe(parser_, Parse(input), input), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(Rfc, RequestParserTable, testing::ValuesIn(AllRows()),
                         [](const auto& info) { return std::string(info.param.name); });

// Every byte in every place, against the RFCs' own lists: independent of the parser's tables.
constexpr char kAlphaNumeric[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

void ExpectJustTheseBytes(const std::string& before, const std::string& after,
                          const std::string& allowed) {
  GuardedBuffer buffer(1);
  for (int c = 0; c < 256; ++c) {
    const std::string input = before + static_cast<char>(c) + after;
    RequestParser parser;
    const bool good = parser.Parse(buffer.Assign(input)) == ParseResult::kComplete;
    EXPECT_EQ(good, allowed.find(static_cast<char>(c)) != std::string::npos)
        << "byte " << c << " between \"" << before << "\" and \"" << after << '"';
  }
}

TEST(RequestParserTest, JustTokenBytesStandInAMethod) {
  ExpectJustTheseBytes("GE", "T / HTTP/1.1\r\nHost: a\r\n\r\n",
                       absl::StrCat(kAlphaNumeric, "!#$%&'*+-.^_`|~"));
}

TEST(RequestParserTest, JustTokenBytesStandInAFieldName) {
  // And the colon that ends it: "x:y: a" is the field x.
  ExpectJustTheseBytes("GET / HTTP/1.1\r\nHost: a\r\nx", "y: a\r\n\r\n",
                       absl::StrCat(kAlphaNumeric, "!#$%&'*+-.^_`|~:"));
}

TEST(RequestParserTest, AllButControlsStandInAFieldValueWhereverInIt) {
  std::string allowed = "\t";
  for (int c = 0x20; c < 256; ++c) {
    if (c != 0x7f) allowed.push_back(static_cast<char>(c));
  }
  for (size_t before = 0; before < 18; ++before) {
    ExpectJustTheseBytes("GET / HTTP/1.1\r\nHost: a\r\nx: " + std::string(before, 'a'), "b\r\n\r\n",
                         allowed);
    ExpectJustTheseBytes("GET / HTTP/1.1\r\nHost: a\r\nx: " + std::string(before, 'a'),
                         "bcdefghij\r\n\r\n", allowed);
  }
}

TEST(RequestParserTest, JustPcharAndWhatBrowsersSendStandInAPath) {
  // And the '?' that ends it.
  ExpectJustTheseBytes("GET /a", "b HTTP/1.1\r\nHost: a\r\n\r\n",
                       absl::StrCat(kAlphaNumeric, "-._~!$&'()*+,;=:@/[]^|?"));
}

TEST(RequestParserTest, AllBytesThatEndNeitherTheTargetNorTheLineStandInAQuery) {
  std::string good;
  for (int c = 0x21; c < 256; ++c) {
    if (c != '#' && c != 0x7f) good.push_back(static_cast<char>(c));
  }
  ExpectJustTheseBytes("GET /?a", "b HTTP/1.1\r\nHost: a\r\n\r\n", good);
}

TEST(RequestParserTest, JustRegNameBytesStandInAHost) {
  ExpectJustTheseBytes("GET / HTTP/1.1\r\nHost: a", "b\r\n\r\n",
                       absl::StrCat(kAlphaNumeric, "-._~!$&'()*+,;="));
}

TEST(RequestParserTest, JustHexadecimalDigitsStandInAnEscape) {
  ExpectJustTheseBytes("GET /%", "0 HTTP/1.1\r\nHost: a\r\n\r\n", "0123456789abcdefABCDEF");
  ExpectJustTheseBytes("GET /%0", " HTTP/1.1\r\nHost: a\r\n\r\n", "0123456789abcdefABCDEF");
}

TEST(RequestParserTest, JustDigitsStandInAContentLength) {
  ExpectJustTheseBytes("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1", "2\r\n\r\n", "0123456789");
}

TEST(RequestParserTest, JustOneMinorDigitStandsInAVersion) {
  ExpectJustTheseBytes("GET / HTTP/1.", "\r\nHost: a\r\n\r\n", "0123456789");
}

TEST(RequestParserTest, NamesEveryStandardMethod) {
  const struct {
    const char* name;
    Method method;
  } kMethods[] = {
      {"GET /", Method::kGet},         {"HEAD /", Method::kHead},
      {"POST /", Method::kPost},       {"PUT /", Method::kPut},
      {"DELETE /", Method::kDelete},   {"CONNECT a:1", Method::kConnect},
      {"OPTIONS /", Method::kOptions}, {"TRACE /", Method::kTrace},
      {"PATCH /", Method::kPatch},     {"PROPFIND /", Method::kOther},
      {"GEt /", Method::kOther},       {"PUTT /", Method::kOther},
  };
  for (const auto& row : kMethods) {
    RequestParser parser;
    ASSERT_EQ(parser.Parse(Line(absl::StrCat(row.name, " HTTP/1.1"))), ParseResult::kComplete);
    EXPECT_EQ(parser.head().method, row.method) << row.name;
  }
}

TEST(RequestParserTest, ResetForgetsEverything) {
  RequestParser parser;
  const std::string rich =
      "\r\nPOST http://b/p?q HTTP/1.0\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n"
      "Expect: 100-continue\r\nx: y\r\n\r\n";
  ASSERT_EQ(parser.Parse(rich), ParseResult::kComplete);
  parser.Reset();
  const std::string plain = "OPTIONS * HTTP/1.1\r\nHost: c\r\n\r\n";
  EXPECT_EQ(Describe(parser, parser.Parse(plain), plain), "OPTIONS * host=c");
  parser.Reset();
  ASSERT_EQ(parser.Parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: x"),
            ParseResult::kPartial);
  parser.Reset();
  EXPECT_EQ(Describe(parser, parser.Parse(plain), plain), "OPTIONS * host=c");
  parser.Reset();
  EXPECT_EQ(parser.Parse("GET / HTTP/1.1\r\n\r\n"), ParseResult::kBad);
}

TEST(RequestParserTest, ReadsPipelinedRequestsOneByOne) {
  const std::string all = Get("") + "\r\n" + Line("HEAD /2 HTTP/1.1") + Get("x: 3\r\n");
  absl::string_view rest = all;
  RequestParser parser;
  std::vector<std::string> paths;
  while (!rest.empty()) {
    ASSERT_EQ(parser.Parse(rest), ParseResult::kComplete);
    paths.push_back(absl::StrCat(Request(rest.data(), &parser.head(), "", "").method_name(),
                                 parser.head().field_count));
    rest.remove_prefix(parser.head_size());
    parser.Reset();
  }
  EXPECT_EQ(paths, (std::vector<std::string>{"GET1", "HEAD1", "GET2"}));
}

TEST(RequestParserTest, IsIdleUntilARequestBegins) {
  RequestParser parser;
  EXPECT_TRUE(parser.idle());
  EXPECT_EQ(parser.Parse(""), ParseResult::kPartial);
  EXPECT_TRUE(parser.idle());
  EXPECT_EQ(parser.Parse("\r"), ParseResult::kPartial);
  EXPECT_FALSE(parser.idle());
  EXPECT_EQ(parser.Parse("\r\n"), ParseResult::kPartial);
  EXPECT_TRUE(parser.idle());
  EXPECT_EQ(parser.Parse("\r\nG"), ParseResult::kPartial);
  EXPECT_FALSE(parser.idle());
  EXPECT_EQ(parser.Parse("\r\nGET / HTTP/1.1\r\n"), ParseResult::kPartial);
  EXPECT_FALSE(parser.idle());
  parser.Reset();
  EXPECT_TRUE(parser.idle());
}

TEST(RequestParserTest, FindsAFieldWithoutCaseAndTheFirstOfSeveral) {
  const std::string input = Get("X-One: 1\r\nx-one: 2\r\nX-Empty:\r\n");
  RequestParser parser;
  ASSERT_EQ(parser.Parse(input), ParseResult::kComplete);
  const Request request(input.data(), &parser.head(), "", "");
  EXPECT_EQ(request.Header("x-ONE"), "1");
  EXPECT_EQ(request.Header("x-empty"), "");
  EXPECT_FALSE(request.Header("x-on").has_value());
  EXPECT_FALSE(request.Header("").has_value());
}

TEST(RequestParserTest, AllocatesNothing) {
  const std::string good = Post("Transfer-Encoding: chunked\r\nConnection: a, b\r\n");
  const std::string bad = Host("[::1%25eth0]");
  RequestParser parser;
  const size_t before = allocations;
  EXPECT_EQ(parser.Parse(good), ParseResult::kComplete);
  parser.Reset();
  EXPECT_EQ(parser.Parse(bad), ParseResult::kBad);
  EXPECT_EQ(allocations, before);
}

TEST(ParseErrorTest, EveryReasonHasANameOfItsOwnAndAnErrorStatus) {
  std::vector<absl::string_view> names;
  for (int i = 1; i <= static_cast<int>(ParseReason::kBodyTooLarge); ++i) {
    const auto reason = static_cast<ParseReason>(i);
    EXPECT_GE(StatusOf(reason), 400);
    for (absl::string_view name : names) EXPECT_NE(name, ReasonName(reason));
    EXPECT_NE(ReasonName(reason), "unknown");
    names.push_back(ReasonName(reason));
  }
  EXPECT_EQ(StatusOf(ParseReason::kNone), 200);
  EXPECT_EQ(ReasonName(ParseReason::kNone), "none");
}

}  // namespace
}  // namespace robusto
