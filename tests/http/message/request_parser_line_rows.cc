// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Rows of RequestParser: the request line and its target (RFC 9112 section 3).

#include <string>
#include <vector>

#include "tests/http/message/request_parser_rows.h"

namespace robusto {
namespace request_parser_rows {

using std::string_literals::operator""s;

std::vector<Row> RequestLineRows() {
  return {
      // Methods.
      {"Get", "9110 9.3.1", Line("GET / HTTP/1.1"), "GET / host=a"},
      {"Head", "9110 9.3.2", Line("HEAD / HTTP/1.1"), "HEAD / host=a"},
      {"PostWithoutContent", "6.3", Line("POST / HTTP/1.1"), "POST / host=a"},
      {"Patch", "9110 9.1", Line("PATCH / HTTP/1.1"), "PATCH / host=a"},
      {"AnyTokenIsAMethod", "9110 9.1", Line("M-SEARCH!#$%&'*+.^_`|~9 / HTTP/1.1"),
       "M-SEARCH!#$%&'*+.^_`|~9 / host=a"},
      {"MethodIsCaseSensitive", "9110 9.1", Line("get / HTTP/1.1"), "get / host=a"},
      {"MethodWithColonIsBad", "3.1", Line("GE:T / HTTP/1.1"), "400 bad_method"},
      {"MethodInQuotesIsBad", "3.1", Line("\"GET\" / HTTP/1.1"), "400 bad_method"},
      {"MethodWithObsTextIsBad", "3.1", Line("G\xc3\x89T / HTTP/1.1"), "400 bad_method"},
      {"MethodWithNulIsBad", "3.1", Line("GE\0T / HTTP/1.1"s), "400 control_character"},
      {"EmptyMethodIsBad", "3.1", Line(" / HTTP/1.1"), "400 bad_method"},

      // The request line's form.
      {"TwoSpacesAfterMethodAreBad", "3", Line("GET  / HTTP/1.1"), "400 bad_target"},
      {"TwoSpacesBeforeVersionAreBad", "3", Line("GET /  HTTP/1.1"), "400 bad_target"},
      {"TabAfterMethodIsBad", "3", Line("GET\t/ HTTP/1.1"), "400 bad_method"},
      {"TabBeforeVersionIsBad", "3", Line("GET /\tHTTP/1.1"), "400 bad_version"},
      {"SpaceAtTheEndIsBad", "3", Line("GET / HTTP/1.1 "), "400 bad_version"},
      {"SpaceAtTheStartIsBad", "3", Line(" GET / HTTP/1.1"), "400 bad_method"},
      {"SpaceInTargetIsBad", "3.2", Line("GET /a b HTTP/1.1"), "400 bad_target"},
      {"SecondVersionInTargetIsBad", "3.2", Line("GET / HTTP/1.1 HTTP/1.1"), "400 bad_target"},
      {"NoTargetIsBad", "3", Line("GET HTTP/1.1"), "400 bad_request_line"},
      {"EmptyTargetIsBad", "3", Line("GET  HTTP/1.1"), "400 bad_request_line"},
      {"MethodAloneIsBad", "3", Line("GET"), "400 bad_request_line"},
      {"Http09IsBad", "3", "GET /\r\n", "400 bad_request_line"},
      {"VerticalTabIsNoSpace", "3", Line("GET\x0b/ HTTP/1.1"), "400 control_character"},
      {"FormFeedIsNoSpace", "3", Line("GET /\x0cHTTP/1.1"), "400 control_character"},

      // Versions.
      {"Http10", "9110 2.5", "GET / HTTP/1.0\r\n\r\n", "GET / 1.0 close"},
      {"HigherMinorVersionIs11", "9110 2.5", Line("GET / HTTP/1.9"), "GET / host=a"},
      {"HigherMinorVersionNeedsHost", "9110 2.5", "GET / HTTP/1.2\r\n\r\n", "400 missing_host"},
      {"Http2IsNotSupported", "9110 15.6.6", Line("GET / HTTP/2.0"), "505 unsupported_version"},
      {"Http2PrefaceIsNotSupported", "9113 3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
       "505 unsupported_version"},
      {"Http3IsNotSupported", "9110 15.6.6", Line("GET / HTTP/3.0"), "505 unsupported_version"},
      {"Http0IsNotSupported", "9110 15.6.6", Line("GET / HTTP/0.9"), "505 unsupported_version"},
      {"VersionWithoutMinorIsBad", "2.3", Line("GET / HTTP/1"), "400 bad_request_line"},
      {"VersionOfTwoDigitsIsBad", "2.3", Line("GET / HTTP/1.10"), "400 bad_version"},
      {"VersionOfTwoMajorDigitsIsBad", "2.3", Line("GET / HTTP/11.1"), "400 bad_version"},
      {"VersionInLowerCaseIsBad", "2.3", Line("GET / http/1.1"), "400 bad_version"},
      {"VersionWithCommaIsBad", "2.3", Line("GET / HTTP/1,1"), "400 bad_version"},
      {"VersionWithLetterIsBad", "2.3", Line("GET / HTTP/1.x"), "400 bad_version"},
      {"VersionWithMajorLetterIsBad", "2.3", Line("GET / HTTP/x.1"), "400 bad_version"},
      {"VersionOfAnotherProtocolIsBad", "2.3", Line("GET / HTTQ/1.1"), "400 bad_version"},
      {"IcyVersionIsBad", "2.3", Line("GET / ICY/1.11"), "400 bad_version"},
      {"VersionWithPlusIsBad", "2.3", Line("GET / HTTP/+1.1"), "400 bad_version"},
      {"VersionWithSpaceInsideIsBad", "2.3", Line("GET / HTTP/ 1.1"), "400 bad_version"},

      // Line ends.
      {"BareLfAfterRequestLineIsBad", "2.2", "GET / HTTP/1.1\nHost: a\r\n\r\n", "400 bare_lf"},
      {"BareLfAfterFieldIsBad", "2.2", "GET / HTTP/1.1\r\nHost: a\n\r\n", "400 bare_lf"},
      {"BareLfAtTheEndIsBad", "2.2", "GET / HTTP/1.1\r\nHost: a\r\n\n", "400 bare_lf"},
      {"LfCrIsBad", "2.2", "GET / HTTP/1.1\n\rHost: a\n\r\n\r", "400 bare_lf"},
      {"BareCrInRequestLineIsBad", "2.2", Line("GET /\rx HTTP/1.1"), "400 bare_cr"},
      {"BareCrInMethodIsBad", "2.2", Line("GE\rT / HTTP/1.1"), "400 bare_cr"},
      {"TwoCrAfterRequestLineAreBad", "2.2", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", "400 bare_cr"},
      {"BareCrInFieldValueIsBad", "2.2", Get("x: a\rb\r\n"), "400 bare_cr"},
      {"BareCrHidesNoField", "2.2", Get("x: a\rContent-Length: 5\r\n"), "400 bare_cr"},
      {"BareCrInFieldNameIsBad", "2.2", Get("x\ry: a\r\n"), "400 bare_cr"},
      {"TwoCrAfterFieldAreBad", "2.2", Get("x: a\r\r\n"), "400 bare_cr"},
      {"CrCrLfIsNotTheEnd", "2.2", "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n", "400 bare_cr"},

      // What stands before the request line.
      {"OneEmptyLineBeforeIsIgnored", "2.2", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
       "GET / host=a"},
      {"TwoEmptyLinesBeforeAreBad", "2.2", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
       "400 bad_request_line"},
      {"BareLfBeforeIsBad", "2.2", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400 bare_lf"},
      {"BareCrBeforeIsBad", "2.2", "\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400 bare_cr"},
      {"BareLfAfterEmptyLineIsBad", "2.2", "\r\n\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
       "400 bare_lf"},
      {"ByteOrderMarkBeforeIsBad", "2.2", "\xef\xbb\xbfGET / HTTP/1.1\r\nHost: a\r\n\r\n",
       "400 bad_method"},
      {"TlsHelloIsBadAtItsFirstByte", "3", "\x16\x03\x01\x02"s, "400 control_character"},
      {"NulIsBadAtOnce", "3", "\0"s, "400 control_character"},
      {"SpaceIsBadAtOnce", "3", " ", "400 bad_method"},

      // What is not whole.
      {"NothingIsPartial", "2.1", "", "partial"},
      {"EmptyLineIsPartial", "2.2", "\r\n", "partial"},
      {"CrIsPartial", "2.2", "\r", "partial"},
      {"MethodIsPartial", "2.1", "GET", "partial"},
      {"RequestLineIsPartial", "2.1", "GET / HTTP/1.1\r\n", "partial"},
      {"RequestLineWithoutLfIsPartial", "2.1", "GET / HTTP/1.1\r", "partial"},
      {"FieldIsPartial", "2.1", "GET / HTTP/1.1\r\nHost: a", "partial"},
      {"FieldsWithoutEmptyLineArePartial", "2.1", "GET / HTTP/1.1\r\nHost: a\r\n", "partial"},
      {"EmptyLineWithoutLfIsPartial", "2.1", "GET / HTTP/1.1\r\nHost: a\r\n\r", "partial"},

      // Where the head ends.
      {"BodyIsNotTheHeads", "6", Post("Content-Length: 3\r\n") + "abc",
       "POST / host=a length=3 rest=abc"},
      {"NextRequestIsNotTheHeads", "9.3.2", Get("") + "GET /2 HTTP/1.1\r\n",
       "GET / host=a rest=GET /2 HTTP/1.1\r\n"},
      {"GarbageAfterTheHeadIsNotLookedAt", "9.3.2", Get("") + "\0\n\r"s,
       "GET / host=a rest=\0\n\r"s},
      {"EmptyLineAfterTheHeadIsTheNextRequests", "2.2", Get("") + "\r\n", "GET / host=a rest=\r\n"},
  };
}

std::vector<Row> TargetRows() {
  return {
      // Origin-form.
      {"OriginForm", "3.2.1", Line("GET /a/b.html HTTP/1.1"), "GET /a/b.html host=a"},
      {"OriginFormWithQuery", "3.2.1", Line("GET /a?b=c&d HTTP/1.1"), "GET /a ?b=c&d host=a"},
      {"OriginFormWithEmptyQuery", "3.2.1", Line("GET /a? HTTP/1.1"), "GET /a host=a"},
      {"QueryMayHoldSlashAndQuestionMark", "3986 3.4", Line("GET /?a/b?c HTTP/1.1"),
       "GET / ?a/b?c host=a"},
      {"PathMayHoldAllOfPchar", "3986 3.3", Line("GET /azAZ09-._~!$&'()*+,;=:@/ HTTP/1.1"),
       "GET /azAZ09-._~!$&'()*+,;=:@/ host=a"},
      {"TwoSlashesAreAPathAndNoAuthority", "3.2.1", Line("GET //b/c HTTP/1.1"), "GET //b/c host=a"},
      {"DotSegmentsAreKept", "9110 4.2.3", Line("GET /a/../../b HTTP/1.1"),
       "GET /a/../../b host=a"},
      {"EscapesAreKept", "9110 4.2.3", Line("GET /%2e%2E%2f%00?%20 HTTP/1.1"),
       "GET /%2e%2E%2f%00 ?%20 host=a"},
      {"BrowsersPathCharactersPass", "9110 4.2.3", Line("GET /a[b]^c|d HTTP/1.1"),
       "GET /a[b]^c|d host=a"},
      {"BrowsersQueryCharactersPass", "9110 4.2.3", Line("GET /?a[]={\\}^`| HTTP/1.1"),
       "GET / ?a[]={\\}^`| host=a"},
      {"AbsoluteUriInQueryIsJustAQuery", "3.2.1", Line("GET /?u=http://b/ HTTP/1.1"),
       "GET / ?u=http://b/ host=a"},
      {"RelativeTargetIsBad", "3.2", Line("GET a HTTP/1.1"), "400 bad_target"},
      {"DotDotTargetIsBad", "3.2", Line("GET ../a HTTP/1.1"), "400 bad_target"},
      {"QueryAloneIsBad", "3.2", Line("GET ?a HTTP/1.1"), "400 bad_target"},
      {"EscapedSlashIsNoOriginForm", "3.2", Line("GET %2fa HTTP/1.1"), "400 bad_target"},
      {"FragmentInPathIsBad", "3.2", Line("GET /a#b HTTP/1.1"), "400 bad_target"},
      {"FragmentInQueryIsBad", "3.2", Line("GET /a?b#c HTTP/1.1"), "400 bad_target"},
      {"EmptyFragmentIsBad", "3.2", Line("GET /# HTTP/1.1"), "400 bad_target"},
      {"BackslashInPathIsBad", "3986 3.3", Line("GET /a\\..\\b HTTP/1.1"), "400 bad_target"},
      {"BackslashAtStartIsBad", "3.2", Line("GET \\a HTTP/1.1"), "400 bad_target"},
      {"AngleBracketsInPathAreBad", "3986 3.3", Line("GET /<script> HTTP/1.1"), "400 bad_target"},
      {"QuoteInQueryIsBad", "3986 3.4", Line("GET /?a=\"b\" HTTP/1.1"), "400 bad_target"},
      {"ObsTextInPathIsBad", "3986 2", Line("GET /\xc3\xa9 HTTP/1.1"), "400 bad_target"},
      {"ObsTextInQueryIsBad", "3986 2", Line("GET /?\xff HTTP/1.1"), "400 bad_target"},
      {"NulInPathIsBad", "3986 2", Line("GET /a\0.html HTTP/1.1"s), "400 control_character"},
      {"DelInPathIsBad", "3986 2", Line("GET /\x7f HTTP/1.1"), "400 control_character"},
      {"TabInTargetIsBad", "3.2", Line("GET /a\tb HTTP/1.1"), "400 bad_target"},
      {"EscapeWithoutDigitsIsBad", "3986 2.1", Line("GET /% HTTP/1.1"), "400 bad_escape"},
      {"EscapeWithOneDigitIsBad", "3986 2.1", Line("GET /%2 HTTP/1.1"), "400 bad_escape"},
      {"EscapeWithOtherDigitsIsBad", "3986 2.1", Line("GET /%zz HTTP/1.1"), "400 bad_escape"},
      {"EscapeWithSecondDigitBadIsBad", "3986 2.1", Line("GET /%2g HTTP/1.1"), "400 bad_escape"},
      {"UnicodeEscapeIsBad", "3986 2.1", Line("GET /%u002f HTTP/1.1"), "400 bad_escape"},
      {"EscapeInQueryWithoutDigitsIsBad", "3986 2.1", Line("GET /?q=100% HTTP/1.1"),
       "400 bad_escape"},
      {"EscapeCutByQuestionMarkIsBad", "3986 2.1", Line("GET /%2?f HTTP/1.1"), "400 bad_escape"},

      // Absolute-form.
      {"AbsoluteForm", "3.2.2", Line("GET http://b/c?d HTTP/1.1"), "GET /c ?d host=b"},
      {"AbsoluteFormWinsOverHost", "3.2.2", "GET http://b:81/ HTTP/1.1\r\nHost: a:80\r\n\r\n",
       "GET / host=b:81"},
      {"AbsoluteFormStillNeedsHost", "3.2", "GET http://b/ HTTP/1.1\r\n\r\n", "400 missing_host"},
      {"AbsoluteFormStillNeedsAGoodHost", "3.2", "GET http://b/ HTTP/1.1\r\nHost: a/b\r\n\r\n",
       "400 bad_host"},
      {"AbsoluteFormWithHttps", "3.2.2", Line("GET https://b/ HTTP/1.1"), "GET / host=b"},
      {"AbsoluteFormsSchemeIsWithoutCase", "3986 3.1", Line("GET HtTp://b/ HTTP/1.1"),
       "GET / host=b"},
      {"AbsoluteFormWithoutPathIsSlash", "9110 4.2.3", Line("GET http://b HTTP/1.1"),
       "GET / host=b"},
      {"AbsoluteFormWithQueryWithoutPath", "9110 4.2.3", Line("GET http://b?c HTTP/1.1"),
       "GET / ?c host=b"},
      {"AbsoluteFormWithIpv6", "3986 3.2.2", Line("GET http://[::1]:80/ HTTP/1.1"),
       "GET / host=[::1]:80"},
      {"AbsoluteFormIn10NeedsNoHost", "3.2.2", "GET http://b/ HTTP/1.0\r\n\r\n",
       "GET / host=b 1.0 close"},
      {"AbsoluteFormWithUserIsBad", "9110 4.2.4", Line("GET http://u:p@b/ HTTP/1.1"),
       "400 bad_target"},
      {"AbsoluteFormWithoutHostIsBad", "9110 4.2.1", Line("GET http:///a HTTP/1.1"),
       "400 bad_target"},
      {"AbsoluteFormWithPortAloneIsBad", "9110 4.2.1", Line("GET http://:80/ HTTP/1.1"),
       "400 bad_target"},
      {"AbsoluteFormWithBadPortIsBad", "3986 3.2.3", Line("GET http://b:8x/ HTTP/1.1"),
       "400 bad_target"},
      {"AbsoluteFormWithNulInIpv6IsBad", "3986 3.2.2", Line("GET http://[::1\0]/ HTTP/1.1"s),
       "400 control_character"},
      {"AbsoluteFormWithFragmentIsBad", "3.2.2", Line("GET http://b#c HTTP/1.1"), "400 bad_target"},
      {"AbsoluteFormWithOneSlashIsBad", "9110 4.2.1", Line("GET http:/b HTTP/1.1"),
       "400 bad_target"},
      {"AbsoluteFormWithBackslashesIsBad", "3986 3", Line("GET http:\\\\b\\ HTTP/1.1"),
       "400 bad_target"},
      {"BackslashEndsNoHost", "3986 3.2", Line("GET http://b\\c/ HTTP/1.1"), "400 bad_target"},
      {"FtpIsBad", "3.2.2", Line("GET ftp://b/ HTTP/1.1"), "400 bad_target"},
      {"FileIsBad", "3.2.2", Line("GET file:///etc/passwd HTTP/1.1"), "400 bad_target"},
      {"AbsoluteFormWithBadEscapeIsBad", "3986 2.1", Line("GET http://b/%x HTTP/1.1"),
       "400 bad_escape"},

      // Authority-form.
      {"Connect", "3.2.3", Line("CONNECT b:443 HTTP/1.1"), "CONNECT  host=b:443 close"},
      {"ConnectToIpv6", "3.2.3", Line("CONNECT [::1]:443 HTTP/1.1"),
       "CONNECT  host=[::1]:443 close"},
      {"ConnectIsClosedForTheTunnelsBytesMayFollow", "9110 9.3.6",
       "CONNECT b:443 HTTP/1.1\r\nHost: b:443\r\nConnection: keep-alive\r\n\r\nGET /",
       "CONNECT  host=b:443 close rest=GET /"},
      {"ConnectWithoutPortIsBad", "9110 9.3.6", Line("CONNECT b HTTP/1.1"), "400 bad_target"},
      {"ConnectWithEmptyPortIsBad", "9110 9.3.6", Line("CONNECT b: HTTP/1.1"), "400 bad_target"},
      {"ConnectToIpv6WithoutPortIsBad", "9110 9.3.6", Line("CONNECT [::1] HTTP/1.1"),
       "400 bad_target"},
      {"ConnectToIpv4WithoutPortIsBad", "9110 9.3.6", Line("CONNECT 1.2.3.4 HTTP/1.1"),
       "400 bad_target"},
      {"ConnectToAPortTooHighIsBad", "9110 9.3.6", Line("CONNECT b:65536 HTTP/1.1"),
       "400 bad_target"},
      {"ConnectToAPathIsBad", "3.2.3", Line("CONNECT /a HTTP/1.1"), "400 bad_target"},
      {"ConnectToAUriIsBad", "3.2.3", Line("CONNECT http://b:80/ HTTP/1.1"), "400 bad_target"},
      {"ConnectWithUserIsBad", "3.2.3", Line("CONNECT u@b:80 HTTP/1.1"), "400 bad_target"},
      {"ConnectToAsteriskIsBad", "3.2.4", Line("CONNECT * HTTP/1.1"), "400 bad_target"},
      {"AuthorityFormIsOnlyForConnect", "3.2.3", Line("GET b:443 HTTP/1.1"), "400 bad_target"},

      // Asterisk-form.
      {"OptionsOfTheServer", "3.2.4", Line("OPTIONS * HTTP/1.1"), "OPTIONS * host=a"},
      {"OptionsOfAPath", "3.2.1", Line("OPTIONS /a HTTP/1.1"), "OPTIONS /a host=a"},
      {"AsteriskIsOnlyForOptions", "3.2.4", Line("GET * HTTP/1.1"), "400 bad_target"},
      {"AsteriskIsAlone", "3.2.4", Line("OPTIONS *a HTTP/1.1"), "400 bad_target"},
      {"AsteriskHasNoQuery", "3.2.4", Line("OPTIONS *?a HTTP/1.1"), "400 bad_target"},
  };
}

}  // namespace request_parser_rows
}  // namespace robusto
