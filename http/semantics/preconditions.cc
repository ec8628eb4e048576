// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/semantics/preconditions.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "robusto/http/message/date.h"
#include "robusto/http/message/grammar.h"

namespace robusto {
namespace {

// The conditions in the request's fields, found in one pass: most requests have none.
struct Conditions {
  bool if_match = false;
  bool if_none_match = false;
  bool if_match_hit = false;
  bool if_none_match_hit = false;
  int unmodified_since_count = 0;
  int modified_since_count = 0;
  absl::string_view unmodified_since;
  absl::string_view modified_since;
};

enum class Comparison { kStrong, kWeak };

// Whether `list`, "*" or entity tags separated by commas, has `etag` (RFC 9110 section 8.8.3.2). It is
// not split at commas first, because a tag may contain one.
bool ListHas(absl::string_view list, absl::string_view etag, Comparison comparison) {
  if (list == "*") return true;
  const bool etag_is_weak = absl::ConsumePrefix(&etag, "W/");
  while (!list.empty()) {
    if (IsOptionalWhiteSpace(list.front()) || list.front() == ',') {
      list.remove_prefix(1);
      continue;
    }
    const bool weak = absl::ConsumePrefix(&list, "W/");
    const size_t end = list.find('"', 1);
    if (list.empty() || list.front() != '"' || end == absl::string_view::npos) return false;
    const absl::string_view tag = list.substr(0, end + 1);
    list.remove_prefix(tag.size());
    if (!list.empty() && !IsOptionalWhiteSpace(list.front()) && list.front() != ',') return false;
    if (tag == etag && (comparison == Comparison::kWeak || (!weak && !etag_is_weak))) return true;
  }
  return false;
}

Conditions FindConditions(const Request& request, absl::string_view etag) {
  Conditions found;
  for (size_t i = 0; i < request.header_count(); ++i) {
    const HeaderField field = request.header(i);
    if (!absl::StartsWithIgnoreCase(field.name, "If-")) continue;
    if (absl::EqualsIgnoreCase(field.name, "If-Match")) {
      found.if_match = true;
      found.if_match_hit |= ListHas(field.value, etag, Comparison::kStrong);
    } else if (absl::EqualsIgnoreCase(field.name, "If-None-Match")) {
      found.if_none_match = true;
      found.if_none_match_hit |= ListHas(field.value, etag, Comparison::kWeak);
    } else if (absl::EqualsIgnoreCase(field.name, "If-Modified-Since")) {
      ++found.modified_since_count;
      found.modified_since = field.value;
    } else if (absl::EqualsIgnoreCase(field.name, "If-Unmodified-Since")) {
      ++found.unmodified_since_count;
      found.unmodified_since = field.value;
    }
  }
  return found;
}

}  // namespace

Precondition CheckPreconditions(const Request& request, const Validators& validators,
                                std::time_t now) {
  const Conditions asked = FindConditions(request, validators.etag);
  if (asked.if_match) {
    if (!asked.if_match_hit) return Precondition::kFailed;
  } else if (asked.unmodified_since_count == 1 && validators.last_modified.has_value()) {
    const absl::optional<std::time_t> date = ParseHttpDate(asked.unmodified_since, now);
    if (date.has_value() && *validators.last_modified > *date) return Precondition::kFailed;
  }
  if (asked.if_none_match) {
    return asked.if_none_match_hit ? Precondition::kNotModified : Precondition::kPass;
  }
  if (asked.modified_since_count == 1 && validators.last_modified.has_value()) {
    const absl::optional<std::time_t> date = ParseHttpDate(asked.modified_since, now);
    if (date.has_value() && *validators.last_modified <= *date) return Precondition::kNotModified;
  }
  return Precondition::kPass;
}

bool IfRangeHolds(const Request& request, const Validators& validators, std::time_t now) {
  int count = 0;
  absl::string_view value;
  for (size_t i = 0; i < request.header_count(); ++i) {
    const HeaderField field = request.header(i);
    if (!absl::EqualsIgnoreCase(field.name, "If-Range")) continue;
    value = field.value;
    ++count;
  }
  if (count == 0) return true;
  if (count > 1 || value.empty()) return false;
  // Only a strong tag begins with a quote; a weak one is never equal (section 8.8.3.2).
  if (value.front() == '"') return value == validators.etag;
  const absl::optional<std::time_t> date = ParseHttpDate(value, now);
  return date.has_value() && *date == validators.last_modified && validators.date_is_strong;
}

}  // namespace robusto
