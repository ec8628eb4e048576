// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/date.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/time/civil_time.h"

namespace robusto {
namespace {

constexpr std::time_t kFirst = -62167219200;  // 0000-01-01 00:00:00
constexpr std::time_t kLast = 253402300799;   // 9999-12-31 23:59:59

// In the order of absl::Weekday.
constexpr absl::string_view kDays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
constexpr absl::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

const absl::CivilSecond kEpoch(1970);

char* PutDigits(int value, int count, char* out) {
  for (int i = count - 1; i >= 0; --i, value /= 10) out[i] = static_cast<char>('0' + value % 10);
  return out + count;
}

// Reads one date from the left. After the first mismatch everything fails.
class DateReader {
 public:
  explicit DateReader(absl::string_view text) : text_(text) {}

  bool AtEnd() const { return ok_ && text_.empty(); }

  void Literal(absl::string_view expected) {
    ok_ = ok_ && absl::StartsWith(text_, expected);
    if (ok_) text_.remove_prefix(expected.size());
  }

  // Exactly `count` digits.
  int Number(size_t count) {
    int value = 0;
    ok_ = ok_ && text_.size() >= count;
    for (size_t i = 0; ok_ && i < count; ++i) {
      ok_ = text_[i] >= '0' && text_[i] <= '9';
      value = value * 10 + (text_[i] - '0');
    }
    if (ok_) text_.remove_prefix(count);
    return value;
  }

  // asctime's day of the month: two digits, or a space and one.
  int SpacePaddedNumber() {
    if (!absl::StartsWith(text_, " ")) return Number(2);
    text_.remove_prefix(1);
    return Number(1);
  }

  // The index in kDays of the name, or of the first three letters of it.
  int Day(bool whole) {
    for (int i = 0; ok_ && i < 7; ++i) {
      absl::string_view name = whole ? kDays[i] : kDays[i].substr(0, 3);
      if (!absl::StartsWith(text_, name)) continue;
      text_.remove_prefix(name.size());
      return i;
    }
    ok_ = false;
    return 0;
  }

  int Month() {
    for (int i = 0; ok_ && i < 12; ++i) {
      if (!absl::StartsWith(text_, kMonths[i])) continue;
      text_.remove_prefix(3);
      return i + 1;
    }
    ok_ = false;
    return 1;
  }

  void TimeOfDay() {
    hour = Number(2);
    Literal(":");
    minute = Number(2);
    Literal(":");
    second = Number(2);
  }

  int hour = 0;
  int minute = 0;
  int second = 0;

 private:
  absl::string_view text_;
  bool ok_ = true;
};

// nullopt for a day or time of day that does not exist.
absl::optional<absl::CivilSecond> MakeTime(int64_t year, int month, int day, const DateReader& at) {
  bool leap_second = at.second == 60 && at.hour == 23 && at.minute == 59;
  if (at.hour > 23 || at.minute > 59 || (at.second > 59 && !leap_second)) return absl::nullopt;
  absl::CivilDay date(year, month, day);
  // A civil day that does not exist is carried over into the next month.
  if (date.day() != day || date.month() != month) return absl::nullopt;
  return absl::CivilSecond(year, month, day, at.hour, at.minute, at.second);
}

}  // namespace

void FormatHttpDate(std::time_t time, char* out) {
  absl::CivilSecond t = kEpoch + std::min(std::max(time, kFirst), kLast);
  std::memcpy(out, kDays[static_cast<int>(absl::GetWeekday(t))].data(), 3);
  std::memcpy(out + 3, ", ", 2);
  out = PutDigits(t.day(), 2, out + 5);
  *out++ = ' ';
  std::memcpy(out, kMonths[t.month() - 1].data(), 3);
  out[3] = ' ';
  out = PutDigits(static_cast<int>(t.year()), 4, out + 4);
  *out++ = ' ';
  out = PutDigits(t.hour(), 2, out);
  *out++ = ':';
  out = PutDigits(t.minute(), 2, out);
  *out++ = ':';
  out = PutDigits(t.second(), 2, out);
  std::memcpy(out, " GMT", 4);
}

std::string FormatHttpDate(std::time_t time) {
  std::string text(kHttpDateSize, '\0');
  FormatHttpDate(time, &text[0]);
  return text;
}

absl::optional<std::time_t> ParseHttpDate(absl::string_view text, std::time_t now) {
  DateReader reader(text);
  int weekday;
  int day;
  int month;
  int64_t year;
  bool two_digit_year = false;

  size_t comma = text.find(',');
  if (comma == absl::string_view::npos) {  // asctime: Sun Nov  6 08:49:37 1994
    weekday = reader.Day(/*whole=*/false);
    reader.Literal(" ");
    month = reader.Month();
    reader.Literal(" ");
    day = reader.SpacePaddedNumber();
    reader.Literal(" ");
    reader.TimeOfDay();
    reader.Literal(" ");
    year = reader.Number(4);
  } else if (comma == 3) {  // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
    weekday = reader.Day(/*whole=*/false);
    reader.Literal(", ");
    day = reader.Number(2);
    reader.Literal(" ");
    month = reader.Month();
    reader.Literal(" ");
    year = reader.Number(4);
    reader.Literal(" ");
    reader.TimeOfDay();
    reader.Literal(" GMT");
  } else {  // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
    weekday = reader.Day(/*whole=*/true);
    reader.Literal(", ");
    day = reader.Number(2);
    reader.Literal("-");
    month = reader.Month();
    reader.Literal("-");
    year = reader.Number(2);
    two_digit_year = true;
    reader.Literal(" ");
    reader.TimeOfDay();
    reader.Literal(" GMT");
  }
  if (!reader.AtEnd()) return absl::nullopt;

  absl::optional<absl::CivilSecond> time;
  if (two_digit_year) {
    absl::CivilSecond today = kEpoch + std::min(std::max(now, kFirst), kLast);
    absl::CivilSecond latest(today.year() + 50, today.month(), today.day(), today.hour(),
                             today.minute(), today.second());
    // Only the first century that is not too far ahead counts. If 29 February does not exist in that
    // year, the date is invalid; it does not move to the century before.
    int64_t candidate = today.year() - today.year() % 100 + 100 + year;
    while (absl::CivilSecond(candidate, month, day, reader.hour, reader.minute, reader.second) >
           latest) {
      candidate -= 100;
    }
    year = candidate;
  }
  time = MakeTime(year, month, day, reader);
  if (!time.has_value()) return absl::nullopt;
  if (static_cast<int>(absl::GetWeekday(absl::CivilDay(year, month, day))) != weekday) {
    return absl::nullopt;
  }
  return *time - kEpoch;
}

absl::string_view CachedHttpDate(std::time_t now) {
  struct Cache {
    bool filled;
    std::time_t second;
    char text[kHttpDateSize];
  };
  static thread_local Cache cache;  // zero at first, with no constructor to be guarded
  if (!cache.filled || cache.second != now) {
    FormatHttpDate(now, cache.text);
    cache.second = now;
    cache.filled = true;
  }
  return {cache.text, kHttpDateSize};
}

}  // namespace robusto
