// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Refusal at the end of the head, and the memory that clients may hold.

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tests/http/connection/connection_fixture.h"

namespace robusto {
namespace {

class HeadCheckTest : public ConnectionTest {
 protected:
  HeadCheckTest() {
    host_.serve = Handler(
        [this](const Request& request, ResponseWriter& response) {
          ++checks_;
          EXPECT_EQ(request.body(), "");
          if (request.path() == "/throw") throw std::runtime_error("in the check");
          response.SetHeader("X-Check", "seen");
          if (request.path() != "/no") return HeadDecision::kReadBody;
          response.Error(405);
          return HeadDecision::kRespond;
        },
        [this](const Request& request, ResponseWriter& response) {
          ++handled_;
          response.Write(absl::StrCat("took ", request.body()));
        });
  }

  static std::string Put(absl::string_view path, absl::string_view fields) {
    return absl::StrCat("PUT ", path, " HTTP/1.1\r\nHost: h\r\n", fields, "\r\n");
  }

  int checks_ = 0;
};

TEST_F(HeadCheckTest, ARefusedUploadGetsItsStatusAndNo100Continue) {  // RFC 9110 section 10.1.1
  Open();
  SendAndTell(Put("/no", "Content-Length: 10\r\nExpect: 100-continue\r\n"));
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.status, 405);
  EXPECT_TRUE(response.closes()) << "the body may follow, and is no request";
  EXPECT_EQ(handled_, 0);
}

TEST_F(HeadCheckTest, AnAcceptedUploadGets100ContinueAfterTheCheck) {
  Open();
  Send(Put("/yes", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  EXPECT_EQ(Received(), "") << "not before the check";
  Work();
  Settle();
  EXPECT_EQ(Received(), "HTTP/1.1 100 Continue\r\n\r\n");
  SendAndTell("abc");
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.body, "took abc");
  EXPECT_EQ(response.Header("X-Check"), "") << "the handler starts with a new response";
  EXPECT_FALSE(response.closes());
  EXPECT_EQ(checks_, 1);
}

TEST_F(HeadCheckTest, ABodyThatIsHereAlreadyIsCheckedInTheTurnOfItsHandler) {
  Open();
  Send(Put("/yes", "Content-Length: 3\r\n") + "abc");
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  Work();
  EXPECT_EQ(OnlyResponse().body, "took abc");
  EXPECT_EQ(checks_, 1);
  Settle();
  // Refused, it leaves the connection as it was: the body's end is known.
  SendAndTell(Put("/no", "Content-Length: 3\r\n") + "abc");
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.status, 405);
  EXPECT_FALSE(response.closes());
}

TEST_F(HeadCheckTest, AChunkedBodyIsCheckedBeforeItIsDecoded) {
  Open();
  SendAndTell(Put("/no", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n");
  EXPECT_EQ(OnlyResponse().status, 405);
  connection_.Abort();
  Open();
  SendAndTell(Put("/yes", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n");
  EXPECT_EQ(OnlyResponse().body, "took abc");
}

TEST_F(HeadCheckTest, ARequestWithoutABodyIsNotChecked) {
  Open();
  SendAndTell("GET /no HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(OnlyResponse().body, "took ");
  EXPECT_EQ(checks_, 0);
}

TEST_F(HeadCheckTest, AnExceptionOfTheCheckIsAnswered500) {
  Open();
  SendAndTell(Put("/throw", "Content-Length: 10\r\n"));
  EXPECT_EQ(OnlyResponse().status, 500);
  EXPECT_EQ(thrown_, std::vector<std::string>{"in the check"});
}

TEST_F(HeadCheckTest, ABodyBeyondTheLimitIsRefusedWithoutTheCheck) {
  Open();
  SendAndTell(Put("/yes", "Content-Length: 1001\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(OnlyResponse().status, 413);
  EXPECT_EQ(checks_, 0);
}

TEST_F(HeadCheckTest, ACheckForWhichTheQueueHasNoRoomIsAnswered503) {
  Open();
  Send(Put("/yes", "Content-Length: 10\r\n"));
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  EXPECT_FALSE(connection_.Continues());
  TaskPtr task(&connection_);
  task->Reject(RejectReason::kQueueFull);
  task.reset();
  Settle();
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.status, 503);
  EXPECT_TRUE(response.closes());
}

TEST_F(HeadCheckTest, TheRequestThatPassedItsCheckIsLetInWhileThePoolDrains) {
  Open();
  Send(Put("/yes", "Content-Length: 3\r\n"));
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  Work();
  EXPECT_TRUE(connection_.Continues());
}

// --- Memory ---

class MemoryTest : public ConnectionTest {
 protected:
  MemoryTest() {
    host_.budget = std::make_unique<MemoryBudget>(100'000);
    host_.server_options.max_body_bytes = 1 << 20;
    host_.server_options.body_buffer = 1 << 20;
  }

  void Upload(size_t bytes) {
    SendAndTell(absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ", bytes, "\r\n\r\n"));
    const std::string part(16 * 1024, 'x');
    for (size_t sent = 0; sent + 1 < bytes && !closed(); sent += part.size()) {
      const ssize_t got =
          send(client_.get(), part.data(), std::min(part.size(), bytes - 1 - sent), MSG_NOSIGNAL);
      if (got < 0) break;
      Event(Readable());
    }
  }
};

TEST_F(MemoryTest, AnOrdinaryRequestChargesNothing) {
  Open();
  SendAndTell("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(OnlyResponse().status, 200);
  EXPECT_EQ(host_.budget->used(), 0u);
}

TEST_F(MemoryTest, ABodyIsChargedAndReleasedWithItsConnection) {
  Open();
  Upload(50'000);
  EXPECT_GT(host_.budget->used(), 30'000u);
  EXPECT_LT(host_.budget->used(), 100'001u);
  EXPECT_EQ(connection_.charged_bytes(), host_.budget->used());
  connection_.Abort();
  EXPECT_EQ(host_.budget->used(), 0u);
}

TEST_F(MemoryTest, ABodyThatTheBudgetHasNoRoomForIsAnswered503) {
  Open();
  Upload(500'000);
  const std::vector<HttpResponse> responses = Responses();
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_EQ(responses[0].status, 503);
  EXPECT_EQ(responses[0].Header("X-Robusto-Reason"), "memory");
  EXPECT_TRUE(responses[0].closes());
  EXPECT_EQ(host_.budget->used(), 0u);
}

TEST_F(MemoryTest, AResponseThatTheBudgetHasNoRoomForBecomes503) {
  host_.serve = [](const Request&, ResponseWriter& response) {
    response.Write(std::string(200'000, 'x'));
  };
  Open();
  SendAndTell("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.Header("X-Robusto-Reason"), "memory");
  EXPECT_FALSE(response.closes());
  EXPECT_EQ(host_.budget->used(), 0u);
}

TEST_F(MemoryTest, AResponseIsChargedUntilItsClientHasTakenIt) {
  host_.serve = [](const Request&, ResponseWriter& response) {
    response.Write(std::string(90'000, 'x'));
  };
  Open(/*small_buffers=*/true);
  SendAndTell("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_GT(host_.budget->used(), 80'000u);
  for (int i = 0; i < 100 && host_.budget->used() > 0; ++i) {
    Received();
    Event(Writable());
  }
  EXPECT_EQ(host_.budget->used(), 0u);
}

}  // namespace
}  // namespace robusto
