// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/routing/route_pattern.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "robusto/http/message/uri.h"

namespace robusto {
namespace {

// A C identifier, so that typing errors ("{a b}", "{a-}", "{{a}}") are found.
bool IsName(absl::string_view name) {
  if (name.empty() || absl::ascii_isdigit(static_cast<unsigned char>(name.front()))) return false;
  for (char c : name) {
    if (c != '_' && !absl::ascii_isalnum(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

// Parses one segment into `pattern`. Returns what is wrong with it, or empty.
std::string ParseSegment(absl::string_view text, bool last, RoutePattern* pattern) {
  const bool in_braces = text.size() >= 2 && text.front() == '{' && text[text.size() - 1] == '}';
  if (in_braces) {
    absl::string_view name = text.substr(1, text.size() - 2);
    const bool rest = absl::ConsumeSuffix(&name, "...");
    if (!IsName(name)) {
      return absl::StrCat("\"", text, "\" must be {name} or {name...}; a name has letters, digits ",
                          "and '_', and does not begin with a digit");
    }
    if (rest && !last) return absl::StrCat("\"", text, "\" must be the last segment");
    if (std::find(pattern->names.begin(), pattern->names.end(), name) != pattern->names.end()) {
      return absl::StrCat("the name \"", name, "\" must occur once only");
    }
    pattern->segments.push_back(
        {rest ? RoutePattern::Kind::kRest : RoutePattern::Kind::kParameter, ""});
    pattern->names.emplace_back(name);
    return "";
  }

  if (text.find_first_of("{}") != absl::string_view::npos) {
    return absl::StrCat("\"", text, "\" must be a wildcard as a whole or not at all; write a ",
                        "literal brace as %7B or %7D");
  }
  if (text.find_first_of("?#") != absl::string_view::npos) {
    return absl::StrCat("\"", text, "\" must be part of a path without query and fragment; write ",
                        "a literal '?' or '#' as %3F or %23");
  }
  if (text.empty() && !last) {
    return "an empty segment must be the last; is there one '/' too many?";
  }
  RoutePattern::Segment segment{RoutePattern::Kind::kLiteral, ""};
  if (!PercentDecode(text, &segment.literal)) {
    return absl::StrCat("\"", text, "\" must have two hexadecimal digits after each '%'; write a ",
                        "literal '%' as %25");
  }
  if (segment.literal == "." || segment.literal == "..") {
    return absl::StrCat("\"", text, "\" must not be a dot segment: no normalised path has one");
  }
  pattern->segments.push_back(std::move(segment));
  return "";
}

}  // namespace

absl::StatusOr<RoutePattern> RoutePattern::Parse(absl::string_view text) {
  RoutePattern pattern;
  pattern.text = std::string(text);
  absl::string_view rest = text;
  std::string wrong;
  if (!absl::ConsumePrefix(&rest, "/")) {
    wrong = "it must begin with '/'";
  } else {
    bool last = false;
    while (!last && wrong.empty()) {
      const size_t slash = rest.find('/');
      last = slash == absl::string_view::npos;
      wrong = ParseSegment(rest.substr(0, slash), last, &pattern);
      if (!last) rest.remove_prefix(slash + 1);
    }
  }
  if (wrong.empty()) return pattern;
  return absl::InvalidArgumentError(absl::StrCat("route pattern \"", text, "\": ", wrong));
}

}  // namespace robusto
