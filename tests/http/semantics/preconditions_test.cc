// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/semantics/preconditions.h"

#include "gtest/gtest.h"
#include "tests/testing/fake_request.h"

namespace robusto {
namespace {

constexpr std::time_t kModified = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::time_t kNow = 1763800000;
constexpr const char* kSame = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr const char* kBefore = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr const char* kAfter = "Sun, 06 Nov 1994 08:49:38 GMT";

constexpr Precondition kPass = Precondition::kPass;
constexpr Precondition kNotModified = Precondition::kNotModified;
constexpr Precondition kFailed = Precondition::kFailed;

struct Case {
  const char* name;
  FakeRequest::Fields fields;
  Precondition want;
};

void Check(const std::vector<Case>& cases, absl::string_view etag) {
  for (const Case& c : cases) {
    const FakeRequest request("GET", "/", c.fields);
    EXPECT_EQ(CheckPreconditions(request.get(), {etag, kModified}, kNow), c.want) << c.name;
  }
}

TEST(CheckPreconditionsTest, PassesWhenNothingIsAsked) {
  Check({{"no fields", {}, kPass}, {"others", {{"If", "x"}, {"If-Range", "\"a\""}}, kPass}},
        "\"a\"");
}

TEST(CheckPreconditionsTest, IfModifiedSinceIsTheDateOrLater) {
  Check(
      {
          {"same", {{"If-Modified-Since", kSame}}, kNotModified},
          {"later", {{"if-modified-since", kAfter}}, kNotModified},
          {"a second before", {{"If-Modified-Since", kBefore}}, kPass},
          {"RFC 850", {{"If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT"}}, kNotModified},
          {"asctime", {{"If-Modified-Since", "Sun Nov  6 08:49:37 1994"}}, kNotModified},
          {"no date", {{"If-Modified-Since", "tomorrow"}}, kPass},
          {"empty", {{"If-Modified-Since", ""}}, kPass},
          {"more than one member",
           {{"If-Modified-Since", kSame}, {"If-Modified-Since", kSame}},
           kPass},
      },
      "\"a\"");
}

// RFC 9110 sections 13.1.3 and 13.1.4: "MUST ignore ... if the resource does not have a modification
// date available".
TEST(CheckPreconditionsTest, IgnoresDatesWhereNoneIsKnown) {
  const struct {
    FakeRequest::Fields fields;
    Precondition want;
  } cases[] = {
      {{{"If-Modified-Since", kAfter}}, kPass},
      {{{"If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"}}, kPass},
      {{{"If-Modified-Since", kAfter}, {"If-None-Match", "\"a\""}}, kNotModified},
      {{{"If-Unmodified-Since", kAfter}, {"If-Match", "\"b\""}}, kFailed},
  };
  for (const auto& c : cases) {
    const FakeRequest request("GET", "/", c.fields);
    EXPECT_EQ(CheckPreconditions(request.get(), {"\"a\"", absl::nullopt}, kNow), c.want)
        << c.fields[0].first;
  }
  const FakeRequest request("GET", "/", {{"If-Range", "Thu, 01 Jan 1970 00:00:00 GMT"}});
  EXPECT_FALSE(IfRangeHolds(request.get(), {"\"a\"", absl::nullopt, true}, kNow));
}

TEST(CheckPreconditionsTest, IfNoneMatchComparesWeakly) {
  for (const char* etag : {"\"a\"", "W/\"a\""}) {
    Check(
        {
            {"the tag", {{"If-None-Match", "\"a\""}}, kNotModified},
            {"the weak tag", {{"If-None-Match", "W/\"a\""}}, kNotModified},
            {"any", {{"If-None-Match", "*"}}, kNotModified},
            {"another", {{"If-None-Match", "\"b\""}}, kPass},
            {"in a list", {{"If-None-Match", "\"b\", W/\"c\" ,\t\"a\""}}, kNotModified},
            {"with empty elements", {{"If-None-Match", ", ,\"a\","}}, kNotModified},
            {"in a second field",
             {{"If-None-Match", "\"b\""}, {"if-none-match", "\"a\""}},
             kNotModified},
            {"a comma inside of a tag", {{"If-None-Match", "\"b,\", \"a\""}}, kNotModified},
            {"inside of another tag", {{"If-None-Match", "\"b, a\""}}, kPass},
        },
        etag);
  }
}

TEST(CheckPreconditionsTest, AListThatIsNoneMatchesNothing) {
  Check(
      {
          {"empty", {{"If-None-Match", ""}}, kPass},
          {"no quotes", {{"If-None-Match", "a"}}, kPass},
          {"no end", {{"If-None-Match", "\"a"}}, kPass},
          {"no start", {{"If-None-Match", "a\""}}, kPass},
          {"small w", {{"If-None-Match", "w/\"a\""}}, kPass},
          {"only W/", {{"If-None-Match", "W/"}}, kPass},
          {"a quote", {{"If-None-Match", "\""}}, kPass},
          {"nothing between", {{"If-None-Match", "\"b\"\"a\""}}, kPass},
          {"star in a list", {{"If-None-Match", "\"b\", *"}}, kPass},
      },
      "\"a\"");
}

TEST(CheckPreconditionsTest, IfNoneMatchDecidesAloneWhenItIsThere) {
  Check(
      {
          {"no match, not modified",
           {{"If-None-Match", "\"b\""}, {"If-Modified-Since", kAfter}},
           kPass},
          {"match, modified",
           {{"If-Modified-Since", kBefore}, {"If-None-Match", "\"a\""}},
           kNotModified},
          {"no list, not modified", {{"If-None-Match", "a"}, {"If-Modified-Since", kAfter}}, kPass},
      },
      "\"a\"");
}

TEST(CheckPreconditionsTest, IfMatchComparesStrongly) {
  Check(
      {
          {"the tag", {{"If-Match", "\"a\""}}, kPass},
          {"any", {{"If-Match", "*"}}, kPass},
          {"in a list", {{"If-Match", "\"b\", \"a\""}}, kPass},
          {"weak", {{"If-Match", "W/\"a\""}}, kFailed},
          {"another", {{"If-Match", "\"b\""}}, kFailed},
          {"then If-None-Match", {{"If-Match", "\"a\""}, {"If-None-Match", "\"a\""}}, kNotModified},
          {"before If-None-Match", {{"If-None-Match", "\"a\""}, {"If-Match", "\"b\""}}, kFailed},
          {"instead of If-Unmodified-Since",
           {{"If-Unmodified-Since", kBefore}, {"If-Match", "\"a\""}},
           kPass},
      },
      "\"a\"");
  Check({{"a weak tag of ours", {{"If-Match", "W/\"a\""}}, kFailed},
         {"the same, sent as strong", {{"If-Match", "\"a\""}}, kFailed}},
        "W/\"a\"");
}

TEST(CheckPreconditionsTest, IfUnmodifiedSinceFailsAfterTheDate) {
  Check(
      {
          {"same", {{"If-Unmodified-Since", kSame}}, kPass},
          {"modified since", {{"If-Unmodified-Since", kBefore}}, kFailed},
          {"no date", {{"If-Unmodified-Since", "yesterday"}}, kPass},
          {"more than one member",
           {{"If-Unmodified-Since", kBefore}, {"If-Unmodified-Since", kBefore}},
           kPass},
      },
      "\"a\"");
}

// RFC 9110 section 13.1.5.
TEST(IfRangeHoldsTest, WantsTheVeryTagOrTheVeryDateAndAStrongOne) {
  const struct {
    const char* name;
    FakeRequest::Fields fields;
    const char* etag;
    bool date_is_strong;
    bool want;
  } cases[] = {
      {"no field", {{"Range", "bytes=0-"}}, "\"a\"", true, true},
      {"the tag", {{"If-Range", "\"a\""}}, "\"a\"", false, true},
      {"the name in any case", {{"if-range", "\"b\""}}, "\"a\"", false, false},
      {"another tag", {{"If-Range", "\"b\""}}, "\"a\"", false, false},
      {"the tag, weak", {{"If-Range", "W/\"a\""}}, "\"a\"", false, false},
      {"the tag, weak in both", {{"If-Range", "W/\"a\""}}, "W/\"a\"", false, false},
      {"the tag, weak in ours", {{"If-Range", "\"a\""}}, "W/\"a\"", false, false},
      {"the date", {{"If-Range", kSame}}, "\"a\"", true, true},
      {"the date in RFC 850's form",
       {{"If-Range", "Sunday, 06-Nov-94 08:49:37 GMT"}},
       "\"a\"",
       true,
       true},
      {"a weak date", {{"If-Range", kSame}}, "\"a\"", false, false},
      {"an earlier date", {{"If-Range", kBefore}}, "\"a\"", true, false},
      {"a later date", {{"If-Range", kAfter}}, "\"a\"", true, false},
      {"no date", {{"If-Range", "today"}}, "\"a\"", true, false},
      {"empty", {{"If-Range", ""}}, "\"a\"", true, false},
      {"any", {{"If-Range", "*"}}, "\"a\"", true, false},
      {"a list", {{"If-Range", "\"a\", \"b\""}}, "\"a\"", true, false},
      {"no end", {{"If-Range", "\"a"}}, "\"a\"", true, false},
      {"twice", {{"If-Range", "\"a\""}, {"If-Range", "\"a\""}}, "\"a\"", true, false},
  };
  for (const auto& c : cases) {
    const FakeRequest request("GET", "/", c.fields);
    EXPECT_EQ(IfRangeHolds(request.get(), {c.etag, kModified, c.date_is_strong}, kNow), c.want)
        << c.name;
  }
}

}  // namespace
}  // namespace robusto
