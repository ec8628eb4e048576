// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Rows about field lines (RFC 9112 section 5), and about the limits, each with its own status.

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/http/connection/conformance_rows.h"

namespace robusto {

using std::string_literals::operator""s;

ConformanceRows FieldRows() {
  return {
      Serves("NoSpaceBeforeValue", "9112 5.1", Get("X:y\r\n"), {"200 GET /a"}),
      Serves("WhiteSpaceAroundValue", "9112 5.1", Get("X: \t y \t\r\n"), {"200 GET /a"}),
      Serves("EmptyValue", "9112 5.1", Get("X:\r\n"), {"200 GET /a"}),
      Serves("ValueOfWhiteSpace", "9112 5.1", Get("X: \t \r\n"), {"200 GET /a"}),
      Serves("ObsTextInValue", "9110 5.5", Get("X: caf\xc3\xa9 \xff\x80\r\n"), {"200 GET /a"}),
      Serves("ColonInValue", "9112 5", Get("X: a:b\r\n"), {"200 GET /a"}),
      Serves("NameIsAnyToken", "9110 5.6.2", Get("!#$%&'*+-.^_`|~09azAZ: y\r\n"), {"200 GET /a"}),
      Serves("RepeatedField", "9110 5.3", Get("X: y\r\nX: z\r\n"), {"200 GET /a"}),
      Serves("UnknownExpectIsNotExpectation", "9110 10.1.1", Get("Expects: x\r\n"), {"200 GET /a"}),

      Refuses("SpaceBeforeColon", "9112 5.1", Get("X : y\r\n"), "400 space_before_colon"),
      Refuses("TabBeforeColon", "9112 5.1", Get("X\t: y\r\n"), "400 space_before_colon"),
      Refuses("ObsFold", "9112 5.2", Get("X: y\r\n z\r\n"), "400 obsolete_folding"),
      Refuses("ObsFoldWithTab", "9112 5.2", Get("X: y\r\n\tz\r\n"), "400 obsolete_folding"),
      Refuses("ObsFoldOfNothing", "9112 5.2", Get("X: y\r\n \r\n"), "400 obsolete_folding"),
      Refuses("ObsFoldOfHost", "9112 5.2", "GET /a HTTP/1.1\r\nHost:\r\n h\r\n\r\n",
              "400 obsolete_folding"),
      Refuses("SpaceBeforeFirstField", "9112 2.2", "GET /a HTTP/1.1\r\n Host: h\r\n\r\n",
              "400 space_before_first_field"),
      Refuses("TabBeforeFirstField", "9112 2.2", "GET /a HTTP/1.1\r\n\tHost: h\r\n\r\n",
              "400 space_before_first_field"),
      Refuses("SpaceInPlaceOfFields", "9112 2.2", "GET /a HTTP/1.1\r\n \r\nHost: h\r\n\r\n",
              "400 space_before_first_field"),
      Refuses("EmptyName", "9112 5.1", Get(": y\r\n"), "400 bad_field_name"),
      Refuses("NoColon", "9112 5", Get("X\r\n"), "400 missing_colon"),
      Refuses("NoColonButSpace", "9112 5", Get("X y\r\n"), "400 bad_field_name"),
      Refuses("SecondRequestLineAmongFields", "9112 5",
              "GET /a HTTP/1.1\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n", "400 bad_field_name"),
      Refuses("NameWithSlash", "9110 5.1", Get("X/y: z\r\n"), "400 bad_field_name"),
      Refuses("NameWithParenthesis", "9110 5.1", Get("X(y): z\r\n"), "400 bad_field_name"),
      Refuses("NameInQuotes", "9110 5.1", Get("\"X\": z\r\n"), "400 bad_field_name"),
      Refuses("NameWithObsText", "9110 5.1", Get("\xc3\xa9: z\r\n"), "400 bad_field_name"),
      Refuses("NameWithNul", "9110 5.1", Get("X\0: z\r\n"s), "400 control_character"),
      Refuses("NameWithCr", "9112 2.2", Get("X\ry: z\r\n"), "400 bare_cr"),
      Refuses("ValueWithNul", "9110 5.5", Get("X: y\0z\r\n"s), "400 control_character"),
      Refuses("ValueWithCr", "9112 2.2", Get("X: y\rz\r\n"), "400 bare_cr"),
      Refuses("ValueWithLf", "9112 2.2", Get("X: y\nSmuggled: z\r\n"), "400 bare_lf"),
      Refuses("ValueEndsWithCr", "9112 2.2", Get("X: y\r\r\n"), "400 bare_cr"),
      Refuses("ValueWithEscape", "9110 5.5", Get("X: \x1b[31m\r\n"), "400 control_character"),
      Refuses("ValueWithDel", "9110 5.5", Get("X: y\x7f\r\n"), "400 control_character"),
      Refuses("ValueWithVerticalTab", "9110 5.5", Get("X: y\x0bz\r\n"), "400 control_character"),
      Refuses("ValueWithBackspaceAfterMuch", "9110 5.5", Get("X: 0123456789abcdef\x08\r\n"),
              "400 control_character"),
  };
}

// FakeHost::Limits: 200 bytes of request line, 400 of fields, 10 fields, 1000 of body.
ConformanceRows LimitRows() {
  const auto target_of = [](size_t line) {  // so that the request line has so many bytes
    return "/" + std::string(line - std::string("GET / HTTP/1.1\r\n").size(), 'a');
  };
  const auto fields_of = [](size_t bytes) {  // with Host and the empty line
    return "X: " + std::string(bytes - std::string("Host: h\r\nX: \r\n\r\n").size(), 'a') + "\r\n";
  };
  std::string nine;
  for (int i = 1; i < 10; ++i) absl::StrAppend(&nine, "X", i, ": y\r\n");
  const std::string most(1000, 'b');
  std::string chunks;
  for (int i = 0; i < 10; ++i) chunks += Chunk(std::string(100, 'b'));
  const std::string longest_line = Message("GET " + target_of(200) + " HTTP/1.1");
  return {
      Serves("LongestRequestLine", "9112 3", longest_line, {"200 GET " + target_of(200)}),
      Serves("LongestRequestLineAfterAnEmptyLine", "9112 2.2", "\r\n" + longest_line,
             {"200 GET " + target_of(200)}),
      Refuses("RequestLineTooLong", "9110 15.5.15", Message("GET " + target_of(201) + " HTTP/1.1"),
              "414 request_line_too_long"),
      Refuses("RequestLineMuchTooLong", "9110 15.5.15",
              Message("GET " + target_of(5000) + " HTTP/1.1"), "414 request_line_too_long"),
      Refuses("MethodTooLong", "9112 3", Message(std::string(300, 'G') + " /a HTTP/1.1"),
              "414 request_line_too_long"),
      Refuses("RequestLineWithoutEnd", "9110 15.5.15", "GET /" + std::string(195, 'a'),
              "414 request_line_too_long"),
      Serves("LargestFields", "6585 5", Get(fields_of(400)), {"200 GET /a"}),
      Refuses("FieldsTooLarge", "6585 5", Get(fields_of(401)), "431 fields_too_large"),
      Refuses("FieldsMuchTooLarge", "6585 5", Get(fields_of(5000)), "431 fields_too_large"),
      Refuses("FieldNameTooLong", "6585 5", Get(std::string(500, 'X') + ": y\r\n"),
              "431 fields_too_large"),
      Serves("MostFields", "6585 5", Get(nine), {"200 GET /a"}),
      Refuses("TooManyFields", "6585 5", Get(nine + "Z:\r\n"), "431 too_many_fields"),
      Serves("LargestBody", "9110 15.5.14", Post(Length(1000), most), {"200 POST /a " + most}),
      Refuses("BodyTooLarge", "9110 15.5.14", Post(Length(1001), most + "b"), "413 body_too_large"),
      Refuses("BodyTooLargeIsRefusedBeforeItComes", "9110 15.5.14", Post(Length(1001), ""),
              "413 body_too_large"),
      Refuses("LargestLength", "9110 8.6", Post("Content-Length: 9223372036854775807\r\n", ""),
              "413 body_too_large"),
      Refuses("BodyTooLargeIsNotContinued", "9110 10.1.1",
              Post(Length(1001) + "Expect: 100-continue\r\n", ""), "413 body_too_large"),
      Serves("LargestChunk", "9110 15.5.14", Chunked(Chunk(most) + "0\r\n\r\n"),
             {"200 POST /a " + most}),
      Refuses("ChunkTooLarge", "9110 15.5.14", Chunked(Chunk(most + "b") + "0\r\n\r\n"),
              "413 body_too_large"),
      Refuses("ChunkTooLargeIsRefusedBeforeItComes", "9110 15.5.14", Chunked("3e9\r\n"),
              "413 body_too_large"),
      Serves("LargestBodyInChunks", "9110 15.5.14", Chunked(chunks + "0\r\n\r\n"),
             {"200 POST /a " + most}),
      Refuses("BodyInChunksTooLarge", "9110 15.5.14", Chunked(chunks + Chunk("b") + "0\r\n\r\n"),
              "413 body_too_large"),
      Refuses("ChunkExtensionsTooLarge", "9112 7.1.1",
              Chunked("1;" + std::string(5000, 'x') + "\r\nb\r\n0\r\n\r\n"),
              "400 chunk_extensions_too_large"),
      Refuses("TrailersTooLarge", "9112 7.1.2",
              Chunked("0\r\nX: " + std::string(9000, 'y') + "\r\n\r\n"), "431 fields_too_large"),
      Refuses("TooManyTrailers", "9112 7.1.2",
              Chunked("0\r\n" +
                      [] {
                        std::string trailers;
                        for (int i = 0; i < 101; ++i) trailers += "X: y\r\n";
                        return trailers;
                      }() +
                      "\r\n"),
              "431 too_many_fields"),
  };
}

}  // namespace robusto
