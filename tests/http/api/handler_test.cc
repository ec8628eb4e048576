// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/api/handler.h"

#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "tests/testing/fake_request.h"

namespace robusto {
namespace {

std::string Call(const Handler& handler) {
  const FakeRequest request("PUT", "/a");
  ResponseWriter response;
  handler(request.get(), response);
  return std::string(response.body());
}

HeadDecision AskHead(const Handler& handler, int* status = nullptr) {
  const FakeRequest request("PUT", "/a");
  ResponseWriter response;
  const HeadDecision decision = handler.OnHead(request.get(), response);
  if (status != nullptr) *status = response.status();
  return decision;
}

void Free(const Request&, ResponseWriter& response) { response.Write("free"); }

// With a head check of its own, which is found by its name and type.
struct Checked {
  void operator()(const Request&, ResponseWriter& response) const { response.Write(text); }
  HeadDecision OnHead(const Request&, ResponseWriter& response) const {
    response.Error(413);
    return HeadDecision::kRespond;
  }
  std::string text = "checked";
};

struct OtherOnHead {
  void operator()(const Request&, ResponseWriter&) const {}
  bool OnHead(const Request&, ResponseWriter&) const { return true; }
};

TEST(HandlerTest, IsMadeOfAnyCallableAndThenReadsEveryBody) {
  const std::function<void(const Request&, ResponseWriter&)> function = Free;
  for (const Handler& handler :
       {Handler([](const Request&, ResponseWriter& response) { response.Write("free"); }),
        Handler(Free), Handler(&Free), Handler(function)}) {
    EXPECT_EQ(Call(handler), "free");
    EXPECT_FALSE(handler.has_head_check());
    EXPECT_EQ(AskHead(handler), HeadDecision::kReadBody);
  }
}

TEST(HandlerTest, TakesTheHeadCheckOfAnObjectThatHasOne) {
  Handler handler = Checked{"text"};
  const Handler copy = handler;
  handler = nullptr;
  int status = 0;
  EXPECT_EQ(Call(copy), "text");
  EXPECT_TRUE(copy.has_head_check());
  EXPECT_EQ(AskHead(copy, &status), HeadDecision::kRespond);
  EXPECT_EQ(status, 413);
}

TEST(HandlerTest, TakesAHeadCheckBesideACallable) {
  const Handler handler(
      [](const Request& request, ResponseWriter& response) {
        if (request.path() == "/b") return HeadDecision::kReadBody;
        response.Error(403);
        return HeadDecision::kRespond;
      },
      Free);
  int status = 0;
  EXPECT_EQ(Call(handler), "free");
  EXPECT_EQ(AskHead(handler, &status), HeadDecision::kRespond);
  EXPECT_EQ(status, 403);
}

TEST(HandlerTest, IgnoresAnOnHeadOfAnotherType) {
  EXPECT_FALSE(Handler(OtherOnHead()).has_head_check());
}

TEST(HandlerTest, IsNullWhenItIsMadeOfNothing) {
  EXPECT_TRUE(Handler() == nullptr);
  EXPECT_TRUE(Handler(nullptr) == nullptr);
  EXPECT_TRUE(Handler(Handler::Function()) == nullptr);
  EXPECT_TRUE(Handler(Free) != nullptr);
  EXPECT_TRUE(static_cast<bool>(Handler(Free)));
  EXPECT_FALSE(static_cast<bool>(Handler()));
}

}  // namespace
}  // namespace robusto
