// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/response.h"

#include <fcntl.h>

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "robusto/http/message/status.h"

namespace robusto {
namespace {

UniqueFd OpenSomeFile() { return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

TEST(ReasonPhraseTest, IsTheOneOfTheRfc) {
  EXPECT_EQ(ReasonPhrase(200), "OK");
  EXPECT_EQ(ReasonPhrase(404), "Not Found");
  EXPECT_EQ(ReasonPhrase(413), "Content Too Large");
  EXPECT_EQ(ReasonPhrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(ReasonPhrase(511), "Network Authentication Required");
}

TEST(ReasonPhraseTest, IsUnknownForACodeThatIsNotInTheTable) {
  for (int status : {-1, 0, 99, 199, 299, 418, 499, 599, 600, 1 << 30}) {
    EXPECT_EQ(ReasonPhrase(status), "Unknown") << status;
    EXPECT_EQ(StatusLine(status), "") << status;
  }
}

TEST(StatusLineTest, SaysTheCodeThatItIsFor) {
  int known = 0;
  for (int status = 100; status <= 599; ++status) {
    std::string line(StatusLine(status));
    if (line.empty()) continue;
    ++known;
    EXPECT_EQ(line, "HTTP/1.1 " + std::to_string(status) + " " + std::string(ReasonPhrase(status)) +
                        "\r\n");
  }
  EXPECT_EQ(known, 49);
}

TEST(ResponseHasBodyTest, FollowsTheRfc) {
  for (int status : {200, 201, 206, 301, 400, 404, 500, 503}) {
    EXPECT_TRUE(ResponseHasBody(status, false)) << status;
    EXPECT_FALSE(ResponseHasBody(status, true)) << status;
  }
  for (int status : {100, 101, 204, 205, 304}) {
    EXPECT_FALSE(ResponseHasBody(status, false)) << status;
  }
}

TEST(ResponseWriterTest, IsAnEmpty200AtFirst) {
  ResponseWriter response;
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.headers(), "");
  EXPECT_EQ(response.body(), "");
  EXPECT_EQ(response.body_size(), 0u);
  EXPECT_FALSE(response.close());
  EXPECT_FALSE(response.file().fd.valid());
}

TEST(ResponseWriterTest, TurnsAStatusThatIsNoAnswerInto500) {
  for (int status : {-1, 0, 99, 100, 101, 199, 600, 1000}) {
    ResponseWriter response;
    response.SetStatus(status);
    EXPECT_EQ(response.status(), 500) << status;
  }
  ResponseWriter response;
  for (int status : {200, 299, 418, 599}) {
    response.SetStatus(status);
    EXPECT_EQ(response.status(), status);
  }
}

TEST(ResponseWriterTest, SetHeaderReplacesWhateverTheCase) {
  ResponseWriter response;
  EXPECT_TRUE(response.SetHeader("Content-Type", "text/plain"));
  EXPECT_TRUE(response.SetHeader("X-One", "1"));
  EXPECT_TRUE(response.SetHeader("CONTENT-type", "text/html"));
  EXPECT_EQ(response.headers(), "X-One: 1\r\nCONTENT-type: text/html\r\n");
}

TEST(ResponseWriterTest, SetHeaderReplacesEveryFieldOfTheName) {
  ResponseWriter response;
  response.AddHeader("Set-Cookie", "a=1");
  response.AddHeader("Set-Cookie", "b=2");
  response.AddHeader("Vary", "Accept");
  response.AddHeader("set-cookie", "c=3");
  EXPECT_TRUE(response.SetHeader("Set-Cookie", "d=4"));
  EXPECT_EQ(response.headers(), "Vary: Accept\r\nSet-Cookie: d=4\r\n");
}

TEST(ResponseWriterTest, SetHeaderTakesNoFieldForAnotherWhoseNameItBegins) {
  ResponseWriter response;
  response.SetHeader("X-Name-Long", "1");
  response.SetHeader("X-Name", "2");
  response.SetHeader("X-N", "3");
  // A name inside of a value is not a field.
  response.SetHeader("Link", "X-Name: 4");
  response.SetHeader("X-Name", "5");
  EXPECT_EQ(response.headers(), "X-Name-Long: 1\r\nX-N: 3\r\nLink: X-Name: 4\r\nX-Name: 5\r\n");
}

TEST(ResponseWriterTest, AddHeaderKeepsWhatIsThere) {
  ResponseWriter response;
  EXPECT_TRUE(response.AddHeader("Set-Cookie", "a=1"));
  EXPECT_TRUE(response.AddHeader("Set-Cookie", "b=2"));
  EXPECT_EQ(response.headers(), "Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n");
}

TEST(ResponseWriterTest, HeaderGivesTheFirstValue) {
  ResponseWriter response;
  EXPECT_EQ(response.Header("ETag"), absl::nullopt);
  response.AddHeader("Set-Cookie", "a=1");
  response.AddHeader("Set-Cookie", "b=2");
  response.AddHeader("X-Empty", "");
  EXPECT_EQ(response.Header("set-cookie"), absl::string_view("a=1"));
  EXPECT_EQ(response.Header("x-empty"), absl::string_view(""));
  EXPECT_EQ(response.Header("set"), absl::nullopt);
}

TEST(ResponseWriterTest, RefusesANameThatIsNoToken) {
  const absl::string_view names[] = {
      "",         " ",     "a b",    "a:",   ":a",
      "a\r",      "a\nb",  "a\r\nb", "a\tb", "a(b",
      "a\"",      "a/b",   "a@b",    "a{",   absl::string_view("a\0b", 3),
      "\xc3\xa9", "a\x7f",
  };
  for (absl::string_view name : names) {
    ResponseWriter response;
    EXPECT_FALSE(response.SetHeader(name, "v")) << name;
    EXPECT_FALSE(response.AddHeader(name, "v")) << name;
    EXPECT_EQ(response.headers(), "") << name;
  }
  ResponseWriter response;
  EXPECT_TRUE(response.SetHeader("!#$%&'*+-.^_`|~09azAZ", "every token character"));
}

TEST(ResponseWriterTest, RefusesAValueThatCouldEndTheLine) {
  for (int c = 0; c < 256; ++c) {
    std::string value = "a" + std::string(1, static_cast<char>(c)) + "b";
    bool allowed = c == '\t' || (c >= 0x20 && c != 0x7f);
    ResponseWriter response;
    EXPECT_EQ(response.SetHeader("X-A", value), allowed) << c;
    EXPECT_EQ(response.AddHeader("X-B", value), allowed) << c;
    EXPECT_EQ(response.headers().empty(), !allowed) << c;
  }
  ResponseWriter response;
  EXPECT_FALSE(response.SetHeader("Location", "/a\r\nSet-Cookie: stolen=1"));
  EXPECT_EQ(response.headers(), "");
}

TEST(ResponseWriterTest, RefusesTheFieldsThatAreTheServers) {
  for (absl::string_view name :
       {"Content-Length", "content-length", "CONTENT-LENGTH", "Transfer-Encoding",
        "transfer-encoding", "Trailer", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade",
        "Date", "date", "Server"}) {
    ResponseWriter response;
    EXPECT_FALSE(response.SetHeader(name, "1")) << name;
    EXPECT_FALSE(response.AddHeader(name, "1")) << name;
    EXPECT_EQ(response.headers(), "") << name;
  }
  ResponseWriter response;
  for (absl::string_view name :
       {"Content-Lengths", "Dates", "X-Date", "Server-Timing", "Pragma1"}) {
    EXPECT_TRUE(response.SetHeader(name, "1")) << name;
  }
}

TEST(ResponseWriterTest, ARefusedFieldLeavesTheOldOne) {
  ResponseWriter response;
  response.SetHeader("Location", "/old");
  EXPECT_FALSE(response.SetHeader("Location", "/new\n"));
  EXPECT_EQ(response.headers(), "Location: /old\r\n");
}

TEST(ResponseWriterTest, TakesAValueFromItsOwnFields) {
  ResponseWriter response;
  response.AddHeader("ETag", "\"long enough for a string on the heap\"");
  response.AddHeader("X-A", "1");
  const std::string want(*response.Header("etag"));
  // Again and again: the fields have to grow some time.
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(response.AddHeader("X-Copy", *response.Header("ETag")));
  EXPECT_EQ(response.Header("X-Copy"), absl::string_view(want));
  EXPECT_TRUE(response.SetHeader("X-Set", *response.Header("etag")));
  EXPECT_EQ(response.Header("X-Set"), absl::string_view(want));
}

TEST(ResponseWriterTest, WriteAppends) {
  ResponseWriter response;
  response.Write("Hello, ");
  response.Write("");
  response.Write(absl::string_view("World\0", 6));
  EXPECT_EQ(response.body(), absl::string_view("Hello, World\0", 13));
  EXPECT_EQ(response.body_size(), 13u);
}

TEST(ResponseWriterTest, TheLaterOfWriteAndWriteFileIsTheBody) {
  ResponseWriter response;
  response.Write("text");
  response.WriteFile(OpenSomeFile(), 5, 7);
  EXPECT_EQ(response.body(), "");
  EXPECT_EQ(response.file().offset, 5u);
  EXPECT_EQ(response.body_size(), 7u);
  response.Write("other");
  EXPECT_FALSE(response.file().fd.valid());
  EXPECT_EQ(response.body(), "other");
  EXPECT_EQ(response.body_size(), 5u);
}

TEST(ResponseWriterTest, ReleaseFileGivesTheDescriptorAway) {
  ResponseWriter response;
  response.WriteFile(OpenSomeFile(), 1, 2);
  ResponseWriter::FileRange file = response.ReleaseFile();
  EXPECT_TRUE(file.fd.valid());
  EXPECT_EQ(file.offset, 1u);
  EXPECT_EQ(file.length, 2u);
  EXPECT_FALSE(response.file().fd.valid());
  EXPECT_EQ(response.body_size(), 0u);
  response.Reset();
  EXPECT_GE(::fcntl(file.fd.get(), F_GETFD), 0);
}

TEST(ResponseWriterTest, ResetClosesTheFile) {
  ResponseWriter response;
  response.WriteFile(OpenSomeFile(), 0, 1);
  int fd = response.file().fd.get();
  response.Reset();
  EXPECT_EQ(::fcntl(fd, F_GETFD), -1);
}

TEST(ResponseWriterTest, ErrorDropsWhatWasSetBefore) {
  ResponseWriter response;
  response.SetStatus(201);
  response.SetHeader("Content-Type", "text/html");
  response.SetHeader("ETag", "\"1\"");
  response.WriteFile(OpenSomeFile(), 0, 1);
  response.CloseConnection();
  response.Error(404);
  EXPECT_EQ(response.status(), 404);
  EXPECT_EQ(response.headers(), "Content-Type: text/plain; charset=utf-8\r\n");
  EXPECT_EQ(response.body(), "404 Not Found\n");
  EXPECT_FALSE(response.file().fd.valid());
  EXPECT_TRUE(response.close());
}

TEST(ResponseWriterTest, ErrorSaysTheDetail) {
  ResponseWriter response;
  response.Write("the detail of before");
  response.Error(400, response.body());
  EXPECT_EQ(response.body(), "400 Bad Request: the detail of before\n");
}

TEST(ResponseWriterTest, ResetMakesItAsNewAndKeepsItsMemory) {
  ResponseWriter response;
  auto fill = [&response] {
    response.SetStatus(404);
    response.SetHeader("Content-Type", "text/plain; charset=utf-8");
    response.Write(std::string(1000, 'x'));
    response.CloseConnection();
  };
  fill();
  const char* headers = response.headers().data();
  const char* body = response.body().data();
  response.Reset();
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.headers(), "");
  EXPECT_EQ(response.body(), "");
  EXPECT_FALSE(response.close());
  fill();
  EXPECT_EQ(response.headers().data(), headers);
  EXPECT_EQ(response.body().data(), body);
}

TEST(ResponseWriterTest, ResetGivesBackABodyBufferThatGrewLarge) {
  ResponseWriter response;
  response.Write(std::string(ResponseWriter::kKeptBodyBytes * 4, 'x'));
  response.Reset();
  response.Write("x");
  // A short string lives in the object itself: the large block is gone.
  const char* object = reinterpret_cast<const char*>(&response);
  EXPECT_TRUE(response.body().data() >= object &&
              response.body().data() < object + sizeof(response));
}

}  // namespace
}  // namespace robusto
