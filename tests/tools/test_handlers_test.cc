// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "tools/testbed/test_handlers.h"

#include <stdexcept>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_request.h"

namespace robusto {
namespace {

// The status, with Allow where there is one, and for 200 the first bytes of the body.
std::string Ask(absl::string_view method, absl::string_view target) {
  const FakeRequest request(method, target);
  ResponseWriter response;
  TestHandler()(request.get(), response);
  const auto allow = response.Header("Allow");
  return absl::StrCat(response.status(), allow.has_value() ? " " : "", allow.value_or(""),
                      response.status() == 200 ? " " : "",
                      response.status() == 200 ? response.body().substr(0, 13) : "");
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
      {"GET", "/stream?chunks=2&size=2", "200 abab"},
      {"GET", "/stream?chunks=1000000&size=1000000", "400"},
      {"GET", "/sleep?ms=0", "200 slept 0 ms\n"},
      {"GET", "/burn?us=0", "200 burned 0 us\n"},
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
}

}  // namespace
}  // namespace robusto
