// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Responses that are made piece by piece. Every turn of a worker is a call in the test: that none is
// held by a client is seen from there being none.

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/http/connection/connection_fixture.h"

namespace robusto {
namespace {

constexpr absl::string_view kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

class StreamTest : public ConnectionTest {
 protected:
  // Answers with a stream of these pieces.
  void ServePieces(std::vector<std::string> pieces,
                   absl::optional<uint64_t> length = absl::nullopt) {
    host_.serve = [this, pieces, length](const Request& request, ResponseWriter& response) {
      targets_.push_back(std::string(request.target()));
      response.Stream(
          [this, pieces, next = size_t{0}, alive = alive_](std::string* piece) mutable {
            EXPECT_TRUE(piece->empty());
            ++asked_;
            if (next < pieces.size()) *piece = pieces[next++];
            return next < pieces.size();
          },
          length);
    };
  }

  int asked_ = 0;  // pieces
  std::vector<std::string> targets_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();  // two owners: a source is alive
};

TEST_F(StreamTest, AStreamOfUnknownLengthIsSentInChunks) {
  ServePieces({"one, ", "", "two, ", "three"});
  Open();
  SendAndTell(kGet);
  EXPECT_EQ(Received().substr(0, 15), "HTTP/1.1 200 OK");
  SendAndTell(kGet);
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.Header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(response.Header("Content-Length"), "");
  EXPECT_EQ(response.body, "one, two, three");
  EXPECT_FALSE(closed());
  AwaitDisposal();
  EXPECT_EQ(alive_.use_count(), 1) << "the source is gone";
}

TEST_F(StreamTest, AStreamWithoutAnyPieceIsAnEmptyBody) {
  ServePieces({});
  Open();
  SendAndTell(kGet);
  EXPECT_EQ(OnlyResponse().body, "");
  SendAndTell(kGet);
  EXPECT_EQ(Responses().size(), 1u);
}

TEST_F(StreamTest, AStreamOfKnownLengthHasContentLength) {
  ServePieces({"one, ", "two"}, 8);
  Open();
  SendAndTell(kGet);
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.Header("Transfer-Encoding"), "");
  EXPECT_EQ(response.Header("Content-Length"), "8");
  EXPECT_EQ(response.body, "one, two");
  EXPECT_FALSE(closed());
}

TEST_F(StreamTest, AStreamThatIsShorterThanAnnouncedIsCut) {
  ServePieces({"one, ", "two"}, 9);
  Open();
  SendAndTell(kGet);
  EXPECT_TRUE(client_saw_end());
  EXPECT_TRUE(closed());
}

TEST_F(StreamTest, WhatAStreamMakesBeyondItsLengthIsNotSent) {
  ServePieces({"one, ", "two", "three"}, 7);
  Open();
  SendAndTell(absl::StrCat(kGet, kGet));
  const std::vector<HttpResponse> responses = Responses();
  ASSERT_EQ(responses.size(), 2u);
  EXPECT_EQ(responses[0].body, "one, tw");
  EXPECT_EQ(asked_, 4) << "the third piece of neither was asked for";
}

TEST_F(StreamTest, AnHttp10ClientGetsAStreamUntilTheEndOfTheConnection) {
  // RFC 9112 section 6.1: no Transfer-Encoding to a client that does not know it.
  ServePieces({"one, ", "two"});
  Open();
  SendAndTell("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string all = Received();
  EXPECT_EQ(all.find("Transfer-Encoding"), std::string::npos) << all;
  EXPECT_EQ(all.find("Content-Length"), std::string::npos) << all;
  EXPECT_NE(all.find("Connection: close\r\n"), std::string::npos) << all;
  EXPECT_EQ(all.substr(all.find("\r\n\r\n") + 4), "one, two");
  EXPECT_TRUE(client_saw_end_);
}

TEST_F(StreamTest, HeadHasTheFieldsOfAStreamAndNeverAsksForAPiece) {
  ServePieces({"one"});
  Open();
  SendAndTell("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  const HttpResponse response = OnlyResponse(/*head_request=*/true);
  EXPECT_EQ(response.Header("Transfer-Encoding"), "chunked");
  EXPECT_EQ(asked_, 0);
  EXPECT_FALSE(closed());
}

TEST_F(StreamTest, AStatusWithoutContentDropsTheStream) {
  for (int status : {204, 205, 304}) {
    host_.serve = [status](const Request&, ResponseWriter& response) {
      response.SetStatus(status);
      response.Stream([](std::string*) -> bool { throw std::logic_error("asked"); });
    };
    Open();
    SendAndTell(absl::StrCat(kGet));
    EXPECT_EQ(OnlyResponse().status, status);
    EXPECT_TRUE(thrown_.empty());
    EXPECT_FALSE(closed());
    connection_.Abort();
    host_.closed = 0;
  }
}

TEST_F(StreamTest, NoPieceIsMadeWhileTheClientDoesNotRead) {  // C4, C5
  constexpr int kPieces = 64;
  ServePieces(std::vector<std::string>(kPieces, std::string(16 * 1024, 'x')));
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  const int asked_first = asked_;
  EXPECT_LT(asked_first, kPieces);
  // Nothing changes: nobody asks, nobody works.
  Event(Writable());
  EXPECT_LE(asked_, asked_first + 1);
  EXPECT_EQ(host_.submitted.size(), 0u);
  std::string all;
  int turns = 0;
  while (asked_ < kPieces && ++turns < 10'000) {
    all += Received();
    Event(Writable());
  }
  do {
    all += Received();
    Event(Writable());
  } while (!TakeResponse(&all).has_value() && ++turns < 10'000);
  EXPECT_EQ(asked_, kPieces);
  EXPECT_FALSE(closed());
  SendAndTell("GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(targets_.back(), "/next");
}

TEST_F(StreamTest, AClientThatNeverReadsIsDroppedAndItsSourceDestroyed) {
  ServePieces(std::vector<std::string>(64, std::string(16 * 1024, 'x')));
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  EXPECT_EQ(alive_.use_count(), 2);
  Timer();
  EXPECT_TRUE(closed());
  AwaitDisposal();
  EXPECT_EQ(alive_.use_count(), 1);
  EXPECT_EQ(host_.server_counters.Snapshot().refusals.at("write_timeout"), 1u);
}

TEST_F(StreamTest, ALongStreamGoesToTheTailOfTheQueueNowAndThen) {
  int64_t left = 8 << 20;
  host_.serve = [&](const Request&, ResponseWriter& response) {
    response.Stream([&](std::string* piece) {
      piece->assign(256 * 1024, 'x');
      return (left -= 256 * 1024) > 0;
    });
  };
  OpenTcp();
  Send(kGet);
  // One turn, by hand: it must come back before all is sent, although the client reads all.
  int turns = 0;
  bool works = connection_.OnEvent(connection_.generation(), Readable()) == Handoff::kToPool;
  while (works && ++turns < 1000) {
    host_.submitted.clear();
    const int64_t before = left;
    Work();
    EXPECT_LE(before - left, 512 * 1024) << "one turn's share";
    Received();
    works = !host_.submitted.empty();
    if (!works && left > 0)
      works = connection_.OnEvent(connection_.generation(), Writable()) == Handoff::kToPool;
  }
  EXPECT_LE(left, 0);
  EXPECT_GE(turns, 8);
}

TEST_F(StreamTest, SoDoesOneOfManySmallPieces) {
  int made = 0;
  host_.serve = [&](const Request&, ResponseWriter& response) {
    response.Stream([&](std::string* piece) {
      *piece = "x";
      return ++made < 10'000;
    });
  };
  OpenTcp();
  Send(kGet);
  bool works = connection_.OnEvent(connection_.generation(), Readable()) == Handoff::kToPool;
  while (works) {
    host_.submitted.clear();
    const int before = made;
    Work();
    EXPECT_LE(made - before, 17) << "one turn's share";
    Received();
    works = !host_.submitted.empty();
    if (!works && made < 10'000) {
      works = connection_.OnEvent(connection_.generation(), Writable()) == Handoff::kToPool;
    }
  }
  EXPECT_EQ(made, 10'000);
}

TEST_F(StreamTest, ASourceThatThrowsCutsTheConnection) {
  host_.serve = [](const Request&, ResponseWriter& response) {
    response.Stream([first = true](std::string* piece) mutable {
      if (!first) throw std::runtime_error("no more rows");
      first = false;
      *piece = "one";
      return true;
    });
  };
  Open();
  SendAndTell(kGet);
  EXPECT_EQ(thrown_, std::vector<std::string>{"no more rows"});
  const std::string all = Received();
  EXPECT_NE(all.find("3\r\none\r\n"), std::string::npos) << all;
  EXPECT_EQ(all.find("\r\n0\r\n"), std::string::npos) << "it must not look whole: " << all;
  EXPECT_TRUE(client_saw_end_);
  EXPECT_TRUE(closed());
}

TEST_F(StreamTest, AStreamUntilTheEndOfTheConnectionThatIsCutEndsInAReset) {
  // RFC 9112 section 8: the end of the connection would say that the body is whole.
  host_.serve = [](const Request&, ResponseWriter& response) {
    response.Stream([first = true](std::string* piece) mutable {
      if (!first) throw std::runtime_error("no more rows");
      first = false;
      *piece = "one";
      return true;
    });
  };
  OpenTcp();
  SendAndTell("GET / HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(closed());
  const std::string all = Received();
  EXPECT_EQ(errno, ECONNRESET);
  EXPECT_FALSE(client_saw_end_) << all;
}

TEST_F(StreamTest, APieceForWhichTheQueueHasNoRoomIsOfferedAgain) {
  ServePieces({std::string(2 << 20, 'x'), "end"});
  Open();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  EXPECT_FALSE(connection_.Continues());
  Work();  // the socket is full
  EXPECT_TRUE(connection_.Continues());
  std::string all;
  while (host_.submitted.empty()) {
    all += Received();
    if (connection_.OnEvent(connection_.generation(), Writable()) == Handoff::kToPool) break;
  }
  host_.submitted.clear();
  for (RejectReason reason :
       {RejectReason::kQueueFull, RejectReason::kExpired, RejectReason::kDraining}) {
    TaskPtr task(&connection_);
    task->Reject(reason);
    task.reset();
    ASSERT_EQ(host_.deferred.size(), 1u);
    host_.deferred.clear();
    EXPECT_EQ(connection_.Resume(), Handoff::kNone);
    EXPECT_FALSE(closed());
    ASSERT_EQ(connection_.OnTimer(kFarFuture), Handoff::kToPool) << "goes to the pool again";
  }
  Work();
  Settle();
  all += Received();
  const absl::optional<HttpResponse> response = TakeResponse(&all);
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->body.size(), (2u << 20) + 3);
  EXPECT_EQ(host_.server_counters.Snapshot().refusals.at("stream_delayed"), 3u);
}

TEST_F(StreamTest, AStreamIsCutWhenThePoolHasStopped) {
  ServePieces({std::string(2 << 20, 'x'), "end"});
  Open();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  Work();
  while (connection_.OnEvent(connection_.generation(), Writable()) == Handoff::kNone) Received();
  TaskPtr task(&connection_);
  task->Reject(RejectReason::kStopped);
  task.reset();
  Settle();
  EXPECT_TRUE(closed());
  AwaitDisposal();
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(StreamTest, AResetWhileAStreamWaitsForTheQueueEndsIt) {
  ServePieces({std::string(4 << 20, 'x'), "end"});
  OpenTcp();
  Send(kGet);
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  Work();
  while (connection_.OnEvent(connection_.generation(), Writable()) == Handoff::kNone) Received();
  TaskPtr task(&connection_);
  task->Reject(RejectReason::kQueueFull);
  task.reset();
  Settle();
  EXPECT_FALSE(closed());
  const linger reset = {1, 0};
  setsockopt(client_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  client_.reset();
  Event(HungUp());
  EXPECT_TRUE(closed());
}

}  // namespace
}  // namespace robusto
