// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/logging/access_log_format.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace robusto {
namespace {

// Stands as it is in both forms: printable ASCII but for quote and backslash.
bool IsPlain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

constexpr char kUpperHex[] = "0123456789ABCDEF";
constexpr char kLowerHex[] = "0123456789abcdef";

// Appends `text` with `escape(rest, piece)` for what is not plain: it writes one character's escape
// to `piece` and returns {bytes read, bytes written}. At most `limit` bytes and "...".
struct Escaped {
  size_t read;
  size_t written;
};

template <typename Escape>
void AppendEscaped(absl::string_view text, size_t limit, Escape escape, std::string* line) {
  while (!text.empty()) {
    size_t run = 0;
    while (run < text.size() && IsPlain(text[run])) ++run;
    line->append(text.data(), std::min(run, limit));
    if (run > limit) {
      line->append("...");
      return;
    }
    limit -= run;
    text.remove_prefix(run);
    if (text.empty()) return;
    char piece[12];
    const Escaped escaped = escape(text, piece);
    if (escaped.written > limit) {
      line->append("...");
      return;
    }
    line->append(piece, escaped.written);
    limit -= escaped.written;
    text.remove_prefix(escaped.read);
  }
}

Escaped EscapeByte(absl::string_view rest, char* piece) {
  const auto byte = static_cast<unsigned char>(rest[0]);
  piece[0] = '\\';
  piece[1] = 'x';
  piece[2] = kUpperHex[byte >> 4];
  piece[3] = kUpperHex[byte & 15];
  return {1, 4};
}

// The character that `text` begins with, as RFC 3629 allows it (no overlong form, no surrogate,
// nothing beyond U+10FFFF). U+FFFD and one byte when it begins with none. `text` is not empty.
struct Character {
  uint32_t code;
  size_t size;
};

Character DecodeUtf8(absl::string_view text) {
  constexpr Character kNone = {0xfffd, 1};
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  if (first < 0xc2 || first > 0xf4) return kNone;
  const size_t size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (text.size() < size) return kNone;
  // The second byte's range says all else.
  const uint32_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const uint32_t high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte(1) < low || byte(1) > high) return kNone;
  uint32_t code = first & (0xffu >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xbf) return kNone;
    code = code << 6 | (byte(i) & 0x3f);
  }
  return {code, size};
}

size_t WriteUnicodeEscape(uint32_t unit, char* out) {
  out[0] = '\\';
  out[1] = 'u';
  for (int i = 0; i < 4; ++i) out[2 + i] = kLowerHex[unit >> (12 - 4 * i) & 15];
  return 6;
}

Escaped EscapeCharacter(absl::string_view rest, char* piece) {
  if (rest[0] == '"' || rest[0] == '\\') {
    piece[0] = '\\';
    piece[1] = rest[0];
    return {1, 2};
  }
  const Character c = DecodeUtf8(rest);
  if (c.code < 0x10000) return {c.size, WriteUnicodeEscape(c.code, piece)};
  // A surrogate pair (RFC 8259 section 7).
  const uint32_t beyond = c.code - 0x10000;
  size_t written = WriteUnicodeEscape(0xd800 + (beyond >> 10), piece);
  written += WriteUnicodeEscape(0xdc00 + (beyond & 0x3ff), piece + written);
  return {c.size, written};
}

void AppendCombinedValue(absl::string_view text, size_t limit, std::string* line) {
  AppendEscaped(text, limit, EscapeByte, line);
}

// A quoted field of a request; "-" when it has none.
void AppendQuoted(absl::string_view text, std::string* line) {
  line->push_back('"');
  AppendCombinedValue(text.empty() ? "-" : text, kMaxLoggedValue, line);
  line->push_back('"');
}

void AppendJsonMember(absl::string_view name, absl::string_view value, std::string* line,
                      size_t limit = kMaxLoggedValue) {
  absl::StrAppend(line, ",\"", name, "\":\"");
  AppendEscaped(value, limit, EscapeCharacter, line);
  line->push_back('"');
}

