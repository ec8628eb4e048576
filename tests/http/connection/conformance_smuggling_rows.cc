// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Rows of known ways to have two servers disagree on where a request ends: request smuggling, and
// desynchronisation. Each is named after what the front server and the server behind it would go by
// (CL: Content-Length, TE: Transfer-Encoding, 0: no body at all), or after the trick. All hide
// kSmuggled.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/http/connection/conformance_rows.h"

namespace robusto {

using std::string_literals::operator""s;

namespace {

constexpr char kCoding[] = "Transfer-Encoding: chunked\r\n";

// A Transfer-Encoding that only one of two servers knows for one, beside a length (TE.TE).
ConformanceRow Disguised(const char* name, const char* rfc, const std::string& fields,
                         const char* want) {
  return Refuses(name, rfc, Post(Length(5 + kSmuggled.size()) + fields, LastChunkAndSmuggled()),
                 want);
}

}  // namespace

ConformanceRows SmugglingRows() {
  const std::string smuggled(kSmuggled);
  const std::string cl = Length(5 + kSmuggled.size());
  const std::string both = "400 length_and_transfer_encoding";
  const std::string te_as_data = "200 POST /a " + LastChunkAndSmuggled();
  // A chunk whose data is the rest: what one side takes for extension or data, another for chunks.
  const auto chunked = [&smuggled](const char* name, const std::string& body, const char* want) {
    return Refuses(name, "9112 7.1.1", Chunked(body + "0\r\n\r\n" + smuggled), want);
  };
  return {
      // CL.TE, TE.CL and their kin.
      Refuses("ClTe", "9112 6.1", Post(cl + kCoding, LastChunkAndSmuggled()), both),
      Refuses("TeCl", "9112 6.1", Post(kCoding + Length(4), Chunk(kSmuggled) + "0\r\n\r\n"), both),
      Refuses("TeZero", "9112 6.1", Post(kCoding + Length(0), LastChunkAndSmuggled()), both),
      Refuses("ClTeOnGet", "9112 6.1",
              Message("GET /a HTTP/1.1", cl + kCoding, LastChunkAndSmuggled()), both),
      Refuses("ClTeIn10", "9112 6.1", Post10(cl + kCoding, LastChunkAndSmuggled()),
              "400 transfer_encoding_in_http_1_0"),
      Refuses("ClTeIn12", "9112 6.1",
              Message("POST /a HTTP/1.2", cl + kCoding, LastChunkAndSmuggled()), both),
      Refuses("ClCl", "9112 6.3", Post(Length(0) + Length(kSmuggled.size()), kSmuggled),
              "400 repeated_content_length"),
      Serves("ClZeroIsReadByLength", "9112 6.3",
             Post(Length(kSmuggled.size()), kSmuggled) + Message("GET /b HTTP/1.1"),
             {"200 POST /a " + smuggled, "200 GET /b"}),
      Serves("ClZeroOnAnUpgrade", "9110 7.8",
             Post("Connection: Upgrade\r\nUpgrade: websocket\r\n" + Length(kSmuggled.size()),
                  kSmuggled),
             {"200 POST /a " + smuggled}),
      Serves("ZeroClIsReadByLength", "9112 6.3",
             Message("GET /a HTTP/1.1", Length(kSmuggled.size()), kSmuggled) +
                 Message("GET /b HTTP/1.1"),
             {"200 GET /a " + smuggled, "200 GET /b"}),
      Waits("ZeroClWaitsForTheLength", "9112 6.3",
            Message("GET /a HTTP/1.1", Length(kSmuggled.size() + 50), kSmuggled)),
      Serves("LengthNamedByConnectionStaysALength", "9110 7.6.1",
             Post("Connection: Content-Length\r\n" + Length(kSmuggled.size()), kSmuggled),
             {"200 POST /a " + smuggled}),
      Serves("CodingNamedByConnectionStaysACoding", "9110 7.6.1",
             Post(std::string("Connection: Transfer-Encoding\r\n") + kCoding,
                  Chunk(kSmuggled) + "0\r\n\r\n"),
             {"200 POST /a " + smuggled}),
      Serves("ExpectBeforeABody", "9110 10.1.1",
             Post("Expect: 100-continue\r\n" + Length(kSmuggled.size()), kSmuggled),
             {"200 POST /a " + smuggled}),
      Refuses("ExpectDisguised", "9110 10.1.1",
              Post("Expect: y 100-continue\r\n" + Length(kSmuggled.size()), kSmuggled),
              "417 unsupported_expectation"),

      // TE.TE: one of the two does not see that it is Transfer-Encoding, or chunked.
      Disguised("SpaceBeforeColon", "9112 5.1", "Transfer-Encoding : chunked\r\n",
                "400 space_before_colon"),
      Disguised("TabBeforeColon", "9112 5.1", "Transfer-Encoding\t: chunked\r\n",
                "400 space_before_colon"),
      Disguised("VerticalTabBeforeColon", "9112 5.1", "Transfer-Encoding\x0b: chunked\r\n",
                "400 control_character"),
      Disguised("NulBeforeColon", "9112 5.1", "Transfer-Encoding\0: chunked\r\n"s,
                "400 control_character"),
      Disguised("CrBeforeColon", "9112 5.1", "Transfer-Encoding\r: chunked\r\n", "400 bare_cr"),
      Disguised("ObsTextBeforeColon", "9112 5.1", "Transfer-Encoding\xff: chunked\r\n",
                "400 bad_field_name"),
      Disguised("SpaceBeforeName", "9112 5.2", " Transfer-Encoding: chunked\r\n",
                "400 obsolete_folding"),
      Disguised("NameFolded", "9112 5.2", "Transfer-Encoding\r\n : chunked\r\n",
                "400 missing_colon"),
      Disguised("ValueFolded", "9112 5.2", "Transfer-Encoding:\r\n chunked\r\n",
                "400 obsolete_folding"),
      Disguised("ValueFoldedWithTab", "9112 5.2", "Transfer-Encoding:\r\n\tchunked\r\n",
                "400 obsolete_folding"),
      Disguised("HiddenBehindLf", "9112 2.2", "X: y\nTransfer-Encoding: chunked\r\n",
                "400 bare_lf"),
      Disguised("HiddenBehindCr", "9112 2.2", "X: y\rTransfer-Encoding: chunked\r\n",
                "400 bare_cr"),
      Disguised("HiddenBehindNul", "9110 5.5", "X: y\0Transfer-Encoding: chunked\r\n"s,
                "400 control_character"),
      Disguised("HiddenAfterFold", "9112 5.2", "X: y\r\n Transfer-Encoding: chunked\r\n",
                "400 obsolete_folding"),
      Disguised("NoSpaceAfterColon", "9112 5.1", "Transfer-Encoding:chunked\r\n", both.c_str()),
      Disguised("TabAfterColon", "9112 5.1", "Transfer-Encoding:\tchunked\r\n", both.c_str()),
      Disguised("CaseOfName", "9110 5.1", "tRaNsFeR-eNcOdInG: chunked\r\n", both.c_str()),
      Disguised("CaseOfValue", "9112 7", "Transfer-Encoding: CHUNKED\r\n", both.c_str()),
      Disguised("IdentityThenChunked", "9112 6.1",
                "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", both.c_str()),
      Disguised("ChunkedThenCow", "9112 6.1",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n", both.c_str()),
      Disguised("ValueWithVerticalTab", "9110 5.5",
                "Transfer-Encoding: \x0b"
                "chunked\r\n",
                "400 control_character"),
      Disguised("ValueWithNul", "9110 5.5", "Transfer-Encoding: chunked\0\r\n"s,
                "400 control_character"),
      Disguised("ValueWithX", "9112 7", "Transfer-Encoding: xchunked\r\n", both.c_str()),
      Disguised("ValueWithQuotes", "9112 7", "Transfer-Encoding: \"chunked\"\r\n", both.c_str()),
      Disguised("ValueWithTrailingComma", "9110 5.6.1", "Transfer-Encoding: chunked,\r\n",
                both.c_str()),
      Disguised("ValueWithTwoColons", "9112 5", "Transfer-Encoding:: chunked\r\n", both.c_str()),
      Disguised("ValueEmpty", "9112 6.1", "Transfer-Encoding:\r\n", both.c_str()),
      // Another name is another field: the length holds, and all of the body is a body.
      Serves("UnderscoreForHyphen", "9110 5.1",
             Post(cl + "Transfer_Encoding: chunked\r\n", LastChunkAndSmuggled()), {te_as_data}),
      Serves("NameWithPrefix", "9110 5.1",
             Post(cl + "X-Transfer-Encoding: chunked\r\n", LastChunkAndSmuggled()), {te_as_data}),
      Serves("NameInTheSingular", "9110 5.1",
             Post(cl + "Transfer-Encodings: chunked\r\n", LastChunkAndSmuggled()), {te_as_data}),
      Serves("ContentEncodingIsNoCoding", "9110 8.4",
             Post(cl + "Content-Encoding: chunked\r\n", LastChunkAndSmuggled()), {te_as_data}),
      Serves("ValueOfAnotherField", "9112 5",
             Post(cl + "X: Transfer-Encoding: chunked\r\n", LastChunkAndSmuggled()), {te_as_data}),

      // Disguised lengths, where nothing else frames the body.
      Refuses("LengthBehindLf", "9112 2.2", Get("X: y\nContent-Length: 35\r\n") + smuggled,
              "400 bare_lf"),
      Refuses("LengthBehindCr", "9112 2.2", Get("X: y\rContent-Length: 35\r\n") + smuggled,
              "400 bare_cr"),
      Refuses("LengthFolded", "9112 5.2", Get("Content-Length:\r\n 35\r\n") + smuggled,
              "400 bad_content_length"),
      Refuses("LengthWithSpaceBeforeColon", "9112 5.1",
              Message("GET /a HTTP/1.1", "Content-Length : 35\r\n", kSmuggled),
              "400 space_before_colon"),
      Refuses("LengthWithValueOfTwo", "9112 6.3", Get("Content-Length: 0 35\r\n") + smuggled,
              "400 bad_content_length"),
      Refuses("FirstFieldAfterSpace", "9112 2.2",
              "GET /a HTTP/1.1\r\n Content-Length: 35\r\nHost: h\r\n\r\n" + smuggled,
              "400 space_before_first_field"),

      // Chunk lines: who ends them where, and what is skipped in them.
      chunked("TermExt", "2;\nxx\r\n", "400 bare_lf"),
      chunked("ExtTerm", "2;x\rxx\r\n", "400 bare_cr"),
      chunked("ExtTermNul", "2;x\0\r\nxx\r\n"s, "400 control_character"),
      chunked("ExtInQuotesOverLines", "2;x=\"\r\nxx\r\n0\r\n\r\n\"\r\n", "400 bad_chunk_extension"),
      chunked("TermSpill", "5\r\nhelloX\n", "400 bad_chunk_end"),
      chunked("SpillTerm", "5\r\nhelloXX", "400 bad_chunk_end"),
      chunked("OneByteSpill", "5\r\nhello\n", "400 bad_chunk_end"),
      chunked("SizeThatStopsAtNul", "5\0f\r\nhello\r\n"s, "400 bad_chunk_size"),
      chunked("SizeThatStopsAtX", "0x\r\n\r\n", "400 bad_chunk_size"),
      chunked("SizeThatStopsAtLetter", "0g\r\n\r\n", "400 bad_chunk_size"),
      chunked("SizeThatOverflows", "100000000000000000\r\n\r\n", "400 bad_chunk_size"),
      chunked("LastSizeNegative", "-1\r\n\r\n", "400 bad_chunk_size"),
      chunked("EmptyLineForLastChunk", "\r\n\r\n", "400 bad_chunk_size"),
      Refuses("RequestInPlaceOfTrailers", "9112 7.1.2", Chunked("0\r\n" + smuggled),
              "400 space_before_colon"),
      Serves("RequestInATrailersValue", "9112 7.1.2",
             Chunked("0\r\nX: GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"), {"200 POST /a"}),

      // Before and after.
      Refuses("BodyForgottenAfterAnError", "9112 9.6",
              Message("GET /a HTTP/1.1", "Host: b\r\n" + Length(kSmuggled.size()), kSmuggled),
              "400 repeated_host"),
      Refuses("BodyOfABadTarget", "9112 9.6",
              Message("POST a HTTP/1.1", Length(kSmuggled.size()), kSmuggled), "400 bad_target"),
      Refuses("BodyOfAnotherVersion", "9112 9.6",
              Message("POST /a HTTP/2.0", Length(kSmuggled.size()), kSmuggled),
              "505 unsupported_version"),
      Closes("BytesAfterABodyAreARequest", "9112 9.3.2", Post(Length(5), "hello{}") + smuggled,
             {"200 POST /a hello", "400 bad_method"}),
      Serves("EmptyLinesAfterABodyAreNoBody", "9112 2.2",
             Post(Length(5), "hello") + "\r\n\r\n\r\n" + Message("GET /b HTTP/1.1"),
             {"200 POST /a hello", "200 GET /b"}),
      Refuses("EmptyLinesWithoutEnd", "9112 2.2",
              absl::StrJoin(std::vector<std::string>(101, "\r\n"), "") + smuggled,
              "400 bad_request_line"),
      Refuses("Http09WithinAPipeline", "9112 3", "GET /smuggled\r\n\r\n", "400 bad_request_line"),
  };
}

}  // namespace robusto
