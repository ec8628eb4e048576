// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What a connection tells others of its requests: ids, access records, counts; and the clients that
// are not there any more.

#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/http/connection/connection_fixture.h"

namespace robusto {
namespace {

constexpr absl::string_view kGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

// An AccessRecord that owns what it shows.
struct Kept {
  explicit Kept(const AccessRecord& r)
      : peer(r.peer),
        id(r.request_id),
        method(r.method),
        target(r.target),
        referer(r.referer),
        user_agent(r.user_agent),
        reason(r.reason),
        status(r.status),
        minor_version(r.minor_version),
        body_bytes(r.body_bytes),
        complete(r.complete),
        took(r.took),
        handled_in(r.handled_in) {}
  std::string peer, id, method, target, referer, user_agent, reason;
  int status, minor_version;
  uint64_t body_bytes;
  bool complete;
  absl::Duration took, handled_in;
};

class RecordTest : public ConnectionTest {
 protected:
  RecordTest() {
    host_.server_options.on_access = [this](const AccessRecord& record) {
      records_.emplace_back(record);
    };
  }
  ServerStats Stats() const { return host_.server_counters.Snapshot(); }

  std::vector<Kept> records_;
};

// --- Access records ---

TEST_F(RecordTest, EveryAnsweredRequestIsReportedOnceWithWhatItWas) {
  Open();
  SendAndTell(
      "GET /a?b=1 HTTP/1.1\r\nHost: h\r\nReferer: http://r/\r\nUser-Agent: test/1\r\n\r\n"
      "POST /p HTTP/1.0\r\nContent-Length: 3\r\n\r\nxyz");
  ASSERT_EQ(records_.size(), 2u);
  EXPECT_EQ(records_[0].peer, "unix:");
  EXPECT_EQ(records_[0].method, "GET");
  EXPECT_EQ(records_[0].target, "/a?b=1");
  EXPECT_EQ(records_[0].minor_version, 1);
  EXPECT_EQ(records_[0].referer, "http://r/");
  EXPECT_EQ(records_[0].user_agent, "test/1");
  EXPECT_EQ(records_[0].status, 200);
  EXPECT_EQ(records_[0].body_bytes, absl::string_view("GET /a?b=1").size());
  EXPECT_TRUE(records_[0].complete);
  EXPECT_EQ(records_[0].reason, "");
  EXPECT_EQ(records_[1].method, "POST");
  EXPECT_EQ(records_[1].minor_version, 0);
  EXPECT_EQ(records_[1].user_agent, "");
  EXPECT_TRUE(closed());
}

TEST_F(RecordTest, ARefusedMessageIsReportedWithItsReason) {
  Open();
  SendAndTell("GET / HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n");
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].status, 400);
  EXPECT_EQ(records_[0].reason, "repeated_host");
  EXPECT_EQ(records_[0].method, "GET");
  EXPECT_EQ(records_[0].target, "/");
}

TEST_F(RecordTest, WhatIsNoRequestLineIsReportedWithoutOne) {
  Open();
  SendAndTell("\x16\x03\x01 what a TLS client sends\r\n\r\n");
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].status, 400);
  EXPECT_EQ(records_[0].method, "");
  EXPECT_EQ(records_[0].target, "");
}

TEST_F(RecordTest, AResponseThatIsCutIsReportedAsNotComplete) {
  host_.serve = [](const Request&, ResponseWriter& response) {
    response.Write(std::string(4 << 20, 'x'));
  };
  Open(/*small_buffers=*/true);
  SendAndTell(kGet);
  EXPECT_TRUE(records_.empty());
  Timer();
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].status, 200);
  EXPECT_FALSE(records_[0].complete);
  EXPECT_LT(records_[0].body_bytes, 4u << 20);
  EXPECT_GT(records_[0].body_bytes, 0u);
}

TEST_F(RecordTest, AClientThatSendsHalfABodyAndGoesIsReportedWithoutAStatus) {
  Open();
  SendAndTell("POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  client_.reset();
  Event(HungUp());
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].status, 0);
  EXPECT_EQ(records_[0].target, "/p");
  EXPECT_FALSE(records_[0].complete);
}

