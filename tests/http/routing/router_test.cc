// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/routing/router.h"

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_request.h"

namespace robusto {
namespace {

struct RouteCase {
  const char* method;  // "" for any
  const char* pattern;
};

Method MethodOf(absl::string_view name) { return FakeRequest(name, "/").get().method(); }

// Answers with the pattern, and with what its wildcards stood for: "/a/{x} x=1".
Handler Tell(std::string pattern) {
  return [pattern = std::move(pattern)](const Request& request, ResponseWriter& response) {
    response.Write(pattern);
    for (const char* name : {"x", "y", "z", "rest", "none"}) {
      const auto value = request.PathParameter(name);
      if (value.has_value()) response.Write(absl::StrCat(" ", name, "=", *value));
    }
  };
}

void Add(Router* router, const RouteCase& route) {
  const absl::string_view method = route.method;
  const absl::Status status =
      method.empty() ? router->HandleAny(route.pattern, Tell(route.pattern))
                     : router->Handle(MethodOf(method), route.pattern, Tell(route.pattern));
  EXPECT_TRUE(status.ok()) << status;
}

Router Make(const std::vector<RouteCase>& routes) {
  Router router;
  for (const RouteCase& route : routes) Add(&router, route);
  return router;
}

// The body of a 200; otherwise the status, and Allow where there is one: "405 GET, HEAD, OPTIONS".
std::string Ask(const Router& router, absl::string_view method, absl::string_view target) {
  const FakeRequest request(method, target);
  ResponseWriter response;
  router(request.get(), response);
  if (response.status() == 200) return std::string(response.body());
  const auto allow = response.Header("Allow");
  return absl::StrCat(response.status(), allow.has_value() ? " " : "", allow.value_or(""));
}

struct AskCase {
  const char* name;
  const char* target;
  const char* want;
};

// Whatever the order in which the routes were added.
void Check(std::vector<RouteCase> routes, const std::vector<AskCase>& cases) {
  for (int order = 0; order < 2; ++order) {
    const Router router = Make(routes);
    for (const AskCase& c : cases) {
      EXPECT_EQ(Ask(router, "GET", c.target), c.want) << c.name << ", order " << order;
    }
    routes = std::vector<RouteCase>(routes.rbegin(), routes.rend());
  }
}

TEST(RouterTest, MatchesSegmentBySegment) {
  Check({{"GET", "/"},
         {"GET", "/a"},
         {"GET", "/a/b"},
         {"GET", "/p/{x}"},
         {"GET", "/p/{x}/q/{y}"},
         {"GET", "/files/{rest...}"}},
        {
            {"the root", "/", "/"},
            {"a literal", "/a", "/a"},
            {"two literals", "/a/b", "/a/b"},
            {"with a query", "/a?b=/c", "/a"},
            {"case differs", "/A", "404"},
            {"longer", "/a/b/c", "404"},
            {"a prefix only", "/ab", "404"},
            {"on the way only", "/p", "404"},
            {"one wildcard", "/p/1", "/p/{x} x=1"},
            {"two wildcards", "/p/1/q/2", "/p/{x}/q/{y} x=1 y=2"},
            {"between two patterns", "/p/1/q", "404"},
            {"braces are no wildcard in a path", "/p/{x}", "/p/{x} x={x}"},
            {"the rest is one segment", "/files/a", "/files/{rest...} rest=a"},
            {"the rest is many segments", "/files/a/b/c", "/files/{rest...} rest=a/b/c"},
            {"the rest is an empty segment", "/files/", "/files/{rest...} rest="},
            {"no rest", "/files", "404"},
            {"asterisk", "*", "400"},
            {"no path", "", "400"},
            {"no slash", "a", "400"},
        });
}

TEST(RouterTest, PrefersLiteralsToWildcardsAndThoseToTheRest) {
  Check({{"GET", "/{rest...}"},
         {"GET", "/{x}"},
         {"GET", "/a"},
         {"GET", "/a/{rest...}"},
         {"GET", "/a/{x}"},
         {"GET", "/a/b"},
         {"GET", "/{x}/b"}},
        {
            {"literal", "/a", "/a"},
            {"wildcard", "/b", "/{x} x=b"},
            {"rest", "/b/c", "/{rest...} rest=b/c"},
            {"literals", "/a/b", "/a/b"},
            {"the first segment decides first", "/a/c", "/a/{x} x=c"},
            {"wildcard, literal", "/c/b", "/{x}/b x=c"},
            {"the longer rest", "/a/b/c", "/a/{rest...} rest=b/c"},
        });
}

TEST(RouterTest, GoesBackToTheNextBestWhenTheBestLeadsNowhere) {
  Check(
      {{"GET", "/a/{x}/c"},
       {"GET", "/{x}/b/d"},
       {"GET", "/{x}/{y}/{z}/e"},
       {"GET", "/a/b/c/d/{rest...}"},
       {"GET", "/l/m/n"},
       {"GET", "/l/{rest...}"}},
      {
          {"the best", "/a/b/c", "/a/{x}/c x=b"},
          {"back by two segments", "/a/b/d", "/{x}/b/d x=a"},
          {"back, and no value of the way that was left", "/a/b/c/e", "/{x}/{y}/{z}/e x=a y=b z=c"},
          {"nothing fits", "/a/b/e", "404"},
          {"back to a rest", "/l/m/o", "/l/{rest...} rest=m/o"},
          {"back to a rest from the middle of a pattern", "/l/m", "/l/{rest...} rest=m"},
      });
}

TEST(RouterTest, ReadsPathsLiterallyOnceTheyAreCutAndDecoded) {
  Check({{"GET", "/a"},
         {"GET", "/a/b"},
         {"GET", "/b/"},
         {"GET", "/p/{x}"},
         {"GET", "/enc%6Fded/a%2fb"},
         {"GET", "/k\xc3\xa4se"},
         {"GET", "/100%25"},
         {"GET", "/r/{rest...}"}},
        {
            {"an escaped letter", "/%61/b", "/a/b"},
            {"an escaped slash is of its segment", "/a%2Fb", "404"},
            {"an escaped slash in a value", "/p/a%2Fb", "/p/{x} x=a/b"},
            {"an escape in a value", "/p/two%20words", "/p/{x} x=two words"},
            {"a value is decoded once", "/p/%2541", "/p/{x} x=%41"},
            {"plus is no space", "/p/a+b", "/p/{x} x=a+b"},
            {"a pattern's escapes", "/encoded/a%2Fb", "/enc%6Fded/a%2fb"},
            {"UTF-8", "/k%C3%A4se", "/k\xc3\xa4se"},
            {"a percent sign", "/100%25", "/100%25"},
            {"the rest is as it was sent", "/r/a%2Fb/%63", "/r/{rest...} rest=a%2Fb/%63"},
            {"a slash at the end is another path", "/a/", "404"},
            {"and none is, too", "/b", "404"},
            {"a slash at the end in both", "/b/", "/b/"},
            {"a wildcard is not empty", "/p/", "404"},
            {"nor before a slash", "/p//", "404"},
            {"an empty segment", "/a//b", "/a/b"},
            {"an empty segment first", "//a", "/a"},
            {"empty segments in the rest", "/r//a//", "/r/{rest...} rest=a/"},
            {"a bad escape", "/p/%zz", "400"},
            {"a cut off escape", "/p/%4", "400"},
            {"a bad escape where no pattern is", "/none/%", "400"},
            {"a bad escape in the rest", "/r/a/%", "400"},
            {"dot", "/./a", "/a"},
            {"dot dot", "/p/../a", "/a"},
            {"dot dot at the end", "/b/c/..", "/b/"},
            {"dot dot in the rest", "/r/a/../b", "/r/{rest...} rest=b"},
            {"dot dot out of the rest", "/r/a/../../a", "/a"},
            {"encoded dot dot", "/r/%2e%2E/a", "/a"},
            {"half encoded dot dot", "/r/.%2e/a", "/a"},
            {"dot dot above the root", "/../a", "400"},
            {"three dots", "/p/...", "/p/{x} x=..."},
        });
}

TEST(RouterTest, FindsARouteForThePathAndTheMethodTogether) {
  const Router router = Make({{"GET", "/a/b"},
                              {"POST", "/a/{x}"},
                              {"DELETE", "/{rest...}"},
                              {"HEAD", "/h"},
                              {"GET", "/h"},
                              {"OPTIONS", "/o"},
                              {"GET", "/o"},
                              {"PUT", "/any"},
                              {"", "/any"},
                              {"TRACE", "/t"},
                              {"PATCH", "/t"}});
  const struct {
    const char* method;
    const char* target;
    const char* want;
  } cases[] = {
      {"GET", "/a/b", "/a/b"},
      {"POST", "/a/b", "/a/{x} x=b"},
      {"DELETE", "/a/b", "/{rest...} rest=a/b"},
      {"HEAD", "/a/b", "/a/b"},
      {"HEAD", "/h", "/h"},
      {"OPTIONS", "/o", "/o"},
      {"PUT", "/any", "/any"},
      {"BREW", "/any", "/any"},
      {"OPTIONS", "/any", "/any"},
      {"HEAD", "/any", "/any"},
      // RFC 9110 section 15.5.6: of all patterns that fit.
      {"PUT", "/a/b", "405 DELETE, GET, HEAD, OPTIONS, POST"},
      {"PUT", "/a/c", "405 DELETE, OPTIONS, POST"},
      {"HEAD", "/a/c", "405 DELETE, OPTIONS, POST"},
      {"POST", "/t", "405 DELETE, OPTIONS, PATCH, TRACE"},
      {"POST", "/h", "405 DELETE, GET, HEAD, OPTIONS"},
      // Section 9.1: these are methods that the server does not know.
      {"get", "/a/b", "501 DELETE, GET, HEAD, OPTIONS, POST"},
      {"BREW", "/a/b", "501 DELETE, GET, HEAD, OPTIONS, POST"},
      {"BREW", "/none/x", "501 DELETE, OPTIONS"},
      // Section 9.3.7.
      {"OPTIONS", "/a/b", "204 DELETE, GET, HEAD, OPTIONS, POST"},
      {"OPTIONS", "*", "204"},
      {"GET", "*", "400"},
      // Section 9.3.6.
      {"CONNECT", "h:80", "501"},
      {"CONNECT", "/a/b", "501"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Ask(router, c.method, c.target), c.want) << c.method << " " << c.target;
  }
  // No value of a pattern that fits, but not with this method.
  const Router rests = Make({{"POST", "/a/{y...}"}, {"GET", "/{x}/{rest...}"}});
  EXPECT_EQ(Ask(rests, "GET", "/a/b"), "/{x}/{rest...} x=a rest=b");
  EXPECT_EQ(Ask(Make({{"GET", "/a"}}), "OPTIONS", "/b"), "404");
  EXPECT_EQ(Ask(Make({{"PUT", "/a"}}), "HEAD", "/a"), "405 OPTIONS, PUT");
  EXPECT_EQ(Ask(Router(), "GET", "/"), "404");
  EXPECT_EQ(Ask(Router(), "OPTIONS", "*"), "204");
}

TEST(RouterTest, GivesHeadToItsOwnRouteBeforeThatOfGet) {
  Router router;
  ASSERT_TRUE(router.Handle(Method::kGet, "/", Tell("of GET")).ok());
  ASSERT_TRUE(router.HandleAny("/", Tell("of any")).ok());
  EXPECT_EQ(Ask(router, "HEAD", "/"), "of GET");
  ASSERT_TRUE(router.Handle(Method::kHead, "/", Tell("of HEAD")).ok());
  EXPECT_EQ(Ask(router, "HEAD", "/"), "of HEAD");
  EXPECT_EQ(Ask(router, "GET", "/"), "of GET");
  EXPECT_EQ(Ask(router, "POST", "/"), "of any");
}

TEST(RouterTest, RefusesAPatternThatIsNoneAndSaysWhatWouldBeRight) {
  const struct {
    const char* pattern;
    const char* says;
  } cases[] = {
      {"", "begin with '/'"},
      {"a", "begin with '/'"},
      {"GET /a", "begin with '/'"},
      {"//", "one '/' too many"},
      {"/a//b", "one '/' too many"},
      {"/a/./b", "dot segment"},
      {"/..", "dot segment"},
      {"/%2e%2E", "dot segment"},
      {"/%", "two hexadecimal digits"},
      {"/a%2", "two hexadecimal digits"},
      {"/a%zz/b", "two hexadecimal digits"},
      {"/a?b=c", "without query"},
      {"/a#b", "without query"},
      {"/a{x}", "as a whole"},
      {"/{x}a", "as a whole"},
      {"/{x", "as a whole"},
      {"/x}", "as a whole"},
      {"/{x}{y}", "{name} or {name...}"},
      {"/{", "as a whole"},
      {"/{}", "{name} or {name...}"},
      {"/{...}", "{name} or {name...}"},
      {"/{ x}", "{name} or {name...}"},
      {"/{1x}", "{name} or {name...}"},
      {"/{x.}", "{name} or {name...}"},
      {"/{x..}", "{name} or {name...}"},
      {"/{{x}}", "{name} or {name...}"},
      {"/{x...}/a", "last segment"},
      {"/{x...}/", "last segment"},
      {"/{x}/a/{x}", "once only"},
      {"/{x}/{x...}", "once only"},
  };
  for (const auto& c : cases) {
    Router router;
    const absl::Status status = router.Handle(Method::kGet, c.pattern, Tell("x"));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.pattern;
    EXPECT_TRUE(absl::StrContains(status.message(), absl::StrCat("\"", c.pattern, "\""))) << status;
    EXPECT_TRUE(absl::StrContains(status.message(), c.says)) << status;
    EXPECT_EQ(Ask(router, "GET", c.pattern),
              c.pattern[0] == '/' ? Ask(Router(), "GET", c.pattern) : "400");
  }
}

TEST(RouterTest, TakesEveryWayToWriteAPattern) {
  for (const char* pattern : {"/", "/a/", "/{x}", "/{x}/", "/{_x1}", "/{x...}", "/%7Bx%7D", "/a.b",
                              "/...", "/a b", "/{GET}/{get}"}) {
    Router router;
    const absl::Status status = router.Handle(Method::kGet, pattern, Tell("x"));
    EXPECT_TRUE(status.ok()) << status;
  }
}

TEST(RouterTest, RefusesMethodsThatNoRouteCanHaveAndANullHandler) {
  Router router;
  EXPECT_EQ(router.Handle(Method::kConnect, "/", Tell("x")).code(),
            absl::StatusCode::kInvalidArgument);
  const absl::Status other = router.Handle(Method::kOther, "/", Tell("x"));
  EXPECT_EQ(other.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(other.message(), "HandleAny")) << other;
  EXPECT_EQ(router.Handle(Method::kGet, "/", nullptr).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(router.HandleAny("/", nullptr).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Ask(router, "GET", "/"), "404");
}

TEST(RouterTest, RefusesASecondRouteForTheSame) {
  const struct {
    RouteCase first;
    RouteCase second;
    bool same;
  } cases[] = {
      {{"GET", "/a"}, {"GET", "/a"}, true},
      {{"GET", "/a/b"}, {"GET", "/%61/b"}, true},
      {{"GET", "/{x}/a"}, {"GET", "/{y}/a"}, true},
      {{"GET", "/{x...}"}, {"GET", "/{y...}"}, true},
      {{"", "/a"}, {"", "/a"}, true},
      {{"GET", "/a"}, {"GET", "/a/"}, false},
      {{"GET", "/a"}, {"GET", "/a/b"}, false},
      {{"GET", "/a"}, {"POST", "/a"}, false},
      {{"GET", "/a"}, {"", "/a"}, false},
      {{"GET", "/{x}"}, {"GET", "/{x...}"}, false},
      {{"GET", "/{x}"}, {"GET", "/x"}, false},
      {{"GET", "/a/{x}"}, {"GET", "/{x}/a"}, false},
      {{"GET", "/{x}"}, {"POST", "/{y}"}, false},
  };
  for (const auto& c : cases) {
    Router router = Make({c.first});
    if (!c.same) {
      Add(&router, c.second);
      continue;
    }
    const absl::string_view method = c.second.method;
    const absl::Status status =
        method.empty() ? router.HandleAny(c.second.pattern, Tell("second"))
                       : router.Handle(MethodOf(method), c.second.pattern, Tell("second"));
    EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists) << c.second.pattern;
    for (const RouteCase& route : {c.first, c.second}) {
      EXPECT_TRUE(absl::StrContains(status.message(), absl::StrCat("\"", route.pattern, "\"")))
          << status;
    }
    EXPECT_TRUE(absl::StrContains(status.message(), method.empty() ? "any method" : method))
        << status;
  }
}

TEST(RouterTest, CallsAParameterWhatItsOwnRouteCallsIt) {
  const Router router = Make({{"GET", "/{x}"}, {"POST", "/{y}"}, {"GET", "/{z}/a"}});
  EXPECT_EQ(Ask(router, "GET", "/1"), "/{x} x=1");
  EXPECT_EQ(Ask(router, "POST", "/1"), "/{y} y=1");
  EXPECT_EQ(Ask(router, "GET", "/1/a"), "/{z}/a z=1");
}

TEST(RouterTest, ShowsAHandlerTheParametersOfTheRouteThatCalledIt) {
  Router inner = Make({{"GET", "/a/{y}"}, {"GET", "/b/c"}});
  Router outer;
  ASSERT_TRUE(outer.HandleAny("/{x}/{rest...}", inner).ok());
  EXPECT_EQ(Ask(outer, "GET", "/a/1"), "/a/{y} y=1");
  EXPECT_EQ(Ask(outer, "GET", "/b/c"), "/b/c");
  EXPECT_EQ(FakeRequest("GET", "/").get().PathParameter("x"), absl::nullopt);
}

TEST(RouterTest, ARouteAddedToACopyIsInThatCopyAlone) {
  Router first = Make({{"GET", "/a/{x}"}});
  Router second = first;
  Add(&second, {"GET", "/a/b"});
  Add(&first, {"POST", "/a/{y}"});
  EXPECT_EQ(Ask(first, "GET", "/a/b"), "/a/{x} x=b");
  EXPECT_EQ(Ask(second, "GET", "/a/b"), "/a/b");
  EXPECT_EQ(Ask(second, "POST", "/a/b"), "405 GET, HEAD, OPTIONS");
  first = Router();
  EXPECT_EQ(Ask(second, "GET", "/a/c"), "/a/{x} x=c");
}

TEST(RouterTest, APathWithoutWildcardsIsItsCopysAloneToo) {
  Router first = Make({{"GET", "/a"}});
  Router second = first;
  Add(&second, {"GET", "/a/b"});
  Add(&second, {"POST", "/a"});
  Add(&first, {"PUT", "/a"});
  EXPECT_EQ(Ask(first, "PUT", "/a"), "/a");
  EXPECT_EQ(Ask(first, "POST", "/a"), "405 GET, HEAD, OPTIONS, PUT");
  EXPECT_EQ(Ask(first, "GET", "/a/b"), "404");
  EXPECT_EQ(Ask(second, "PUT", "/a"), "405 GET, HEAD, OPTIONS, POST");
  EXPECT_EQ(Ask(second, "POST", "/a"), "/a");
  EXPECT_EQ(Ask(second, "GET", "/a/b"), "/a/b");
}

// What a route answers to a request whose body is not whole yet; "closes" after it if it does.
std::string AskPart(const Router& router, absl::string_view method, absl::string_view target) {
  const FakeRequest fake(method, target);
  Request request = fake.get();
  EXPECT_TRUE(request.body_complete());
  Request::Origin origin;
  origin.body_complete = false;
  request.SetOrigin(origin);
  ResponseWriter response;
  router(request, response);
  return absl::StrCat(response.status() == 200 ? response.body() : "", response.status(),
                      response.close() ? " closes" : "");
}

TEST(RouterTest, GivesPartOfABodyToStreamingRoutesOnly) {
  Router router;
  const Handler complete = [](const Request& request, ResponseWriter& response) {
    response.Write(request.body_complete() ? "whole " : "part ");
  };
  ASSERT_TRUE(router.Handle(Method::kPut, "/whole", complete).ok());
  ASSERT_TRUE(router.HandleAny("/any", complete).ok());
  ASSERT_TRUE(router.HandleStreaming(Method::kPut, "/part", complete).ok());
  ASSERT_TRUE(router.HandleStreaming(Method::kPut, "/part/{x}", complete).ok());
  ASSERT_TRUE(router.HandleAnyStreaming("/any/part", complete).ok());
  // RFC 9110 section 15.5.14.
  EXPECT_EQ(AskPart(router, "PUT", "/whole"), "413 closes");
  EXPECT_EQ(AskPart(router, "PUT", "/any"), "413 closes");
  EXPECT_EQ(AskPart(router, "PUT", "/part"), "part 200");
  EXPECT_EQ(AskPart(router, "PUT", "/part/1"), "part 200");
  EXPECT_EQ(AskPart(router, "BREW", "/any/part"), "part 200");
  // Whether there is such a route is answered first.
  EXPECT_EQ(AskPart(router, "PUT", "/none"), "404");
  EXPECT_EQ(AskPart(router, "POST", "/whole"), "405");
  EXPECT_EQ(Ask(router, "PUT", "/whole"), "whole ");
  EXPECT_EQ(Ask(router, "PUT", "/part"), "whole ");
}

// What the head check makes of a request with a body: "go on", or the status of the response.
std::string AskHead(const Handler& handler, absl::string_view method, absl::string_view target,
                    bool body_complete = true) {
  const FakeRequest fake(method, target);
  Request request = fake.get();
  Request::Origin origin;
  origin.body_complete = body_complete;
  request.SetOrigin(origin);
  ResponseWriter response;
  const HeadDecision decision = handler.OnHead(request, response);
  if (decision == HeadDecision::kReadBody) return "go on";
  return absl::StrCat(response.status(), " ", response.Header("Allow").value_or(""));
}

// RFC 9110 section 10.1.1.
TEST(RouterTest, RefusesAtTheHeadWhatNoHandlerWouldBeGiven) {
  Router router;
  ASSERT_TRUE(router.Handle(Method::kPut, "/whole", Tell("x")).ok());
  ASSERT_TRUE(router.HandleStreaming(Method::kPut, "/part", Tell("x")).ok());
  EXPECT_EQ(AskHead(router, "PUT", "/whole"), "go on");
  EXPECT_EQ(AskHead(router, "PUT", "/part"), "go on");
  EXPECT_EQ(AskHead(router, "PUT", "/whole", /*body_complete=*/false), "413 ");
  EXPECT_EQ(AskHead(router, "PUT", "/part", /*body_complete=*/false), "go on");
  EXPECT_EQ(AskHead(router, "PUT", "/none"), "404 ");
  EXPECT_EQ(AskHead(router, "POST", "/whole"), "405 OPTIONS, PUT");
  EXPECT_EQ(AskHead(router, "BREW", "/whole"), "501 OPTIONS, PUT");
  EXPECT_EQ(AskHead(router, "OPTIONS", "/whole"), "204 OPTIONS, PUT");
  EXPECT_EQ(AskHead(router, "PUT", "/%zz"), "400 ");
}

TEST(RouterTest, LetsARoutesHandlerDecideAtTheHead) {
  const Handler only_one(
      [](const Request& request, ResponseWriter& response) {
        if (request.PathParameter("id") == absl::string_view("1")) return HeadDecision::kReadBody;
        response.Error(403);
        return HeadDecision::kRespond;
      },
      Tell("x"));
  Router router;
  ASSERT_TRUE(router.Handle(Method::kPut, "/a/{id}", only_one).ok());
  EXPECT_EQ(AskHead(router, "PUT", "/a/1"), "go on");
  EXPECT_EQ(AskHead(router, "PUT", "/a/2"), "403 ");
}

TEST(RouterTest, MatchesPathsOfAnyLength) {
  std::string pattern, target;
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&pattern, "/{n", i, "}");
    absl::StrAppend(&target, "/%3", i % 10);
  }
  Router router;
  ASSERT_TRUE(router
                  .Handle(Method::kGet, pattern,
                          [](const Request& request, ResponseWriter& response) {
                            for (int i = 0; i < 40; ++i) {
                              response.Write(*request.PathParameter(absl::StrCat("n", i)));
                            }
                          })
                  .ok());
  EXPECT_EQ(Ask(router, "GET", target), "0123456789012345678901234567890123456789");
  EXPECT_EQ(Ask(router, "GET", absl::StrCat(target, "/40")), "404");
  EXPECT_EQ(Ask(router, "GET", target + std::string(8000, '/')), "404");
}

TEST(RouterTest, ServesManyThreadsAtOnce) {
  const Handler handler = Make({{"GET", "/a/{x}"}, {"GET", "/{x}/b/{rest...}"}});
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([handler, t] {
      for (int i = 0; i < 200; ++i) {
        const FakeRequest request("GET", absl::StrCat("/%61/", t, i));
        ResponseWriter response;
        handler(request.get(), response);
        EXPECT_EQ(response.body(), absl::StrCat("/a/{x} x=", t, i));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace robusto
