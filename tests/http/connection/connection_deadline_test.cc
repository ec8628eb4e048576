// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// When a connection's time is over, and what moves that: whom each second is charged to.

#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/http/connection/connection_fixture.h"

namespace robusto {
namespace {

constexpr absl::string_view kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

class DeadlineTest : public ConnectionTest {
 protected:
  static constexpr absl::Duration kTimeout = absl::Seconds(10);

  DeadlineTest() {
    host_.server_options.header_timeout = kTimeout;
    host_.server_options.write_timeout = kTimeout;
    host_.server_options.keep_alive_timeout = absl::Seconds(30);
  }

  void ServeBytes(size_t size) {
    host_.serve = [size](const Request&, ResponseWriter& response) {
      response.Write(std::string(size, 'x'));
    };
  }
  // Without an end, and in pieces for which an empty socket always has room.
  void ServeStream() {
    host_.serve = [](const Request&, ResponseWriter& response) {
      response.Stream([](std::string* piece) {
        piece->assign(1024, 'x');
        return true;
      });
    };
  }
  // Leaves no room in the socket, as a client does that has not read what it was sent before.
  void FillSocket() {
    const std::string junk(64 * 1024, '.');
    while (send(connection_.fd(), junk.data(), junk.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0) {
    }
  }
  // The timer fires now, too early or not.
  void TimerNow() { Timer(host_.now_ns.load()); }
};

// --- Of a response ---

TEST_F(DeadlineTest, AClientThatTakesNothingHasTheWriteTimeout) {
  ServeBytes(1 << 20);
  Open(/*small_buffers=*/true);
  TimePasses(absl::Seconds(3));
  SendAndTell(kGet);
  EXPECT_EQ(Left(), kTimeout);
  TimePasses(kTimeout - absl::Nanoseconds(1));
  TimerNow();
  EXPECT_FALSE(closed());
  TimePasses(absl::Nanoseconds(1));
  TimerNow();
  EXPECT_TRUE(closed());
}

TEST_F(DeadlineTest, WhateverTheClientTakesBuysTheWriteTimeoutAnew) {
  ServeBytes(1 << 20);
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  for (int i = 0; i < 5; ++i) {
    TimePasses(kTimeout - absl::Seconds(1));
    ASSERT_GT(Received().size(), 0u);
    Event(Writable());
    TimerNow();
    ASSERT_FALSE(closed());
    EXPECT_EQ(Left(), kTimeout);
  }
  TimePasses(kTimeout);
  TimerNow();
  EXPECT_TRUE(closed());
}

TEST_F(DeadlineTest, WhatTheClientTakesBuysTimeThoughTheKernelDoesNotTellOfRoomYet) {
  ServeBytes(1 << 20);
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  TimePasses(kTimeout);
  EXPECT_FALSE(Received(4096).empty());
  TimerNow();
  EXPECT_FALSE(closed());
  TimePasses(kTimeout);
  TimerNow();
  EXPECT_TRUE(closed());
}

TEST_F(DeadlineTest, WhoTakesAResponseSlowlyHasNotStalled) {
  ServeBytes(1 << 20);
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  for (int i = 0; i < 3; ++i) {
    TimePasses(Connection::kStallGrace);
    EXPECT_NE(connection_.StalledSince(host_.now_ns.load()), kNever);
    EXPECT_FALSE(Received(4096).empty());
    EXPECT_FALSE(connection_.Evict(connection_.generation(), /*stalled=*/true));
    Settle();
    EXPECT_EQ(connection_.StalledSince(host_.now_ns.load()), kNever);
  }
  TimePasses(Connection::kStallGrace);
  EXPECT_TRUE(connection_.Evict(connection_.generation(), /*stalled=*/true));
  EXPECT_TRUE(closed());
}

TEST_F(DeadlineTest, AnEventAloneBuysNoTime) {
  ServeBytes(1 << 20);
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  for (int i = 0; i < 5; ++i) {
    TimePasses(kTimeout / 5);
    Event(Writable());
  }
  TimerNow();
  EXPECT_TRUE(closed());
}

TEST_F(DeadlineTest, AClientThatHasTakenAllOfAStreamSoFarHasTheWholeTimeForTheNextTurn) {
  ServeStream();
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  TimePasses(kTimeout - absl::Seconds(1));
  Received();
  // There is room for what was left over, and then for a worker's turn, which fills it again.
  Event(Writable());
  TimePasses(absl::Seconds(2));
  TimerNow();
  EXPECT_FALSE(closed());
  TimePasses(kTimeout - absl::Seconds(2));
  TimerNow();
  EXPECT_TRUE(closed());
}

TEST_F(DeadlineTest, ThePauseOfAStreamForWhichTheQueueHadNoRoomIsNotTheClients) {
  ServeStream();
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  Received();
  // Its next turn is refused.
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Writable()), Handoff::kToPool);
  TaskPtr task(&connection_);
  task->Reject(RejectReason::kQueueFull);
  task.reset();
  Settle();
  EXPECT_EQ(Left(), absl::Milliseconds(50)) << "when it is offered again";
  TimePasses(absl::Milliseconds(50));
  TimerNow();
  TimerNow();
  EXPECT_FALSE(closed()) << "the client has had no time yet";
  EXPECT_EQ(Left(), kTimeout);
  TimePasses(kTimeout);
  TimerNow();
  EXPECT_TRUE(closed());
}

TEST_F(DeadlineTest, AnAnswerWithoutAHandlerHasTheWriteTimeoutAndNotWhatTheRequestLeft) {
  Open();
  FillSocket();
  TimePasses(kTimeout - absl::Seconds(1));
  SendAndTell("bad\r\n\r\n");
  EXPECT_EQ(Left(), kTimeout);
}

TEST_F(DeadlineTest, ATurnOfAFileStartsTheWriteTimeoutAnew) {
  FILE* const file = tmpfile();
  ASSERT_NE(file, nullptr);
  ASSERT_EQ(ftruncate(fileno(file), 64 << 20), 0);
  host_.serve = [file](const Request&, ResponseWriter& response) {
    response.WriteFile(UniqueFd(dup(fileno(file))), 0, 64 << 20);
  };
  OpenTcp();
  FillSocket();
  SendAndTell(kGet);
  EXPECT_EQ(Left(), kTimeout);
  TimePasses(kTimeout - absl::Seconds(1));
  // The client takes all that was before it, and a worker fills the socket again.
  while (connection_.OnEvent(connection_.generation(), Writable()) == Handoff::kNone) Received();
  Work();
  Settle();
  TimePasses(absl::Seconds(2));
  TimerNow();
  EXPECT_FALSE(closed());
  fclose(file);
}

TEST_F(DeadlineTest, TheKeepAliveTimeoutBeginsWithTheEndOfTheResponse) {
  ServeBytes(1);
  Open();
  TimePasses(absl::Seconds(7));
  SendAndTell(kGet);
  EXPECT_EQ(Left(), absl::Seconds(30));
  EXPECT_EQ(connection_.IdleSince(), host_.now_ns.load());
}

TEST_F(DeadlineTest, TheRestOfARefusedRequestIsDiscardedUntilFiveSecondsPassWithoutAByte) {
  // RFC 9112 section 9.6
  Open();
  SendAndTell("bad\r\n\r\nmore");
  EXPECT_EQ(OnlyResponse().status, 400);
  EXPECT_FALSE(closed());
  EXPECT_EQ(Left(), absl::Seconds(5));
  TimePasses(absl::Seconds(4));
  SendAndTell("and more");
  TimePasses(absl::Seconds(4));
  TimerNow();
  EXPECT_FALSE(closed());
  TimePasses(absl::Seconds(1));
  TimerNow();
  EXPECT_TRUE(closed());
}

TEST_F(DeadlineTest, TheRestOfARefusedRequestIsDiscardedForThirtySecondsAtMost) {
  Open();
  SendAndTell("bad\r\n\r\n");
  EXPECT_EQ(OnlyResponse().status, 400);
  for (int i = 0; i < 7; ++i) {
    TimePasses(absl::Seconds(4));
    SendAndTell("more");
    EXPECT_FALSE(closed());
  }
  TimePasses(absl::Seconds(2));
  SendAndTell("more");
  EXPECT_TRUE(closed());
}

// --- Of a request ---

TEST_F(DeadlineTest, NorForLongerFromAClientThatNeverPauses) {
  Open();
  const int much = 1 << 20;
  setsockopt(client_.get(), SOL_SOCKET, SO_SNDBUF, &much, sizeof(much));
  // More than one turn reads away.
  const auto flood = [this] {
    const std::string junk(16 * 1024, '.');
    while (send(client_.get(), junk.data(), junk.size(), MSG_NOSIGNAL) > 0) {
    }
  };
  SendAndTell("GET\r\n\r\n");
  EXPECT_EQ(OnlyResponse().status, 400);
  flood();
  EXPECT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kNone);
  for (int turns = 0; turns < 3; ++turns) {
    ASSERT_EQ(host_.deferred.size(), 1u);
    host_.deferred.clear();
    TimePasses(absl::Seconds(9));
    flood();
    EXPECT_EQ(connection_.Resume(), Handoff::kNone);
  }
  ASSERT_EQ(host_.deferred.size(), 1u);
  host_.deferred.clear();
  TimePasses(absl::Seconds(3));
  flood();
  EXPECT_EQ(connection_.Resume(), Handoff::kNone);
  EXPECT_TRUE(closed());
  EXPECT_TRUE(host_.deferred.empty());
}

