// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/semantics/byte_range.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "robusto/http/message/grammar.h"

namespace robusto {
namespace {

constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();

// 1*DIGIT; kMost when that is more. False when it is something else.
bool ParseNumber(absl::string_view text, uint64_t* number) {
  if (text.empty()) return false;
  uint64_t value = 0;
  for (char c : text) {
    if (!IsDigit(c)) return false;
    const uint64_t digit = static_cast<uint64_t>(c - '0');
    value = value > (kMost - digit) / 10 ? kMost : value * 10 + digit;
  }
  *number = value;
  return true;
}

enum class Spec : uint8_t { kInvalid, kUnsatisfiable, kSatisfiable };

// One range-spec of the unit "bytes" (RFC 9110 section 14.1.2). The length is 0 for the last bytes
// of nothing.
Spec ParseSpec(absl::string_view text, uint64_t size, ByteRange* range) {
  const size_t dash = text.find('-');
  if (dash == absl::string_view::npos) return Spec::kInvalid;
  const absl::string_view before = text.substr(0, dash);
  const absl::string_view after = text.substr(dash + 1);

  if (before.empty()) {
    uint64_t suffix;
    if (!ParseNumber(after, &suffix)) return Spec::kInvalid;
    if (suffix == 0) return Spec::kUnsatisfiable;
    range->length = std::min(suffix, size);
    range->offset = size - range->length;
    return Spec::kSatisfiable;
  }

  uint64_t first, last = kMost;
  if (!ParseNumber(before, &first)) return Spec::kInvalid;
  if (!after.empty() && (!ParseNumber(after, &last) || last < first)) return Spec::kInvalid;
  if (first >= size) return Spec::kUnsatisfiable;
  range->offset = first;
  range->length = std::min(last, size - 1) - first + 1;
  return Spec::kSatisfiable;
}

}  // namespace

RangeChoice ChooseRange(const Request& request, uint64_t size, ByteRange* part) {
  if (request.method() != Method::kGet) return RangeChoice::kWhole;
  int count = 0;
  absl::string_view value;
  for (size_t i = 0; i < request.header_count(); ++i) {
    const HeaderField field = request.header(i);
    if (!absl::EqualsIgnoreCase(field.name, "Range")) continue;
    value = field.value;
    ++count;
  }
  return count == 1 ? ParseRange(value, size, part) : RangeChoice::kWhole;
}

RangeChoice ParseRange(absl::string_view value, uint64_t size, ByteRange* part) {
  constexpr absl::string_view kBytes = "bytes=";
  if (!absl::StartsWithIgnoreCase(value, kBytes)) return RangeChoice::kWhole;
  absl::string_view list = value.substr(kBytes.size());
  absl::string_view element;
  bool any = false;
  int satisfiable = 0;
  while (NextListElement(&list, &element)) {
    if (element.empty()) continue;  // section 5.6.1.2
    any = true;
    ByteRange range;
    switch (ParseSpec(element, size, &range)) {
      case Spec::kInvalid:
        return RangeChoice::kWhole;
      case Spec::kUnsatisfiable:
        break;
      case Spec::kSatisfiable:
        ++satisfiable;
        *part = range;
        break;
    }
  }
  if (!any) return RangeChoice::kWhole;
  if (satisfiable == 0) return RangeChoice::kUnsatisfiable;
  return satisfiable == 1 && part->length > 0 ? RangeChoice::kPart : RangeChoice::kWhole;
}

std::string ContentRange(const ByteRange& part, uint64_t size) {
  return absl::StrCat("bytes ", part.offset, "-", part.offset + part.length - 1, "/", size);
}

std::string UnsatisfiedRange(uint64_t size) { return absl::StrCat("bytes */", size); }

}  // namespace robusto
