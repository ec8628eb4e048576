// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Router allocates nothing for a path without escapes.

#include <cstdint>

#include "gtest/gtest.h"
#include "robusto/http/routing/router.h"
#include "tests/testing/allocations.h"
#include "tests/testing/fake_request.h"

namespace robusto {
namespace {

TEST(RouterAllocationTest, AMatchWithoutEscapesAllocatesNothing) {
  Router router;
  size_t bytes = 0;
  const Handler count = [&bytes](const Request& request, ResponseWriter&) {
    bytes += request.PathParameter("x").value_or("").size();
  };
  for (const char* pattern :
       {"/a/literal/segment/that/is/longer/than/a/small/string", "/a/{x}", "/{x...}"}) {
    ASSERT_TRUE(router.Handle(Method::kGet, pattern, count).ok());
  }
  const FakeRequest literal("GET", "/a/literal/segment/that/is/longer/than/a/small/string");
  const FakeRequest parameter("GET", "/a/a-segment-that-is-longer-than-a-small-string");
  const FakeRequest rest("GET", "/a/literal/segment/4/5/6/7/8/9/10/11/12/13/14/15/16");
  ResponseWriter response;
  const uint64_t before = Allocations();
  ASSERT_GT(before, 0u) << "nothing is counted";
  for (const FakeRequest* request : {&literal, &parameter, &rest}) {
    router(request->get(), response);
  }
  const uint64_t after = Allocations();
  EXPECT_EQ(after, before);
  EXPECT_EQ(bytes, parameter.get().path().size() - 3 + rest.get().path().size() - 1);
}

}  // namespace
}  // namespace robusto