TEST_F(RecordTest, HalfAHeadOrNothingIsNotReported) {
  Open();
  SendAndTell("GET / HT");
  client_.reset();
  Event(HungUp());
  EXPECT_TRUE(closed());
  EXPECT_TRUE(records_.empty());
}

TEST_F(RecordTest, AnEmptyLineThatNoRequestFollowsIsNotReported) {  // RFC 9112 section 2.2
  Open();
  SendAndTell(absl::StrCat(kGet, "\r\n"));
  EXPECT_EQ(records_.size(), 1u);
  Timer();
  EXPECT_TRUE(closed());
  EXPECT_EQ(records_.size(), 1u);
}

TEST_F(RecordTest, ARequestTookTheTimeFromItsFirstByteToItsLastAndTheHandlerItsPart) {
  host_.serve = [this](const Request&, ResponseWriter& response) {
    TimePasses(absl::Milliseconds(30));
    response.Write("x");
  };
  Open();
  TimePasses(absl::Seconds(1));
  SendAndTell("GET / HTTP/1.1\r\n");
  TimePasses(absl::Milliseconds(2));
  SendAndTell("Host: h\r\n\r\n");
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].took, absl::Milliseconds(32));
  EXPECT_EQ(records_[0].handled_in, absl::Milliseconds(30));
}

TEST_F(RecordTest, TheTimeBeforeARequestsFirstByteIsNotItsOwnAlsoAfterAnEmptyLine) {
  Open();
  SendAndTell(absl::StrCat(kGet, "\r\n"));
  TimePasses(absl::Seconds(5));
  SendAndTell(kGet);
  ASSERT_EQ(records_.size(), 2u);
  EXPECT_EQ(records_[1].took, absl::ZeroDuration());
}

TEST_F(RecordTest, WhatOnAccessThrowsIsAWarning) {
  host_.server_options.on_access = [this](const AccessRecord& record) {
    records_.emplace_back(record);
    throw std::runtime_error("disk full");
  };
  std::vector<std::string> warnings;
  host_.server_options.on_warning = [&](absl::string_view text) { warnings.emplace_back(text); };
  Open();
  SendAndTell(kGet);
  EXPECT_EQ(OnlyResponse().status, 200);
  SendAndTell("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(OnlyResponse().status, 400);
  FinishSending();
  Event(HungUp());
  EXPECT_TRUE(closed());
  EXPECT_EQ(records_.size(), 2u);
  EXPECT_EQ(warnings,
            (std::vector<std::string>{"unix:: on_access has thrown", "unix:: 400 missing_host",
                                      "unix:: on_access has thrown"}));
}

TEST_F(RecordTest, AHandlerThatThrowsIsReportedAs500) {
  host_.serve = [](const Request&, ResponseWriter&) { throw std::runtime_error("no"); };
  Open();
  SendAndTell(kGet);
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].status, 500);
  EXPECT_TRUE(records_[0].complete);
}

TEST_F(RecordTest, TheBytesOfAStreamAreThoseOnTheWire) {
  host_.serve = [](const Request&, ResponseWriter& response) {
    response.Stream([](std::string* piece) {
      *piece = "abc";
      return false;
    });
  };
  Open();
  SendAndTell(kGet);
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].body_bytes, absl::string_view("3\r\nabc\r\n0\r\n\r\n").size());
}

// --- Ids ---

TEST_F(RecordTest, EveryRequestHasAnIdOfItsOwn) {
  std::vector<std::string> ids;
  host_.serve = [&](const Request& request, ResponseWriter&) {
    ids.push_back(request.id());
    EXPECT_EQ(connection_.Describe().request_id, request.id());
  };
  Open();
  SendAndTell(absl::StrCat(kGet, kGet));
  connection_.Abort();
  Open();
  SendAndTell(kGet);
  EXPECT_EQ(ids, (std::vector<std::string>{"1-1", "1-2", "2-1"}));
  ASSERT_EQ(records_.size(), 3u);
  EXPECT_EQ(records_[1].id, "1-2");
  EXPECT_EQ(OnlyResponse().Header("X-Request-Id"), "") << "not told unless asked for";
}

