// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/uri.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "robusto/http/message/grammar.h"

namespace robusto {
namespace {

bool Decode(absl::string_view text, bool plus_is_space, std::string* out) {
  const size_t old_size = out->size();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = text.size() - i > 2 ? HexValue(text[i + 1]) : -1;
      const int low = text.size() - i > 2 ? HexValue(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        out->resize(old_size);
        return false;
      }
      out->push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out->push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return true;
}

}  // namespace

bool PercentDecode(absl::string_view text, std::string* out) {
  return Decode(text, /*plus_is_space=*/false, out);
}

bool DecodePathSegments(absl::string_view path, std::vector<std::string>* segments) {
  if (path.empty() || path.front() != '/') return false;
  size_t count = 0;
  for (size_t begin = 1;;) {
    const size_t slash = path.find('/', begin);
    const size_t end = slash == absl::string_view::npos ? path.size() : slash;
    if (count == segments->size()) segments->emplace_back();
    std::string& segment = (*segments)[count++];
    segment.clear();
    if (!PercentDecode(path.substr(begin, end - begin), &segment)) return false;
    if (slash == absl::string_view::npos) break;
    begin = slash + 1;
  }
  segments->resize(count);
  return true;
}

bool IsFileName(absl::string_view segment) {
  if (segment.empty() || segment == "." || segment == "..") return false;
  for (char c : segment) {
    if (c == '/' || c == '\0') return false;
  }
  return true;
}

absl::optional<std::string> QueryParameter(absl::string_view query, absl::string_view name) {
  std::string text;
  while (!query.empty()) {
    const size_t ampersand = query.find('&');
    const absl::string_view pair = query.substr(0, ampersand);
    query.remove_prefix(ampersand == absl::string_view::npos ? query.size() : ampersand + 1);
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    text.clear();
    if (!Decode(pair.substr(0, equals), /*plus_is_space=*/true, &text) || text != name) continue;
    text.clear();
    if (equals == absl::string_view::npos) return text;
    if (!Decode(pair.substr(equals + 1), /*plus_is_space=*/true, &text)) return absl::nullopt;
    return text;
  }
  return absl::nullopt;
}

}  // namespace robusto
