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

constexpr uint64_t kMaxNumber = std::numeric_limits<uint64_t>::max();

// 1*DIGIT; numbers above kMaxNumber count as that. False when `text` is something else.
bool ParseNumber(absl::string_view text, uint64_t* number) {
  if (text.empty()) return false;
  uint64_t value = 0;
  for (char c : text) {
    if (!IsDigit(c)) return false;
    const uint64_t digit = static_cast<uint64_t>(c - '0');
    value = value > (kMaxNumber - digit) / 10 ? kMaxNumber : value * 10 + digit;
  }
  *number = value;
  return true;
}

enum class Spec : uint8_t { kInvalid, kUnsatisfiable, kSatisfiable };

// One range-spec of the unit "bytes" (RFC 9110 section 14.1.2), of a representation that is not
// empty.
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

  uint64_t first, last = kMaxNumber;
  if (!ParseNumber(before, &first)) return Spec::kInvalid;
  if (!after.empty() && (!ParseNumber(after, &last) || last < first)) return Spec::kInvalid;
  if (first >= size) return Spec::kUnsatisfiable;
  range->offset = first;
  range->length = std::min(last, size - 1) - first + 1;
  return Spec::kSatisfiable;
}

// Joins ranges that overlap, in the place of the first of them. What is left has no byte twice, so
// that the parts together are never larger than the whole (RFC 9110 sections 14.2 and 17.15).
void JoinOverlapping(std::vector<ByteRange>* parts) {
  struct Ranked {
    uint64_t begin;
    uint64_t end;
    size_t rank;  // the place in the client's order
  };
  std::vector<Ranked> sorted;
  sorted.reserve(parts->size());
  for (const ByteRange& part : *parts) {
    sorted.push_back({part.offset, part.offset + part.length, sorted.size()});
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const Ranked& a, const Ranked& b) { return a.begin < b.begin; });
  size_t kept = 0;
  for (size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i].begin < sorted[kept].end) {
      sorted[kept].end = std::max(sorted[kept].end, sorted[i].end);
      sorted[kept].rank = std::min(sorted[kept].rank, sorted[i].rank);
    } else {
      sorted[++kept] = sorted[i];
    }
  }
  sorted.resize(kept + 1);
  std::sort(sorted.begin(), sorted.end(),
            [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
  parts->clear();
  for (const Ranked& range : sorted) parts->push_back({range.begin, range.end - range.begin});
}

// The value of the only Range field of a GET; null where there is none to look at.
absl::string_view RangeField(const Request& request) {
  if (request.method() != Method::kGet) return {};
  absl::string_view value;
  for (size_t i = 0; i < request.header_count(); ++i) {
    const HeaderField field = request.header(i);
    if (!absl::EqualsIgnoreCase(field.name, "Range")) continue;
    if (value.data() != nullptr) return {};
    value = field.value;
  }
  return value;
}

}  // namespace

RangeChoice ChooseRanges(const Request& request, uint64_t size, std::vector<ByteRange>* parts) {
  return ParseRanges(RangeField(request), size, parts);
}

RangeChoice ParseRanges(absl::string_view value, uint64_t size, std::vector<ByteRange>* parts) {
  constexpr absl::string_view kBytes = "bytes=";
  parts->clear();
  // Clients that put "bytes=0-" into every request want an empty file, too.
  if (size == 0 || !absl::StartsWithIgnoreCase(value, kBytes)) return RangeChoice::kWhole;
  absl::string_view list = value.substr(kBytes.size());
  absl::string_view element;
  size_t count = 0;
  while (NextListElement(&list, &element)) {
    if (element.empty()) continue;  // section 5.6.1.2
    if (++count > kMaxRanges) return RangeChoice::kWhole;
    ByteRange range;
    switch (ParseSpec(element, size, &range)) {
      case Spec::kInvalid:
        return RangeChoice::kWhole;
      case Spec::kUnsatisfiable:
        break;
      case Spec::kSatisfiable:
        parts->push_back(range);
        break;
    }
  }
  if (count == 0) return RangeChoice::kWhole;
  if (parts->empty()) return RangeChoice::kUnsatisfiable;
  if (parts->size() > 1) JoinOverlapping(parts);
  return RangeChoice::kPart;
}

RangeChoice ChooseRange(const Request& request, uint64_t size, ByteRange* part) {
  std::vector<ByteRange> parts;
  const RangeChoice choice = ChooseRanges(request, size, &parts);
  if (choice != RangeChoice::kPart) return choice;
  *part = parts.front();
  return parts.size() == 1 ? RangeChoice::kPart : RangeChoice::kWhole;
}

std::string ContentRange(const ByteRange& part, uint64_t size) {
  return absl::StrCat("bytes ", part.offset, "-", part.offset + part.length - 1, "/", size);
}

std::string UnsatisfiedRange(uint64_t size) { return absl::StrCat("bytes */", size); }

}  // namespace robusto
