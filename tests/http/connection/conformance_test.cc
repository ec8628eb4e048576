// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Conformance of a whole connection, as a table: every row of conformance_rows.h is fed in every
// way in which a network, or somebody who means harm, could bring it. All answers are counted, all
// requests that the handler was given are too, and no byte may be left over: a connection that has
// lost its place in the stream fails.

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"
#include "robusto/http/connection/connection.h"
#include "robusto/http/message/chunked_decoder.h"
#include "robusto/http/message/parse_error.h"
#include "robusto/http/message/request_parser.h"
#include "tests/http/connection/conformance_rows.h"
#include "tests/http/connection/connection_fixture.h"
#include "tests/testing/guard_page.h"

namespace robusto {
namespace {

using End = ConformanceRow::End;
using Answers = std::vector<std::string>;

constexpr absl::string_view kBefore = "GET /before HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr absl::string_view kAfter = "GET /after HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr int kSeeds = 8;

std::string Describe(const Request& request) {
  std::string text = absl::StrCat(request.method_name(), " ", request.target());
  if (!request.host().empty() && request.host() != "h") {
    absl::StrAppend(&text, " @", request.host());
  }
  if (!request.body().empty()) absl::StrAppend(&text, " ", request.body());
  return text;
}

// What the handler must have been given for these answers.
Answers HandledFor(const Answers& answers) {
  Answers handled;
  for (absl::string_view answer : answers) {
    if (absl::ConsumePrefix(&answer, "200 ")) handled.emplace_back(answer);
  }
  return handled;
}

// One per line, printable, so that a failure can be read.
std::string Show(const Answers& answers) {
  return absl::StrJoin(answers, "\n", [](std::string* out, const std::string& answer) {
    out->append(::testing::PrintToString(answer));
  });
}

class ConformanceTest : public ConnectionTest,
                        public ::testing::WithParamInterface<ConformanceRow> {
 protected:
  ConformanceTest() {
    host_.serve = [this](const Request& request, ResponseWriter& response) {
      handled_.push_back(Describe(request));
      response.Write(handled_.back());
    };
    host_.server_options.on_warning = [this](absl::string_view line) {
      warnings_.emplace_back(line);
    };
  }

  const ConformanceRow& row() const { return GetParam(); }

  // For another go within one test.
  void Restart() {
    connection_.Abort();
    handled_.clear();
    warnings_.clear();
    host_.closed = 0;
    Open();
  }

  // Sends the bytes from `cuts` to `cuts`, telling of each piece.
  void SendInPieces(absl::string_view bytes, const std::vector<size_t>& cuts) {
    size_t from = 0;
    for (size_t to : cuts) {
      if (closed()) return;  // what comes now is lost, as on a network
      if (to > from) SendAndTell(bytes.substr(from, to - from));
      from = to;
    }
    if (!closed() && from < bytes.size()) SendAndTell(bytes.substr(from));
  }
  void SendAtRandomCuts(absl::string_view bytes, uint32_t seed) {
    std::minstd_rand random(seed + 1);
    std::vector<size_t> cuts;
    // Often near the start, where a head and its line ends are: a long body is cut seldom.
    for (size_t at = 0; at < bytes.size();) cuts.push_back(at += 1 + random() % (2 + at / 2));
    SendInPieces(bytes, cuts);
  }

  // Whether the connection has given `want` and nothing more, and the handler just the requests that
  // go with it. `cut`: the bytes came in pieces, and so "100" may have been said or not.
  void CheckAnswers(Answers want, End end, bool cut) {
    if (cut) want.erase(std::remove(want.begin(), want.end(), "100"), want.end());
    Answers got;
    std::string bytes = Received();
    while (!bytes.empty()) {
      const std::string next = got.size() < want.size() ? want[got.size()] : "";
      const bool head = absl::StartsWith(next, "200 HEAD ");
      const absl::optional<HttpResponse> response = TakeResponse(&bytes, head);
      ASSERT_TRUE(response.has_value()) << "not a whole response: " << bytes;
      if (response->status == 100) {
        if (!cut) got.push_back("100");
        EXPECT_TRUE(absl::StrContains(absl::AsciiStrToLower(row().input), "100-continue"));
        continue;
      }
      const std::string reason = response->Header("X-Robusto-Reason");
      if (!reason.empty()) {
        got.push_back(absl::StrCat(response->status, " ", reason));
      } else if (head) {
        // The length that GET would have had, and no body: RFC 9110 section 9.3.2.
        EXPECT_EQ(response->Header("Content-Length"), absl::StrCat(next.size() - 4));
        got.push_back(absl::StrCat(response->status, next.substr(3)));
      } else {
        got.push_back(absl::StrCat(response->status, " ", response->body));
      }
      EXPECT_EQ(response->closes(), end == End::kClosed && got.size() == want.size());
    }
    EXPECT_EQ(Show(got), Show(want));
    EXPECT_EQ(Show(handled_), Show(HandledFor(want)));
    EXPECT_TRUE(thrown_.empty());
    // An operator hears of each refusal once, with its reason and who it was.
    Answers refusals = want;
    refusals.erase(std::remove_if(refusals.begin(), refusals.end(),
                                  [](const std::string& answer) { return answer[0] < '4'; }),
                   refusals.end());
    EXPECT_EQ(warnings_.size(), refusals.size());
    for (size_t i = 0; i < std::min(warnings_.size(), refusals.size()); ++i) {
      EXPECT_TRUE(absl::EndsWith(warnings_[i], absl::StrCat(" ", refusals[i]))) << warnings_[i];
      EXPECT_TRUE(absl::StartsWith(warnings_[i], "unix:")) << warnings_[i];
    }
  }
  // The same, and whether the connection is open after it or has ended.
  void Check(const Answers& want, End end, bool cut = false) {
    CheckAnswers(want, end, cut);
    if (end != End::kClosed) {
      EXPECT_FALSE(closed());
      EXPECT_FALSE(client_saw_end());
      return;
    }
    EXPECT_TRUE(client_saw_end());
    // Whoever is refused may be sending still, and a reset would take the answer from it:
    // RFC 9112 section 9.6.
    if (!absl::StartsWith(want.back(), "200 ")) {
      EXPECT_FALSE(closed());
    }
    FinishSending();
    if (!closed()) Event(HungUp());
    EXPECT_TRUE(closed());
    EXPECT_EQ(Received(), "");
  }

  Answers handled_;
  Answers warnings_;
};

Answers operator+(Answers first, const Answers& then) {
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

TEST_P(ConformanceTest, AtOnce) {
  Open();
  SendAndTell(row().input);
  Check(row().want, row().end);
}

TEST_P(ConformanceTest, ByteByByte) {
  Open();
  for (char byte : row().input) {
    if (closed()) break;
    SendAndTell({&byte, 1});
  }
  Check(row().want, row().end, /*cut=*/true);
}

TEST_P(ConformanceTest, InRandomPieces) {
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    Restart();
    SendAtRandomCuts(row().input, seed);
    Check(row().want, row().end, /*cut=*/true);
  }
}

TEST_P(ConformanceTest, AfterAGoodRequest) {
  const std::string input = absl::StrCat(kBefore, row().input);
  const Answers want = Answers{"200 GET /before"} + row().want;
  Open();
  SendAndTell(input);
  Check(want, row().end);
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    Restart();
    SendAtRandomCuts(input, seed);
    Check(want, row().end, /*cut=*/true);
  }
}

// The next request is answered just when the row leaves the connection open.
TEST_P(ConformanceTest, BeforeAGoodRequest) {
  if (row().end == End::kWaits) return;  // then it is part of the row's message
  const std::string input = absl::StrCat(row().input, kAfter);
  const Answers want =
      row().want + (row().end == End::kOpen ? Answers{"200 GET /after"} : Answers{});
  Open();
  SendAndTell(input);
  Check(want, row().end);
  Restart();
  SendAndTell(row().input);
  if (!closed()) SendAndTell(kAfter);
  Check(want, row().end);
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    Restart();
    SendAtRandomCuts(input, seed);
    Check(want, row().end, /*cut=*/true);
  }
}

