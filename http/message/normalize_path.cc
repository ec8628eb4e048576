// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/normalize_path.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace robusto {
namespace {

// 1 for ".", 2 for "..", escaped or not; 0 for any other segment.
int DotsOf(absl::string_view segment) {
  int dots = 0;
  while (!segment.empty()) {
    if (segment.front() == '.') {
      segment.remove_prefix(1);
    } else if (absl::StartsWithIgnoreCase(segment, "%2e")) {
      segment.remove_prefix(3);
    } else {
      return 0;
    }
    if (++dots > 2) return 0;
  }
  return dots;
}

// The segment of `path` that begins at `begin`.
absl::string_view SegmentAt(absl::string_view path, size_t begin) {
  return path.substr(begin, path.find('/', begin) - begin);
}

}  // namespace

bool IsNormalPath(absl::string_view path) {
  for (size_t begin = 1; begin < path.size(); ++begin) {
    const char first = path[begin];
    if (first == '/') return false;
    if ((first == '.' || first == '%') && DotsOf(SegmentAt(path, begin)) != 0) return false;
    begin = path.find('/', begin);
    if (begin == absl::string_view::npos) return true;
  }
  return true;
}

void NormalizePath(absl::string_view path, std::string* out) {
  out->assign("/");
  // *out ends with '/' until the last segment is appended.
  for (size_t begin = 1; begin <= path.size();) {
    const absl::string_view segment = SegmentAt(path, begin);
    const bool last = begin + segment.size() == path.size();
    begin += segment.size() + 1;
    const int dots = DotsOf(segment);
    if (dots == 2 && (out->size() == 1 || absl::EndsWith(*out, "/../"))) {
      out->append("../");  // above the root; a name that ends in ".." has another byte before it
    } else if (dots == 2) {
      out->resize(out->rfind('/', out->size() - 2) + 1);
    } else if (dots == 0 && !segment.empty()) {
      out->append(segment.data(), segment.size());
      if (!last) out->push_back('/');
    }
  }
}

}  // namespace robusto
