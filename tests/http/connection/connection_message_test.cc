// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What a connection answers to which bytes. Each row is fed at once and byte by byte, with an event
// after each byte: how the network cuts a message must change nothing.

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "robusto/http/connection/connection.h"
#include "tests/http/connection/connection_fixture.h"

namespace robusto {
namespace {

enum class After { kStaysOpen, kCloses };

struct Row {
  std::string name;
  std::string input;
  // "200 GET /a": status, and what the handler says it was asked; or "400 reason".
  std::vector<std::string> want;
  After after;
};

std::string Host(const std::string& rest = "") { return "Host: h\r\n" + rest + "\r\n"; }

const std::vector<Row>& Rows() {
  static const auto* const rows = new std::vector<Row>{
      // Keep-alive (RFC 9112 section 9.3).
      {"Get", "GET /a HTTP/1.1\r\n" + Host(), {"200 GET /a"}, After::kStaysOpen},
      {"GetAndClose",
       "GET /a HTTP/1.1\r\n" + Host("Connection: close\r\n"),
       {"200 GET /a"},
       After::kCloses},
      {"CloseIsOneOfAList",
       "GET /a HTTP/1.1\r\n" + Host("Connection: x, Close\r\n"),
       {"200 GET /a"},
       After::kCloses},
      {"Http10Closes", "GET /a HTTP/1.0\r\n\r\n", {"200 GET /a"}, After::kCloses},
      {"Http10KeepAlive",
       "GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
       {"200 GET /a"},
       After::kStaysOpen},
      {"NothingIsReadAfterTheLast",
       "GET /a HTTP/1.1\r\n" + Host("Connection: close\r\n") + "GET /b HTTP/1.1\r\n" + Host(),
       {"200 GET /a"},
       After::kCloses},
      // Pipelining: in order.
      {"Pipelined",
       "GET /1 HTTP/1.1\r\n" + Host() + "GET /2 HTTP/1.1\r\n" + Host() + "GET /3 HTTP/1.1\r\n" +
           Host(),
       {"200 GET /1", "200 GET /2", "200 GET /3"},
       After::kStaysOpen},
      {"PipelinedAfterBodies",
       "POST /1 HTTP/1.1\r\n" + Host("Content-Length: 3\r\n") + "abc" + "POST /2 HTTP/1.1\r\n" +
           Host("Transfer-Encoding: chunked\r\n") + "2\r\nde\r\n1\r\nf\r\n0\r\n\r\n" +
           "GET /3 HTTP/1.1\r\n" + Host(),
       {"200 POST /1 abc", "200 POST /2 def", "200 GET /3"},
       After::kStaysOpen},
      // Bodies.
      {"ContentLength",
       "PUT /a HTTP/1.1\r\n" + Host("Content-Length: 5\r\n") + "hello",
       {"200 PUT /a hello"},
       After::kStaysOpen},
      {"EmptyBody",
       "POST /a HTTP/1.1\r\n" + Host("Content-Length: 0\r\n"),
       {"200 POST /a"},
       After::kStaysOpen},
      {"Chunked",
       "POST /a HTTP/1.1\r\n" + Host("Transfer-Encoding: chunked\r\n") +
           "5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\n",
       {"200 POST /a hello world"},
       After::kStaysOpen},
      {"ABodyThatLooksLikeARequestIsABody",
       "POST /a HTTP/1.1\r\n" + Host("Content-Length: 18\r\n") + "GET / HTTP/1.1\r\n\r\n",
       {"200 POST /a GET / HTTP/1.1\r\n\r\n"},
       After::kStaysOpen},
      {"EmptyLineBeforeARequest",
       "\r\nGET /a HTTP/1.1\r\n" + Host(),
       {"200 GET /a"},
       After::kStaysOpen},
      // Refused, and no byte after it is a request (C3).
      {"NoHost",
       "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n" + Host(),
       {"400 missing_host"},
       After::kCloses},
      {"GoodThenBad",
       "GET /a HTTP/1.1\r\n" + Host() + "G\x01T\r\n",
       {"200 GET /a", "400 control_character"},
       After::kCloses},
      {"LengthAndTransferEncoding",
       "POST /a HTTP/1.1\r\n" + Host("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") +
           "0\r\n\r\nGET /b HTTP/1.1\r\n" + Host(),
       {"400 length_and_transfer_encoding"},
       After::kCloses},
      {"BadChunkSize",
       "POST /a HTTP/1.1\r\n" + Host("Transfer-Encoding: chunked\r\n") + "x\r\n" +
           "GET /b HTTP/1.1\r\n" + Host(),
       {"400 bad_chunk_size"},
       After::kCloses},
      {"BodyTooLarge",
       "POST /a HTTP/1.1\r\n" + Host("Content-Length: 1001\r\n") + std::string(50, 'x'),
       {"413 body_too_large"},
       After::kCloses},
      {"LargestBody",
       "POST /a HTTP/1.1\r\n" + Host("Content-Length: 1000\r\n") + std::string(1000, 'x'),
       {"200 POST /a " + std::string(1000, 'x')},
       After::kStaysOpen},
      {"ChunkTooLarge",
       "POST /a HTTP/1.1\r\n" + Host("Transfer-Encoding: chunked\r\n") + "3e9\r\nxxx",
       {"413 body_too_large"},
       After::kCloses},
      {"RequestLineTooLong",
       "GET /" + std::string(300, 'a') + " HTTP/1.1\r\n" + Host(),
       {"414 request_line_too_long"},
       After::kCloses},
      {"FieldsTooLarge",
       "GET / HTTP/1.1\r\n" + Host("X: " + std::string(500, 'a') + "\r\n"),
       {"431 fields_too_large"},
       After::kCloses},
      {"OtherExpectation",
       "POST / HTTP/1.1\r\n" + Host("Expect: 200-ok\r\nContent-Length: 1\r\n") + "x",
       {"417 unsupported_expectation"},
       After::kCloses},
      {"OtherCoding",
       "POST / HTTP/1.1\r\n" + Host("Transfer-Encoding: gzip, chunked\r\n"),
       {"501 unsupported_transfer_coding"},
       After::kCloses},
      {"OtherVersion", "GET / HTTP/2.0\r\n", {"505 unsupported_version"}, After::kCloses},
  };
  return *rows;
}

class ConnectionMessageTest : public ConnectionTest, public ::testing::WithParamInterface<Row> {
 protected:
  void Check() {
    std::vector<std::string> got;
    for (const HttpResponse& response : Responses()) {
      const std::string reason = response.Header("X-Robusto-Reason");
      got.push_back(absl::StrCat(response.status, " ", reason.empty() ? response.body : reason));
      EXPECT_EQ(response.closes(),
                GetParam().after == After::kCloses && got.size() == GetParam().want.size());
    }
    EXPECT_EQ(absl::StrJoin(got, "\n"), absl::StrJoin(GetParam().want, "\n"));
    if (GetParam().after == After::kCloses) {
      EXPECT_TRUE(client_saw_end());
      FinishSending();
      Event(HungUp());
      EXPECT_TRUE(closed());
    } else {
      EXPECT_FALSE(closed());
      SendAndTell("GET /next HTTP/1.1\r\n" + Host());
      EXPECT_EQ(OnlyResponse().body, "GET /next");
    }
  }
};

TEST_P(ConnectionMessageTest, AtOnce) {
  Open();
  SendAndTell(GetParam().input);
  Check();
}

TEST_P(ConnectionMessageTest, ByteByByte) {
  Open();
  for (char byte : GetParam().input) {
    // What is sent to a connection that has closed is lost, as it would be on a network.
    if (closed()) break;
    SendAndTell({&byte, 1});
  }
  Check();
}

INSTANTIATE_TEST_SUITE_P(Rows, ConnectionMessageTest, ::testing::ValuesIn(Rows()),
                         [](const auto& info) { return info.param.name; });

TEST_F(ConnectionTest, HeadHasTheLengthAndNotTheBody) {
  Open();
  SendAndTell("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
  const HttpResponse response = OnlyResponse(/*head_request=*/true);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.Header("Content-Length"), "7");  // "HEAD /a"
  EXPECT_FALSE(closed());
}

TEST_F(ConnectionTest, ContinueIsSaidToWhoWaitsForIt) {
  Open();
  SendAndTell("PUT /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(Received(), "HTTP/1.1 100 Continue\r\n\r\n");
  SendAndTell("ok");
  EXPECT_EQ(OnlyResponse().body, "PUT /a ok");
}

TEST_F(ConnectionTest, ContinueIsNotSaidToWhoHasNotWaited) {
  Open();
  SendAndTell("PUT /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\no");
  EXPECT_EQ(Received(), "");
  SendAndTell("k");
  EXPECT_EQ(OnlyResponse().body, "PUT /a ok");
}

TEST_F(ConnectionTest, ContinueIsNotSaidBeforeARefusal) {
  Open();
  SendAndTell("PUT /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9999\r\n\r\n");
  EXPECT_EQ(OnlyResponse().status, 413);
  EXPECT_EQ(handled_, 0);
}

TEST_F(ConnectionTest, ContinueForAPipelinedRequestComesAfterTheResponseBeforeIt) {
  Open();
  SendAndTell(
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
      "PUT /2 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  std::vector<HttpResponse> responses = Responses();
  ASSERT_EQ(responses.size(), 2u);
  EXPECT_EQ(responses[0].body, "GET /1");
  EXPECT_EQ(responses[1].status, 100);
  SendAndTell("ok");
  EXPECT_EQ(OnlyResponse().body, "PUT /2 ok");
}

TEST_F(ConnectionTest, AHandlerThatThrowsIsAnswered500AndClosed) {
  host_.serve = [](const Request&, ResponseWriter& response) {
    response.SetHeader("X-Secret", "half done");
    response.Write("half a body");
    throw std::runtime_error("broken");
  };
  Open();
  SendAndTell("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.status, 500);
  EXPECT_TRUE(response.closes());
  EXPECT_FALSE(absl::StrContains(response.head, "X-Secret"));
  EXPECT_FALSE(absl::StrContains(response.body, "half"));
  EXPECT_TRUE(closed());
  EXPECT_EQ(thrown_, std::vector<std::string>({"broken"})) << "the pool must hear of it";
}

TEST_F(ConnectionTest, AHandlerMayEndTheConnection) {
  host_.serve = [](const Request&, ResponseWriter& response) { response.CloseConnection(); };
  Open();
  SendAndTell("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(OnlyResponse().closes());
  EXPECT_TRUE(closed());
}

TEST_F(ConnectionTest, AResponseWithoutContentHasNoBodyWhateverTheHandlerWrote) {
  for (int status : {204, 205, 304}) {
    host_.serve = [status](const Request&, ResponseWriter& response) {
      response.Write("nobody may see this");
      response.SetStatus(status);
    };
    Open();
    SendAndTell("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(OnlyResponse().status, status);
    connection_.Abort();
  }
}

TEST_F(ConnectionTest, AHalfClosedClientIsAnswered) {
  Open();
  Send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  FinishSending();
  Event(HungUp());
  const std::vector<HttpResponse> responses = Responses();
  ASSERT_EQ(responses.size(), 2u);
  EXPECT_EQ(responses[1].body, "GET /2");
  EXPECT_TRUE(closed()) << "nothing more can come";
}

TEST_F(ConnectionTest, AClientThatGoesInTheMiddleOfARequestGetsNoAnswer) {
  for (const char* part :
       {"", "GET / HT", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx"}) {
    SCOPED_TRACE(part);
    host_.closed = 0;
    Open();
    Send(part);
    FinishSending();
    Event(HungUp());
    EXPECT_TRUE(closed());
    EXPECT_EQ(Received(), "");
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(ConnectionTest, ADrainingServerSaysThatItCloses) {
  Open();
  host_.drains = true;
  SendAndTell("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_TRUE(OnlyResponse().closes());
  EXPECT_TRUE(closed());
}

// A refusal from the pool: who is told what.
TEST_F(ConnectionTest, ARejectedRequestIsAnswered503WithItsReasonAndRetryAfter) {
  const struct {
    RejectReason reason;
    const char* name;
    bool closes;
  } rows[] = {{RejectReason::kQueueFull, "queue_full", false},
              {RejectReason::kExpired, "expired", false},
              {RejectReason::kDraining, "draining", true},
              {RejectReason::kStopped, "stopped", true}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    host_.closed = 0;
    Open();
    Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
    ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
    TaskPtr task(&connection_);
    task->Reject(row.reason);
    task.reset();
    // Whoever rejects may be in the middle of the pool: it writes nothing and asks for nothing.
    EXPECT_EQ(Received(), "");
    EXPECT_EQ(host_.deferred.size(), 1u);
    EXPECT_TRUE(host_.submitted.empty());
    Settle();
    const HttpResponse response = OnlyResponse();
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.Header("X-Robusto-Reason"), row.name);
    EXPECT_EQ(response.Header("Retry-After"), "7");
    EXPECT_EQ(response.closes(), row.closes);
    EXPECT_EQ(closed(), row.closes);
    connection_.Abort();
  }
  EXPECT_EQ(handled_, 0);
}

TEST_F(ConnectionTest, ARejectedRequestIsNotTheEndOfThoseAfterIt) {
  Open();
  Send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  TaskPtr task(&connection_);
  task->Reject(RejectReason::kQueueFull);
  task.reset();
  Settle();
  const std::vector<HttpResponse> responses = Responses();
  ASSERT_EQ(responses.size(), 2u);
  EXPECT_EQ(responses[0].status, 503);
  EXPECT_EQ(responses[1].body, "GET /2");
}

TEST_F(ConnectionTest, ARefusalOfAHeadRequestHasNoBodyEither) {
  // RFC 9110 section 9.3.2.
  for (const char* input : {"HEAD / HTTP/1.1\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: h\r\nbad\r\n\r\n",
                            "HEAD / HTTP/1.1\r\nHost: h\r\nContent-Length: 9999\r\n\r\n"}) {
    SCOPED_TRACE(input);
    Open();
    SendAndTell(input);
    const HttpResponse response = OnlyResponse(/*head_request=*/true);
    EXPECT_GE(response.status, 400);
    EXPECT_TRUE(response.closes());
    connection_.Abort();
  }
}

}  // namespace
}  // namespace robusto
