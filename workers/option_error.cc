// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/workers/option_error.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace robusto {
namespace {

constexpr char kPayload[] = "robusto/option_error";

// Each field with its size before it: a value may have any bytes.
std::string Encode(const OptionError& error) {
  std::string text;
  for (const std::string* field : {&error.option, &error.value, &error.accepted, &error.problem}) {
    absl::StrAppend(&text, field->size(), ":", *field);
  }
  return text;
}

OptionError Decode(absl::string_view text) {
  OptionError error;
  for (std::string* field : {&error.option, &error.value, &error.accepted, &error.problem}) {
    const size_t colon = text.find(':');
    size_t size = 0;
    if (colon == absl::string_view::npos || !absl::SimpleAtoi(text.substr(0, colon), &size)) break;
    *field = std::string(text.substr(colon + 1, size));
    text.remove_prefix(colon + 1 + field->size());
  }
  return error;
}

// `text` with each {option} replaced.
std::string Render(absl::string_view text,
                   const std::function<std::string(absl::string_view)>& name_of) {
  std::string out;
  for (;;) {
    const size_t open = text.find('{');
    const size_t close = text.find('}', open == absl::string_view::npos ? 0 : open);
    if (open == absl::string_view::npos || close == absl::string_view::npos) {
      return absl::StrCat(out, text);
    }
    absl::StrAppend(&out, text.substr(0, open), name_of(text.substr(open + 1, close - open - 1)));
    text.remove_prefix(close + 1);
  }
}

std::string SameName(absl::string_view option) { return std::string(option); }

template <typename Number>
absl::Status CheckNumber(const OptionRange& range, Number value, bool good) {
  if (good) return absl::OkStatus();
  return InvalidOption(range.option, absl::StrCat(value),
                       range.max == std::numeric_limits<int64_t>::max()
                           ? absl::StrCat("at least ", range.min)
                           : absl::StrCat("from ", range.min, " to ", range.max));
}

}  // namespace

absl::Status InvalidOption(absl::string_view option, absl::string_view value,
                           absl::string_view accepted) {
  return WithOptionError(
      absl::InvalidArgumentError(absl::StrCat(option, " is ", value.empty() ? "empty" : value,
                                              "; it must be ", Render(accepted, SameName))),
      {std::string(option), std::string(value), std::string(accepted), ""});
}

absl::Status ConflictingOption(absl::string_view option, absl::string_view value,
                               absl::string_view problem) {
  return WithOptionError(
      absl::InvalidArgumentError(absl::StrCat(option, ": ", Render(problem, SameName))),
      {std::string(option), std::string(value), "", std::string(problem)});
}

absl::Status BlameOption(absl::Status status, absl::string_view option, absl::string_view value) {
  if (status.ok()) return status;
  // The message is not a template: it may have values with braces in them.
  OptionError error = {std::string(option), std::string(value), "", std::string(status.message())};
  return WithOptionError(std::move(status), error);
}

absl::Status WithOptionError(absl::Status status, const OptionError& error) {
  status.SetPayload(kPayload, absl::Cord(Encode(error)));
  return status;
}

absl::optional<OptionError> GetOptionError(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayload);
  if (!payload.has_value()) return absl::nullopt;
  return Decode(std::string(*payload));
}

absl::Status InTermsOfFlags(const absl::Status& status,
                            const std::function<std::string(absl::string_view)>& flag_of) {
  const absl::optional<OptionError> error = GetOptionError(status);
  if (!error.has_value()) return status;
  const auto dashed = [&flag_of](absl::string_view option) {
    return absl::StrCat("--", flag_of(option));
  };
  // The problem of BlameOption is the message itself, and no template.
  const std::string what = !error->accepted.empty()
                               ? absl::StrCat("must be ", Render(error->accepted, dashed))
                           : error->problem == status.message() ? error->problem
                                                                : Render(error->problem, dashed);
  return absl::Status(status.code(),
                      absl::StrCat(dashed(error->option), "=", error->value, ": ", what));
}

absl::Status CheckRange(const OptionRange& range, int64_t value) {
  return CheckNumber(range, value, value >= range.min && value <= range.max);
}

absl::Status CheckRange(const OptionRange& range, uint64_t value) {
  return CheckNumber(range, value,
                     (range.min <= 0 || value >= static_cast<uint64_t>(range.min)) &&
                         value <= static_cast<uint64_t>(range.max));
}

absl::Status CheckPositive(absl::string_view option, absl::Duration value) {
  if (value > absl::ZeroDuration()) return absl::OkStatus();
  return InvalidOption(option, absl::FormatDuration(value), "more than 0s, or inf");
}

absl::Status CheckNotNegative(absl::string_view option, absl::Duration value) {
  if (value >= absl::ZeroDuration()) return absl::OkStatus();
  return InvalidOption(option, absl::FormatDuration(value), "0s or more, or inf");
}

}  // namespace robusto
