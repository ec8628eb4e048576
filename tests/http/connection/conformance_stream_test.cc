// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What the rows of conformance_test.cc are too short for: a stream of many times what a connection
// reads at once, in which it must not lose its place.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "gtest/gtest.h"
#include "robusto/http/connection/connection.h"
#include "tests/http/connection/conformance_rows.h"
#include "tests/http/connection/connection_fixture.h"

namespace robusto {
namespace {

class ConformanceStreamTest : public ConnectionTest {
 protected:
  ConformanceStreamTest() {
    host_.server_options.max_body_bytes = 1 << 20;
    host_.serve = [this](const Request& request, ResponseWriter& response) {
      targets_.emplace_back(request.target());
      bodies_.emplace_back(request.body());
      response.Write(targets_.back());
    };
  }

  // Sends all of it in pieces, and takes what comes meanwhile.
  std::string SendAndTake(absl::string_view bytes, size_t piece) {
    std::string received;
    while (!bytes.empty() && !closed()) {
      const absl::string_view part = bytes.substr(0, std::min<size_t>(bytes.size(), piece));
      SendAndTell(part);
      bytes.remove_prefix(part.size());
      received += Take();
    }
    return received;
  }
  std::string Take() {
    std::string received;
    for (std::string more = Received(); !more.empty(); more = Received()) {
      received += more;
      Event(Writable());
    }
    return received;
  }

  std::vector<std::string> targets_;
  std::vector<std::string> bodies_;
};

// RFC 9112 section 6.3.
TEST_F(ConformanceStreamTest, ALongBodyEndsWhereItsLengthSays) {
  std::string body;
  while (body.size() < 300'000) absl::StrAppend(&body, kSmuggled);
  const std::string after = Message("GET /after HTTP/1.1");
  for (size_t piece : {1000, 4096, 4097, 100'000}) {
    SCOPED_TRACE(piece);
    connection_.Abort();
    targets_.clear();
    bodies_.clear();
    host_.closed = 0;
    Open();
    std::string received = SendAndTake(Post(Length(body.size()), body) + after + after, piece);
    EXPECT_EQ(targets_, std::vector<std::string>({"/a", "/after", "/after"}));
    ASSERT_FALSE(bodies_.empty());
    EXPECT_TRUE(bodies_[0] == body);
    for (const std::string& target : targets_) {
      const absl::optional<HttpResponse> response = TakeResponse(&received);
      ASSERT_TRUE(response.has_value());
      EXPECT_EQ(response->body, target);
    }
    EXPECT_EQ(received, "");
    EXPECT_FALSE(closed());
  }
}

// RFC 9112 section 9.3.2.
TEST_F(ConformanceStreamTest, AThousandPipelinedRequestsAreAnsweredInOrder) {
  std::string input;
  for (int i = 0; i < 1000; ++i) {
    // Of many lengths, so that they lie across the ends of what is read at once everywhere.
    const std::string body(static_cast<size_t>(i * 7 % 201), 'b');
    input += i % 3 == 0 ? Message(absl::StrCat("GET /", i, " HTTP/1.1"))
             : i % 3 == 1
                 ? Message(absl::StrCat("PUT /", i, " HTTP/1.1"), Length(body.size()), body)
                 : Message(absl::StrCat("PUT /", i, " HTTP/1.1"), "Transfer-Encoding: chunked\r\n",
                           Chunk("b" + body) + "0\r\n\r\n");
  }
  for (size_t piece : {333, 4096, 60'000}) {
    SCOPED_TRACE(piece);
    connection_.Abort();
    targets_.clear();
    host_.closed = 0;
    Open();
    std::string received = SendAndTake(input, piece);
    ASSERT_EQ(targets_.size(), 1000u);
    for (int i = 0; i < 1000; ++i) {
      const absl::optional<HttpResponse> response = TakeResponse(&received);
      ASSERT_TRUE(response.has_value()) << i;
      ASSERT_EQ(response->body, absl::StrCat("/", i));
    }
    EXPECT_EQ(received, "");
    EXPECT_FALSE(closed());
  }
}

}  // namespace
}  // namespace robusto
