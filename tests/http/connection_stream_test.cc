// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Responses that are made piece by piece, and request bodies that are taken so. Every turn of a
// worker is a call in the test: that none is held by a client is seen from there being none.

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/http/connection_fixture.h"

namespace robusto {
namespace {

constexpr absl::string_view kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

// --- Out ---

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
  bool works = connection_.OnEvent(connection_.generation(), Readable());
  while (works && ++turns < 1000) {
    host_.submitted.clear();
    const int64_t before = left;
    Work();
    EXPECT_LE(before - left, 512 * 1024) << "one turn's share";
    Received();
    works = !host_.submitted.empty();
    if (!works && left > 0) works = connection_.OnEvent(connection_.generation(), Writable());
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
  bool works = connection_.OnEvent(connection_.generation(), Readable());
  while (works) {
    host_.submitted.clear();
    const int before = made;
    Work();
    EXPECT_LE(made - before, 17) << "one turn's share";
    Received();
    works = !host_.submitted.empty();
    if (!works && made < 10'000) {
      works = connection_.OnEvent(connection_.generation(), Writable());
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
  ASSERT_TRUE(connection_.OnEvent(connection_.generation(), Readable()));
  EXPECT_FALSE(connection_.Continues());
  Work();  // the socket is full
  EXPECT_TRUE(connection_.Continues());
  std::string all;
  while (host_.submitted.empty()) {
    all += Received();
    if (connection_.OnEvent(connection_.generation(), Writable())) break;
  }
  host_.submitted.clear();
  for (RejectReason reason :
       {RejectReason::kQueueFull, RejectReason::kExpired, RejectReason::kDraining}) {
    TaskPtr task(&connection_);
    task->Reject(reason);
    task.reset();
    ASSERT_EQ(host_.deferred.size(), 1u);
    host_.deferred.clear();
    EXPECT_FALSE(connection_.Resume());
    EXPECT_FALSE(closed());
    ASSERT_TRUE(connection_.OnTimer(kFarFuture)) << "goes to the pool again";
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
  ASSERT_TRUE(connection_.OnEvent(connection_.generation(), Readable()));
  Work();
  while (!connection_.OnEvent(connection_.generation(), Writable())) Received();
  TaskPtr task(&connection_);
  task->Reject(RejectReason::kStopped);
  task.reset();
  Settle();
  EXPECT_TRUE(closed());
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(StreamTest, AResetWhileAStreamWaitsForTheQueueEndsIt) {
  ServePieces({std::string(4 << 20, 'x'), "end"});
  OpenTcp();
  Send(kGet);
  ASSERT_TRUE(connection_.OnEvent(connection_.generation(), Readable()));
  Work();
  while (!connection_.OnEvent(connection_.generation(), Writable())) Received();
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

// --- In ---

class ReceiveTest : public ConnectionTest {
 protected:
  static constexpr absl::string_view kNext = "GET /next HTTP/1.1\r\nHost: h\r\n\r\n";
  static constexpr size_t kBuffer = 1000;
  static constexpr size_t kMost = 1 << 20;

  ReceiveTest() {
    host_.server_options.body_buffer = kBuffer;
    host_.server_options.max_body_bytes = kMost;
    ChunkedLimits limits;
    limits.max_body = kMost;
    host_.exchange_pool = std::make_unique<ExchangePool>(FakeHost::Limits().first, limits);
    host_.serve = [this](const Request& request, ResponseWriter& response) {
      ++handled_;
      if (request.body_complete()) {
        response.Write(absl::StrCat("whole ", request.body().size()));
        return;
      }
      first_ = std::string(request.body());
      response.ReceiveBody(
          [this, alive = alive_](absl::string_view piece, bool last, ResponseWriter& answer) {
            if (throws_) throw std::runtime_error("disk full");
            ++pieces_;
            got_.append(piece.data(), piece.size());
            most_ = std::max(most_, piece.size());
            if (last) answer.Write(absl::StrCat("received ", got_.size()));
            return pieces_ != stop_after_;
          });
    };
  }

  static std::string Body(size_t size) {
    std::string body(size, ' ');
    for (size_t i = 0; i < size; ++i) body[i] = static_cast<char>('a' + i % 23);
    return body;
  }
  static std::string Post(absl::string_view body) {
    return absl::StrCat("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ", body.size(), "\r\n\r\n",
                        body);
  }
  static std::string PostChunked(absl::string_view body, size_t chunk) {
    std::string all = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (size_t at = 0; at < body.size(); at += chunk) {
      const absl::string_view piece = body.substr(at, chunk);
      absl::StrAppend(&all, absl::Hex(piece.size()), "\r\n", piece, "\r\n");
    }
    return all + "0\r\n\r\n";
  }
  // Sends it as the connection takes it.
  void Feed(absl::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent =
          send(client_.get(), bytes.data(), std::min<size_t>(bytes.size(), 10'000), MSG_NOSIGNAL);
      if (sent < 0) break;
      bytes.remove_prefix(static_cast<size_t>(sent));
      Event(Readable());
    }
  }

  std::string first_;
  std::string got_;
  size_t most_ = 0;
  int pieces_ = 0;
  int stop_after_ = -1;
  bool throws_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

TEST_F(ReceiveTest, ABodyUpToTheBufferComesWhole) {
  Open();
  Feed(Post(Body(kBuffer)));
  EXPECT_EQ(OnlyResponse().body, "whole 1000");
  EXPECT_EQ(pieces_, 0);
}

TEST_F(ReceiveTest, ALargerBodyComesInPiecesFromItsFirstByte) {  // C5
  for (size_t size : {size_t{5000}, size_t{65'536}, size_t{65'537}, size_t{300'000}, kMost}) {
    SCOPED_TRACE(size);
    got_.clear();
    Open();
    const std::string body = Body(size);
    Feed(Post(body) + std::string(kNext));
    const std::vector<HttpResponse> responses = Responses();
    ASSERT_EQ(responses.size(), 2u);
    EXPECT_EQ(responses[0].body, absl::StrCat("received ", size));
    EXPECT_EQ(responses[1].body, "whole 0") << "the next request is read in the right place";
    EXPECT_EQ(got_, body);
    EXPECT_EQ(got_.substr(0, first_.size()), first_);
    EXPECT_LT(most_, 100'000u) << "no more than a piece is in memory";
    connection_.Abort();
  }
}

TEST_F(ReceiveTest, AChunkedBodyLikewise) {
  for (size_t chunk : {size_t{7}, size_t{1000}, size_t{70'000}}) {
    SCOPED_TRACE(chunk);
    got_.clear();
    Open();
    const std::string body = Body(200'000);
    Feed(PostChunked(body, chunk) + std::string(kNext));
    const std::vector<HttpResponse> responses = Responses();
    ASSERT_EQ(responses.size(), 2u);
    EXPECT_EQ(responses[0].body, "received 200000");
    EXPECT_EQ(responses[1].body, "whole 0");
    EXPECT_EQ(got_, body);
    EXPECT_LT(most_, 200'000u);
    connection_.Abort();
  }
}

TEST_F(ReceiveTest, AReceiverThatWantsNoMoreEndsTheConnection) {  // C3
  stop_after_ = 1;
  Open();
  Feed(Post(Body(200'000)) + std::string(kNext));
  const std::vector<HttpResponse> responses = Responses();
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_EQ(responses[0].status, 200);
  EXPECT_TRUE(responses[0].closes());
  EXPECT_EQ(handled_, 1);
  EXPECT_EQ(pieces_, 1);
}

TEST_F(ReceiveTest, AHandlerThatIgnoresTheRestEndsTheConnection) {  // C3
  host_.serve = [this](const Request&, ResponseWriter& response) {
    ++handled_;
    response.Write("no, thanks");
  };
  Open();
  Feed(Post(Body(5000)) + std::string(kNext));
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.body, "no, thanks");
  EXPECT_TRUE(response.closes());
  EXPECT_EQ(handled_, 1);
}

TEST_F(ReceiveTest, AReceiverThatThrowsGives500) {
  Open();
  Send(Post(Body(5000)).substr(0, 2000));
  throws_ = true;
  Event(Readable());
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.status, 500);
  EXPECT_TRUE(response.closes());
  EXPECT_EQ(thrown_, std::vector<std::string>{"disk full"});
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(ReceiveTest, AClientThatGoesAwayTakesTheReceiverWithIt) {
  Open();
  Feed(Post(Body(200'000)).substr(0, 100'000));
  EXPECT_EQ(alive_.use_count(), 2);
  client_.reset();
  Event(HungUp());
  EXPECT_TRUE(closed());
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(ReceiveTest, ASlowBodyGets408AlsoWhileItStreams) {
  Open();
  Feed(Post(Body(200'000)).substr(0, 100'000));
  EXPECT_TRUE(Responses().empty());
  Timer();
  EXPECT_EQ(OnlyResponse().status, 408);
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(ReceiveTest, BadChunksGet400AlsoWhileTheyStream) {  // C3
  Open();
  std::string good = PostChunked(Body(5000), 1000);
  good.resize(good.size() - 5);  // without the last chunk
  Feed(absl::StrCat(good, "zzz\r\n", kNext));
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.status, 400);
  EXPECT_TRUE(response.closes());
  EXPECT_EQ(handled_, 1);
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(ReceiveTest, TooLargeABodyGets413WhicheverWayItComes) {
  Open();
  Feed(PostChunked(Body(kMost + 1), 60'000));
  const std::vector<HttpResponse> responses = Responses();
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_EQ(responses[0].status, 413);
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(ReceiveTest, AFullQueueInTheMiddleOfABodyGets503AndTheEnd) {
  Open();
  Send(Post(Body(5000)).substr(0, 2000));
  ASSERT_TRUE(connection_.OnEvent(connection_.generation(), Readable()));
  TaskPtr task(&connection_);
  task->Reject(RejectReason::kQueueFull);
  task.reset();
  Settle();
  const HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.status, 503);
  EXPECT_TRUE(response.closes()) << "the rest of the body cannot be told from a request";
}

TEST_F(ReceiveTest, APieceIsWorthATurnInTheQueue) {
  Open();
  Feed(Post(Body(300'000)));
  EXPECT_EQ(OnlyResponse().body, "received 300000");
  EXPECT_LE(pieces_, 300'000 / 65'536 + 2);
}

TEST_F(ReceiveTest, EachByteThatWasTakenBuysTimeAtTheMinimumRate) {
  host_.server_options.min_body_bytes_per_second = 1;
  Open();
  const std::string post = Post(Body(200'000));
  SendAndTell(post.substr(0, 500));
  // The body's beginning and 10 s, and some 400 s for what has come.
  const int64_t begin_ns = host_.timer_ns;
  Feed(post.substr(500, 100'000));
  ASSERT_GT(pieces_, 0);
  Timer(begin_ns + int64_t{90'000} * 1'000'000'000);
  EXPECT_TRUE(Responses().empty());
  Timer(begin_ns + int64_t{101'000} * 1'000'000'000);
  EXPECT_EQ(OnlyResponse().status, 408);
}

TEST_F(ReceiveTest, TheRestOfABodyCarriesOnWithWhatThePoolHasBegun) {
  Open();
  Send(Post(Body(200'000)).substr(0, 2000));
  ASSERT_TRUE(connection_.OnEvent(connection_.generation(), Readable()));
  EXPECT_FALSE(connection_.Continues());
  Work();
  EXPECT_TRUE(connection_.Continues());
}

TEST_F(ReceiveTest, AnEarlyAnswerIsNotResetByTheRestThatIsStillToCome) {  // RFC 9112 section 9.6
  stop_after_ = 1;
  Open();
  SendAndTell(Post(Body(200'000)).substr(0, 2000));
  EXPECT_EQ(OnlyResponse().status, 200);
  EXPECT_TRUE(client_saw_end_);
  EXPECT_FALSE(closed()) << "what comes is read away";
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(ReceiveTest, WithDefaultOptionsNoHandlerSeesPartOfABody) {
  host_.server_options.body_buffer = ServerOptions().body_buffer;
  host_.server_options.max_body_bytes = ServerOptions().max_body_bytes;
  Open();
  Feed(PostChunked(Body(ServerOptions().max_body_bytes), 9000));
  EXPECT_EQ(OnlyResponse().body, absl::StrCat("whole ", ServerOptions().max_body_bytes));
}

}  // namespace
}  // namespace robusto
