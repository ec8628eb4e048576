// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/file_path.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "robusto/http/message/normalize_path.h"
#include "robusto/http/message/uri.h"

namespace robusto {

bool IsDotFile(absl::string_view name) {
  return absl::StartsWith(name, ".") && name != ".well-known";
}

FilePathError DecodeFilePath(absl::string_view request_path, bool hide_dot_files,
                             std::string* file_path, bool* names_directory) {
  file_path->clear();
  *names_directory = false;
  absl::string_view rest = request_path;
  if (!absl::StartsWith(rest, "/")) return {400, "the path does not begin with a slash"};
  if (LeavesRoot(rest)) return {400, "the path leads above the root"};
  rest.remove_prefix(1);
  while (true) {
    const size_t slash = rest.find('/');
    const bool last = slash == absl::string_view::npos;
    if (last && rest.empty()) {
      *names_directory = true;
      if (file_path->empty()) file_path->push_back('.');
      return {};
    }
    if (!file_path->empty()) file_path->push_back('/');
    const size_t begin = file_path->size();
    if (!PercentDecode(rest.substr(0, slash), file_path)) {
      return {400, "invalid percent-encoding in the path"};
    }
    const absl::string_view segment = absl::string_view(*file_path).substr(begin);
    if (segment.find('\0') != absl::string_view::npos) {
      return {400, "a NUL character in the path"};
    }
    if (!IsFileName(segment) || (hide_dot_files && IsDotFile(segment))) return {404, {}};
    if (last) return {};
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace robusto