TEST_F(RecordTest, AnIdIsToldAndTakenOverWhereThatIsAskedFor) {
  host_.server_options.request_id_header = "X-Request-Id";
  std::vector<std::string> ids;
  host_.serve = [&](const Request& request, ResponseWriter&) { ids.push_back(request.id()); };
  const auto ask = [&](absl::string_view field) {
    SendAndTell(absl::StrCat("GET / HTTP/1.1\r\nHost: h\r\n", field, "\r\n"));
    return OnlyResponse().Header("X-Request-Id");
  };
  Open();
  EXPECT_EQ(ask("x-request-id: 7f3a-B_c.9:+/=\r\n"), "7f3a-B_c.9:+/=");
  EXPECT_EQ(ask(""), "1-2");
  EXPECT_EQ(ask("X-Request-Id: \r\n"), "1-3");
  EXPECT_EQ(ask("X-Request-Id: a b\r\n"), "1-4");
  EXPECT_EQ(ask("X-Request-Id: a\"b\r\n"), "1-5");
  EXPECT_EQ(ask(absl::StrCat("X-Request-Id: ", std::string(65, 'a'), "\r\n")), "1-6");
  EXPECT_EQ(ids[0], "7f3a-B_c.9:+/=");
  SendAndTell("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(OnlyResponse().Header("X-Request-Id"), "1-6") << "of the last that was a request";
}

TEST_F(RecordTest, ThePeersUserIsKnownOnAUnixSocketOnly) {
  absl::optional<uid_t> uid;
  host_.serve = [&](const Request& request, ResponseWriter&) { uid = request.peer_uid(); };
  Open();
  SendAndTell(kGet);
  EXPECT_EQ(uid, getuid());
  connection_.Abort();
  OpenTcp();
  SendAndTell(kGet);
  EXPECT_EQ(uid, absl::nullopt);
}

// --- Error pages ---

TEST_F(RecordTest, AnErrorPageReplacesThePlainText) {
  host_.server_options.error_page = [](int status, absl::string_view detail,
                                       ResponseWriter& response) {
    if (status == 404) return;
    response.SetHeader("Content-Type", "text/html");
    response.Write(absl::StrCat("<h1>", status, "</h1>", detail));
  };
  host_.serve = [](const Request&, ResponseWriter& response) { response.Error(404, "no page"); };
  Open();
  SendAndTell(kGet);
  HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.body, "404 Not Found: no page\n");
  SendAndTell("GET / HTTP/1.1\r\n\r\n");
  response = OnlyResponse();
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.Header("Content-Type"), "text/html");
  EXPECT_EQ(response.Header("X-Robusto-Reason"), "missing_host");
  EXPECT_EQ(response.body, "<h1>400</h1>missing_host");
}

TEST_F(RecordTest, AnErrorPageThatThrowsIsReplacedByThePlainText) {
  host_.server_options.error_page = [](int, absl::string_view, ResponseWriter& response) {
    response.SetStatus(200);
    response.SetHeader("X-Page", "half");
    response.Write("<h1>");
    throw std::runtime_error("no template");
  };
  host_.serve = [this](const Request&, ResponseWriter&) {
    ++handled_;
    throw std::runtime_error("no");
  };
  Open();
  SendAndTell(kGet);
  HttpResponse response = OnlyResponse();
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.Header("X-Page"), "");
  EXPECT_EQ(response.body, "500 Internal Server Error\n");
  EXPECT_EQ(handled_, 1);
  EXPECT_TRUE(closed());
  host_.closed = 0;
  Open();
  SendAndTell("GET / HTTP/1.1\r\n\r\n");
  response = OnlyResponse();
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, "400 Bad Request: missing_host\n");
}

// --- Counts ---