// A client that has sent all that it will is answered, and part of a request is not.
TEST_P(ConformanceTest, BeforeTheEndOfInput) {
  for (bool told_before : {false, true}) {
    SCOPED_TRACE(told_before);
    Restart();
    Send(row().input);
    if (told_before) Event(Readable());
    FinishSending();
    if (!closed()) Event(HungUp());
    EXPECT_TRUE(closed());
    CheckAnswers(row().want, row().end, /*cut=*/true);
  }
}

// As the body of a request no row is a request.
TEST_P(ConformanceTest, AsABody) {
  const std::string& input = row().input;
  if (input.size() > FakeHost::Limits().second.max_body) return;
  const Answers want = {absl::StrCat("200 PUT /around", input.empty() ? "" : " ", input),
                        "200 GET /after"};
  const std::string with_length =
      absl::StrCat(Message("PUT /around HTTP/1.1", Length(input.size()), input), kAfter);
  Open();
  SendAndTell(with_length);
  Check(want, End::kOpen);
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    Restart();
    SendAtRandomCuts(with_length, seed);
    Check(want, End::kOpen);

    std::minstd_rand random(seed + 1);
    std::string in_chunks = Message("PUT /around HTTP/1.1", "Transfer-Encoding: chunked\r\n");
    for (absl::string_view rest = input; !rest.empty();) {
      const size_t size = std::min<size_t>(rest.size(), 1 + random() % 50);
      in_chunks += Chunk(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    absl::StrAppend(&in_chunks, "0\r\n\r\n", kAfter);
    Restart();
    SendAtRandomCuts(in_chunks, seed);
    Check(want, End::kOpen);
  }
}

// What RequestParser and ChunkedDecoder make of the row, from memory that ends with it: the
// connection must say the same, and they must not read past their input. `step`: how many bytes more
// they are given each time.
End ReadAtGuardPage(absl::string_view input, size_t step, Answers* answers) {
  GuardedBuffer memory(16 * 1024);
  const auto [parser_limits, chunked_limits] = FakeHost::Limits();
  const auto refuse = [answers](ParseError error) {
    answers->push_back(absl::StrCat(error.status, " ", ReasonName(error.reason)));
    return End::kClosed;
  };
  while (!input.empty()) {
    RequestParser parser(parser_limits);
    ParseResult result = ParseResult::kPartial;
    for (size_t given = 0; result == ParseResult::kPartial && given < input.size();) {
      given = std::min(input.size(), given + step);
      memory.Spoil();
      result = parser.Parse(memory.Assign(input.substr(0, given)));
    }
    if (result == ParseResult::kPartial) return End::kWaits;
    if (result == ParseResult::kBad) return refuse(parser.error());
    const RequestHead& head = parser.head();
    // Not the parser's to refuse: others who use it may make tunnels.
    if (head.method == Method::kConnect) return refuse({501, ParseReason::kUnsupportedMethod});
    absl::string_view rest = input.substr(parser.head_size());
    std::string body;
    if (head.chunked) {
      ChunkedDecoder decoder(chunked_limits);
      result = ParseResult::kPartial;
      while (result == ParseResult::kPartial && !rest.empty()) {
        const ChunkedDecoder::Progress progress =
            decoder.Decode(memory.Assign(rest.substr(0, step)), &body);
        rest.remove_prefix(progress.consumed);
        result = progress.result;
      }
      if (result == ParseResult::kPartial) return End::kWaits;
      if (result == ParseResult::kBad) return refuse(decoder.error());
    } else {
      const uint64_t length = head.content_length.value_or(0);
      if (length > chunked_limits.max_body) return refuse({413, ParseReason::kBodyTooLarge});
      if (length > rest.size()) return End::kWaits;
      body = std::string(rest.substr(0, length));
      rest.remove_prefix(length);
    }
    answers->push_back(absl::StrCat("200 ", Describe(Request(input.data(), &head, body, ""))));
    if (!head.keep_alive) return End::kClosed;
    input = rest;
  }
  return End::kOpen;
}

TEST_P(ConformanceTest, AtAGuardPage) {
  Answers want = row().want;
  want.erase(std::remove(want.begin(), want.end(), "100"), want.end());
  for (size_t step : {size_t{1}, size_t{7}, row().input.size() + 1}) {
    SCOPED_TRACE(step);
    Answers got;
    const End end = ReadAtGuardPage(row().input, step, &got);
    EXPECT_EQ(Show(got), Show(want));
    if (!row().input.empty()) {
      EXPECT_EQ(end, row().end);
    }
  }
}

const auto kRowName = [](const auto& info) { return std::string(info.param.name); };

INSTANTIATE_TEST_SUITE_P(RequestLine, ConformanceTest, ::testing::ValuesIn(RequestLineRows()),
                         kRowName);
INSTANTIATE_TEST_SUITE_P(Target, ConformanceTest, ::testing::ValuesIn(TargetRows()), kRowName);
INSTANTIATE_TEST_SUITE_P(Host, ConformanceTest, ::testing::ValuesIn(HostRows()), kRowName);
INSTANTIATE_TEST_SUITE_P(Field, ConformanceTest, ::testing::ValuesIn(FieldRows()), kRowName);
INSTANTIATE_TEST_SUITE_P(ContentLength, ConformanceTest, ::testing::ValuesIn(ContentLengthRows()),
                         kRowName);
INSTANTIATE_TEST_SUITE_P(TransferEncoding, ConformanceTest,
                         ::testing::ValuesIn(TransferEncodingRows()), kRowName);
INSTANTIATE_TEST_SUITE_P(Chunk, ConformanceTest, ::testing::ValuesIn(ChunkRows()), kRowName);
INSTANTIATE_TEST_SUITE_P(KeepAlive, ConformanceTest, ::testing::ValuesIn(KeepAliveRows()),
                         kRowName);
INSTANTIATE_TEST_SUITE_P(Limit, ConformanceTest, ::testing::ValuesIn(LimitRows()), kRowName);
INSTANTIATE_TEST_SUITE_P(Smuggling, ConformanceTest, ::testing::ValuesIn(SmugglingRows()),
                         kRowName);

// The table itself: large enough, each row with its section, and none that asks for what is hidden.
TEST(ConformanceTableTest, NoRowWantsTheSmuggledRequest) {
  size_t count = 0;
  for (const auto& rows :
       {RequestLineRows(), TargetRows(), HostRows(), FieldRows(), ContentLengthRows(),
        TransferEncodingRows(), ChunkRows(), KeepAliveRows(), LimitRows(), SmugglingRows()}) {
    count += rows.size();
    for (const ConformanceRow& row : rows) {
      EXPECT_TRUE(absl::StrContains(row.rfc, ' ')) << row.name;
      EXPECT_EQ(row.end == End::kClosed && row.want.empty(), false) << row.name;
      for (const std::string& answer : row.want) {
        EXPECT_FALSE(absl::StartsWith(answer, "200 GET /smuggled")) << row.name;
      }
    }
  }
  EXPECT_GE(count, 200u);
  RecordProperty("rows", static_cast<int>(count));
}

}  // namespace
}  // namespace robusto
