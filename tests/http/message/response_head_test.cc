// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/response_head.h"

#include <fcntl.h>

#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

constexpr std::time_t kExample = 784111777;

ResponseHeadInputs Inputs(bool head = false, int minor_version = 1, bool keep_alive = true) {
  ResponseHeadInputs inputs;
  inputs.head = head;
  inputs.minor_version = minor_version;
  inputs.keep_alive = keep_alive;
  inputs.now = kExample;
  return inputs;
}

std::string Head(const ResponseWriter& response, const ResponseHeadInputs& inputs) {
  std::string out;
  AppendResponseHead(response, inputs, &out);
  return out;
}

struct Case {
  const char* name;
  int status;
  bool head;
  int minor_version;
  bool keep_alive;
  const char* body;
  const char* want_line;
  const char* want_framing;
};

TEST(AppendResponseHeadTest, FramesAsTheRfcSays) {
  const Case cases[] = {
      {"a body", 200, false, 1, true, "Hello", "HTTP/1.1 200 OK", "Content-Length: 5\r\n"},
      {"no body", 200, false, 1, true, "", "HTTP/1.1 200 OK", "Content-Length: 0\r\n"},
      {"HEAD tells the length of GET", 200, true, 1, true, "Hello", "HTTP/1.1 200 OK",
       "Content-Length: 5\r\n"},
      {"an error to HEAD", 404, true, 1, true, "gone", "HTTP/1.1 404 Not Found",
       "Content-Length: 4\r\n"},
      {"204 has no length", 204, false, 1, true, "dropped", "HTTP/1.1 204 No Content", ""},
      {"304 has no length", 304, false, 1, true, "dropped", "HTTP/1.1 304 Not Modified", ""},
      {"304 to HEAD", 304, true, 1, true, "", "HTTP/1.1 304 Not Modified", ""},
      {"205 has length 0", 205, false, 1, true, "dropped", "HTTP/1.1 205 Reset Content",
       "Content-Length: 0\r\n"},
      {"closing", 200, false, 1, false, "Hello", "HTTP/1.1 200 OK",
       "Content-Length: 5\r\nConnection: close\r\n"},
      {"204, closing", 204, false, 1, false, "", "HTTP/1.1 204 No Content",
       "Connection: close\r\n"},
      {"HTTP/1.0 kept alive", 200, false, 0, true, "Hello", "HTTP/1.1 200 OK",
       "Content-Length: 5\r\nConnection: keep-alive\r\n"},
      {"HTTP/1.0 closed", 200, false, 0, false, "Hello", "HTTP/1.1 200 OK",
       "Content-Length: 5\r\nConnection: close\r\n"},
      {"a code without a name", 299, false, 1, true, "", "HTTP/1.1 299 Unknown",
       "Content-Length: 0\r\n"},
      {"the longest status line", 511, false, 1, true, "",
       "HTTP/1.1 511 Network Authentication Required", "Content-Length: 0\r\n"},
  };
  for (const Case& c : cases) {
    ResponseWriter response;
    response.SetStatus(c.status);
    response.Write(c.body);
    EXPECT_EQ(Head(response, Inputs(c.head, c.minor_version, c.keep_alive)),
              absl::StrCat(c.want_line, "\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
                           c.want_framing, "\r\n"))
        << c.name;
  }
}

TEST(AppendResponseHeadTest, CarriesTheFieldsAndTheServersName) {
  ResponseWriter response;
  response.SetHeader("Content-Type", "text/plain");
  response.AddHeader("Set-Cookie", "a=1");
  response.AddHeader("Set-Cookie", "b=2");
  ResponseHeadInputs inputs = Inputs();
  inputs.server = "robusto";
  EXPECT_EQ(Head(response, inputs),
            "HTTP/1.1 200 OK\r\nServer: robusto\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            "Content-Type: text/plain\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
            "Content-Length: 0\r\n\r\n");
}

TEST(AppendResponseHeadTest, TellsTheLengthOfAFile) {
  ResponseWriter response;
  response.WriteFile(UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)), 10, UINT64_MAX);
  EXPECT_TRUE(
      absl::StrContains(Head(response, Inputs()), "Content-Length: 18446744073709551615\r\n"));
}

TEST(AppendResponseHeadTest, AppendsBehindWhatIsThere) {
  ResponseWriter response;
  std::string out = "what the peer has not taken yet";
  AppendResponseHead(response, Inputs(), &out);
  std::string once = out;
  EXPECT_TRUE(absl::StartsWith(out, "what the peer has not taken yetHTTP/1.1 200 OK\r\n"));
  AppendResponseHead(response, Inputs(), &out);
  EXPECT_EQ(out, once + Head(response, Inputs()));
}

TEST(AppendResponseHeadTest, HasRoomForTheLongestOfEverything) {
  ResponseWriter response;
  response.SetStatus(511);
  response.SetHeader("X-Long", std::string(100000, 'x'));
  response.WriteFile(UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)), 0, UINT64_MAX);
  std::string server(10000, 's');
  ResponseHeadInputs inputs = Inputs(false, 0, true);
  inputs.server = server;
  std::string head = Head(response, inputs);
  EXPECT_TRUE(absl::EndsWith(head, "Connection: keep-alive\r\n\r\n"));
  EXPECT_TRUE(absl::StrContains(head, server));
}

}  // namespace
}  // namespace robusto
