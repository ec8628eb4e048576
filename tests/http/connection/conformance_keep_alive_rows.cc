// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Rows about a connection's life: keep-alive (RFC 9112 section 9.3), pipelining (9.3.2), HEAD, and
// Expect (RFC 9110 section 10.1.1).

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/http/connection/conformance_rows.h"

namespace robusto {

using std::string_literals::operator""s;

ConformanceRows KeepAliveRows() {
  const std::string smuggled(kSmuggled);
  const auto get10 = [](const std::string& fields) {
    return "GET /a HTTP/1.0\r\n" + fields + "\r\n";
  };
  const std::string expect = "Expect: 100-continue\r\n";
  return {
      // Connection.
      Closes("Close", "9112 9.6", Get("Connection: close\r\n"), {"200 GET /a"}),
      Closes("CloseIsWithoutCase", "9110 7.6.1", Get("cONNECTION: cLOSE\r\n"), {"200 GET /a"}),
      Closes("CloseInAList", "9110 7.6.1", Get("Connection: x, close ,y\r\n"), {"200 GET /a"}),
      Closes("CloseAfterTabAndEmptyElements", "9110 5.6.1", Get("Connection: ,,\tclose\r\n"),
             {"200 GET /a"}),
      Closes("CloseInASecondField", "9110 5.3", Get("Connection: x\r\nConnection: close\r\n"),
             {"200 GET /a"}),
      Closes("CloseBeatsKeepAlive", "9112 9.3", Get("Connection: close, keep-alive\r\n"),
             {"200 GET /a"}),
      Closes("CloseAfterKeepAlive", "9112 9.3", Get("Connection: keep-alive, close\r\n"),
             {"200 GET /a"}),
      Closes("CloseWithABody", "9112 9.6", Post("Connection: close\r\n" + Length(5), "hello"),
             {"200 POST /a hello"}),
      Closes("NothingIsReadAfterClose", "9112 9.6", Get("Connection: close\r\n") + smuggled,
             {"200 GET /a"}),
      Serves("KeepAlive", "9112 9.3", Get("Connection: keep-alive\r\n"), {"200 GET /a"}),
      Serves("ConnectionEmpty", "9110 7.6.1", Get("Connection:\r\n"), {"200 GET /a"}),
      Serves("ConnectionUnknown", "9110 7.6.1", Get("Connection: Upgrade\r\nUpgrade: h2c\r\n"),
             {"200 GET /a"}),
      Serves("ClosedIsNotClose", "9110 7.6.1", Get("Connection: closed, xclose\r\n"),
             {"200 GET /a"}),
      Serves("ProxyConnectionIsNoConnection", "9112 9.6", Get("Proxy-Connection: close\r\n"),
             {"200 GET /a"}),
      Closes("Http10ClosesByDefault", "9112 9.3", get10("") + smuggled, {"200 GET /a"}),
      Closes("Http10WithClose", "9112 9.3", get10("Connection: close\r\n"), {"200 GET /a"}),
      Closes("Http10WithBoth", "9112 9.3", get10("Connection: keep-alive, close\r\n"),
             {"200 GET /a"}),
      Closes("Http10WithAnother", "9112 9.3", get10("Connection: keep-alives\r\n"), {"200 GET /a"}),
      Serves("Http10KeepAlive", "9112 9.3", get10("Connection: Keep-Alive\r\n"), {"200 GET /a"}),
      Serves("Http10KeepAliveInAList", "9112 9.3", get10("Connection: x, keep-alive\r\n"),
             {"200 GET /a"}),
      Serves("Http10KeepAliveWithABody", "9112 9.3",
             Post10("Connection: keep-alive\r\n" + Length(kSmuggled.size()), kSmuggled),
             {"200 POST /a " + smuggled}),

      // Pipelining: answers in order, each request where the one before it ends.
      Serves("Pipelined", "9112 9.3.2",
             Message("GET /1 HTTP/1.1") + Message("GET /2 HTTP/1.1") + Message("GET /3 HTTP/1.1"),
             {"200 GET /1", "200 GET /2", "200 GET /3"}),
      Serves("PipelinedWithBodies", "9112 9.3.2",
             Post(Length(5), "hello") + Chunked(Chunk("hello") + "0\r\nX: y\r\n\r\n") +
                 Message("GET /3 HTTP/1.1"),
             {"200 POST /a hello", "200 POST /a hello", "200 GET /3"}),
      Serves("PipelinedChunks", "9112 9.3.2",
             Chunked(Chunk("hello") + "0\r\n\r\n") + Chunked(Chunk("you") + "0\r\n\r\n") +
                 Chunked("0\r\n\r\n"),
             {"200 POST /a hello", "200 POST /a you", "200 POST /a"}),
      Serves("PipelinedAfterHead", "9112 9.3.2",
             Message("HEAD /1 HTTP/1.1") + Message("GET /2 HTTP/1.1"),
             {"200 HEAD /1", "200 GET /2"}),
      Serves("PipelinedVersions", "9112 9.3.2",
             get10("Connection: keep-alive\r\n") + Message("GET /2 HTTP/1.1"),
             {"200 GET /a", "200 GET /2"}),
      Closes("PipelinedThenClosed", "9112 9.3.2",
             Message("GET /1 HTTP/1.1") + Get("Connection: close\r\n") + smuggled,
             {"200 GET /1", "200 GET /a"}),
      Closes("PipelinedThenBad", "9112 9.3.2", Message("GET /1 HTTP/1.1") + "\0"s + smuggled,
             {"200 GET /1", "400 control_character"}),
      Closes("PipelinedThenBadLine", "9112 9.3.2",
             Message("GET /1 HTTP/1.1") + "GET /2\r\n" + smuggled,
             {"200 GET /1", "400 bad_request_line"}),
      Closes("PipelinedThenRefused", "9112 9.3.2",
             Message("GET /1 HTTP/1.1") + Message("GET /2 HTTP/1.1", "Host: b\r\n") + smuggled,
             {"200 GET /1", "400 repeated_host"}),
      Closes("PipelinedThenTooLarge", "9112 9.3.2",
             Message("GET /1 HTTP/1.1") + Post(Length(1001), "") + smuggled,
             {"200 GET /1", "413 body_too_large"}),
      Waits("PipelinedThenPart", "9112 9.3.2", Message("GET /1 HTTP/1.1") + "GET /2 HT",
            {"200 GET /1"}),
      Closes("FieldsOfOneAreNotTheNexts", "9112 9.3.2",
             Post(Length(5), "hello") + "GET /2 HTTP/1.1\r\n\r\n",
             {"200 POST /a hello", "400 missing_host"}),

      // Expect.
      Waits("Continue", "9110 10.1.1", Post(expect + Length(5), ""), {"100"}),
      Waits("ContinueOfChunks", "9110 10.1.1", Post(expect + "Transfer-Encoding: chunked\r\n", ""),
            {"100"}),
      Waits("ContinueIsWithoutCase", "9110 10.1.1",
            Post("eXPECT: 100-Continue\r\n" + Length(5), ""), {"100"}),
      Waits("ContinueAfterAnAnswer", "9110 10.1.1",
            Message("GET /1 HTTP/1.1") + Post(expect + Length(5), ""), {"200 GET /1", "100"}),
      Waits("NoContinueOncePartOfTheBodyIsThere", "9110 10.1.1", Post(expect + Length(5), "he")),
      Serves("NoContinueOnceTheBodyIsThere", "9110 10.1.1", Post(expect + Length(5), "hello"),
             {"200 POST /a hello"}),
      Serves("NoContinueWithoutBody", "9110 10.1.1", Get(expect), {"200 GET /a"}),
      Serves("NoContinueWithAnEmptyBody", "9110 10.1.1", Post(expect + Length(0), ""),
             {"200 POST /a"}),
      Waits("NoContinueIn10", "9110 10.1.1", Post10(expect + Length(5), "")),
      Serves("ExpectEmpty", "9110 10.1.1", Get("Expect:\r\n"), {"200 GET /a"}),
      Refuses("AnotherExpectation", "9110 10.1.1", Post("Expect: 200-ok\r\n" + Length(5), "hello"),
              "417 unsupported_expectation"),
      Refuses("AnotherExpectationWithABodyToCome", "9110 10.1.1",
              Post("Expect: x\r\n" + Length(kSmuggled.size()), kSmuggled),
              "417 unsupported_expectation"),
      Refuses("AnotherExpectationInAList", "9110 10.1.1",
              Post("Expect: 100-continue, x\r\n" + Length(5), "hello"),
              "417 unsupported_expectation"),
      Refuses("AnotherExpectationInASecondField", "9110 10.1.1",
              Post(expect + "Expect: x\r\n" + Length(5), "hello"), "417 unsupported_expectation"),
      Refuses("ContinueWithParameter", "9110 10.1.1",
              Post("Expect: 100-continue;x\r\n" + Length(5), "hello"),
              "417 unsupported_expectation"),
  };
}

}  // namespace robusto
