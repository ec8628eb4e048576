// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Conditional GET and HEAD (RFC 9110 section 13): whether the client's copy is still valid.
//
//   switch (CheckPreconditions(request, {etag, modified}, now)) {
//     case Precondition::kNotModified: response.SetStatus(304); ...
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_SEMANTICS_PRECONDITIONS_H_
#define ROBUSTO_HTTP_SEMANTICS_PRECONDITIONS_H_

#include <cstdint>
#include <ctime>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "robusto/http/message/request.h"

namespace robusto {

// What the response would say of the representation.
struct Validators {
  absl::string_view etag;  // as on the wire: "..." or W/"..." with its quotes
  absl::optional<std::time_t>
      last_modified;  // nullopt: not known, and conditions on it are ignored
  // Whether no other representation of the resource has, or had, this date (RFC 9110 section
  // 8.8.2.2).
  bool date_is_strong = false;
};

enum class Precondition : uint8_t {
  kPass,         // answer as if nothing had been asked
  kNotModified,  // 304
  kFailed,       // 412
};

// For a GET or HEAD that would be answered with 200, in the order of RFC 9110 section 13.2.2:
// If-Match or else If-Unmodified-Since, then If-None-Match or else If-Modified-Since. A malformed
// date, a date field that is there twice, and any date where last_modified is not known, is ignored
// (sections 13.1.3, 13.1.4); a malformed list of tags matches nothing. `now` is for dates with a
// two-digit year.
[[nodiscard]] Precondition CheckPreconditions(const Request& request, const Validators& validators,
                                              std::time_t now);

// Whether the Range of a GET whose preconditions pass applies (section 13.1.5): there is no
// If-Range, or it has the same tag and both are strong, or the same date and that is strong. Not
// when it is neither tag nor date, or is there twice.
[[nodiscard]] bool IfRangeHolds(const Request& request, const Validators& validators,
                                std::time_t now);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_SEMANTICS_PRECONDITIONS_H_
