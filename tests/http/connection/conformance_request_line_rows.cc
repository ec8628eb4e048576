// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Rows about the request line and the line ends: RFC 9112 sections 2.2 to 3.

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/http/connection/conformance_rows.h"

namespace robusto {

using std::string_literals::operator""s;

ConformanceRows RequestLineRows() {
  return {
      // Methods.
      Serves("Get", "9110 9.3.1", Message("GET /a HTTP/1.1"), {"200 GET /a"}),
      Serves("Head", "9110 9.3.2", Message("HEAD /a HTTP/1.1"), {"200 HEAD /a"}),
      Serves("PostWithoutBody", "9112 6.3", Message("POST /a HTTP/1.1"), {"200 POST /a"}),
      Serves("Put", "9110 9.3.4", Message("PUT /a HTTP/1.1", Length(0)), {"200 PUT /a"}),
      Serves("Delete", "9110 9.3.5", Message("DELETE /a HTTP/1.1"), {"200 DELETE /a"}),
      Serves("Trace", "9110 9.3.8", Message("TRACE /a HTTP/1.1"), {"200 TRACE /a"}),
      Serves("Patch", "5789 2", Message("PATCH /a HTTP/1.1"), {"200 PATCH /a"}),
      Serves("AnotherMethod", "9110 16.1", Message("PROPFIND /a HTTP/1.1"), {"200 PROPFIND /a"}),
      Serves("MethodIsAnyToken", "9110 5.6.2", Message("!#$%&'*+-.^_`|~9z /a HTTP/1.1"),
             {"200 !#$%&'*+-.^_`|~9z /a"}),
      Serves("MethodHasCase", "9110 9.1", Message("get /a HTTP/1.1"), {"200 get /a"}),
      Serves("MethodThatOnlyBeginsWithHead", "9110 9.1", Message("HEADS /a HTTP/1.1"),
             {"200 HEADS /a"}),
      Refuses("MethodWithColon", "9112 3.1", Message("GE:T /a HTTP/1.1"), "400 bad_method"),
      Refuses("MethodWithSlash", "9112 3.1", Message("G/T /a HTTP/1.1"), "400 bad_method"),
      Refuses("MethodInQuotes", "9112 3.1", Message("\"GET\" /a HTTP/1.1"), "400 bad_method"),
      Refuses("MethodInBrackets", "9112 3.1", Message("[GET] /a HTTP/1.1"), "400 bad_method"),
      Refuses("MethodWithComma", "9112 3.1", Message("GET, /a HTTP/1.1"), "400 bad_method"),
      Refuses("MethodWithObsText", "9112 3.1", Message("G\xc3\x89T /a HTTP/1.1"), "400 bad_method"),
      Refuses("MethodWithNul", "9112 3.1", Message("GE\0T /a HTTP/1.1"s), "400 control_character"),
      Refuses("MethodWithDel", "9112 3.1", Message("GE\x7fT /a HTTP/1.1"), "400 control_character"),

      // Three parts and two spaces, exactly.
      Refuses("SpaceFirst", "9112 3", Message(" GET /a HTTP/1.1"), "400 bad_method"),
      Refuses("TabFirst", "9112 3", Message("\tGET /a HTTP/1.1"), "400 bad_method"),
      Refuses("TwoSpacesAfterMethod", "9112 3", Message("GET  /a HTTP/1.1"), "400 bad_target"),
      Refuses("TwoSpacesBeforeVersion", "9112 3", Message("GET /a  HTTP/1.1"), "400 bad_target"),
      Refuses("TabAfterMethod", "9112 3", Message("GET\t/a HTTP/1.1"), "400 bad_method"),
      Refuses("TabBeforeVersion", "9112 3", Message("GET /a\tHTTP/1.1"), "400 bad_version"),
      Refuses("VerticalTabAfterMethod", "9112 3", Message("GET\x0b/a HTTP/1.1"),
              "400 control_character"),
      Refuses("FormFeedBeforeVersion", "9112 3", Message("GET /a\x0cHTTP/1.1"),
              "400 control_character"),
      Refuses("NonBreakingSpaceAfterMethod", "9112 3", Message("GET\xa0/a HTTP/1.1"),
              "400 bad_method"),
      Refuses("SpaceLast", "9112 3", Message("GET /a HTTP/1.1 "), "400 bad_version"),
      Refuses("TabLast", "9112 3", Message("GET /a HTTP/1.1\t"), "400 bad_version"),
      Refuses("FourParts", "9112 3", Message("GET /a /b HTTP/1.1"), "400 bad_target"),
      Refuses("TwoVersions", "9112 3", Message("GET /a HTTP/1.1 HTTP/1.1"), "400 bad_target"),
      Refuses("NoTarget", "9112 3", Message("GET HTTP/1.1"), "400 bad_request_line"),
      Refuses("EmptyTarget", "9112 3", Message("GET  HTTP/1.1"), "400 bad_request_line"),
      Refuses("MethodAlone", "9112 3", Message("GET"), "400 bad_request_line"),
      Refuses("NoVersion", "9112 3", Message("GET /a"), "400 bad_request_line"),
      Refuses("Http09", "9112 3", "GET /\r\n", "400 bad_request_line"),
      Refuses("NulInRequestLine", "9112 3", Message("GET /a\0 HTTP/1.1"s), "400 control_character"),

      // Versions.
      Closes("Http10", "9112 9.3", "GET /a HTTP/1.0\r\n\r\n", {"200 GET /a"}),
      Serves("Http12", "9110 2.5", Message("GET /a HTTP/1.2"), {"200 GET /a"}),
      Serves("Http19", "9110 2.5", Message("GET /a HTTP/1.9"), {"200 GET /a"}),
      Refuses("Http12NeedsHost", "9112 3.2", "GET /a HTTP/1.2\r\n\r\n", "400 missing_host"),
      Refuses("Http20", "9110 15.6.6", Message("GET /a HTTP/2.0"), "505 unsupported_version"),
      Refuses("Http30", "9110 15.6.6", Message("GET /a HTTP/3.0"), "505 unsupported_version"),
      Refuses("Http09ByName", "9110 15.6.6", Message("GET /a HTTP/0.9"), "505 unsupported_version"),
      Refuses("Http2Preface", "9113 3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
              "505 unsupported_version"),
      Refuses("VersionInLowerCase", "9112 2.3", Message("GET /a http/1.1"), "400 bad_version"),
      Refuses("VersionInMixedCase", "9112 2.3", Message("GET /a Http/1.1"), "400 bad_version"),
      Refuses("VersionWithoutMinor", "9112 2.3", Message("GET /a HTTP/1"), "400 bad_request_line"),
      Refuses("VersionWithoutMinorDigit", "9112 2.3", Message("GET /a HTTP/1."), "400 bad_version"),
      Refuses("VersionWithTwoMinorDigits", "9112 2.3", Message("GET /a HTTP/1.10"),
              "400 bad_version"),
      Refuses("VersionWithLeadingZero", "9112 2.3", Message("GET /a HTTP/01.1"), "400 bad_version"),
      Refuses("VersionWithSign", "9112 2.3", Message("GET /a HTTP/+1.1"), "400 bad_version"),
      Refuses("VersionWithSpaceInside", "9112 2.3", Message("GET /a HTTP/ 1.1"), "400 bad_version"),
      Refuses("VersionWithComma", "9112 2.3", Message("GET /a HTTP/1,1"), "400 bad_version"),
      Refuses("VersionWithLetter", "9112 2.3", Message("GET /a HTTP/1.x"), "400 bad_version"),
      Refuses("VersionOfAnotherProtocol", "9112 2.3", Message("GET /a HTTQ/1.1"),
              "400 bad_version"),
      Refuses("VersionOfHttps", "9112 2.3", Message("GET /a HTTPS/1.1"), "400 bad_version"),

      // Line ends.
      Refuses("BareLfAfterRequestLine", "9112 2.2", "GET /a HTTP/1.1\nHost: h\r\n\r\n",
              "400 bare_lf"),
      Refuses("BareLfEverywhere", "9112 2.2", "GET /a HTTP/1.1\nHost: h\n\n", "400 bare_lf"),
      Refuses("BareLfAfterField", "9112 2.2", "GET /a HTTP/1.1\r\nHost: h\n\r\n", "400 bare_lf"),
      Refuses("BareLfEndsTheHead", "9112 2.2", "GET /a HTTP/1.1\r\nHost: h\r\n\n", "400 bare_lf"),
      Refuses("LfCr", "9112 2.2", "GET /a HTTP/1.1\n\rHost: h\n\r\n\r", "400 bare_lf"),
      Refuses("CrAloneEndsNoLine", "9112 2.2", "GET /a HTTP/1.1\rHost: h\r\n\r\n", "400 bare_cr"),
      Refuses("CrCrLf", "9112 2.2", "GET /a HTTP/1.1\r\r\nHost: h\r\n\r\n", "400 bare_cr"),
      Refuses("CrCrLfEndsNoHead", "9112 2.2", "GET /a HTTP/1.1\r\nHost: h\r\n\r\r\n",
              "400 bare_cr"),
      Refuses("CrInMethod", "9112 2.2", Message("GE\rT /a HTTP/1.1"), "400 bare_cr"),
      Refuses("CrInTarget", "9112 2.2", Message("GET /a\rb HTTP/1.1"), "400 bare_cr"),
      Refuses("CrHidesARequestLine", "9112 2.2", Message("GET /a HTTP/1.1\rGET /smuggled HTTP/1.1"),
              "400 bare_cr"),

      // What stands before the request line.
      Serves("OneEmptyLineFirst", "9112 2.2", "\r\n" + Message("GET /a HTTP/1.1"), {"200 GET /a"}),
      Serves("EmptyLineBetweenRequests", "9112 2.2",
             Message("GET /a HTTP/1.1") + "\r\n" + Message("GET /b HTTP/1.1"),
             {"200 GET /a", "200 GET /b"}),
      Serves("SeveralEmptyLinesFirst", "9112 2.2", "\r\n\r\n\r\n\r\n" + Message("GET /a HTTP/1.1"),
             {"200 GET /a"}),
      Refuses("LfFirst", "9112 2.2", "\n" + Message("GET /a HTTP/1.1"), "400 bare_lf"),
      Refuses("CrFirst", "9112 2.2", "\r" + Message("GET /a HTTP/1.1"), "400 bare_cr"),
      Refuses("LfAfterEmptyLine", "9112 2.2", "\r\n\n" + Message("GET /a HTTP/1.1"), "400 bare_lf"),
      Refuses("ByteOrderMarkFirst", "9112 2.2", "\xef\xbb\xbf" + Message("GET /a HTTP/1.1"),
              "400 bad_method"),
      Refuses("NulFirst", "9112 2.2", "\0"s + Message("GET /a HTTP/1.1"), "400 control_character"),
      Refuses("TlsHello", "9112 3", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s,
              "400 control_character"),
      Refuses("SshBanner", "9112 3", "SSH-2.0-OpenSSH_9.2\r\n", "400 bad_request_line"),
      Refuses("AResponse", "9112 2.1", "HTTP/1.1 200 OK\r\n\r\n", "400 bad_method"),

      // What is not whole is not judged.
      Waits("Nothing", "9112 2.1", ""),
      Waits("EmptyLine", "9112 2.2", "\r\n"),
      Waits("EmptyLines", "9112 2.2", "\r\n\r\n\r\n"),
      Waits("PartOfMethod", "9112 2.1", "GE"),
      Waits("RequestLineWithoutLf", "9112 2.1", "GET /a HTTP/1.1\r"),
      Waits("RequestLine", "9112 2.1", "GET /a HTTP/1.1\r\n"),
      Waits("PartOfField", "9112 2.1", "GET /a HTTP/1.1\r\nHost: h"),
      Waits("HeadWithoutItsLastByte", "9112 2.1", "GET /a HTTP/1.1\r\nHost: h\r\n\r"),
  };
}

}  // namespace robusto
