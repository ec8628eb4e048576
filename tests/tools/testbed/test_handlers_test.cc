// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/testbed/test_handlers.h"

#include <stdexcept>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_request.h"

namespace robusto {
namespace {

// The body, also when it is a stream.
std::string BodyOf(ResponseWriter& response) {
  std::string body(response.body());
  for (bool more = response.streams(); more;) {
    std::string piece;
    more = response.source()(&piece);
    body += piece;
  }
  return body;
}

// The status, with Allow where there is one, and for 200 and 206 the first bytes of the body.
std::string Ask(absl::string_view method, absl::string_view target) {
  const FakeRequest request(method, target);
  ResponseWriter response;
  TestHandler()(request.get(), response);
  const bool has_body = response.status() == 200 || response.status() == 206;
  const auto allow = response.Header("Allow");
  return absl::StrCat(response.status(), allow.has_value() ? " " : "", allow.value_or(""),
                      has_body ? " " : "", BodyOf(response).substr(0, has_body ? 13 : 0));
}

TEST(TestHandlersTest, AnswersForThePathsAndMethodsOfItsHeader) {
  const struct {
    const char* method;
    const char* target;
    const char* want;
  } cases[] = {
      {"GET", "/", "200 robusto testb"},
      {"HEAD", "/", "200 robusto testb"},
      {"GET", "/plaintext", "200 Hello, World!"},
      {"HEAD", "/plaintext", "200 Hello, World!"},
      {"POST", "/echo", "200 "},
      {"PUT", "/echo", "200 "},
      {"GET", "/bytes?n=3", "200 abc"},
      {"GET", "/bytes", "400"},
      {"GET", "/bytes?n=-1", "400"},
      {"GET", "/bytes?n=0", "200 "},
      {"POST", "/upload", "200 0\n"},
      {"GET", "/stream?chunks=2&size=2", "200 abab"},
      {"GET", "/stream?chunks=0&size=2", "200 "},
      {"GET", "/stream?chunks=1&size=65537", "400"},
      {"GET", "/sleep?ms=0", "200 slept 0 ms\n"},
      {"GET", "/burn?us=0", "200 burned 0 us\n"},
      {"GET", "/promise?n=3&made=3", "200 abc"},
      {"GET", "/promise?n=3", "400"},
      {"GET", "/cut", "400"},
      {"GET", "/none", "404"},
      {"GET", "/plaintext/", "404"},
      {"POST", "/plaintext", "405 GET, HEAD, OPTIONS"},
      {"GET", "/echo", "405 OPTIONS, POST, PUT"},
      {"OPTIONS", "/bytes", "204 GET, HEAD, OPTIONS"},
      {"OPTIONS", "*", "204"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Ask(c.method, c.target), c.want) << c.method << " " << c.target;
  }
  EXPECT_THROW(Ask("GET", "/throw"), std::runtime_error);
  EXPECT_THROW(Ask("GET", "/cut?n=3"), std::runtime_error);
}

TEST(TestHandlersTest, BytesAreTheSameWhereverAPartBegins) {
  const auto get = [](absl::string_view range) {
    const FakeRequest request("GET", "/bytes?n=200000", {{"Range", std::string(range)}});
    ResponseWriter response;
    TestHandler()(request.get(), response);
    return BodyOf(response);
  };
  const std::string whole = get("bytes=0-");
  ASSERT_EQ(whole.size(), 200'000u);
  EXPECT_EQ(whole.substr(0, 28), "abcdefghijklmnopqrstuvwxyzab");
  EXPECT_EQ(get("bytes=65530-65560"), whole.substr(65530, 31));
  EXPECT_EQ(get("bytes=-100001"), whole.substr(99999));
}

}  // namespace
}  // namespace robusto
