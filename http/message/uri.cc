// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/message/uri.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "robusto/http/message/grammar.h"

namespace robusto {
namespace {

// The byte that the escape at text[i] stands for; -1 when no two hexadecimal digits follow the '%'.
int EscapedByte(absl::string_view text, size_t i) {
  if (text.size() - i < 3) return -1;
  const int high = HexValue(text[i + 1]);
  const int low = HexValue(text[i + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

void AppendEscape(char c, std::string* out) {
  constexpr char kHex[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out->push_back('%');
  out->push_back(kHex[byte >> 4]);
  out->push_back(kHex[byte & 15]);
}

// As application/x-www-form-urlencoded is parsed: '+' is a space, and a '%' that begins no escape
// stands for itself.
std::string DecodeFormText(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const int escaped = text[i] == '%' ? EscapedByte(text, i) : -1;
    if (escaped >= 0) {
      out.push_back(static_cast<char>(escaped));
      i += 2;
    } else {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

}  // namespace

void PercentEncodePath(absl::string_view name, std::string* out) {
  for (char c : name) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' ||
        c == '~' || c == '/') {
      out->push_back(c);
    } else {
      AppendEscape(c, out);
    }
  }
}

void PercentEncodeQuery(absl::string_view query, std::string* out) {
  for (char c : query) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= ' ' || byte >= 0x7f || c == '"' || c == '#' || c == '<' || c == '>') {
      AppendEscape(c, out);
    } else {
      out->push_back(c);
    }
  }
}

bool PercentDecode(absl::string_view text, std::string* out) {
  const size_t old_size = out->size();
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out->push_back(text[i]);
      continue;
    }
    const int escaped = EscapedByte(text, i);
    if (escaped < 0) {
      out->resize(old_size);
      return false;
    }
    out->push_back(static_cast<char>(escaped));
    i += 2;
  }
  return true;
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
  while (!query.empty()) {
    const size_t ampersand = query.find('&');
    const absl::string_view pair = query.substr(0, ampersand);
    query.remove_prefix(ampersand == absl::string_view::npos ? query.size() : ampersand + 1);
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    if (DecodeFormText(pair.substr(0, equals)) != name) continue;
    return equals == absl::string_view::npos ? std::string()
                                             : DecodeFormText(pair.substr(equals + 1));
  }
  return absl::nullopt;
}

}  // namespace robusto