TEST_F(RecordTest, ResponsesBytesAndRefusalsAreCounted) {
  Open();
  SendAndTell(kGet);
  const size_t first = Received().size();
  EXPECT_EQ(Stats().responses[2], 1u);
  EXPECT_EQ(Stats().bytes_received, kGet.size());
  EXPECT_EQ(Stats().bytes_sent, first);
  SendAndTell("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(Stats().responses[4], 1u);
  EXPECT_EQ(Stats().refusals.at("missing_host"), 1u);
  EXPECT_EQ(Stats().bytes_sent, first + Received().size());
  EXPECT_EQ(Stats().connections_accepted, 1u);
}

TEST_F(RecordTest, ACloseOfAnIdleConnectionIsCounted) {
  Open();
  SendAndTell(kGet);
  Timer();
  EXPECT_TRUE(closed());
  EXPECT_EQ(Stats().refusals.at("keep_alive_timeout"), 1u);
}

// --- Limits ---

TEST_F(RecordTest, TheLastRequestThatAConnectionMaySendIsToldSo) {
  host_.server_options.max_requests_per_connection = 2;
  Open();
  SendAndTell(absl::StrCat(kGet, kGet, kGet));
  const std::vector<HttpResponse> responses = Responses();
  ASSERT_EQ(responses.size(), 2u);
  EXPECT_FALSE(responses[0].closes());
  EXPECT_TRUE(responses[1].closes());
  EXPECT_EQ(handled_, 2);
}

TEST_F(RecordTest, WithoutPlacesToParkEveryResponseIsTheLast) {
  host_.server_options.max_parked_connections = 0;
  Open();
  SendAndTell(kGet);
  EXPECT_TRUE(OnlyResponse().closes());
  EXPECT_TRUE(closed());
}

TEST_F(RecordTest, EveryTimeItBecomesIdleTheHostIsAskedForAPlace) {
  Open();
  SendAndTell(kGet);
  EXPECT_EQ(host_.parkings, 1);
  SendAndTell(absl::StrCat(kGet, kGet));
  EXPECT_EQ(host_.parkings, 2) << "not between two requests that are there";
  SendAndTell("GET / HT");
  EXPECT_EQ(host_.parkings, 2) << "nor in the middle of one";
}

// --- Evicting ---

TEST_F(RecordTest, OnlyAnIdleConnectionWithoutInputIsEvicted) {
  Open();
  const uint32_t generation = connection_.generation();
  EXPECT_NE(connection_.IdleSince(), kNever);
  EXPECT_FALSE(connection_.Evict(generation + 1, /*stalled=*/true)) << "somebody else's place";
  Send(kGet);  // and no event has told of it yet
  EXPECT_FALSE(connection_.Evict(generation, /*stalled=*/false));
  EXPECT_EQ(connection_.IdleSince(), kNever);
  Settle();
  EXPECT_EQ(OnlyResponse().status, 200);
  SendAndTell("GET / HT");
  EXPECT_EQ(connection_.IdleSince(), kNever);
  EXPECT_FALSE(connection_.Evict(generation, /*stalled=*/false));
  Settle();
  SendAndTell("TP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(OnlyResponse().status, 200);
  EXPECT_TRUE(connection_.Evict(generation, /*stalled=*/false));
  EXPECT_TRUE(closed());
  EXPECT_TRUE(client_saw_end());
  EXPECT_EQ(Stats().connections_evicted, 1u);
}

TEST_F(RecordTest, AConnectionWhoseClientStallsInTheMiddleIsEvictedAfterAGrace) {
  host_.server_options.header_timeout = absl::Seconds(10);
  host_.server_options.max_body_bytes = 1 << 20;
  Open();
  const uint32_t generation = connection_.generation();
  EXPECT_EQ(connection_.StalledSince(0), connection_.IdleSince());
  SendAndTell("POST / HTTP/1.1\r\n");
  const int64_t begun = host_.timer_ns - absl::ToInt64Nanoseconds(absl::Seconds(10));
  const int64_t after_grace = begun + absl::ToInt64Nanoseconds(absl::Milliseconds(500));
  EXPECT_EQ(connection_.StalledSince(after_grace - 1), kNever);
  EXPECT_EQ(connection_.StalledSince(after_grace), begun);
  SendAndTell("Host: h\r\n");
  EXPECT_EQ(connection_.StalledSince(after_grace), begun) << "a line now and then buys nothing";
  const int64_t in_a_minute = after_grace + absl::ToInt64Nanoseconds(absl::Minutes(1));
  SendAndTell("Content-Length: 100000\r\n\r\n");
  const int64_t of_body = connection_.StalledSince(in_a_minute);
  EXPECT_GE(of_body, begun);
  EXPECT_LT(of_body, in_a_minute);
  SendAndTell(std::string(99'000, 'a'));
  EXPECT_EQ(connection_.StalledSince(in_a_minute), kNever) << "but bytes do";
  EXPECT_FALSE(connection_.Evict(generation, /*stalled=*/false));
  Settle();
  Send("a");  // and no event has told of it yet
  EXPECT_FALSE(connection_.Evict(generation, /*stalled=*/true));
  Settle();
  EXPECT_TRUE(connection_.Evict(generation, /*stalled=*/true));
  EXPECT_TRUE(closed());
  EXPECT_EQ(Received(), "");
  EXPECT_EQ(Stats().connections_evicted, 1u);
}

TEST_F(RecordTest, AConnectionWhoseClientTakesNothingIsEvictedByAReset) {
  host_.serve = [](const Request&, ResponseWriter& response) {
    response.Write(std::string(8'000'000, 'a'));
  };
  Open();
  const uint32_t generation = connection_.generation();
  SendAndTell(kGet);
  EXPECT_EQ(connection_.IdleSince(), kNever);
  EXPECT_NE(connection_.StalledSince(host_.timer_ns), kNever);
  EXPECT_FALSE(connection_.Evict(generation, /*stalled=*/false));
  Settle();
  EXPECT_TRUE(connection_.Evict(generation, /*stalled=*/true));
  EXPECT_TRUE(closed());
}

// --- Clients that are gone ---

class GoneTest : public RecordTest {
 protected:
  // A request that is handed over and stays in the queue.
  void QueueRequest(absl::string_view request) {
    Send(request);
    ASSERT_EQ(connection_.OnEvent(connection_.generation(), Readable()), Handoff::kToPool);
  }
  void TellHangup() {
    EXPECT_EQ(connection_.OnEvent(connection_.generation(), HungUp()), Handoff::kNone);
  }
  void WaitInQueue() { TimePasses(absl::Seconds(5)); }
};

TEST_F(GoneTest, AResetWhileQueuedIsNotHandled) {
  OpenTcp();
  QueueRequest(kGet);
  const linger reset = {1, 0};
  setsockopt(client_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  client_.reset();
  TellHangup();
  Work();
  Settle();
  EXPECT_EQ(handled_, 0);
  EXPECT_TRUE(closed());
  EXPECT_EQ(Stats().refusals.at("client_gone"), 1u);
  ASSERT_EQ(records_.size(), 1u);
  EXPECT_EQ(records_[0].status, 0);
}

TEST_F(GoneTest, AClosedUnixSocketWhoseRequestWaitedIsNotHandled) {
  Open();
  QueueRequest(kGet);
  client_.reset();
  TellHangup();
  Work();
  Settle();
  EXPECT_EQ(handled_, 0);
  EXPECT_TRUE(closed());
  EXPECT_EQ(Stats().refusals.at("client_gone"), 1u);
}

TEST_F(GoneTest, AHalfClosedClientIsAnsweredAndSentNothingElse) {  // RFC 9112 section 9.6
  for (bool tcp : {true, false}) {
    SCOPED_TRACE(tcp);
    tcp ? OpenTcp() : Open();
    QueueRequest(kGet);
    FinishSending();
    TellHangup();
    WaitInQueue();
    Work();
    Settle();
    EXPECT_EQ(OnlyResponse().status, 200);
    EXPECT_TRUE(client_saw_end_);
    connection_.Abort();
  }
  EXPECT_EQ(handled_, 2);
}

}  // namespace
}  // namespace robusto
