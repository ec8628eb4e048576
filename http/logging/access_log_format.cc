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
#include "robusto/workers/text/escape.h"

namespace robusto {
namespace {

// A quoted field of a request; "-" when it has none.
void AppendQuoted(absl::string_view text, std::string* line) {
  line->push_back('"');
  AppendLogText(text.empty() ? "-" : text, kMaxLoggedValue, line);
  line->push_back('"');
}

void AppendJsonMember(absl::string_view name, absl::string_view value, std::string* line,
                      size_t limit = kMaxLoggedValue) {
  absl::StrAppend(line, ",\"", name, "\":\"");
  AppendJsonAscii(value, limit, line);
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
  AppendLogText(host.empty() ? "-" : host, kMaxLoggedValue, line);
  const absl::CivilSecond began = absl::UTCTimeZone().At(record.began).cs;
  absl::StrAppend(line, " - - [", TwoDigits(began.day()), "/", kMonths[began.month() - 1], "/",
                  began.year());
  absl::StrAppend(line, ":", TwoDigits(began.hour()), ":", TwoDigits(began.minute()));
  absl::StrAppend(line, ":", TwoDigits(began.second()), " +0000] \"");
  if (HasRequestLine(record)) {
    AppendLogText(record.method, kMaxLoggedValue, line);
    line->push_back(' ');
    AppendLogText(record.target, kMaxLoggedTarget, line);
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
