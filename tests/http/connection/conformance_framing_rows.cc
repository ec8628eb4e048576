// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Rows about where a message ends: Content-Length (RFC 9110 section 8.6) and Transfer-Encoding
// (RFC 9112 section 6). Where a refused message has a body, that hides a request.

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/http/connection/conformance_rows.h"

namespace robusto {

using std::string_literals::operator""s;

namespace {

// Post with a length and a body of its own, which looks like a request.
std::string WithLength(const std::string& value) {
  return Post("Content-Length: " + value + "\r\n", kSmuggled);
}
std::string WithCoding(const std::string& value) {
  return Post("Transfer-Encoding: " + value + "\r\n", LastChunkAndSmuggled());
}

}  // namespace

ConformanceRows ContentLengthRows() {
  const std::string smuggled(kSmuggled);
  return {
      Serves("Length", "9112 6.3", Post(Length(5), "hello"), {"200 POST /a hello"}),
      Serves("LengthZero", "9112 6.3", Post(Length(0), ""), {"200 POST /a"}),
      Serves("LengthWithLeadingZeros", "9110 8.6", Post("Content-Length: 0005\r\n", "hello"),
             {"200 POST /a hello"}),
      Serves("LengthWithWhiteSpaceAround", "9112 5.1", Post("Content-Length:\t 5 \t\r\n", "hello"),
             {"200 POST /a hello"}),
      Serves("LengthsNameIsWithoutCase", "9110 5.1", Post("cONTENT-lENGTH: 5\r\n", "hello"),
             {"200 POST /a hello"}),
      Serves("ABodyThatLooksLikeARequest", "9112 6", Post(Length(kSmuggled.size()), kSmuggled),
             {"200 POST /a " + smuggled}),
      Serves("BodyOfAnyBytes", "9112 6.2", Post(Length(6), "\0\r\n\r\n\xff"s),
             {"200 POST /a \0\r\n\r\n\xff"s}),
      Serves("BodyOnGet", "9110 9.3.1",
             Message("GET /a HTTP/1.1", Length(kSmuggled.size()), kSmuggled),
             {"200 GET /a " + smuggled}),
      Serves("BodyOnHead", "9110 9.3.2",
             Message("HEAD /a HTTP/1.1", Length(kSmuggled.size()), kSmuggled),
             {"200 HEAD /a " + smuggled}),
      Serves("BodyOnDelete", "9110 9.3.5",
             Message("DELETE /a HTTP/1.1", Length(kSmuggled.size()), kSmuggled),
             {"200 DELETE /a " + smuggled}),
      Serves("BodyOnOptions", "9110 9.3.7",
             Message("OPTIONS * HTTP/1.1", Length(kSmuggled.size()), kSmuggled),
             {"200 OPTIONS * " + smuggled}),
      Serves("BodyOnAnUnknownMethod", "9112 6.3",
             Message("BREW /a HTTP/1.1", Length(kSmuggled.size()), kSmuggled),
             {"200 BREW /a " + smuggled}),
      Closes("BodyIn10", "9112 6.3", Post10(Length(kSmuggled.size()), kSmuggled),
             {"200 POST /a " + smuggled}),
      Closes("NoLengthIsNoBody", "9112 6.3", Post10("", kSmuggled), {"200 POST /a"}),
      Waits("BodyWithoutItsLastByte", "9112 8", Post(Length(5), "hell")),
      Refuses("LengthRepeated", "9110 8.6",
              Post("Content-Length: 35\r\nContent-Length: 35\r\n", kSmuggled),
              "400 repeated_content_length"),
      Refuses("LengthsDiffer", "9112 6.3",
              Post("Content-Length: 35\r\nContent-Length: 0\r\n", kSmuggled),
              "400 repeated_content_length"),
      Refuses("LengthsDifferZeroFirst", "9112 6.3",
              Post("Content-Length: 0\r\nContent-Length: 35\r\n", kSmuggled),
              "400 repeated_content_length"),
      Refuses("LengthsFarApart", "9112 6.3",
              Post("Content-Length: 35\r\nX: y\r\nCONTENT-LENGTH: 0\r\n", kSmuggled),
              "400 repeated_content_length"),
      Refuses("LengthIsAList", "9110 8.6", WithLength("35, 35"), "400 bad_content_length"),
      Refuses("LengthIsAListOfTwo", "9112 6.3", WithLength("0,35"), "400 bad_content_length"),
      Refuses("LengthWithComma", "9110 8.6", WithLength("35,"), "400 bad_content_length"),
      Refuses("LengthEmpty", "9110 8.6", WithLength(""), "400 bad_content_length"),
      Refuses("LengthOfWhiteSpace", "9110 8.6", WithLength(" \t"), "400 bad_content_length"),
      Refuses("LengthWithPlus", "9110 8.6", WithLength("+35"), "400 bad_content_length"),
      Refuses("LengthNegative", "9110 8.6", WithLength("-1"), "400 bad_content_length"),
      Refuses("LengthMinusZero", "9110 8.6", WithLength("-0"), "400 bad_content_length"),
      Refuses("LengthInHex", "9110 8.6", WithLength("0x23"), "400 bad_content_length"),
      Refuses("LengthWithHexDigit", "9110 8.6", WithLength("2f"), "400 bad_content_length"),
      Refuses("LengthWithPoint", "9110 8.6", WithLength("35.0"), "400 bad_content_length"),
      Refuses("LengthWithExponent", "9110 8.6", WithLength("3e1"), "400 bad_content_length"),
      Refuses("LengthWithUnderscore", "9110 8.6", WithLength("3_5"), "400 bad_content_length"),
      Refuses("LengthWithSpaceInside", "9110 8.6", WithLength("3 5"), "400 bad_content_length"),
      Refuses("LengthInQuotes", "9110 8.6", WithLength("\"35\""), "400 bad_content_length"),
      Refuses("LengthWithSemicolon", "9110 8.6", WithLength("35;x"), "400 bad_content_length"),
      Refuses("LengthWithObsText", "9110 8.6", WithLength("35\xa0"), "400 bad_content_length"),
      Refuses("LengthWithVerticalTab", "9110 5.5",
              WithLength("\x0b"
                         "35"),
              "400 control_character"),
      Refuses("LengthWithNul", "9110 5.5", WithLength("35\0"s), "400 control_character"),
      Refuses("LengthOver32BitsWrapsNot", "9110 8.6", WithLength("4294967296"),
              "413 body_too_large"),
      Refuses("LengthOver63Bits", "9110 8.6", WithLength("9223372036854775808"),
              "400 bad_content_length"),
      Refuses("LengthOver64Bits", "9110 8.6", WithLength("18446744073709551651"),
              "400 bad_content_length"),
      Serves("LengthOfManyZeros", "9110 8.6",
             Post("Content-Length: " + std::string(100, '0') + "5\r\n", "hello"),
             {"200 POST /a hello"}),
      Refuses("LengthOfManyDigits", "9110 8.6", WithLength(std::string(100, '1')),
              "400 bad_content_length"),
      Refuses("LengthBadOnGet", "9112 6.3", Get("Content-Length: x\r\n"), "400 bad_content_length"),
      Refuses("LengthBadIn10", "9112 6.3", Post10("Content-Length: x\r\n", kSmuggled),
              "400 bad_content_length"),
      Refuses("LengthWithSpaceBeforeColon", "9112 5.1", Post("Content-Length : 35\r\n", kSmuggled),
              "400 space_before_colon"),
  };
}

ConformanceRows TransferEncodingRows() {
  const std::string whole = Chunk("hello") + "0\r\n\r\n";
  return {
      Serves("Coding", "9112 7.1", Post("Transfer-Encoding: chunked\r\n", whole),
             {"200 POST /a hello"}),
      Serves("CodingIsWithoutCase", "9112 7", Post("tRANSFER-eNCODING: cHUNKED\r\n", whole),
             {"200 POST /a hello"}),
      Serves("CodingWithWhiteSpaceAround", "9112 5.1",
             Post("Transfer-Encoding:\t chunked \t\r\n", whole), {"200 POST /a hello"}),
      Serves("CodingOnGet", "9110 9.3.1",
             Message("GET /a HTTP/1.1", "Transfer-Encoding: chunked\r\n", whole),
             {"200 GET /a hello"}),
      Serves("CodingOnHead", "9110 9.3.2",
             Message("HEAD /a HTTP/1.1", "Transfer-Encoding: chunked\r\n", whole),
             {"200 HEAD /a hello"}),
      Serves("TeIsNotTransferEncoding", "9110 10.1.4", Get("TE: chunked\r\nConnection: TE\r\n"),
             {"200 GET /a"}),
      Refuses("CodingAndLength", "9112 6.1",
              Post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", LastChunkAndSmuggled()),
              "400 length_and_transfer_encoding"),
      Refuses("LengthAndCoding", "9112 6.1",
              Post("Content-Length: 40\r\nTransfer-Encoding: chunked\r\n", LastChunkAndSmuggled()),
              "400 length_and_transfer_encoding"),
      Refuses("CodingAndLengthZero", "9112 6.1",
              Post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", LastChunkAndSmuggled()),
              "400 length_and_transfer_encoding"),
      Refuses("CodingNotKnownAndLength", "9112 6.1",
              Post("Content-Length: 40\r\nTransfer-Encoding: x\r\n", LastChunkAndSmuggled()),
              "400 length_and_transfer_encoding"),
      Refuses("GzipThenChunked", "9112 6.1", WithCoding("gzip, chunked"),
              "501 unsupported_transfer_coding"),
      Refuses(
          "GzipAndChunkedInTwoFields", "9110 5.3",
          Post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", LastChunkAndSmuggled()),
          "501 unsupported_transfer_coding"),
      Refuses("ChunkedThenGzip", "9112 6.3", WithCoding("chunked, gzip"),
              "400 bad_transfer_encoding"),
      Refuses(
          "ChunkedAndGzipInTwoFields", "9112 6.3",
          Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n", LastChunkAndSmuggled()),
          "400 bad_transfer_encoding"),
      Refuses("ChunkedTwice", "9112 6.1", WithCoding("chunked, chunked"),
              "400 bad_transfer_encoding"),
      Refuses("ChunkedInTwoFields", "9112 6.1",
              Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                   LastChunkAndSmuggled()),
              "400 bad_transfer_encoding"),
      Refuses("ChunkedGzipChunked", "9112 6.1", WithCoding("chunked, gzip, chunked"),
              "400 bad_transfer_encoding"),
      Refuses("Gzip", "9112 6.3", WithCoding("gzip"), "400 bad_transfer_encoding"),
      Refuses("Identity", "9112 6.3", WithCoding("identity"), "400 bad_transfer_encoding"),
      Refuses("IdentityThenChunked", "9112 7", WithCoding("identity, chunked"),
              "501 unsupported_transfer_coding"),
      Refuses("ChunkedThenIdentity", "9112 6.3", WithCoding("chunked, identity"),
              "400 bad_transfer_encoding"),
      Refuses("CodingEmpty", "9112 6.3", WithCoding(""), "400 bad_transfer_encoding"),
      Refuses("CodingWithCommaAfter", "9110 5.6.1", WithCoding("chunked,"),
              "400 bad_transfer_encoding"),
      Refuses("CodingWithCommaBefore", "9110 5.6.1", WithCoding(",chunked"),
              "400 bad_transfer_encoding"),
      Refuses("CodingIsAComma", "9112 6.3", WithCoding(","), "400 bad_transfer_encoding"),
      Refuses("CodingWithSpaceForComma", "9112 7", WithCoding("gzip chunked"),
              "400 bad_transfer_encoding"),
      Refuses("CodingWithParameter", "9112 7.1", WithCoding("chunked;x=y"),
              "400 bad_transfer_encoding"),
      Refuses("CodingWithSemicolon", "9112 7.1", WithCoding("chunked;"),
              "400 bad_transfer_encoding"),
      Refuses("CodingInQuotes", "9112 7", WithCoding("\"chunked\""), "400 bad_transfer_encoding"),
      Refuses("CodingInQuotesThenChunked", "9112 7", WithCoding("\"gzip\", chunked"),
              "400 bad_transfer_encoding"),
      Refuses("CodingInSingleQuotes", "9112 7", WithCoding("'chunked'"),
              "400 bad_transfer_encoding"),
      Refuses("CodingInBrackets", "9112 7", WithCoding("[chunked]"), "400 bad_transfer_encoding"),
      Refuses("CodingWithXBefore", "9112 7", WithCoding("xchunked"), "400 bad_transfer_encoding"),
      Refuses("CodingWithXAfter", "9112 7", WithCoding("chunkedx"), "400 bad_transfer_encoding"),
      Refuses("CodingCutShort", "9112 7", WithCoding("chunke"), "400 bad_transfer_encoding"),
      Refuses("CodingWithColon", "9112 7", WithCoding(": chunked"), "400 bad_transfer_encoding"),
      Refuses("CodingIn10", "9112 6.1",
              Post10("Transfer-Encoding: chunked\r\n", LastChunkAndSmuggled()),
              "400 transfer_encoding_in_http_1_0"),
      Refuses(
          "CodingAndLengthIn10", "9112 6.1",
          Post10("Transfer-Encoding: chunked\r\nContent-Length: 5\r\nConnection: keep-alive\r\n",
                 LastChunkAndSmuggled()),
          "400 transfer_encoding_in_http_1_0"),
      Refuses("CodingWithSpaceBeforeColon", "9112 5.1",
              Post("Transfer-Encoding : chunked\r\n", LastChunkAndSmuggled()),
              "400 space_before_colon"),
      Refuses("CodingFolded", "9112 5.2",
              Post("Transfer-Encoding:\r\n chunked\r\n", LastChunkAndSmuggled()),
              "400 obsolete_folding"),
      Refuses("CodingWithVerticalTab", "9110 5.5", WithCoding("chunked\x0b"),
              "400 control_character"),
      Refuses("CodingAfterVerticalTab", "9110 5.5",
              WithCoding("\x0b"
                         "chunked"),
              "400 control_character"),
      Refuses("CodingWithFormFeed", "9110 5.5", WithCoding("chunked\x0c"), "400 control_character"),
      Refuses("CodingWithNul", "9110 5.5", WithCoding("chunked\0"s), "400 control_character"),
      Refuses("CodingWithNonBreakingSpace", "9112 7", WithCoding("chunked\xa0"),
              "400 bad_transfer_encoding"),
      Refuses("CodingWithCr", "9112 2.2", WithCoding("chunked\r"), "400 bare_cr"),
      Refuses("CodingWithLf", "9112 2.2", WithCoding("\nchunked"), "400 bare_lf"),
  };
}

}  // namespace robusto
