// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The specification of ChunkedDecoder as a table. Every row is decoded whole, byte by byte, and cut
// in two at each place, always from a buffer that ends at a guard page.

#include "robusto/http/message/chunked_decoder.h"

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "robusto/http/message/parse_error.h"
#include "tests/testing/guard_page.h"

namespace robusto {
namespace {

using std::string_literals::operator""s;

struct Row {
  const char* name;
  const char* section;  // of RFC 9112 where no other is named
  std::string input;
  // As Describe says it: "STATUS reason", or "[BODY]" or "partial [BODY]" and what was left over.
  std::string want;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name << " (" << row.section << ")"; }

std::string Describe(const ChunkedDecoder& decoder, ParseResult result, absl::string_view body,
                     absl::string_view rest) {
  switch (result) {
    case ParseResult::kBad:
      return absl::StrCat(decoder.error().status, " ", ReasonName(decoder.error().reason));
    case ParseResult::kPartial:
      return absl::StrCat("partial [", body, "]", rest);
    case ParseResult::kComplete:
      return absl::StrCat("[", body, "]", rest);
  }
  return "";
}

std::vector<Row> AllRows() {
  return {
      {"OneChunk", "7.1", "5\r\nhello\r\n0\r\n\r\n", "[hello]"},
      {"TwoChunks", "7.1", "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", "[hello, world]"},
      {"NoChunk", "7.1", "0\r\n\r\n", "[]"},
      {"SizeInLowerCaseHex", "7.1", "a\r\n0123456789\r\n0\r\n\r\n", "[0123456789]"},
      {"SizeInUpperCaseHex", "7.1", "A\r\n0123456789\r\n0\r\n\r\n", "[0123456789]"},
      {"SizeIsHexAndNotDecimal", "7.1", "10\r\n0123456789abcdef\r\n0\r\n\r\n",
       "[0123456789abcdef]"},
      {"SizeWithLeadingZeros", "7.1", "0005\r\nhello\r\n000\r\n\r\n", "[hello]"},
      {"SizeOf16Digits", "7.1", "0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n", "[hello]"},
      {"DataMayBeAnyByte", "7.1", "6\r\n\0\r\n\xff\r\n\r\n0\r\n\r\n"s, "[\0\r\n\xff\r\n]"s},
      {"DataMayLookLikeTheEnd", "7.1", "5\r\n0\r\n\r\n\r\n0\r\n\r\n", "[0\r\n\r\n]"},
      {"NextRequestIsNotTheBodys", "9.3.2", "1\r\na\r\n0\r\n\r\nGET / HTTP/1.1\r\n",
       "[a]GET / HTTP/1.1\r\n"},
      {"EmptyLineAfterTheBodyIsTheNextRequests", "2.2", "0\r\n\r\n\r\n\r\n", "[]\r\n\r\n"},

      {"NothingIsPartial", "7.1", "", "partial []"},
      {"SizeIsPartial", "7.1", "5", "partial []"},
      {"SizeLineIsPartial", "7.1", "5\r\n", "partial []"},
      {"SomeDataIsPartial", "7.1", "5\r\nhel", "partial [hel]"},
      {"DataWithoutItsEndIsPartial", "7.1", "5\r\nhello\r", "partial [hello]"},
      {"LastChunkIsPartial", "7.1", "0\r\n", "partial []"},
      {"LastChunkWithCrIsPartial", "7.1", "0\r\n\r", "partial []"},
      {"TrailerIsPartial", "7.1.2", "0\r\na: b\r\n", "partial []"},

      {"EmptySizeIsBad", "7.1", "\r\n\r\n", "400 bad_chunk_size"},
      {"EmptySizeAfterAChunkIsBad", "7.1", "1\r\na\r\n\r\n0\r\n\r\n", "400 bad_chunk_size"},
      {"SizeOf17DigitsIsBad", "7.1", "00000000000000005\r\nhello\r\n", "400 bad_chunk_size"},
      {"SizePast64BitsIsBad", "7.1", "10000000000000005\r\nhello\r\n", "400 bad_chunk_size"},
      {"SizeOf64BitsIsTooLarge", "7.1", "ffffffffffffffff\r\n", "413 body_too_large"},
      {"SizeOf64BitsAfterAChunkIsTooLarge", "7.1", "2\r\nab\r\nfffffffffffffffe\r\n",
       "413 body_too_large"},
      {"SizeOf32BitsOverflowIsNotCut", "7.1", "100000005\r\nhello\r\n", "413 body_too_large"},
      {"SizeOf16DigitsInMaxIsTooLarge", "7.1", "8000000000000000\r\n", "413 body_too_large"},
      {"SizeWithPlusIsBad", "7.1", "+5\r\nhello\r\n", "400 bad_chunk_size"},
      {"SizeWithMinusIsBad", "7.1", "-5\r\nhello\r\n", "400 bad_chunk_size"},
      {"SizeWith0xIsBad", "7.1", "0x5\r\nhello\r\n", "400 bad_chunk_size"},
      {"SizeWithUnderscoreIsBad", "7.1", "0_5\r\nhello\r\n", "400 bad_chunk_size"},
      {"SizeWithLetterAfterHexIsBad", "7.1", "5g\r\nhello\r\n", "400 bad_chunk_size"},
      {"SizeInQuotesIsBad", "7.1", "\"5\"\r\nhello\r\n", "400 bad_chunk_size"},
      {"SpaceBeforeSizeIsBad", "7.1", " 5\r\nhello\r\n", "400 bad_chunk_size"},
      {"SpaceInSizeIsBad", "7.1", "5 0\r\nhello\r\n", "400 bad_chunk_size"},
      {"SpaceAfterSizeIsBad", "7.1", "5 \r\nhello\r\n", "400 bad_chunk_size"},
      {"TabAfterSizeIsBad", "7.1", "5\t\r\nhello\r\n", "400 bad_chunk_size"},
      {"VerticalTabAfterSizeIsBad", "7.1", "5\x0b\r\nhello\r\n", "400 bad_chunk_size"},
      {"NulAfterSizeIsBad", "7.1", "5\0\r\nhello\r\n"s, "400 bad_chunk_size"},
      {"CommaAfterSizeIsBad", "7.1", "5,\r\nhello\r\n", "400 bad_chunk_size"},

      {"BareLfAfterSizeIsBad", "7.1", "5\nhello\r\n0\r\n\r\n", "400 bare_lf"},
      {"BareCrAfterSizeIsBad", "7.1", "5\rhello\r\n0\r\n\r\n", "400 bare_cr"},
      {"TwoCrAfterSizeAreBad", "7.1", "5\r\r\nhello\r\n0\r\n\r\n", "400 bare_cr"},
      {"BareLfAfterSpaceIsBad", "7.1", "5 \nhello\r\n", "400 bare_lf"},
      {"BareLfAfterDataIsBad", "7.1", "5\r\nhello\n0\r\n\r\n", "400 bad_chunk_end"},
      {"BareCrAfterDataIsBad", "7.1", "5\r\nhello\r0\r\n\r\n", "400 bad_chunk_end"},
      {"NoLineEndAfterDataIsBad", "7.1", "5\r\nhello0\r\n\r\n", "400 bad_chunk_end"},
      {"SpaceAfterDataIsBad", "7.1", "5\r\nhello \r\n0\r\n\r\n", "400 bad_chunk_end"},
      {"TwoBytesOfAnythingAfterDataAreBad", "7.1", "5\r\nhelloxx0\r\n\r\n", "400 bad_chunk_end"},
      {"DataLongerThanSizeIsBad", "7.1", "4\r\nhello\r\n0\r\n\r\n", "400 bad_chunk_end"},
      {"DataShorterThanSizeIsBad", "7.1", "6\r\nhello\r\n0\r\n\r\n", "400 bad_chunk_end"},
      {"BareLfAfterLastChunkIsBad", "7.1", "0\n\r\n", "400 bare_lf"},
      {"BareLfAsTheEndIsBad", "7.1", "0\r\n\n", "400 bare_lf"},
      {"BareCrAsTheEndIsBad", "7.1", "0\r\n\rGET", "400 bare_cr"},
      {"LastChunkWithDataIsBad", "7.1", "0\r\nhello\r\n\r\n", "400 missing_colon"},

      {"ExtensionName", "7.1.1", "5;a\r\nhello\r\n0\r\n\r\n", "[hello]"},
      {"ExtensionValue", "7.1.1", "5;a=b\r\nhello\r\n0\r\n\r\n", "[hello]"},
      {"ExtensionLongValue", "7.1.1", "5;name=token!\r\nhello\r\n0\r\n\r\n", "[hello]"},
      {"ExtensionLongValueWithATextAfterIsBad", "7.1.1", "5;a=bc\"\r\nhello\r\n",
       "400 bad_chunk_extension"},
      {"ExtensionQuotedValue", "7.1.1", "5;a=\"b \\\";c\"\r\nhello\r\n0\r\n\r\n", "[hello]"},
      {"ExtensionsSeveral", "7.1.1", "5;a;b=c;d=\"e\"\r\nhello\r\n0\r\n\r\n", "[hello]"},
      {"ExtensionOfLastChunk", "7.1.1", "0;a=b\r\n\r\n", "[]"},
      {"ExtensionAfterBadWhiteSpace", "7.1.1", "5 \t; a = b\r\nhello\r\n0\r\n\r\n", "[hello]"},
      {"ExtensionMayHoldObsText", "7.1.1", "5;a=\"\xc3\xa9\"\r\nhello\r\n0\r\n\r\n", "[hello]"},
      {"ExtensionWithoutNameIsBad", "7.1.1", "5;\r\nhello\r\n", "400 bad_chunk_extension"},
      {"ExtensionWithoutNameButValueIsBad", "7.1.1", "5;=b\r\nhello\r\n",
       "400 bad_chunk_extension"},
      {"ExtensionWithoutNameAfterSpaceIsBad", "7.1.1", "5; \r\nhello\r\n",
       "400 bad_chunk_extension"},
      {"ExtensionWithoutSemicolonIsBad", "7.1.1", "5 a=b\r\nhello\r\n", "400 bad_chunk_size"},
      {"ExtensionEndedByBareLfIsBad", "7.1.1", "5;a\nhello\r\n0\r\n\r\n", "400 bare_lf"},
      {"ExtensionOfABareLfIsBad", "7.1.1", "5;\nhello\r\n0\r\n\r\n", "400 bare_lf"},
      {"ExtensionWithBareCrIsBad", "7.1.1", "5;a\rb\r\nhello\r\n", "400 bare_cr"},
      {"ExtensionEscapeInQuotes", "7.1.1", "5;a=\"\\\\\"\r\nhello\r\n0\r\n\r\n", "[hello]"},
      {"ExtensionEmptyQuotedValue", "7.1.1", "5;a=\"\" ;b\r\nhello\r\n0\r\n\r\n", "[hello]"},
      {"ExtensionQuotesHideNoLineEnd", "7.1.1", "5;a=\"\r\nhello\r\n0\r\n\r\n",
       "400 bad_chunk_extension"},
      {"ExtensionQuotesHideNoEscapedLineEnd", "7.1.1", "5;a=\"\\\r\nhello\r\n",
       "400 bad_chunk_extension"},
      {"ExtensionWithEmptyValueIsBad", "7.1.1", "5;a=\r\nhello\r\n", "400 bad_chunk_extension"},
      {"ExtensionWithTwoValuesIsBad", "7.1.1", "5;a=b=c\r\nhello\r\n", "400 bad_chunk_extension"},
      {"ExtensionWithTwoNamesIsBad", "7.1.1", "5;a b\r\nhello\r\n", "400 bad_chunk_extension"},
      {"ExtensionWithTwoTokensForValueIsBad", "7.1.1", "5;a=b c\r\nhello\r\n",
       "400 bad_chunk_extension"},
      {"ExtensionWithTextAfterQuotesIsBad", "7.1.1", "5;a=\"b\"c\r\nhello\r\n",
       "400 bad_chunk_extension"},
      {"ExtensionWithQuotedNameIsBad", "7.1.1", "5;\"a\"\r\nhello\r\n", "400 bad_chunk_extension"},
      {"ExtensionWithObsTextOutsideQuotesIsBad", "7.1.1", "5;a=\xff\r\nhello\r\n",
       "400 bad_chunk_extension"},
      {"ExtensionThenSpaceIsBad", "7.1.1", "5;a \r\nhello\r\n", "400 bad_chunk_extension"},
      {"ExtensionValueThenSpaceIsBad", "7.1.1", "5;a=b \r\nhello\r\n", "400 bad_chunk_extension"},
      {"ExtensionThenSemicolonIsBad", "7.1.1", "5;a;\r\nhello\r\n", "400 bad_chunk_extension"},
      {"ExtensionQuotesHideNoBareLf", "7.1.1", "5;a=\"\n\"\r\nhello\r\n", "400 bare_lf"},
      {"ExtensionWithNulIsBad", "7.1.1", "5;a\0\r\nhello\r\n"s, "400 control_character"},
      {"ExtensionWithDelIsBad", "7.1.1", "5;a\x7f\r\nhello\r\n", "400 control_character"},

      {"TrailerIsDropped", "7.1.2", "0\r\na: b\r\nc:d \r\n\r\nrest", "[]rest"},
      {"TrailerMayBeEmpty", "7.1.2", "0\r\na:\r\n\r\n", "[]"},
      {"TrailerMayHoldObsTextAndTab", "7.1.2", "0\r\na: \xc3\xa9\tx\r\n\r\n", "[]"},
      {"TrailersCannotFrame", "6.5.1",
       "0\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\n\r\nhello", "[]hello"},
      {"TrailerWithoutColonIsBad", "5", "0\r\nab\r\n\r\n", "400 missing_colon"},
      {"TrailerWithBareLfInNameIsBad", "5", "0\r\nab\n\r\n", "400 missing_colon"},
      {"TrailerWithSpaceBeforeColonIsBad", "5.1", "0\r\na : b\r\n\r\n", "400 space_before_colon"},
      {"TrailerWithEmptyNameIsBad", "5.1", "0\r\n: b\r\n\r\n", "400 bad_field_name"},
      {"TrailerWithBadNameIsBad", "5.1", "0\r\na(: b\r\n\r\n", "400 bad_field_name"},
      {"TrailerFoldedIsBad", "5.2", "0\r\na: b\r\n c\r\n\r\n", "400 obsolete_folding"},
      {"TrailerAfterSpaceIsBad", "2.2", "0\r\n a: b\r\n\r\n", "400 space_before_first_field"},
      {"TrailerWithBareLfIsBad", "2.2", "0\r\na: b\n\r\n", "400 bare_lf"},
      {"TrailerWithBareCrIsBad", "2.2", "0\r\na: b\rc\r\n\r\n", "400 bare_cr"},
      {"TrailerWithNulIsBad", "9110 5.5", "0\r\na: \0\r\n\r\n"s, "400 control_character"},
      {"RequestAfterOneLineEndIsATrailerAndBad", "7.1", "0\r\nGET / HTTP/1.1\r\n\r\n",
       "400 space_before_colon"},
  };
}

class ChunkedDecoderTable : public testing::TestWithParam<Row> {
 protected:
  // Decodes pieces of these sizes, the rest at last; what a piece leaves over stops it.
  std::string Decode(const std::vector<size_t>& pieces) {
    absl::string_view rest = GetParam().input;
    std::string body;
    ChunkedDecoder decoder;
    ParseResult result = decoder.Decode("", &body).result;
    for (size_t i = 0; result == ParseResult::kPartial && !rest.empty(); ++i) {
      const absl::string_view piece = rest.substr(0, i < pieces.size() ? pieces[i] : rest.npos);
      const ChunkedDecoder::Progress progress = decoder.Decode(buffer_.Assign(piece), &body);
      result = progress.result;
      if (result == ParseResult::kPartial) {
        EXPECT_EQ(progress.consumed, piece.size());
      }
      rest.remove_prefix(progress.consumed);
    }
    EXPECT_EQ(decoder.decoded_size(), body.size());
    return Describe(decoder, result, body, rest);
  }

