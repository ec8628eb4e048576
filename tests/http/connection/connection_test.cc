// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Who owns a connection when, what its timers do, and how a response reaches a client that does not
// take it. connection_message_test.cc says what is answered to which bytes.

#include "robusto/http/connection/connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/http/connection/connection_fixture.h"

namespace robusto {
namespace {

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

// Bytes of which no two places look alike.
std::string Pattern(size_t size) {
  std::string text;
  while (text.size() < size) absl::StrAppend(&text, text.size(), ",");
  text.resize(size);
  return text;
}

UniqueFd FileOf(const std::string& text) {
  UniqueFd fd(memfd_create("file", MFD_CLOEXEC));
  EXPECT_EQ(write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  return fd;
}

// --- Ownership ---

TEST_F(ConnectionTest, AnEventThatComesWhileAnotherOwnsItIsNotLost) {  // C1
  Open();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  // A worker has it. The next request comes, and its edge is delivered to nobody.
  Send(kGet);
  EXPECT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kNone);
  EXPECT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kNone);
  Work();
  Settle();
  EXPECT_EQ(Responses().size(), 2u);
}

TEST_F(ConnectionTest, OneOwnerAtATime) {  // C1
  Open();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  EXPECT_EQ(connection_.OnEvent(connection_.generation(), HungUp()), Handoff::kNone);
  EXPECT_EQ(connection_.OnTimer(kFarFuture), Handoff::kNone);
  EXPECT_FALSE(closed()) << "a timer must not close what a worker holds";
  Work();
  Settle();
  EXPECT_EQ(OnlyResponse().status, 200);
}

TEST_F(ConnectionTest, AnEventOfAConnectionThatIsGoneReachesNobody) {
  Open();
  const uint32_t gone = connection_.generation();
  FinishSending();
  Event(HungUp());
  ASSERT_TRUE(closed());
  EXPECT_EQ(connection_.OnEvent(gone, HungUp()), Handoff::kNone) << "the place is free";
  EXPECT_EQ(connection_.OnTimer(kFarFuture), Handoff::kNone);
  host_.closed = 0;

  Open();
  EXPECT_NE(connection_.generation(), gone);
  Send(kGet);
  EXPECT_EQ(connection_.OnEvent(gone, HungUp()), Handoff::kNone) << "another has the place";
  EXPECT_FALSE(closed());
  Event(Readable());
  EXPECT_EQ(OnlyResponse().status, 200);
}

TEST_F(ConnectionTest, NothingOfTheConnectionBeforeIsLeftInItsPlace) {
  Open();
  SendAndTell("GET / HTTP/1.1\r\nbad\r\n");  // refused, discards what comes
  FinishSending();
  Event(HungUp());
  ASSERT_TRUE(closed());
  Open();
  SendAndTell(kGet);
  EXPECT_FALSE(OnlyResponse().closes());
  SendAndTell(kGet);
  EXPECT_EQ(OnlyResponse().status, 200);
}

TEST_F(ConnectionTest, ARunningRequestDescribesItself) {
  TaskDescription seen;
  host_.serve = [&](const Request&, ResponseWriter&) { seen = connection_.Describe(); };
  Open();
  SendAndTell("GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(seen.label, "GET /a?b");
  EXPECT_EQ(seen.peer, "unix:");
  EXPECT_EQ(seen.phase, "handling");
}

TEST_F(ConnectionTest, CancelLetsTheClientSeeTheEndAndTheHandlerReturn) {
  host_.serve = [&](const Request&, ResponseWriter& response) {
    connection_.Cancel(CancelLevel::kGentle);
    connection_.Cancel(CancelLevel::kFirm);
    response.Write("nobody hears it");
  };
  Open();
  SendAndTell(kGet);
  EXPECT_EQ(Received(), "");
  EXPECT_TRUE(client_saw_end());
  EXPECT_TRUE(closed());
}

TEST_F(ConnectionTest, AGentleCancelStillLetsTheAnswerOut) {
  host_.serve = [&](const Request&, ResponseWriter& response) {
    connection_.Cancel(CancelLevel::kGentle);
    response.Write("heard");
  };
  Open();
  SendAndTell(kGet);
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.body, "heard");
  // Its input is at an end: the client must not send another request.
  EXPECT_EQ(response.Header("Connection"), "close");
  EXPECT_TRUE(closed());
}

// --- Timers ---

TEST_F(ConnectionTest, ANewConnectionThatSaysNothingIsClosedAfterTheHeaderTimeout) {
  Open();
  EXPECT_EQ(Left(), host_.server_options.header_timeout);
  Timer(host_.timer_ns - 1);
  EXPECT_FALSE(closed()) << "not before its time";
  Timer(host_.timer_ns);
  EXPECT_TRUE(closed());
  EXPECT_EQ(Received(), "") << "it has asked nothing";
}

TEST_F(ConnectionTest, AnIdleConnectionIsClosedAfterTheKeepAliveTimeout) {
  Open();
  SendAndTell(kGet);
  EXPECT_EQ(OnlyResponse().status, 200);
  Timer(/*now_ns=*/0);
  EXPECT_FALSE(closed());
  Timer();
  EXPECT_TRUE(closed());
  EXPECT_EQ(Received(), "");
}

TEST_F(ConnectionTest, ARequestThatComesInTheMomentOfTheTimeoutIsServed) {
  Open();
  Send(kGet);  // its event is still on the way
  Timer();
  EXPECT_EQ(OnlyResponse().status, 200);
  EXPECT_FALSE(closed());
}

TEST_F(ConnectionTest, ASlowHeadIsAnswered408) {
  Open();
  SendAndTell("GET / HTTP/1.1\r\nHo");
  Timer();
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(response.Header("X-Robusto-Reason"), "header_timeout");
  EXPECT_TRUE(response.closes());
}

TEST_F(ConnectionTest, ByteAfterByteDoesNotMoveTheHeaderTimeout) {
  Open();
  SendAndTell("G");
  const int64_t deadline = host_.timer_ns;
  host_.server_options.header_timeout = absl::Hours(1);  // what a later start would add
  for (char byte : std::string("ET / HTTP/1.1\r\nX: y")) SendAndTell({&byte, 1});
  Timer(deadline + absl::ToInt64Nanoseconds(absl::Seconds(1)));
  EXPECT_EQ(OnlyResponse().status, 408);
}

TEST_F(ConnectionTest, ASlowBodyIsAnswered408) {
  Open();
  SendAndTell("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  Timer();
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.status, 408);
  EXPECT_EQ(response.Header("X-Robusto-Reason"), "body_timeout");
  EXPECT_EQ(handled_, 0);
}

TEST_F(ConnectionTest, EachByteOfABodyBuysTimeAtTheMinimumRate) {
  host_.server_options.min_body_bytes_per_second = 10;
  for (const char* framing :
       {"Content-Length: 900\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n384\r\n"}) {
    SCOPED_TRACE(framing);
    Open();
    SendAndTell(absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\n", framing));
    const int64_t first = host_.timer_ns;
    SendAndTell(std::string(500, 'x'));
    // 500 bytes at 10 bytes a second: 50 s more. The fake wheel hears of earlier times only, and so
    // the timer is what asks.
    Timer(first + absl::ToInt64Nanoseconds(absl::Seconds(45)));
    EXPECT_EQ(Received(), "");
    Timer(first + absl::ToInt64Nanoseconds(absl::Seconds(55)));
    EXPECT_EQ(OnlyResponse().status, 408);
    connection_.Abort();
  }
}

TEST_F(ConnectionTest, AfterARefusalTheRestIsReadAwayUntilTheClientEnds) {
  Open();
  SendAndTell("bad\r\n");
  EXPECT_EQ(OnlyResponse().status, 400);
  EXPECT_TRUE(client_saw_end());
  EXPECT_FALSE(closed()) << "closing now would reset what the client has not read yet";
  for (int i = 0; i < 100; ++i) SendAndTell(std::string(10'000, 'x'));
  EXPECT_FALSE(closed());
  FinishSending();
  Event(HungUp());
  EXPECT_TRUE(closed());
}

TEST_F(ConnectionTest, ABodyThatIsRefusedUnreadIsReadAway) {
  Open();
  SendAndTell("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9999\r\n\r\n");
  EXPECT_EQ(OnlyResponse().status, 413);
  EXPECT_FALSE(closed()) << "the body is on its way, and would meet a reset";
  SendAndTell(std::string(9999, 'x'));
  FinishSending();
  Event(HungUp());
  EXPECT_TRUE(closed());
  EXPECT_EQ(Received(), "");
}

TEST_F(ConnectionTest, TheRestIsNotReadAwayForEver) {
  Open();
  SendAndTell("bad\r\n");
  EXPECT_FALSE(closed());
  Timer();
  EXPECT_TRUE(closed());
}

// --- Responses that the client does not take ---

TEST_F(ConnectionTest, AResponseThatFillsTheSocketIsParkedAndFinishedOnWritability) {  // C4
  const std::string body = Pattern(1 << 20);
  host_.serve = [&](const Request&, ResponseWriter& response) { response.Write(body); };
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  EXPECT_EQ(host_.writable_watches, 1);
  EXPECT_TRUE(host_.submitted.empty());
  std::string got;
  for (int events = 0; got.size() < body.size(); ++events) {
    ASSERT_LT(events, 10'000);
    const std::string piece = Received(5000);
    ASSERT_FALSE(piece.empty()) << "after " << got.size();
    got += piece;
    Event(Writable());
  }
  got += Received();
  absl::optional<HttpResponse> response = TakeResponse(&got);
  ASSERT_TRUE(response.has_value());
  EXPECT_TRUE(response->body == body);
  EXPECT_EQ(host_.writable_watches, 1) << "registered once by the event loop";
  EXPECT_FALSE(closed());
}

TEST_F(ConnectionTest, AFileGoesOutInSlicesThatLetOthersHaveTheirTurn) {
  const std::string text = Pattern(10 << 20);
  host_.serve = [&](const Request&, ResponseWriter& response) {
    response.WriteFile(FileOf(text), 5, text.size() - 10);
  };
  Open();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  Work();
  std::string got;
  for (int turns = 0; turns < 100'000; ++turns) {
    const std::string piece = Received();
    got += piece;
    if (!host_.deferred.empty()) {
      host_.deferred.clear();
      static_cast<void>(connection_.Resume());
    } else if (!piece.empty()) {
      Event(Writable());
    } else {
      break;
    }
  }
  absl::optional<HttpResponse> response = TakeResponse(&got);
  ASSERT_TRUE(response.has_value()) << got.size();
  EXPECT_TRUE(response->body == text.substr(5, text.size() - 10));
}

TEST_F(ConnectionTest, AClientThatTakesNothingIsDroppedAfterTheWriteTimeout) {
  host_.serve = [&](const Request&, ResponseWriter& response) { response.Write(Pattern(1 << 20)); };
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  EXPECT_FALSE(closed());
  Timer(/*now_ns=*/0);
  EXPECT_FALSE(closed());
  Timer();
  EXPECT_TRUE(closed());
}

TEST_F(ConnectionTest, WhileAResponseIsParkedNoFurtherRequestIsRead) {
  host_.serve = [&](const Request&, ResponseWriter& response) {
    ++handled_;
    response.Write(Pattern(1 << 20));
  };
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  SendAndTell(absl::StrCat(kGet, kGet));
  EXPECT_EQ(handled_, 1);
  std::string got;
  for (int events = 0; events < 10'000 && got.size() < (3 << 20); ++events) {
    got += Received();
    Event(Writable());
  }
  EXPECT_EQ(handled_, 3);
  for (int i = 0; i < 3; ++i) {
    absl::optional<HttpResponse> response = TakeResponse(&got);
    ASSERT_TRUE(response.has_value()) << i;
    EXPECT_EQ(response->body.size(), 1u << 20);
  }
}

TEST_F(ConnectionTest, AFileThatBecameShorterIsCutOffAndNotFilledUp) {
  host_.serve = [&](const Request&, ResponseWriter& response) {
    response.WriteFile(FileOf("short"), 0, 100);
  };
  Open();
  SendAndTell(kGet);
  const std::string got = Received();
  EXPECT_EQ(got.substr(got.size() - 9), "\r\n\r\nshort");
  EXPECT_TRUE(client_saw_end());
  EXPECT_TRUE(closed());
}

TEST_F(ConnectionTest, AClientThatResetsWhileItIsAnsweredIsDropped) {
  host_.serve = [&](const Request&, ResponseWriter& response) {
    client_.reset();
    response.Write(Pattern(100));
  };
  Open();
  SendAndTell(kGet);
  EXPECT_TRUE(closed());
}

TEST_F(ConnectionTest, AClientThatIsGoneWhenTheSocketHasRoomAgainIsDropped) {
  host_.serve = [](const Request&, ResponseWriter& response) {
    response.Write(std::string(1 << 20, 'x'));
  };
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  EXPECT_FALSE(closed());
  client_.reset();
  Event(Writable());
  EXPECT_TRUE(closed());
}

TEST_F(ConnectionTest, TheEndThatComesWithTheLastBytesWhileAnotherOwnsItIsSeen) {  // C1
  Open();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  Send(kGet);
  FinishSending();
  EXPECT_EQ(connection_.OnEvent(connection_.generation(), HungUp()), Handoff::kNone);
  Work();
  Settle();
  EXPECT_EQ(Responses().size(), 2u);
  EXPECT_TRUE(closed()) << "no further edge will say that the client has gone";
}

TEST_F(ConnectionTest, ATimeoutOfAgesIsNotOverAtOnce) {
  const absl::Duration ages = absl::Hours(24 * 365 * 1000);
  host_.server_options.header_timeout = ages;
  host_.server_options.keep_alive_timeout = ages;
  host_.server_options.write_timeout = ages;
  const int64_t year = host_.now_ns.load() + absl::ToInt64Nanoseconds(absl::Hours(24 * 365));
  Open();
  Timer(year);
  EXPECT_FALSE(closed());
  SendAndTell("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n");
  Timer(year);
  SendAndTell("\r\nx");
  Timer(year);
  SendAndTell("x");
  EXPECT_EQ(OnlyResponse().status, 200);
  Timer(year);
  EXPECT_FALSE(closed());
}

TEST_F(ConnectionTest, AnEmptyFileDoesNotHoldItsHeadBack) {
  host_.serve = [&](const Request&, ResponseWriter& response) {
    response.WriteFile(FileOf(""), 0, 0);
  };
  OpenTcp();
  Send(kGet);
  SendAndTell("");
  // MSG_MORE without more would leave the head in the socket for 200 ms.
  int unsent = -1;
  ASSERT_EQ(ioctl(connection_.fd(), SIOCOUTQNSD, &unsent), 0);
  EXPECT_EQ(unsent, 0);
  EXPECT_EQ(OnlyResponse().Header("Content-Length"), "0");
}

TEST_F(ConnectionTest, AnIdleConnectionDoesNotOutstayADrainThatBeganDuringItsResponse) {
  host_.server_options.keep_alive_timeout = absl::InfiniteDuration();
  Open();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  // The head says keep-alive; then the drain begins, and looks at every connection.
  TaskPtr task(&connection_);
  task->Run();
  host_.drains = true;
  EXPECT_EQ(connection_.OnDrain(), Handoff::kNone);
  task.reset();
  Settle();
  EXPECT_FALSE(OnlyResponse().closes());
  EXPECT_FALSE(closed()) << "it may have sent a request already";
  Timer();
  EXPECT_TRUE(closed()) << "and not only after the keep-alive timeout";
}

TEST_F(ConnectionTest, AnEmptyLineAloneIsNotTheBeginningOfASlowHead) {
  Open();
  SendAndTell(kGet);
  EXPECT_EQ(OnlyResponse().status, 200);
  SendAndTell("\r\n");
  Timer();
  EXPECT_EQ(Received(), "") << "an answer that nobody asked for would be taken for the next one's";
  EXPECT_TRUE(closed());
}

}  // namespace
}  // namespace robusto
