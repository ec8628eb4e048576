// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Rows about the request target (RFC 9112 section 3.2) and Host (RFC 9110 section 7.2).

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/http/connection/conformance_rows.h"

namespace robusto {

using std::string_literals::operator""s;

ConformanceRows TargetRows() {
  const auto get = [](const std::string& target) { return Message("GET " + target + " HTTP/1.1"); };
  return {
      // Origin-form. The target reaches the handler as it was sent.
      Serves("OriginForm", "9112 3.2.1", get("/a/b.html"), {"200 GET /a/b.html"}),
      Serves("OriginFormWithQuery", "9112 3.2.1", get("/a?b=c&d"), {"200 GET /a?b=c&d"}),
      Serves("EmptyQuery", "9112 3.2.1", get("/a?"), {"200 GET /a?"}),
      Serves("TwoSlashesAreNoAuthority", "9112 3.2.1", get("//b/c"), {"200 GET //b/c"}),
      Serves("DotSegments", "3986 5.2.4", get("/a/./b/../c//d"), {"200 GET /a/./b/../c//d"}),
      Serves("PathAboveTheRootIsTheHandlers", "3986 5.2.4", get("/a/../../b"),
             {"200 GET /a/../../b"}),
      Serves("EscapedDotSegments", "3986 6.2.2.2", get("/a/%2e%2e/b"), {"200 GET /a/%2e%2e/b"}),
      Serves("AllOfPchar", "3986 3.3", get("/azAZ09-._~!$&'()*+,;=:@/"),
             {"200 GET /azAZ09-._~!$&'()*+,;=:@/"}),
      Serves("EscapedSlashIsNoSlash", "9110 4.2.3", get("/a%2Fb"), {"200 GET /a%2Fb"}),
      Serves("EscapedNulIsTheHandlers", "3986 2.1", get("/a%00"), {"200 GET /a%00"}),
      Serves("EscapedLineEndIsNoLineEnd", "3986 2.1", get("/a%0d%0aX:%20y"),
             {"200 GET /a%0d%0aX:%20y"}),
      Serves("UriInQuery", "9112 3.2.1", get("/?u=http://b/?c"), {"200 GET /?u=http://b/?c"}),
      Serves("BrowsersCharactersInQuery", "9110 4.2.3", get("/?a[]={b}|c"),
             {"200 GET /?a[]={b}|c"}),
      Serves("QuotesAndBracketsInQuery", "9110 4.2.3", get("/?\"a\"<b>"), {"200 GET /?\"a\"<b>"}),
      Serves("ObsTextInQuery", "9110 4.2.3", get("/?k\xc3\xa4se\xff"),
             {"200 GET /?k\xc3\xa4se\xff"}),
      Serves("PercentWithoutDigitsInQuery", "9110 4.2.3", get("/?100%&%zz"),
             {"200 GET /?100%&%zz"}),
      Refuses("RelativeTarget", "9112 3.2", get("a"), "400 bad_target"),
      Refuses("QueryAlone", "9112 3.2", get("?a"), "400 bad_target"),
      Refuses("EscapedSlashIsNoOriginForm", "9112 3.2", get("%2fa"), "400 bad_target"),
      Refuses("Fragment", "9112 3.2", get("/a#b"), "400 bad_target"),
      Refuses("FragmentAfterQuery", "9112 3.2", get("/a?b#c"), "400 bad_target"),
      Refuses("EmptyFragment", "9112 3.2", get("/a#"), "400 bad_target"),
      Refuses("Backslash", "3986 3.3", get("/a\\..\\b"), "400 bad_target"),
      Refuses("AngleBrackets", "3986 3.3", get("/<a>"), "400 bad_target"),
      Refuses("ObsTextInPath", "3986 2", get("/\xc3\xa9"), "400 bad_target"),
      Refuses("NulInQuery", "3986 2", get("/?a\0"s), "400 control_character"),
      Refuses("DelInQuery", "3986 2", get("/?\x7f"), "400 control_character"),
      Refuses("SpaceInQuery", "9112 3.2", get("/?a b"), "400 bad_target"),
      Refuses("NulInPath", "3986 2", get("/a\0.html"s), "400 control_character"),
      Refuses("DelInPath", "3986 2", get("/\x7f"), "400 control_character"),
      Refuses("EscapeWithoutDigits", "3986 2.1", get("/%"), "400 bad_escape"),
      Refuses("EscapeWithOneDigit", "3986 2.1", get("/%2"), "400 bad_escape"),
      Refuses("EscapeWithOtherDigits", "3986 2.1", get("/%zz"), "400 bad_escape"),
      Refuses("EscapeOfUnicode", "3986 2.1", get("/%u002f"), "400 bad_escape"),

      // Absolute-form.
      Serves("AbsoluteForm", "9112 3.2.2", get("http://h/a?b"), {"200 GET http://h/a?b"}),
      Serves("AbsoluteFormsHostCounts", "9112 3.2.2", get("http://b:81/a"),
             {"200 GET http://b:81/a @b:81"}),
      Serves("AbsoluteFormWithHttps", "9112 3.2.2", get("https://h/a"), {"200 GET https://h/a"}),
      Serves("SchemeIsWithoutCase", "3986 3.1", get("HtTp://h/a"), {"200 GET HtTp://h/a"}),
      Serves("AbsoluteFormWithoutPath", "9110 4.2.3", get("http://h"), {"200 GET http://h"}),
      Serves("AbsoluteFormWithIpv6", "3986 3.2.2", get("http://[::1]:80/"),
             {"200 GET http://[::1]:80/ @[::1]:80"}),
      Closes("AbsoluteFormIn10", "9112 3.2.2", "GET http://b/ HTTP/1.0\r\n\r\n",
             {"200 GET http://b/ @b"}),
      Refuses("AbsoluteFormNeedsHost", "9112 3.2", "GET http://b/ HTTP/1.1\r\n\r\n",
              "400 missing_host"),
      Refuses("AbsoluteFormNeedsAGoodHost", "9112 3.2",
              "GET http://b/ HTTP/1.1\r\nHost: a/b\r\n\r\n", "400 bad_host"),
      Refuses("AbsoluteFormWithUser", "9110 4.2.4", get("http://u:p@h/"), "400 bad_target"),
      Refuses("AbsoluteFormWithoutHost", "9110 4.2.1", get("http:///a"), "400 bad_target"),
      Refuses("AbsoluteFormWithPortAlone", "9110 4.2.1", get("http://:80/"), "400 bad_target"),
      Refuses("AbsoluteFormWithBadPort", "3986 3.2.3", get("http://h:8x/"), "400 bad_target"),
      Refuses("AbsoluteFormWithFragment", "9112 3.2.2", get("http://h/#c"), "400 bad_target"),
      Refuses("AbsoluteFormWithOneSlash", "9110 4.2.1", get("http:/h"), "400 bad_target"),
      Refuses("AbsoluteFormWithBackslash", "3986 3.2", get("http://h\\b/"), "400 bad_target"),
      Refuses("AnotherScheme", "9112 3.2.2", get("ftp://h/"), "400 bad_target"),
      Refuses("FileScheme", "9112 3.2.2", get("file:///etc/passwd"), "400 bad_target"),

      // Authority-form: of CONNECT alone, after which the bytes may be the tunnel's.
      Refuses("Connect", "9110 9.3.6",
              "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n" + std::string(kSmuggled),
              "501 unsupported_method"),
      Refuses("ConnectWithoutPort", "9110 9.3.6", Message("CONNECT h HTTP/1.1"), "400 bad_target"),
      Refuses("ConnectWithEmptyPort", "9110 9.3.6", Message("CONNECT h: HTTP/1.1"),
              "400 bad_target"),
      Refuses("ConnectToAHighPort", "9110 9.3.6", Message("CONNECT h:65536 HTTP/1.1"),
              "400 bad_target"),
      Refuses("ConnectToAPath", "9112 3.2.3", Message("CONNECT /a HTTP/1.1"), "400 bad_target"),
      Refuses("ConnectToAUri", "9112 3.2.3", Message("CONNECT http://h:80/ HTTP/1.1"),
              "400 bad_target"),
      Refuses("ConnectWithUser", "9112 3.2.3", Message("CONNECT u@h:80 HTTP/1.1"),
              "400 bad_target"),
      Refuses("AuthorityFormForGet", "9112 3.2.3", get("h:443"), "400 bad_target"),

      // Asterisk-form: of OPTIONS alone.
      Serves("OptionsOfTheServer", "9112 3.2.4", Message("OPTIONS * HTTP/1.1"), {"200 OPTIONS *"}),
      Serves("OptionsOfAPath", "9112 3.2.1", Message("OPTIONS /a HTTP/1.1"), {"200 OPTIONS /a"}),
      Refuses("AsteriskForGet", "9112 3.2.4", get("*"), "400 bad_target"),
      Refuses("AsteriskForConnect", "9112 3.2.4", Message("CONNECT * HTTP/1.1"), "400 bad_target"),
      Refuses("AsteriskWithMore", "9112 3.2.4", Message("OPTIONS *a HTTP/1.1"), "400 bad_target"),
      Refuses("AsteriskWithQuery", "9112 3.2.4", Message("OPTIONS *?a HTTP/1.1"), "400 bad_target"),
      Refuses("SlashAsterisk", "9112 3.2.4", Message("OPTIONS ** HTTP/1.1"), "400 bad_target"),
  };
}

ConformanceRows HostRows() {
  const auto get = [](const std::string& fields) {
    return "GET /a HTTP/1.1\r\n" + fields + "\r\n\r\n";
  };
  return {
      Serves("HostWithPort", "9110 7.2", get("Host: b:8080"), {"200 GET /a @b:8080"}),
      Serves("HostWithEmptyPort", "3986 3.2.3", get("Host: b:"), {"200 GET /a @b:"}),
      Serves("HostIsIpv4", "3986 3.2.2", get("Host: 127.0.0.1"), {"200 GET /a @127.0.0.1"}),
      Serves("HostIsIpv6", "3986 3.2.2", get("Host: [::1]:80"), {"200 GET /a @[::1]:80"}),
      Serves("HostsNameIsWithoutCase", "9110 5.1", get("hOST:b"), {"200 GET /a @b"}),
      Serves("HostIsEmpty", "9112 3.2", get("Host:"), {"200 GET /a"}),
      Closes("NoHostIn10", "9112 3.2", "GET /a HTTP/1.0\r\n\r\n", {"200 GET /a"}),
      Refuses("NoHost", "9112 3.2", "GET /a HTTP/1.1\r\n\r\n", "400 missing_host"),
      Refuses("NoHostAmongOthers", "9112 3.2", get("Hosts: h\r\nX-Host: h"), "400 missing_host"),
      Refuses("TwoHosts", "9112 3.2", Get("Host: b\r\n"), "400 repeated_host"),
      Refuses("TwoEqualHosts", "9112 3.2", Get("Host: h\r\n"), "400 repeated_host"),
      Refuses("TwoHostsOfDifferentCase", "9112 3.2", Get("X: y\r\nhost: b\r\n"),
              "400 repeated_host"),
      Refuses("TwoHostsTheFirstEmpty", "9112 3.2", get("Host:\r\nHost: h"), "400 repeated_host"),
      Refuses("TwoHostsIn10", "9112 3.2", Post10("Host: a\r\nHost: b\r\n", ""),
              "400 repeated_host"),
      Refuses("HostIsAList", "9112 3.2", get("Host: a, b"), "400 bad_host"),
      Refuses("HostWithSpace", "9112 3.2", get("Host: a b"), "400 bad_host"),
      Refuses("HostWithUser", "9112 3.2", get("Host: u@b"), "400 bad_host"),
      Refuses("HostWithPath", "9112 3.2", get("Host: b/c"), "400 bad_host"),
      Refuses("HostIsAUri", "9112 3.2", get("Host: http://b"), "400 bad_host"),
      Refuses("HostWithBadPort", "3986 3.2.3", get("Host: b:8x"), "400 bad_host"),
      Refuses("HostWithHighPort", "3986 3.2.3", get("Host: b:65536"), "400 bad_host"),
      Refuses("HostIsAPort", "9110 4.2.1", get("Host: :80"), "400 bad_host"),
      Refuses("HostWithOpenBracket", "3986 3.2.2", get("Host: [::1"), "400 bad_host"),
      Refuses("HostWithBadIpv6", "3986 3.2.2", get("Host: [::g]"), "400 bad_host"),
      Refuses("HostWithObsText", "3986 3.2.2", get("Host: \xc3\xa9"), "400 bad_host"),
      Refuses("HostWithNul", "9110 5.5", get("Host: a\0b"s), "400 control_character"),
  };
}

}  // namespace robusto
