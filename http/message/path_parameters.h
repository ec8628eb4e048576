// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// PathParameters: what the wildcards of a route's pattern matched. Router makes it for one call;
// handlers use Request::PathParameter.
//
// Thread-safety: const methods, from any thread.

#ifndef ROBUSTO_HTTP_MESSAGE_PATH_PARAMETERS_H_
#define ROBUSTO_HTTP_MESSAGE_PATH_PARAMETERS_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"

namespace robusto {

class PathParameters {
 public:
  // names[i] is the name of values[i]. What both spans point to must outlive this object.
  PathParameters(absl::Span<const std::string> names, absl::Span<const absl::string_view> values)
      : names_(names), values_(values) {}

  absl::optional<absl::string_view> Find(absl::string_view name) const {
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == name) return values_[i];
    }
    return absl::nullopt;
  }

 private:
  absl::Span<const std::string> names_;
  absl::Span<const absl::string_view> values_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_PATH_PARAMETERS_H_
