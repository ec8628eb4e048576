// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/semantics/byte_range.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tests/testing/fake_request.h"

namespace robusto {
namespace {

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kGiB = uint64_t{1} << 30;

// "3+4": four bytes from the fourth; "3+4 9+1" for two parts. "whole" and "none" otherwise.
std::string Told(RangeChoice choice, const std::vector<ByteRange>& parts) {
  switch (choice) {
    case RangeChoice::kWhole:
      return "whole";
    case RangeChoice::kPart:
      return absl::StrJoin(parts, " ", [](std::string* out, const ByteRange& part) {
        absl::StrAppend(out, part.offset, "+", part.length);
      });
    case RangeChoice::kUnsatisfiable:
      return "none";
  }
  return "?";
}

std::string Parse(absl::string_view value, uint64_t size) {
  std::vector<ByteRange> parts;
  const RangeChoice choice = ParseRanges(value, size, &parts);
  return Told(choice, parts);
}

struct Case {
  const char* name;
  const char* value;
  uint64_t size;
  const char* want;
};

template <size_t N>
void Check(const Case (&cases)[N]) {
  for (const Case& c : cases) EXPECT_EQ(Parse(c.value, c.size), c.want) << c.name;
}

// RFC 9110 section 14.1.2.
TEST(ParseRangeTest, FindsTheOnePartThatIsAskedFor) {
  Check({
      {"first bytes", "bytes=0-499", 10000, "0+500"},
      {"second bytes", "bytes=500-999", 10000, "500+500"},
      {"the first byte", "bytes=0-0", 10000, "0+1"},
      {"the last byte", "bytes=9999-9999", 10000, "9999+1"},
      {"all bytes", "bytes=0-9999", 10000, "0+10000"},
      {"the last bytes", "bytes=-500", 10000, "9500+500"},
      {"to the end", "bytes=9500-", 10000, "9500+500"},
      {"from the start", "bytes=0-", 10000, "0+10000"},
      {"last beyond the end", "bytes=9500-10000", 10000, "9500+500"},
      {"last far beyond", "bytes=9500-999999999", 10000, "9500+500"},
      {"more last bytes than there are", "bytes=-10001", 10000, "0+10000"},
      {"just as many", "bytes=-10000", 10000, "0+10000"},
      {"of one byte", "bytes=0-", 1, "0+1"},
      {"leading zeros", "bytes=007-0000000000000000000000009", 10000, "7+3"},
      {"beyond 32 bits", "bytes=5368709120-5368709129", 6 * kGiB, "5368709120+10"},
      {"across 32 bits", "bytes=4294967290-4294967300", 6 * kGiB, "4294967290+11"},
      {"from beyond 32 bits to the end", "bytes=6442450943-", 6 * kGiB, "6442450943+1"},
      {"the last of more than 32 bits", "bytes=-4294967297", 6 * kGiB, "2147483647+4294967297"},
  });
}

TEST(ParseRangeTest, CountsANumberTooLargeAsTheLargest) {
  Check({
      {"last at 2^64-1", "bytes=5-18446744073709551615", 10, "5+5"},
      {"last at 2^64", "bytes=5-18446744073709551616", 10, "5+5"},
      {"last of 40 digits", "bytes=5-9999999999999999999999999999999999999999", 10, "5+5"},
      {"suffix at 2^64-1", "bytes=-18446744073709551615", 10, "0+10"},
      {"suffix at 2^64", "bytes=-18446744073709551616", 10, "0+10"},
      {"suffix at 2^64+1", "bytes=-18446744073709551617", 10, "0+10"},
      {"suffix of 40 digits", "bytes=-1000000000000000000000000000000000000000", 10, "0+10"},
      {"first at 2^64-1", "bytes=18446744073709551615-", 10, "none"},
      {"first at 2^64, which is 0 in 64 bits", "bytes=18446744073709551616-", 10, "none"},
      {"first and last at 2^64+3", "bytes=18446744073709551619-18446744073709551619", 10, "none"},
      {"first at ten times 2^63", "bytes=92233720368547758080-", 10, "none"},
      {"of all 64 bits", "bytes=0-", kMax, "0+18446744073709551615"},
      {"the last that there is", "bytes=18446744073709551614-", kMax, "18446744073709551614+1"},
  });
}

// Section 15.5.17.
TEST(ParseRangeTest, KnowsWhatCannotBeHad) {
  Check({
      {"after the end", "bytes=10000-", 10000, "none"},
      {"far after the end", "bytes=20000-30000", 10000, "none"},
      {"the last none", "bytes=-0", 10000, "none"},
      {"the last none, at length", "bytes=-000", 10000, "none"},
      {"several", "bytes=10000-,-0 , 20000-20001", 10000, "none"},
  });
}

// Section 14.2 lets a server ignore a Range, and a 416 for an empty file helps no client.
TEST(ParseRangeTest, TakesEveryRangeOfAnEmptyRepresentationForTheWhole) {
  for (const char* value : {"bytes=0-", "bytes=0-0", "bytes=0-1023", "bytes=5-", "bytes=-1",
                            "bytes=-0", "bytes=0-,0-", "bytes=x"}) {
    EXPECT_EQ(Parse(value, 0), "whole") << value;
  }
}

// Section 14.2.
TEST(ParseRangeTest, FindsSeveralPartsInTheClientsOrder) {
  Check({
      {"two", "bytes=0-0,2-2", 10, "0+1 2+1"},
      {"side by side", "bytes=0-4,5-9", 10, "0+5 5+5"},
      {"of RFC 9110", "bytes= 0-999, 4500-5499, -1000", 10000, "0+1000 4500+1000 9000+1000"},
      {"not ascending", "bytes=-1,5-6,0-0", 10, "9+1 5+2 0+1"},
      {"one that can be had, first", "bytes=2-3,10-", 10, "2+2"},
      {"one that can be had, last", "bytes=10-,-0,-3", 10, "7+3"},
      {"two that can be had", "bytes=10-,0-1,-3", 10, "0+2 7+3"},
  });
}

TEST(ParseRangeTest, JoinsRangesThatOverlap) {
  Check({
      {"the same twice", "bytes=0-4,0-4", 10, "0+5"},
      {"one within another", "bytes=0-9,3-4", 10, "0+10"},
      {"in a chain", "bytes=0-3,3-6,6-8", 10, "0+9"},
      {"in a chain, backwards", "bytes=6-8,3-6,0-3", 10, "0+9"},
      {"in the place of the first", "bytes=6-9,0-1,5-7", 10, "5+5 0+2"},
      {"by a suffix", "bytes=0-1,5-8,-3", 10, "0+2 5+5"},
      {"many", "bytes=0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-", 10, "0+10"},
      {"at the end of 64 bits", "bytes=18446744073709551613-,18446744073709551614-", kMax,
       "18446744073709551613+2"},
  });
}

TEST(ParseRangeTest, IgnoresMoreRangesThanTheLimit) {
  std::string value = "bytes=0-0";
  std::string want = "0+1";
  for (size_t i = 1; i < kMaxRanges; ++i) {
    absl::StrAppend(&value, ",", 2 * i, "-", 2 * i);
    absl::StrAppend(&want, " ", 2 * i, "+1");
  }
  EXPECT_EQ(Parse(value, 10000), want);
  EXPECT_EQ(Parse(value + ",", 10000), want);
  EXPECT_EQ(Parse(value + ",9999-", 10000), "whole");
  EXPECT_EQ(Parse(value + ",10000-", 10000), "whole");
}

// Sections 5.6.1.2, 14.1 and 14.1.1.
TEST(ParseRangeTest, TakesWhatTheGrammarTakes) {
  Check({
      {"the unit in any case", "Bytes=1-2", 10, "1+2"},
      {"all of it upper case", "BYTES=1-2", 10, "1+2"},
      {"a space first", "bytes= 1-2", 10, "1+2"},
      {"tabs", "bytes=\t1-2\t", 10, "1+2"},
      {"empty elements", "bytes=,,1-2, ,", 10, "1+2"},
  });
}

TEST(ParseRangeTest, IgnoresWhatIsNone) {
  Check({
      {"nothing", "", 10, "whole"},
      {"no set", "bytes", 10, "whole"},
      {"an empty set", "bytes=", 10, "whole"},
      {"only commas", "bytes=, ,", 10, "whole"},
      {"another unit", "items=0-5", 10, "whole"},
      {"none", "none=0-5", 10, "whole"},
      {"a unit that begins alike", "bytesx=0-5", 10, "whole"},
      {"no unit", "0-5", 10, "whole"},
      {"no equals sign", "bytes 0-5", 10, "whole"},
      {"a colon", "bytes:0-5", 10, "whole"},
      {"a space before the equals sign", "bytes =0-5", 10, "whole"},
      {"last before first", "bytes=5-4", 10, "whole"},
      {"last before first, after the end", "bytes=50-49", 10, "whole"},
      {"only a dash", "bytes=-", 10, "whole"},
      {"no dash", "bytes=5", 10, "whole"},
      {"two dashes", "bytes=1--2", 10, "whole"},
      {"a negative suffix", "bytes=--2", 10, "whole"},
      {"three numbers", "bytes=1-2-3", 10, "whole"},
      {"letters", "bytes=a-b", 10, "whole"},
      {"hexadecimal", "bytes=0x1-0x2", 10, "whole"},
      {"a sign", "bytes=+1-2", 10, "whole"},
      {"a fraction", "bytes=1.0-2", 10, "whole"},
      {"a space in a number", "bytes=1 -2", 10, "whole"},
      {"a space after the dash", "bytes=1- 2", 10, "whole"},
      {"a semicolon", "bytes=1-2;3-4", 10, "whole"},
      {"a bad one after a good one", "bytes=1-2,x", 10, "whole"},
      {"a bad one before a good one", "bytes=5-4,1-2", 10, "whole"},
      {"a bad one after one that cannot be had", "bytes=10-,x", 10, "whole"},
  });
}

TEST(ChooseRangeTest, HeedsTheOnlyRangeOfAGet) {
  const struct {
    const char* name;
    const char* method;
    FakeRequest::Fields fields;
    const char* want;
  } cases[] = {
      {"GET", "GET", {{"Range", "bytes=1-2"}}, "1+2"},
      {"the name in any case", "GET", {{"rANGE", "bytes=1-2"}}, "1+2"},
      {"among others", "GET", {{"If-Range", "x"}, {"Range", "bytes=-0"}, {"A", "b"}}, "none"},
      {"no Range", "GET", {{"If-Range", "x"}, {"Content-Range", "bytes 1-2/3"}}, "whole"},
      {"twice", "GET", {{"Range", "bytes=1-2"}, {"Range", "bytes=1-2"}}, "whole"},
      // Section 14.2: for other methods it is not defined.
      {"HEAD", "HEAD", {{"Range", "bytes=1-2"}}, "whole"},
      {"HEAD of what cannot be had", "HEAD", {{"Range", "bytes=10-"}}, "whole"},
      {"POST", "POST", {{"Range", "bytes=1-2"}}, "whole"},
  };
  for (const auto& c : cases) {
    const FakeRequest request(c.method, "/", c.fields);
    std::vector<ByteRange> parts;
    const RangeChoice several = ChooseRanges(request.get(), 10, &parts);
    EXPECT_EQ(Told(several, parts), c.want) << c.name;
    ByteRange part{};
    const RangeChoice one = ChooseRange(request.get(), 10, &part);
    EXPECT_EQ(Told(one, {part}), c.want) << c.name;
  }
}

TEST(ChooseRangeTest, IsTheWholeForSeveralParts) {
  const FakeRequest request("GET", "/", {{"Range", "bytes=0-1,4-5"}});
  ByteRange part{};
  EXPECT_EQ(ChooseRange(request.get(), 10, &part), RangeChoice::kWhole);
}

// Section 14.4.
TEST(ContentRangeTest, SaysFirstLastAndSize) {
  EXPECT_EQ(ContentRange({0, 500}, 1234), "bytes 0-499/1234");
  EXPECT_EQ(ContentRange({1233, 1}, 1234), "bytes 1233-1233/1234");
  EXPECT_EQ(ContentRange({5 * kGiB, 10}, 6 * kGiB), "bytes 5368709120-5368709129/6442450944");
  EXPECT_EQ(UnsatisfiedRange(1234), "bytes */1234");
  EXPECT_EQ(UnsatisfiedRange(0), "bytes */0");
}

}  // namespace
}  // namespace robusto
