// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// RoutePattern: a Router's pattern, cut into its segments. http/routing/router.h has the syntax.
//
// Thread-safety: const methods, from any thread.

#ifndef ROBUSTO_HTTP_ROUTING_ROUTE_PATTERN_H_
#define ROBUSTO_HTTP_ROUTING_ROUTE_PATTERN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace robusto {

struct RoutePattern {
  enum class Kind : uint8_t {
    kLiteral,    // this segment
    kParameter,  // {name}: one segment that is not empty
    kRest,       // {name...}: all segments from here on; the last of its pattern
  };

  struct Segment {
    Kind kind;
    std::string literal;  // decoded; empty unless kLiteral
  };

  // InvalidArgument with the pattern, what is wrong with it and what would be accepted.
  static absl::StatusOr<RoutePattern> Parse(absl::string_view text);

  std::string text;                // as it was given
  std::vector<Segment> segments;   // at least one
  std::vector<std::string> names;  // of the wildcards, from left to right, all different
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_ROUTING_ROUTE_PATTERN_H_
