// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Request bodies that are taken piece by piece. Every turn of a worker is a call in the test: that
// none is held by a client is seen from there being none.

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/http/connection/connection_fixture.h"

namespace robusto {
namespace {

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

TEST_F(ReceiveTest, AReceiverIsGoneOnceTheResponseBegins) {
  host_.serve = [this](const Request&, ResponseWriter& response) {
    response.ReceiveBody([alive = alive_](absl::string_view, bool, ResponseWriter& answer) {
      answer.Write(std::string(4 << 20, 'x'));
      return false;
    });
  };
  Open(/*small_buffers=*/true);
  Send(Post(Body(5000)));
  Event(Readable());
  EXPECT_FALSE(closed()) << "the response is on its way";
  AwaitDisposal();
  EXPECT_EQ(alive_.use_count(), 1);
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
  AwaitDisposal();
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(ReceiveTest, AClientThatGoesAwayTakesTheReceiverWithIt) {
  Open();
  Feed(Post(Body(200'000)).substr(0, 100'000));
  EXPECT_EQ(alive_.use_count(), 2);
  client_.reset();
  Event(HungUp());
  EXPECT_TRUE(closed());
  AwaitDisposal();
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(ReceiveTest, ASlowBodyGets408AlsoWhileItStreams) {
  Open();
  Feed(Post(Body(200'000)).substr(0, 100'000));
  EXPECT_TRUE(Responses().empty());
  Timer();
  EXPECT_EQ(OnlyResponse().status, 408);
  AwaitDisposal();
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
  AwaitDisposal();
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(ReceiveTest, TooLargeABodyGets413WhicheverWayItComes) {
  Open();
  Feed(PostChunked(Body(kMost + 1), 60'000));
  const std::vector<HttpResponse> responses = Responses();
  ASSERT_EQ(responses.size(), 1u);
  EXPECT_EQ(responses[0].status, 413);
  AwaitDisposal();
  EXPECT_EQ(alive_.use_count(), 1);
}

TEST_F(ReceiveTest, AFullQueueInTheMiddleOfABodyGets503AndTheEnd) {
  Open();
  Send(Post(Body(5000)).substr(0, 2000));
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
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
  ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
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
  AwaitDisposal();
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