// "192.0.2.7" of "192.0.2.7:40312", "[::ffff:192.0.2.7]:40312"; "::1" of "[::1]:40312".
absl::string_view HostOf(absl::string_view peer) {
  if (absl::ConsumePrefix(&peer, "[")) {
    peer = peer.substr(0, peer.find(']'));
    absl::string_view mapped = peer;
    return absl::ConsumePrefix(&mapped, "::ffff:") && absl::StrContains(mapped, '.') ? mapped
                                                                                     : peer;
  }
  if (absl::StartsWith(peer, "unix:")) return "unix:";
  return peer.substr(0, peer.rfind(':'));
}

absl::Dec TwoDigits(int number) { return absl::Dec(number, absl::kZeroPad2); }

void AppendSeconds(absl::Duration duration, std::string* line) {
  // What a clock that was set back gave is no time.
  const int64_t micros = std::max<int64_t>(absl::ToInt64Microseconds(duration), 0);
  absl::StrAppend(line, micros / 1000000, ".", absl::Dec(micros % 1000000, absl::kZeroPad6));
}

int LoggedStatus(const AccessRecord& record) {
  return record.status == 0 ? kClientClosedRequest : record.status;
}

// Whether there is a request line to show.
bool HasRequestLine(const AccessRecord& record) {
  return !record.method.empty() && !record.target.empty();
}

}  // namespace

void AppendCombinedLine(const AccessRecord& record, std::string* line) {
  static constexpr absl::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const absl::string_view host = HostOf(record.peer);
  AppendCombinedValue(host.empty() ? "-" : host, kMaxLoggedValue, line);
  const absl::CivilSecond began = absl::UTCTimeZone().At(record.began).cs;
  absl::StrAppend(line, " - - [", TwoDigits(began.day()), "/", kMonths[began.month() - 1], "/",
                  began.year());
  absl::StrAppend(line, ":", TwoDigits(began.hour()), ":", TwoDigits(began.minute()));
  absl::StrAppend(line, ":", TwoDigits(began.second()), " +0000] \"");
  if (HasRequestLine(record)) {
    AppendCombinedValue(record.method, kMaxLoggedValue, line);
    line->push_back(' ');
    AppendCombinedValue(record.target, kMaxLoggedTarget, line);
    absl::StrAppend(line, " HTTP/1.", record.minor_version);
  } else {
    line->push_back('-');
  }
  absl::StrAppend(line, "\" ", LoggedStatus(record), " ");
  if (record.body_bytes > 0) {
    absl::StrAppend(line, record.body_bytes, " ");
  } else {
    line->append("- ");
  }
  AppendQuoted(record.referer, line);
  line->push_back(' ');
  AppendQuoted(record.user_agent, line);
}

void AppendJsonLine(const AccessRecord& record, std::string* line) {
  const absl::TimeZone::CivilInfo began = absl::UTCTimeZone().At(record.began);
  absl::StrAppend(line, "{\"time\":\"", absl::Dec(began.cs.year(), absl::kZeroPad4), "-",
                  TwoDigits(began.cs.month()), "-", TwoDigits(began.cs.day()));
  absl::StrAppend(line, "T", TwoDigits(began.cs.hour()), ":", TwoDigits(began.cs.minute()));
  absl::StrAppend(line, ":", TwoDigits(began.cs.second()), ".",
                  absl::Dec(absl::ToInt64Microseconds(began.subsecond), absl::kZeroPad6), "Z\"");
  AppendJsonMember("peer", record.peer, line);
  AppendJsonMember("request_id", record.request_id, line);
  if (HasRequestLine(record)) {
    AppendJsonMember("method", record.method, line);
    AppendJsonMember("target", record.target, line, kMaxLoggedTarget);
    absl::StrAppend(line, ",\"protocol\":\"HTTP/1.", record.minor_version, "\"");
  }
  absl::StrAppend(line, ",\"status\":", LoggedStatus(record), ",\"body_bytes\":", record.body_bytes,
                  ",\"duration_seconds\":");
  AppendSeconds(record.took, line);
  line->append(",\"handler_seconds\":");
  AppendSeconds(record.handled_in, line);
  line->append(record.complete ? ",\"complete\":true" : ",\"complete\":false");
  if (!record.reason.empty()) AppendJsonMember("reason", record.reason, line);
  if (!record.referer.empty()) AppendJsonMember("referer", record.referer, line);
  if (!record.user_agent.empty()) AppendJsonMember("user_agent", record.user_agent, line);
  line->push_back('}');
}

}  // namespace robusto
