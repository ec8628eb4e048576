// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/date.h"

#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace robusto {
namespace {

constexpr std::time_t kExample = 784111777;  // the example of RFC 9110 section 5.6.7
constexpr std::time_t kNow = 1763800000;     // 22 November 2025

struct FormatCase {
  const char* name;
  std::time_t time;
  const char* want;
};

TEST(FormatHttpDateTest, WritesImfFixdate) {
  const FormatCase cases[] = {
      {"the RFC's example", kExample, "Sun, 06 Nov 1994 08:49:37 GMT"},
      {"the epoch", 0, "Thu, 01 Jan 1970 00:00:00 GMT"},
      {"before the epoch", -1, "Wed, 31 Dec 1969 23:59:59 GMT"},
      {"a leap day", 951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
      {"beyond 32 bits", 4294967296, "Sun, 07 Feb 2106 06:28:16 GMT"},
      {"the last of four digits", 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
      {"beyond four digits", 253402300800, "Fri, 31 Dec 9999 23:59:59 GMT"},
      {"far beyond", INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT"},
      {"before the year 0", INT64_MIN, "Sat, 01 Jan 0000 00:00:00 GMT"},
  };
  for (const FormatCase& c : cases) EXPECT_EQ(FormatHttpDate(c.time), c.want) << c.name;
}

TEST(FormatHttpDateTest, AgreesWithTheCLibraryOnEveryDayOfFourCenturies) {
  for (std::time_t time = 86399 - 86400LL * 366 * 10; time < 86400LL * 365 * 400;
       time += 86400 - 37) {
    std::tm parts;
    gmtime_r(&time, &parts);
    char want[64];
    std::strftime(want, sizeof(want), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    ASSERT_EQ(FormatHttpDate(time), want);
  }
}

TEST(ParseHttpDateTest, ReadsAllThreeFormats) {
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT", kNow), kExample);
  EXPECT_EQ(ParseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT", kNow), kExample);
  EXPECT_EQ(ParseHttpDate("Sun Nov  6 08:49:37 1994", kNow), kExample);
  EXPECT_EQ(ParseHttpDate("Wed Nov 16 08:49:37 1994", kNow), kExample + 10 * 86400);
}

TEST(ParseHttpDateTest, ReadsWhatFormatHttpDateWrites) {
  for (std::time_t time = -62167219200; time < 253402300799; time += 86400 * 97 + 12345) {
    ASSERT_EQ(ParseHttpDate(FormatHttpDate(time), kNow), time);
  }
}

struct YearCase {
  const char* name;
  const char* now;
  const char* text;
  const char* want;
};

TEST(ParseHttpDateTest, TakesTwoDigitsForTheLatestYearNotMoreThanFiftyYearsAhead) {
  const YearCase cases[] = {
      {"this year", "Sat, 22 Nov 2025 00:00:00 GMT", "Wednesday, 01-Jan-25 00:00:00 GMT",
       "Wed, 01 Jan 2025 00:00:00 GMT"},
      {"exactly 50 years ahead", "Sat, 22 Nov 2025 00:00:00 GMT", "Friday, 22-Nov-75 00:00:00 GMT",
       "Fri, 22 Nov 2075 00:00:00 GMT"},
      {"a second more", "Sat, 22 Nov 2025 00:00:00 GMT", "Saturday, 22-Nov-75 00:00:01 GMT",
       "Sat, 22 Nov 1975 00:00:01 GMT"},
      {"across the century", "Wed, 01 Jul 2099 00:00:00 GMT", "Saturday, 01-Jan-01 00:00:00 GMT",
       "Sat, 01 Jan 2101 00:00:00 GMT"},
      {"early in a century", "Sat, 01 Jan 2000 00:00:00 GMT", "Friday, 31-Dec-99 23:59:59 GMT",
       "Fri, 31 Dec 1999 23:59:59 GMT"},
      {"a leap day", "Sat, 22 Nov 2025 00:00:00 GMT", "Tuesday, 29-Feb-00 00:00:00 GMT",
       "Tue, 29 Feb 2000 00:00:00 GMT"},
  };
  for (const YearCase& c : cases) {
    absl::optional<std::time_t> now = ParseHttpDate(c.now, kNow);
    ASSERT_TRUE(now.has_value()) << c.name;
    absl::optional<std::time_t> got = ParseHttpDate(c.text, *now);
    ASSERT_TRUE(got.has_value()) << c.name;
    EXPECT_EQ(FormatHttpDate(*got), c.want) << c.name;
  }
}

TEST(ParseHttpDateTest, TakesALeapSecondForTheNextSecond) {
  EXPECT_EQ(ParseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT", kNow),
            ParseHttpDate("Sun, 01 Jan 2017 00:00:00 GMT", kNow));
}

TEST(ParseHttpDateTest, RefusesWhatIsNoDate) {
  const char* const texts[] = {
      "",
      "0",
      "784111777",
      "yesterday",
      "Sun, 06 Nov 1994 08:49:37",
      "Sun, 06 Nov 1994 08:49:37 UTC",
      "Sun, 06 Nov 1994 08:49:37 +0000",
      "Sun, 06 Nov 1994 08:49:37 gmt",
      "sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 nov 1994 08:49:37 GMT",
      " Sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 08:49:37 GMT ",
      "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 6 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 94 08:49:37 GMT",
      "Sun,06 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 8:49:37 GMT",
      "Sun, 06 Nov 1994 08:49 GMT",
      "Sun, +6 Nov 1994 08:49:37 GMT",
      "Mon, 06 Nov 1994 08:49:37 GMT",
      "Sun, 00 Nov 1994 08:49:37 GMT",
      "Thu, 31 Nov 1994 08:49:37 GMT",
      "Wed, 29 Feb 1995 08:49:37 GMT",
      "Sun, 06 Nov 1994 24:00:00 GMT",
      "Sun, 06 Nov 1994 08:60:37 GMT",
      "Sun, 06 Nov 1994 08:49:60 GMT",
      "Sun, 06 Nov 1994 23:59:61 GMT",
      "Sun, 06-Nov-94 08:49:37 GMT",
      "Sunday, 06-Nov-1994 08:49:37 GMT",
      "Sunday, 06 Nov 94 08:49:37 GMT",
      "Sunday, 29-Feb-01 00:00:00 GMT",
      "Sun Nov 6 08:49:37 1994",
      "Sun Nov 06 08:49:37 1994 GMT",
      "Sun Nov   6 08:49:37 1994",
      "Sunday Nov  6 08:49:37 1994",
      "Sun Nov  6 08:49:37 94",
      ", 06 Nov 1994 08:49:37 GMT",
      "Sun,",
  };
  for (const char* text : texts) EXPECT_EQ(ParseHttpDate(text, kNow), absl::nullopt) << text;
  EXPECT_EQ(ParseHttpDate(std::string("Sun, 06 Nov 1994 08:49:37 GMT\0", 30), kNow), absl::nullopt);
}

TEST(ParseHttpDateTest, RefusesADateThatIsCutOffAnywhere) {
  for (const std::string& whole :
       {std::string("Sun, 06 Nov 1994 08:49:37 GMT"), std::string("Sunday, 06-Nov-94 08:49:37 GMT"),
        std::string("Sun Nov  6 08:49:37 1994")}) {
    for (size_t size = 0; size < whole.size(); ++size) {
      // A heap block of exactly this size: the address sanitizer sees a read behind it.
      std::vector<char> cut(whole.begin(), whole.begin() + static_cast<long>(size));
      EXPECT_EQ(ParseHttpDate({cut.data(), cut.size()}, kNow), absl::nullopt) << size;
    }
  }
}

TEST(CachedHttpDateTest, FollowsTheClockAndDoesNotFormatTwiceInASecond) {
  absl::string_view first = CachedHttpDate(kExample);
  EXPECT_EQ(first, "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(CachedHttpDate(kExample + 1), "Sun, 06 Nov 1994 08:49:38 GMT");
  // Also backwards: a clock may be set.
  EXPECT_EQ(CachedHttpDate(kExample), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(CachedHttpDate(kExample).data(), first.data());
}

TEST(CachedHttpDateTest, KnowsTheEpochFromAnEmptyCache) {
  std::string date;
  std::thread([&date] { date = std::string(CachedHttpDate(0)); }).join();
  EXPECT_EQ(date, "Thu, 01 Jan 1970 00:00:00 GMT");
}

TEST(CachedHttpDateTest, GivesEachThreadItsOwnSecond) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 2000; ++i) {
        std::time_t now = kExample + t * 1000 + i / 10;
        ASSERT_EQ(CachedHttpDate(now), FormatHttpDate(now));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace robusto