TEST_F(DeadlineTest, TheHeadersTimeBeginsWithItsFirstByte) {
  ServeBytes(1);
  Open();
  SendAndTell(kGet);
  TimePasses(absl::Seconds(25));
  SendAndTell("GET / HT");
  EXPECT_EQ(Left(), kTimeout);
  TimePasses(kTimeout);
  TimerNow();
  EXPECT_EQ(Responses().back().status, 408);
}

TEST_F(DeadlineTest, WhatARequestWaitsInTheQueueIsNotChargedToItsSlowBody) {
  host_.server_options.body_buffer = 100;
  host_.server_options.max_body_bytes = 1000;
  host_.server_options.min_body_bytes_per_second = 100;
  host_.serve = [](const Request&, ResponseWriter& response) {
    response.ReceiveBody([](absl::string_view, bool, ResponseWriter&) { return true; });
  };
  Open();
  Send(absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n",
                    std::string(200, 'x')));
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  TimePasses(absl::Hours(1));  // in the queue
  Work();
  Settle();
  // 200 bytes at 100 bytes a second.
  EXPECT_EQ(Left(), kTimeout + absl::Seconds(2));
  TimePasses(absl::Seconds(5));  // those are the client's
  SendAndTell(std::string(100, 'x'));
  EXPECT_EQ(Left(), kTimeout + absl::Seconds(3) - absl::Seconds(5));
  TimePasses(kTimeout - absl::Seconds(2));
  TimerNow();
  EXPECT_EQ(OnlyResponse().status, 408);
}

}  // namespace
}  // namespace robusto
