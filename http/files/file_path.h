// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// DecodeFilePath: the path of a request as the path of a file below a root. It is cut at its slashes
// and decoded after, so that no escape can make a segment into two, or into "..".
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_FILES_FILE_PATH_H_
#define ROBUSTO_HTTP_FILES_FILE_PATH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace robusto {

// Status 0: no error.
struct FilePathError {
  int status = 0;
  absl::string_view detail;  // for the client; empty for 404
};

// Writes `request_path`, which is Request::path(), to *file_path, decoded and relative to the root:
// "a/b" for "/a/b" and "/a/b/", "." for "/". Sets *names_directory when it ends with '/'. 400 for a
// path that does not begin with '/', leads above the root, has a malformed escape or a NUL; 404 for a
// segment that names no file (an encoded slash), or is hidden while `hide_dot_files`. Reuses the
// memory of *file_path.
[[nodiscard]] FilePathError DecodeFilePath(absl::string_view request_path, bool hide_dot_files,
                                           std::string* file_path, bool* names_directory);

// Whether a name begins with a dot; ".well-known" (RFC 8615) does not count.
[[nodiscard]] bool IsDotFile(absl::string_view name);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_FILE_PATH_H_