  GuardedBuffer buffer_{1};
};

TEST_P(ChunkedDecoderTable, Whole) { EXPECT_EQ(Decode({}), GetParam().want); }

TEST_P(ChunkedDecoderTable, ByteByByte) {
  EXPECT_EQ(Decode(std::vector<size_t>(GetParam().input.size(), 1)), GetParam().want);
}

TEST_P(ChunkedDecoderTable, CutInTwoAnywhere) {
  for (size_t cut = 0; cut <= GetParam().input.size(); ++cut) {
    ASSERT_EQ(Decode({cut}), GetParam().want) << "cut at " << cut;
  }
}

TEST_P(ChunkedDecoderTable, SaysTheSameAgainUntilReset) {
  const std::string& input = GetParam().input;
  ChunkedDecoder decoder;
  for (int time = 0; time < 2; ++time) {
    std::string body;
    const ChunkedDecoder::Progress progress = decoder.Decode(input, &body);
    if (progress.result != ParseResult::kPartial) {
      const ChunkedDecoder::Progress again = decoder.Decode("0\r\n\r\n", &body);
      EXPECT_EQ(again.result, progress.result);
      EXPECT_EQ(again.consumed, 0u);
    }
    EXPECT_EQ(Describe(decoder, progress.result, body, input.substr(progress.consumed)),
              GetParam().want);
    decoder.Reset();
  }
}

INSTANTIATE_TEST_SUITE_P(Rfc, ChunkedDecoderTable, testing::ValuesIn(AllRows()),
                         [](const auto& info) { return std::string(info.param.name); });

// Decodes byte by byte; says what came of it and after how many bytes.
std::string Outcome(const ChunkedLimits& limits, const std::string& input) {
  ChunkedDecoder decoder(limits);
  std::string body;
  for (size_t i = 0; i < input.size(); ++i) {
    const ParseResult result = decoder.Decode(absl::string_view(input).substr(i, 1), &body).result;
    if (result == ParseResult::kBad) {
      return absl::StrCat(ReasonName(decoder.error().reason), " at ", i + 1);
    }
    if (result == ParseResult::kComplete) return absl::StrCat("complete at ", i + 1);
  }
  return "partial";
}

TEST(ChunkedDecoderLimitsTest, BodyMayBeAsLargeAsTheLimit) {
  ChunkedLimits limits;
  limits.max_body = 6;
  EXPECT_EQ(Outcome(limits, "6\r\nabcdef\r\n0\r\n\r\n"), "complete at 16");
  EXPECT_EQ(Outcome(limits, "2\r\nab\r\n4\r\ncdef\r\n0\r\n\r\n"), "complete at 21");
}

TEST(ChunkedDecoderLimitsTest, BodyPastTheLimitIsRefusedWhenItsSizeIsAnnounced) {
  ChunkedLimits limits;
  limits.max_body = 6;
  EXPECT_EQ(Outcome(limits, "7\r\nabcdefg"), "body_too_large at 2");
  EXPECT_EQ(Outcome(limits, "2\r\nab\r\n5;x\r\n"), "body_too_large at 11");
  EXPECT_EQ(Outcome(limits, "1\r\na\r\nffffffffffffffff\r\n"), "body_too_large at 23");
}

TEST(ChunkedDecoderLimitsTest, BodyLimitOfZeroTakesAnEmptyBody) {
  ChunkedLimits limits;
  limits.max_body = 0;
  EXPECT_EQ(Outcome(limits, "0\r\n\r\n"), "complete at 5");
  EXPECT_EQ(Outcome(limits, "1\r\n"), "body_too_large at 2");
}

TEST(ChunkedDecoderLimitsTest, LargestLimitStillCannotBeOverflown) {
  ChunkedLimits limits;
  limits.max_body = UINT64_MAX;
  EXPECT_EQ(Outcome(limits, "2\r\nab\r\nffffffffffffffff\r\n"), "body_too_large at 24");
}

TEST(ChunkedDecoderLimitsTest, ExtensionsAreCountedOverAllChunks) {
  ChunkedLimits limits;
  limits.max_extension_bytes = 6;
  EXPECT_EQ(Outcome(limits, "1;ab\r\na\r\n1 ;a\r\na\r\n0\r\n\r\n"), "complete at 23");
  EXPECT_EQ(Outcome(limits, "1;ab\r\na\r\n1 ;ab\r\n"), "chunk_extensions_too_large at 14");
  EXPECT_EQ(Outcome(limits, "1;abcdefgh"), "chunk_extensions_too_large at 8");
  EXPECT_EQ(Outcome(limits, "1        "), "chunk_extensions_too_large at 8");
  EXPECT_EQ(Outcome(limits, "1;        "), "chunk_extensions_too_large at 8");
}

TEST(ChunkedDecoderLimitsTest, TrailersMayBeAsLongAsTheLimitWithTheEmptyLine) {
  ChunkedLimits limits;
  limits.max_trailer_bytes = 10;
  EXPECT_EQ(Outcome(limits, "0\r\na: bcd\r\n\r\n"), "complete at 13");
  EXPECT_EQ(Outcome(limits, "0\r\na: bcde\r\n\r\n"), "fields_too_large at 14");
  EXPECT_EQ(Outcome(limits, "0\r\na:" + std::string(100, 'b')), "fields_too_large at 14");
  EXPECT_EQ(Outcome(limits, "0\r\n" + std::string(100, 'b')), "fields_too_large at 14");
}

TEST(ChunkedDecoderLimitsTest, AsManyTrailersAsTheLimitAreGoodAndOneMoreIsNot) {
  ChunkedLimits limits;
  limits.max_trailer_fields = 2;
  EXPECT_EQ(Outcome(limits, "0\r\na:\r\nb:\r\n\r\n"), "complete at 13");
  EXPECT_EQ(Outcome(limits, "0\r\na:\r\nb:\r\nc:\r\n\r\n"), "too_many_fields at 12");
}

TEST(ChunkedDecoderTest, NextGivesDataWithoutCopyingIt) {
  const std::string input = "5\r\nhello\r\n2\r\n!!\r\n0\r\n\r\nrest";
  absl::string_view rest = input;
  ChunkedDecoder decoder;
  ChunkedDecoder::Step step = decoder.Next(rest);
  EXPECT_EQ(step.result, ParseResult::kPartial);
  EXPECT_EQ(step.data, "hello");
  EXPECT_EQ(step.data.data(), input.data() + 3);
  rest.remove_prefix(step.consumed);
  step = decoder.Next(rest);
  EXPECT_EQ(step.data, "!!");
  rest.remove_prefix(step.consumed);
  step = decoder.Next(rest);
  EXPECT_EQ(step.result, ParseResult::kComplete);
  EXPECT_TRUE(step.data.empty());
  rest.remove_prefix(step.consumed);
  EXPECT_EQ(rest, "rest");
}

TEST(ChunkedDecoderTest, DecodeAppendsToWhatIsThere) {
  std::string body = "<";
  ChunkedDecoder decoder;
  EXPECT_EQ(decoder.Decode("3\r\na", &body).result, ParseResult::kPartial);
  EXPECT_EQ(decoder.Decode("bc\r\n0\r\n\r\n", &body).result, ParseResult::kComplete);
  EXPECT_EQ(body, "<abc");
  EXPECT_EQ(decoder.decoded_size(), 3u);
}

TEST(ChunkedDecoderTest, BadInputIsNotConsumedFromTheBadByteOn) {
  std::string body;
  ChunkedDecoder decoder;
  EXPECT_EQ(decoder.Decode("1\r\nab\r\n", &body).consumed, 4u);
  EXPECT_EQ(body, "a");
}

TEST(ChunkedDecoderTest, ResetCountsFromTheStart) {
  ChunkedLimits limits;
  limits.max_body = 3;
  limits.max_extension_bytes = 2;
  limits.max_trailer_bytes = 7;
  limits.max_trailer_fields = 1;
  ChunkedDecoder decoder(limits);
  for (int i = 0; i < 3; ++i) {
    std::string body;
    EXPECT_EQ(decoder.Decode("3;a\r\nabc\r\n0\r\na:b\r\n\r\n", &body).result,
              ParseResult::kComplete);
    decoder.Reset();
  }
}

}  // namespace
}  // namespace robusto
