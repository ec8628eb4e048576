// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/logging/access_log_format.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace robusto {
namespace {

using Sv = absl::string_view;

AccessRecord Example() {
  AccessRecord record;
  record.began = absl::FromUnixMicros(1795347600123456);  // 2026-11-22T11:40:00.123456Z
  record.took = absl::Microseconds(1213);
  record.handled_in = absl::Microseconds(101);
  record.peer = "192.0.2.7:40312";
  record.request_id = "1f00000003-12";
  record.method = "GET";
  record.target = "/a?b=c";
  record.referer = "http://example.org/";
  record.user_agent = "curl/8.5";
  record.status = 200;
  record.body_bytes = 5;
  record.complete = true;
  return record;
}

std::string Combined(const AccessRecord& record) {
  std::string line;
  AppendCombinedLine(record, &line);
  return line;
}

std::string Json(const AccessRecord& record) {
  std::string line;
  AppendJsonLine(record, &line);
  return line;
}

TEST(AccessLogFormatTest, ACombinedLineIsApaches) {
  EXPECT_EQ(Combined(Example()),
            "192.0.2.7 - - [22/Nov/2026:11:40:00 +0000] \"GET /a?b=c HTTP/1.1\" 200 5 "
            "\"http://example.org/\" \"curl/8.5\"");
}

TEST(AccessLogFormatTest, AJsonLineIsOneObject) {
  EXPECT_EQ(Json(Example()),
            "{\"time\":\"2026-11-22T11:40:00.123456Z\",\"peer\":\"192.0.2.7:40312\","
            "\"request_id\":\"1f00000003-12\",\"method\":\"GET\",\"target\":\"/a?b=c\","
            "\"protocol\":\"HTTP/1.1\",\"status\":200,\"body_bytes\":5,"
            "\"duration_seconds\":0.001213,\"handler_seconds\":0.000101,\"complete\":true,"
            "\"referer\":\"http://example.org/\",\"user_agent\":\"curl/8.5\"}");
}

TEST(AccessLogFormatTest, WhatIsNotThereIsADashOrLeftOut) {
  AccessRecord record = Example();
  record.method = record.target = record.referer = record.user_agent = "";
  record.status = 400;
  record.body_bytes = 0;
  record.reason = "bare_lf";
  EXPECT_EQ(Combined(record), "192.0.2.7 - - [22/Nov/2026:11:40:00 +0000] \"-\" 400 - \"-\" \"-\"");
  EXPECT_EQ(Json(record),
            "{\"time\":\"2026-11-22T11:40:00.123456Z\",\"peer\":\"192.0.2.7:40312\","
            "\"request_id\":\"1f00000003-12\",\"status\":400,\"body_bytes\":0,"
            "\"duration_seconds\":0.001213,\"handler_seconds\":0.000101,\"complete\":true,"
            "\"reason\":\"bare_lf\"}");
}

TEST(AccessLogFormatTest, AClientThatWentAwayBeforeItsAnswerIs499) {
  AccessRecord record = Example();
  record.status = 0;
  record.body_bytes = 0;
  record.complete = false;
  EXPECT_TRUE(absl::StrContains(Combined(record), "\" 499 - \"")) << Combined(record);
  EXPECT_TRUE(absl::StrContains(Json(record), "\"status\":499,")) << Json(record);
  EXPECT_TRUE(absl::StrContains(Json(record), "\"complete\":false")) << Json(record);
}

TEST(AccessLogFormatTest, APeerIsAnAddressWithoutItsPortInCombined) {
  const struct {
    Sv peer;
    Sv want;
  } kRows[] = {
      {"127.0.0.1:40312", "127.0.0.1 - - "},
      {"[::1]:40312", "::1 - - "},
      {"[2001:db8::7]:1", "2001:db8::7 - - "},
      {"[::ffff:192.0.2.7]:40312", "192.0.2.7 - - "},
      {"[::ffff:0:1]:40312", "::ffff:0:1 - - "},
      {"unix:", "unix: - - "},
      {"", "- - - "},
      {"[::1", "::1 - - "},
      {"a b\n:1", "a b\\x0A - - "},
  };
  for (const auto& row : kRows) {
    AccessRecord record = Example();
    record.peer = row.peer;
    EXPECT_TRUE(absl::StartsWith(Combined(record), absl::StrCat(row.want, "[22/")))
        << row.peer << ": " << Combined(record);
  }
}

TEST(AccessLogFormatTest, TimesAreUtcAndSorted) {
  AccessRecord record = Example();
  record.began = absl::FromUnixMicros(7);
  EXPECT_TRUE(absl::StrContains(Combined(record), "[01/Jan/1970:00:00:00 +0000]"));
  EXPECT_TRUE(absl::StrContains(Json(record), "\"1970-01-01T00:00:00.000007Z\""));
  record.began = absl::FromUnixSeconds(951827696);
  EXPECT_TRUE(absl::StrContains(Combined(record), "[29/Feb/2000:12:34:56 +0000]"));
  // A clock's whim is not a number that a reader chokes on.
  record.took = absl::Seconds(-1);
  record.handled_in = absl::InfiniteDuration();
  record.began = absl::InfinitePast();
  EXPECT_TRUE(absl::StrContains(Json(record), "\"duration_seconds\":0.000000,")) << Json(record);
  Combined(record);
}

// What a client may send to forge a line, break a reader or steer a terminal.
struct HostileRow {
  const char* name;
  Sv sent;
  Sv combined;
  Sv json;
};

const HostileRow kHostile[] = {
    {"new line", "a\n127.0.0.1 - - x", R"(a\x0A127.0.0.1 - - x)", R"(a\u000a127.0.0.1 - - x)"},
    {"CR LF", "a\r\nb", R"(a\x0D\x0Ab)", R"(a\u000d\u000ab)"},
    {"quote", R"(a" 200 5 "b)", R"(a\x22 200 5 \x22b)", R"(a\" 200 5 \"b)"},
    {"backslash", R"(a\)", R"(a\x5C)", R"(a\\)"},
    {"escaped quote", R"(a\"b)", R"(a\x5C\x22b)", R"(a\\\"b)"},
    {"our own escape", R"(\x0A\u000a)", R"(\x5Cx0A\x5Cu000a)", R"(\\x0A\\u000a)"},
    {"end of the object", R"("},{"a":"b)", R"(\x22},{\x22a\x22:\x22b)", R"(\"},{\"a\":\"b)"},
    {"NUL", Sv("a\0b", 3), R"(a\x00b)", R"(a\u0000b)"},
    {"tab", "a\tb", R"(a\x09b)", R"(a\u0009b)"},
    {"terminal", "\x1b[2J\x1b]0;x\x07", R"(\x1B[2J\x1B]0;x\x07)", R"(\u001b[2J\u001b]0;x\u0007)"},
    {"DEL and backspace", "a\x7f\b", R"(a\x7F\x08)", R"(a\u007f\u0008)"},
    {"a control beyond ASCII",
     "\xc2\x9b"
     "2J",
     R"(\xC2\x9B2J)", R"(\u009b2J)"},
    {"line separator", "\xe2\x80\xa8", R"(\xE2\x80\xA8)", R"(\u2028)"},
    {"right to left", "\xe2\x80\xae", R"(\xE2\x80\xAE)", R"(\u202e)"},
    {"a letter", "\xc3\xa4", R"(\xC3\xA4)", R"(\u00e4)"},
    {"beyond the first plane", "\xf0\x9f\x98\x80", R"(\xF0\x9F\x98\x80)", R"(\ud83d\ude00)"},
    {"the last character", "\xf4\x8f\xbf\xbf", R"(\xF4\x8F\xBF\xBF)", R"(\udbff\udfff)"},
    {"beyond the last", "\xf4\x90\x80\x80", R"(\xF4\x90\x80\x80)", R"(\ufffd\ufffd\ufffd\ufffd)"},
    {"overlong", "\xc0\x8a", R"(\xC0\x8A)", R"(\ufffd\ufffd)"},
    {"overlong, three bytes", "\xe0\x80\x8a", R"(\xE0\x80\x8A)", R"(\ufffd\ufffd\ufffd)"},
    {"surrogate", "\xed\xa0\x80", R"(\xED\xA0\x80)", R"(\ufffd\ufffd\ufffd)"},
    {"a character cut off", "a\xe2\x82", R"(a\xE2\x82)", R"(a\ufffd\ufffd)"},
    {"cut off by a quote", "\xe2\x82\"", R"(\xE2\x82\x22)", R"(\ufffd\ufffd\")"},
    {"a byte from the middle", "\x82", R"(\x82)", R"(\ufffd)"},
    {"no byte of UTF-8", "\xff\xfe", R"(\xFF\xFE)", R"(\ufffd\ufffd)"},
    {"format characters", "%s%n{}{0}", "%s%n{}{0}", "%s%n{}{0}"},
};

TEST(AccessLogFormatTest, NothingThatAClientSendsLeavesItsPlace) {
  for (const HostileRow& row : kHostile) {
    SCOPED_TRACE(row.name);
    AccessRecord record = Example();
    record.method = record.target = record.referer = record.user_agent = row.sent;
    record.request_id = std::string(row.sent);
    EXPECT_EQ(Combined(record),
              absl::StrCat("192.0.2.7 - - [22/Nov/2026:11:40:00 +0000] \"", row.combined, " ",
                           row.combined, " HTTP/1.1\" 200 5 \"", row.combined, "\" \"",
                           row.combined, "\""));
    EXPECT_EQ(Json(record),
              absl::StrCat("{\"time\":\"2026-11-22T11:40:00.123456Z\",\"peer\":\"192.0.2.7:40312\","
                           "\"request_id\":\"",
                           row.json, "\",\"method\":\"", row.json, "\",\"target\":\"", row.json,
                           "\",\"protocol\":\"HTTP/1.1\",\"status\":200,\"body_bytes\":5,"
                           "\"duration_seconds\":0.001213,\"handler_seconds\":0.000101,"
                           "\"complete\":true,\"referer\":\"",
                           row.json, "\",\"user_agent\":\"", row.json, "\"}"));
  }
}

TEST(AccessLogFormatTest, EveryByteComesOutPrintable) {
  std::string all;
  for (int c = 0; c < 256; ++c) all.push_back(static_cast<char>(c));
  AccessRecord record = Example();
  record.peer = record.method = record.target = record.referer = record.user_agent = all;
  record.reason = all;
  record.request_id = all;
  for (const std::string& line : {Combined(record), Json(record)}) {
    for (const char c : line) {
      ASSERT_TRUE(c >= 0x20 && c < 0x7f) << static_cast<int>(c) << " in " << line;
    }
  }
}

TEST(AccessLogFormatTest, LongValuesAreCutSoThatALineIsBounded) {
  for (const Sv unit : {Sv("x"), Sv("\n"), Sv("\xff"), Sv("\xf0\x9f\x98\x80"), Sv("\"")}) {
    std::string value;
    while (value.size() < 40000) absl::StrAppend(&value, unit);
    AccessRecord record = Example();
    record.peer = record.method = record.target = record.referer = record.user_agent = value;
    record.reason = value;
    record.request_id = value;
    for (const std::string& line : {Combined(record), Json(record)}) {
      EXPECT_LT(line.size(), kMaxLogLine);
      EXPECT_TRUE(absl::StrContains(line, "...\"")) << line;
      EXPECT_FALSE(absl::StrContains(line, "\\...")) << line;
    }
  }
  AccessRecord record = Example();
  const std::string most(kMaxLoggedValue, 'x');
  record.user_agent = most;
  EXPECT_TRUE(absl::EndsWith(Combined(record), absl::StrCat(" \"", most, "\"")));
  const std::string more = most + "x";
  record.user_agent = more;
  EXPECT_TRUE(absl::EndsWith(Combined(record), absl::StrCat(" \"", most, "...\"")));
}

}  // namespace
}  // namespace robusto
