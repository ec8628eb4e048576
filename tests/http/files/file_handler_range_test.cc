// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Parts of files. What a Range field may say is byte_range_test's, what If-Range may say is
// preconditions_test's.

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "robusto/http/semantics/byte_range.h"
#include "tests/http/files/file_handler_fixture.h"

namespace robusto {
namespace {

class FileHandlerRangeTest : public FileHandlerTest {
 protected:
  FileHandlerRangeTest() {
    tree_.Write("root/digits.txt", "0123456789");
    tree_.SetTime("root/digits.txt", kModified);
  }
};

INSTANTIATE_TEST_SUITE_P(Resolution, FileHandlerRangeTest, ::testing::Values(true));

// "206 bytes 1-2/10: 12", or what else the status, Content-Range and body are.
std::string Told(const Answer& answer) {
  std::string range;
  const size_t at = answer.headers.find("Content-Range: ");
  if (at != std::string::npos) {
    range = " " + answer.headers.substr(at + 15, answer.headers.find('\r', at) - at - 15);
  }
  return absl::StrCat(answer.status, range, ": ", answer.status >= 400 ? "" : answer.body);
}

constexpr const char* kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

TEST_P(FileHandlerRangeTest, ServesAPartOfAFile) {
  const Answer part = Get("/digits.txt", {{"Range", "bytes=2-4"}});
  EXPECT_EQ(Told(part), "206 bytes 2-4/10: 234");
  // RFC 9110 section 15.3.7: what a 200 would tell, a 206 does, too.
  const Answer whole = Get("/digits.txt");
  EXPECT_EQ(Told(whole), "200: 0123456789");
  EXPECT_EQ(part.headers, absl::StrCat("Content-Range: bytes 2-4/10\r\n", whole.headers));
  EXPECT_TRUE(absl::StrContains(whole.headers, "Accept-Ranges: bytes\r\n"));
}

TEST_P(FileHandlerRangeTest, AnswersEveryKindOfRange) {
  tree_.Write("root/empty", "");
  const struct {
    const char* name;
    const char* target;
    const char* range;
    const char* want;
  } cases[] = {
      {"to the end", "/digits.txt", "bytes=7-", "206 bytes 7-9/10: 789"},
      {"the last", "/digits.txt", "bytes=-2", "206 bytes 8-9/10: 89"},
      {"all", "/digits.txt", "bytes=0-", "206 bytes 0-9/10: 0123456789"},
      {"too many", "/digits.txt", "bytes=9-20", "206 bytes 9-9/10: 9"},
      {"several that overlap", "/digits.txt", "bytes=0-4,3-5", "206 bytes 0-5/10: 012345"},
      {"another unit", "/digits.txt", "lines=1-2", "200: 0123456789"},
      {"none", "/digits.txt", "bytes=x", "200: 0123456789"},
      {"after the end", "/digits.txt", "bytes=10-", "416 bytes */10: "},
      {"of nothing", "/empty", "bytes=0-", "200: "},
      {"the first of nothing", "/empty", "bytes=0-1023", "200: "},
      {"after the end of nothing", "/empty", "bytes=5-", "200: "},
      {"the last of nothing", "/empty", "bytes=-5", "200: "},
      {"of no file", "/none", "bytes=0-", "404: "},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Told(Get(c.target, {{"Range", c.range}})), c.want) << c.name;
  }
}

// RFC 9110 section 14.6, and RFC 2046 section 5.1.
TEST_P(FileHandlerRangeTest, ServesSeveralPartsAsMultipart) {
  const Answer answer = Get("/digits.txt", {{"Range", "bytes=7-,0-1,4-4"}});
  EXPECT_EQ(answer.status, 206);
  const std::string start = "multipart/byteranges; boundary=";
  ASSERT_TRUE(absl::StartsWith(answer.type, start)) << answer.type;
  const std::string boundary = answer.type.substr(start.size());
  EXPECT_EQ(boundary.size(), 32u);
  // Section 15.3.7.2: each part has its own, and the message has none.
  EXPECT_FALSE(absl::StrContains(answer.headers, "Content-Range"));
  EXPECT_TRUE(absl::StrContains(answer.headers, "ETag: "));
  const auto part = [&](const char* range, const char* text) {
    return absl::StrCat("\r\n--", boundary, "\r\nContent-Type: text/plain; charset=utf-8\r\n",
                        "Content-Range: bytes ", range, "/10\r\n\r\n", text);
  };
  EXPECT_EQ(answer.body, absl::StrCat(part("7-9", "789"), part("0-1", "01"), part("4-4", "4"),
                                      "\r\n--", boundary, "--\r\n"));
  EXPECT_NE(Get("/digits.txt", {{"Range", "bytes=7-,0-1,4-4"}}).type, answer.type);
}

TEST_P(FileHandlerRangeTest, ServesLargePartsPieceByPiece) {
  std::string text(1 << 20, 'x');
  for (size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('a' + i % 26);
  tree_.Write("root/large", text);
  // The fixture checks the size of each piece, and the announced length.
  const Answer answer = Get("/large", {{"Range", "bytes=10-300009,500000-1048575"}});
  EXPECT_TRUE(absl::StrContains(answer.body, "\r\n\r\n" + text.substr(10, 300000) + "\r\n--"));
  EXPECT_TRUE(absl::StrContains(answer.body, "\r\n\r\n" + text.substr(500000) + "\r\n--"));
}

TEST_P(FileHandlerRangeTest, EndsAMultipartEarlyWhenItsFileHasBecomeShorter) {
  tree_.Write("root/shrinks", std::string(200000, 'x'));
  const FakeRequest request("GET", "/shrinks", {{"Range", "bytes=0-9,100000-199999"}});
  ResponseWriter response;
  Handler()(request.get(), response);
  tree_.Write("root/shrinks", "short");
  uint64_t size = 0;
  std::string piece;
  for (bool more = true; more;) {
    piece.clear();
    more = response.source()(&piece);
    size += piece.size();
  }
  // So that the connection is cut, and the client sees that the body is not whole.
  EXPECT_LT(size, *response.stream_length());
}

TEST_P(FileHandlerRangeTest, ServesTheWholeForMoreRangesThanTheLimit) {
  std::string value = "bytes=0-0";
  for (size_t i = 1; i <= kMaxRanges; ++i) absl::StrAppend(&value, ",", i % 10, "-", i % 10);
  EXPECT_EQ(Told(Get("/digits.txt", {{"Range", value}})), "200: 0123456789");
}

TEST_P(FileHandlerRangeTest, IgnoresRangesOfHead) {
  for (const char* range : {"bytes=2-4", "bytes=10-"}) {
    const Answer head = Call(Handler(), "/digits.txt", "HEAD", {{"Range", range}});
    EXPECT_EQ(Told(head), "200: 0123456789");
  }
}

TEST_P(FileHandlerRangeTest, ServesAPartOfAnIndex) {
  tree_.Write("root/dir/index.html", "<p>index");
  EXPECT_EQ(Told(Get("/dir/", {{"Range", "bytes=3-4"}})), "206 bytes 3-4/8: in");
}

// RFC 9110 section 13.2.2: If-Match or If-Unmodified-Since, If-None-Match or If-Modified-Since, and
// only then the range.
TEST_P(FileHandlerRangeTest, ChecksPreconditionsBeforeTheRange) {
  const std::string etag = Get("/digits.txt").etag;
  const struct {
    const char* name;
    FakeRequest::Fields fields;
    const char* want;
  } cases[] = {
      {"not modified", {{"Range", "bytes=2-4"}, {"If-None-Match", etag}}, "304: "},
      {"not modified since", {{"Range", "bytes=2-4"}, {"If-Modified-Since", kDate}}, "304: "},
      {"not modified, after the end", {{"Range", "bytes=10-"}, {"If-None-Match", etag}}, "304: "},
      {"not modified, If-Range",
       {{"Range", "bytes=2-4"}, {"If-Range", etag}, {"If-None-Match", etag}},
       "304: "},
      {"failed", {{"Range", "bytes=2-4"}, {"If-Match", "\"x\""}}, "412: "},
      {"failed, after the end", {{"Range", "bytes=10-"}, {"If-Match", "\"x\""}}, "412: "},
      {"passed",
       {{"Range", "bytes=2-4"}, {"If-Match", etag}, {"If-None-Match", "\"x\""}},
       "206 bytes 2-4/10: 234"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Told(Get("/digits.txt", c.fields)), c.want) << c.name;
  }
}

// Section 13.1.5.
TEST_P(FileHandlerRangeTest, ServesTheWholeWhenIfRangeDoesNotHold) {
  const std::string etag = Get("/digits.txt").etag;
  const struct {
    const char* name;
    FakeRequest::Fields fields;
    const char* want;
  } cases[] = {
      {"the tag", {{"Range", "bytes=2-4"}, {"If-Range", etag}}, "206 bytes 2-4/10: 234"},
      {"another tag", {{"Range", "bytes=2-4"}, {"If-Range", "\"x\""}}, "200: 0123456789"},
      {"the tag, weak", {{"Range", "bytes=2-4"}, {"If-Range", "W/" + etag}}, "200: 0123456789"},
      {"the date", {{"Range", "bytes=2-4"}, {"If-Range", kDate}}, "206 bytes 2-4/10: 234"},
      {"after the end", {{"Range", "bytes=10-"}, {"If-Range", etag}}, "416 bytes */10: "},
      {"after the end of another",
       {{"Range", "bytes=10-"}, {"If-Range", "\"x\""}},
       "200: 0123456789"},
      {"without Range", {{"If-Range", etag}}, "200: 0123456789"},
      {"a failed one without Range", {{"If-Range", "\"x\""}}, "200: 0123456789"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Told(Get("/digits.txt", c.fields)), c.want) << c.name;
  }
}

TEST_P(FileHandlerRangeTest, TrustsNeitherTagNorDateWhileTheFileMayStillChangeUnnoticed) {
  tree_.SetTime("root/digits.txt", kNow - 1);
  const Answer fresh = Get("/digits.txt");
  for (const std::string& validator : {fresh.etag, fresh.etag.substr(2), fresh.last_modified}) {
    EXPECT_EQ(Told(Get("/digits.txt", {{"Range", "bytes=2-4"}, {"If-Range", validator}})),
              "200: 0123456789")
        << validator;
  }
  // Without If-Range the client has said that it does not mind.
  EXPECT_EQ(Get("/digits.txt", {{"Range", "bytes=2-4"}}).status, 206);
  tree_.SetTime("root/digits.txt", kNow - 2);
  const Answer settled = Get("/digits.txt");
  for (const std::string& validator : {settled.etag, settled.last_modified}) {
    EXPECT_EQ(Get("/digits.txt", {{"Range", "bytes=2-4"}, {"If-Range", validator}}).status, 206)
        << validator;
  }
}

TEST_P(FileHandlerRangeTest, ServesFilesOfMoreThan4GiB) {
  constexpr off_t kEnd = (off_t{5} << 30) - 10;
  tree_.Write("root/large", "first");
  const int fd = ::open(tree_.At("root/large").c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::pwrite(fd, "0123456789", 10, kEnd), 10);  // sparse: 8 KiB of disk
  ::close(fd);

  EXPECT_EQ(Told(Get("/large", {{"Range", "bytes=5368709112-5368709114"}})),
            "206 bytes 5368709112-5368709114/5368709120: 234");
  EXPECT_EQ(Told(Get("/large", {{"Range", "bytes=-3"}})),
            "206 bytes 5368709117-5368709119/5368709120: 789");
  EXPECT_EQ(Told(Get("/large", {{"Range", "bytes=0-4"}})), "206 bytes 0-4/5368709120: first");
  EXPECT_EQ(Told(Get("/large", {{"Range", "bytes=5368709120-"}})), "416 bytes */5368709120: ");
  EXPECT_TRUE(absl::StrContains(Get("/large", {{"Range", "bytes=0-1,-3"}}).body,
                                "bytes 5368709117-5368709119/5368709120\r\n\r\n789\r\n--"));
  for (const char* range : {"bytes=0-", "bytes=0-1,1-"}) {
    const FakeRequest request("GET", "/large", {{"Range", range}});
    ResponseWriter response;
    Handler()(request.get(), response);
    EXPECT_EQ(response.body_size(), uint64_t{5} << 30) << range;
  }
}

}  // namespace
}  // namespace robusto
