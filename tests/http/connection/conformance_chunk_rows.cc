// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Rows about the chunked coding: RFC 9112 section 7.1.

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/http/connection/conformance_rows.h"

namespace robusto {

using std::string_literals::operator""s;

ConformanceRows ChunkRows() {
  const std::string end = "0\r\n\r\n";
  const std::string smuggled(kSmuggled);
  const std::string hello = "200 POST /a hello";
  const auto with_extension = [&end](const std::string& extension) {
    return Chunked("5" + extension + "\r\nhello\r\n" + end);
  };
  // Refused rows end with a request that only a reader who stumbles on would find.
  const auto bad = [&smuggled](const char* name, const char* rfc, const std::string& body,
                               const char* want) {
    return Refuses(name, rfc, Chunked(body + smuggled), want);
  };
  return {
      // Sizes.
      Serves("OneChunk", "9112 7.1", Chunked(Chunk("hello") + end), {hello}),
      Serves("ManyChunks", "9112 7.1", Chunked(Chunk("h") + Chunk("ell") + Chunk("o") + end),
             {hello}),
      Serves("NoChunk", "9112 7.1", Chunked(end), {"200 POST /a"}),
      Serves("SizeInUpperCase", "9112 7.1", Chunked("A\r\n0123456789\r\n" + end),
             {"200 POST /a 0123456789"}),
      Serves("SizeInLowerCase", "9112 7.1", Chunked("a\r\n0123456789\r\n" + end),
             {"200 POST /a 0123456789"}),
      Serves("SizeWithLeadingZeros", "9112 7.1", Chunked("0005\r\nhello\r\n" + end), {hello}),
      Serves("LastSizeOfManyZeros", "9112 7.1", Chunked(Chunk("hello") + "000\r\n\r\n"), {hello}),
      Serves("DataThatLooksLikeTheEnd", "9112 7.1", Chunked(Chunk("0\r\n\r\n") + end),
             {"200 POST /a 0\r\n\r\n"}),
      Serves("DataThatLooksLikeARequest", "9112 7.1", Chunked(Chunk(smuggled) + end),
             {"200 POST /a " + smuggled}),
      Serves("DataOfAnyBytes", "9112 7.1", Chunked(Chunk("\0\r\n\xff"s) + end),
             {"200 POST /a \0\r\n\xff"s}),
      Waits("SizeIsPartial", "9112 8", Chunked("5")),
      Waits("ChunkIsPartial", "9112 8", Chunked("5\r\nhell")),
      Waits("NoLastChunk", "9112 8", Chunked(Chunk("hello"))),
      Waits("LastChunkWithoutEmptyLine", "9112 8", Chunked(Chunk("hello") + "0\r\n")),
      Waits("TrailerWithoutEmptyLine", "9112 8", Chunked(Chunk("hello") + "0\r\nX: y\r\n")),
      bad("SizeEmpty", "9112 7.1", "\r\n", "400 bad_chunk_size"),
      bad("SizeNotHex", "9112 7.1", "g\r\n", "400 bad_chunk_size"),
      bad("SizeWith0x", "9112 7.1", "0x5\r\nhello\r\n" + end, "400 bad_chunk_size"),
      bad("SizeWithPlus", "9112 7.1", "+5\r\nhello\r\n" + end, "400 bad_chunk_size"),
      bad("SizeWithMinus", "9112 7.1", "-0\r\n\r\n", "400 bad_chunk_size"),
      bad("SizeWithUnderscore", "9112 7.1", "0_5\r\nhello\r\n" + end, "400 bad_chunk_size"),
      bad("SizeWithPoint", "9112 7.1", "5.\r\nhello\r\n" + end, "400 bad_chunk_size"),
      bad("SizeWithComma", "9112 7.1", "5,\r\nhello\r\n" + end, "400 bad_chunk_size"),
      bad("SizeAfterSpace", "9112 7.1", " 5\r\nhello\r\n" + end, "400 bad_chunk_size"),
      bad("SizeBeforeSpace", "9112 7.1", "5 \r\nhello\r\n" + end, "400 bad_chunk_size"),
      bad("SizeBeforeTab", "9112 7.1", "5\t\r\nhello\r\n" + end, "400 bad_chunk_size"),
      bad("LastSizeBeforeSpace", "9112 7.1", "0 \r\n\r\n", "400 bad_chunk_size"),
      bad("SizeWithSpaceInside", "9112 7.1", "0 5\r\nhello\r\n" + end, "400 bad_chunk_size"),
      bad("SizeWithNul", "9112 7.1", "5\0\r\nhello\r\n"s + end, "400 bad_chunk_size"),
      bad("SizeWithObsText", "9112 7.1", "5\xa0\r\nhello\r\n" + end, "400 bad_chunk_size"),
      bad("SizeWithVerticalTab", "9112 7.1", "5\x0b\r\nhello\r\n" + end, "400 bad_chunk_size"),
      bad("SizeOver64Bits", "9112 7.1", "10000000000000005\r\nhello\r\n" + end,
          "400 bad_chunk_size"),
      bad("SizeOf64Bits", "9112 7.1", "ffffffffffffffff\r\nhello\r\n" + end, "413 body_too_large"),
      bad("SizeThatIsNegativeAsSigned", "9112 7.1", "fffffffffffffffb\r\nhello\r\n" + end,
          "413 body_too_large"),
      bad("SizeOver32Bits", "9112 7.1", "100000005\r\nhello\r\n" + end, "413 body_too_large"),
      bad("SizesThatSumUpTo64Bits", "9112 7.1", "5\r\nhello\r\nfffffffffffffffb\r\nhello\r\n" + end,
          "413 body_too_large"),
      bad("SizeOfTooManyZeros", "9112 7.1", std::string(17, '0') + "\r\n\r\n",
          "400 bad_chunk_size"),

      // Line ends.
      bad("SizeEndedByLf", "9112 2.2", "5\nhello\r\n" + end, "400 bare_lf"),
      bad("LastSizeEndedByLf", "9112 2.2", "0\n\r\n", "400 bare_lf"),
      bad("SizeEndedByCr", "9112 2.2", "5\rhello\r\n" + end, "400 bare_cr"),
      bad("SizeEndedByCrCrLf", "9112 2.2", "5\r\r\nhello\r\n" + end, "400 bare_cr"),
      bad("ChunkWithoutEnd", "9112 7.1", "5\r\nhello" + end, "400 bad_chunk_end"),
      bad("ChunkEndedByLf", "9112 7.1", "5\r\nhello\n" + end, "400 bad_chunk_end"),
      bad("ChunkEndedByCr", "9112 7.1", "5\r\nhello\r" + end, "400 bad_chunk_end"),
      bad("ChunkLongerThanItsSize", "9112 7.1", "5\r\nhello!\r\n" + end, "400 bad_chunk_end"),
      bad("ChunkShorterThanItsSize", "9112 7.1", "6\r\nhello\r\n" + end, "400 bad_chunk_end"),
      bad("EndedByLf", "9112 2.2", "0\r\n\n", "400 bare_lf"),
      bad("EndedByCr", "9112 2.2", "0\r\n\r", "400 bare_cr"),
      bad("EmptyLineBetweenChunks", "9112 7.1", "5\r\nhello\r\n\r\n" + end, "400 bad_chunk_size"),

      // Extensions are checked for form, and dropped.
      Serves("Extension", "9112 7.1.1", with_extension(";a"), {hello}),
      Serves("ExtensionWithValue", "9112 7.1.1", with_extension(";a=b"), {hello}),
      Serves("ExtensionWithQuotedValue", "9112 7.1.1", with_extension(";a=\"b;\\\" c\""), {hello}),
      Serves("ExtensionWithEmptyQuotedValue", "9112 7.1.1", with_extension(";a=\"\""), {hello}),
      Serves("ExtensionWithObsText", "9112 7.1.1", with_extension(";a=\"\xc3\xa9\""), {hello}),
      Serves("Extensions", "9112 7.1.1", with_extension(";a;b=c;d=\"e\""), {hello}),
      Serves("ExtensionWithBadWhiteSpace", "9112 7.1.1", with_extension(" \t; a = b ;\tc"),
             {hello}),
      Serves("ExtensionOfTheLastChunk", "9112 7.1.1", Chunked("0;a=b\r\n\r\n"), {"200 POST /a"}),
      bad("ExtensionWithoutName", "9112 7.1.1", "5;\r\nhello\r\n" + end, "400 bad_chunk_extension"),
      bad("ExtensionOfSpace", "9112 7.1.1", "5; \r\nhello\r\n" + end, "400 bad_chunk_extension"),
      bad("ExtensionWithValueAlone", "9112 7.1.1", "5;=b\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionWithEmptyValue", "9112 7.1.1", "5;a=\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionWithTwoValues", "9112 7.1.1", "5;a=b=c\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionWithTwoNames", "9112 7.1.1", "5;a b\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionTwiceSemicolon", "9112 7.1.1", "5;;a\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionEndsWithSemicolon", "9112 7.1.1", "5;a;\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionEndsWithSpace", "9112 7.1.1", "5;a \r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionWithOpenQuote", "9112 7.1.1", "5;a=\"b\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionWithTextAfterQuote", "9112 7.1.1", "5;a=\"b\"c\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionWithEscapedQuoteAlone", "9112 7.1.1", "5;a=\"b\\\"\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionWithEscapedLineEnd", "9112 7.1.1", "5;a=\"b\\\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionWithQuotedLineEnd", "9112 7.1.1", "5;a=\"\r\nhello\"\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionWithoutSemicolon", "9112 7.1.1", "5 a=b\r\nhello\r\n" + end,
          "400 bad_chunk_size"),
      bad("ExtensionNameWithSlash", "9112 7.1.1", "5;a/b\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionWithObsTextOutsideQuotes", "9112 7.1.1", "5;\xc3\xa9\r\nhello\r\n" + end,
          "400 bad_chunk_extension"),
      bad("ExtensionEndedByLf", "9112 2.2", "5;a\nhello\r\n" + end, "400 bare_lf"),
      bad("ExtensionOfALf", "9112 2.2", "5;\nhello\r\n" + end, "400 bare_lf"),
      bad("ExtensionWithQuotedLf", "9112 2.2", "5;a=\"\n\"\r\nhello\r\n" + end, "400 bare_lf"),
      bad("ExtensionEndedByCr", "9112 2.2", "5;a\rhello\r\n" + end, "400 bare_cr"),
      bad("ExtensionWithNul", "9110 5.6.4", "5;a=\"\0\"\r\nhello\r\n"s + end,
          "400 control_character"),

      // Trailers are checked for form, and dropped: none becomes a field of the request.
      Serves("Trailer", "9112 7.1.2", Chunked(Chunk("hello") + "0\r\nX: y\r\n\r\n"), {hello}),
      Serves("Trailers", "9112 7.1.2", Chunked(Chunk("hello") + "0\r\nX: y\r\nZ:\r\n\r\n"),
             {hello}),
      Serves("TrailerThatNamesALength", "9110 6.5.1",
             Chunked(Chunk("hello") + "0\r\nContent-Length: 35\r\n\r\n"), {hello}),
      Serves("TrailerThatNamesACoding", "9110 6.5.1",
             Chunked(Chunk("hello") + "0\r\nTransfer-Encoding: chunked\r\n\r\n"), {hello}),
      Serves("TrailerThatNamesAHost", "9110 6.5.1",
             Chunked(Chunk("hello") + "0\r\nHost: b\r\nHost: c\r\n\r\n"), {hello}),
      Serves("TrailerThatClosesNothing", "9110 6.5.1",
             Chunked(Chunk("hello") + "0\r\nConnection: close\r\nExpect: x\r\n\r\n"), {hello}),
      bad("TrailerWithSpaceBeforeColon", "9112 5.1", "0\r\nX : y\r\n\r\n",
          "400 space_before_colon"),
      bad("TrailerWithoutColon", "9112 5", "0\r\nX\r\n\r\n", "400 missing_colon"),
      bad("TrailerWithoutName", "9112 5.1", "0\r\n: y\r\n\r\n", "400 bad_field_name"),
      bad("TrailerFolded", "9112 5.2", "0\r\nX: y\r\n z\r\n\r\n", "400 obsolete_folding"),
      bad("TrailerAfterSpace", "9112 2.2", "0\r\n X: y\r\n\r\n", "400 space_before_first_field"),
      bad("TrailerEndedByLf", "9112 2.2", "0\r\nX: y\n\r\n", "400 bare_lf"),
      bad("TrailerEndedByCr", "9112 2.2", "0\r\nX: y\rZ: y\r\n\r\n", "400 bare_cr"),
      bad("TrailerWithNul", "9110 5.5", "0\r\nX: \0\r\n\r\n"s, "400 control_character"),
      bad("TrailerIsARequest", "9112 7.1.2", "0\r\n", "400 space_before_colon"),
  };
}

}  // namespace robusto
