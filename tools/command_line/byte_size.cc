// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/command_line/byte_size.h"

#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace robusto {
namespace {

struct Unit {
  char letter;
  int64_t bytes;
};
constexpr Unit kUnits[] = {
    {'G', int64_t{1} << 30}, {'M', int64_t{1} << 20}, {'K', int64_t{1} << 10}};

// The size of the unit that `suffix` names; 0: it names none.
int64_t UnitOf(absl::string_view suffix) {
  if (suffix.empty()) return 1;
  for (const Unit& unit : kUnits) {
    const absl::string_view letter(&unit.letter, 1);
    for (const absl::string_view rest : {"", "B", "iB"}) {
      if (absl::EqualsIgnoreCase(suffix, absl::StrCat(letter, rest))) return unit.bytes;
    }
  }
  return 0;
}

}  // namespace

bool AbslParseFlag(absl::string_view text, ByteSize* size, std::string* error) {
  size_t digits = 0;
  while (digits < text.size() && (absl::ascii_isdigit(static_cast<unsigned char>(text[digits])) ||
                                  (digits == 0 && text[0] == '-'))) {
    ++digits;
  }
  int64_t number;
  const int64_t unit = UnitOf(text.substr(digits));
  if (unit == 0 || !absl::SimpleAtoi(text.substr(0, digits), &number) ||
      number > std::numeric_limits<int64_t>::max() / unit ||
      number < std::numeric_limits<int64_t>::min() / unit) {
    *error = "expected a number of bytes, as 65536, 64K, 1M or 2G";
    return false;
  }
  size->bytes = number * unit;
  return true;
}

std::string AbslUnparseFlag(ByteSize size) {
  for (const Unit& unit : kUnits) {
    if (size.bytes != 0 && size.bytes % unit.bytes == 0) {
      return absl::StrCat(size.bytes / unit.bytes, absl::string_view(&unit.letter, 1));
    }
  }
  return absl::StrCat(size.bytes);
}

}  // namespace robusto
