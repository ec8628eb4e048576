// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Responses to pipelined requests, which go out together when that keeps none of them waiting. Over
// TCP: a unix socket holds nothing back. What is held back the kernel sends by itself after 200 ms or more,
// so that a machine that stops for as long hides a fault here, and never makes one up.

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/http/connection/connection_fixture.h"
#include "tests/http/connection/segments_sent.h"

namespace robusto {
namespace {

constexpr int kRequests = 16;

std::string Get(absl::string_view target) {
  return absl::StrCat("GET ", target, " HTTP/1.1\r\nHost: h\r\n\r\n");
}

class PipelineTest : public ConnectionTest {
 protected:
  // All requests at once, and all responses.
  void Exchange() {
    std::string requests;
    for (int i = 0; i < kRequests; ++i) requests += Get(absl::StrCat("/", i));
    SendAndTell(requests);
    const std::vector<HttpResponse> responses = Responses();
    ASSERT_EQ(responses.size(), size_t{kRequests});
    for (int i = 0; i < kRequests; ++i) EXPECT_EQ(responses[i].body, absl::StrCat("GET /", i));
  }
};

TEST_F(PipelineTest, ResponsesToRequestsThatAreAllHereShareSegments) {
  OpenTcp();
  Exchange();
  EXPECT_LT(SegmentsSent(connection_.fd()), uint32_t{kRequests / 2});
}

TEST_F(PipelineTest, EachGoesOutByItselfWhenTheNextOneMayTakeLong) {
  host_.answers_soon = false;
  OpenTcp();
  Exchange();
  EXPECT_EQ(SegmentsSent(connection_.fd()), uint32_t{kRequests});
}

TEST_F(PipelineTest, NothingIsHeldBackForARequestThatIsNotWholeYet) {
  for (const std::string& part : {std::string("GET /2 HT"), std::string("\r\n"),
                                  std::string("POST /2 HTTP/1.1\r\nHost: h\r\n"
                                              "Content-Length: 5\r\n\r\n12")}) {
    SCOPED_TRACE(part);
    OpenTcp();
    SendAndTell(Get("/1") + part);
    EXPECT_EQ(OnlyResponse().body, "GET /1");
    connection_.Abort();
  }
}

TEST_F(PipelineTest, WhatIsHeldBackGoesOutBeforeAHandlerThatMayTakeLong) {
  std::vector<std::string> seen;
  OpenTcp();
  // The response to the first is written while an answer to the second is expected soon.
  host_.serve = [&](const Request& request, ResponseWriter& response) {
    seen.push_back(Received());
    response.Write(request.target());
  };
  Send(Get("/1") + Get("/2"));
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  Work();
  EXPECT_EQ(Received(), "");
  host_.answers_soon = false;
  Settle();
  ASSERT_EQ(seen.size(), size_t{2});
  EXPECT_TRUE(absl::EndsWith(seen[1], "/1")) << seen[1];
  EXPECT_EQ(OnlyResponse().body, "/2");
}

TEST_F(PipelineTest, TheLastResponseBeforeTheEndTakesThoseBeforeItAlong) {
  OpenTcp();
  SendAndTell(Get("/1") + "GET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(Responses().size(), size_t{2});
  EXPECT_TRUE(client_saw_end());
}

TEST_F(PipelineTest, ARefusalTakesThoseBeforeItAlong) {
  OpenTcp();
  SendAndTell(Get("/1") + "GET\r\n\r\n");
  const std::vector<HttpResponse> responses = Responses();
  ASSERT_EQ(responses.size(), size_t{2});
  EXPECT_EQ(responses[1].status, 400);
}

}  // namespace
}  // namespace robusto
