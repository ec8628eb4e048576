// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// NormalizePath: one spelling for each path. Clients send "/./Packages", "/a/../b" and "//a", and
// every server that they know resolves these. RequestParser does it once for all handlers, so that
// a check of a path's prefix and the handler behind it cannot see two different paths.
//
//   "/a/./b/../c//d"   becomes "/a/c/d"     dot segments (RFC 3986 section 5.2.4), empty segments
//   "/a/%2e%2E/b"      becomes "/b"         an escaped dot is a dot (section 6.2.2.2)
//   "/a/b/.."          becomes "/a/"        the last segment was a directory
//   "/a%2F..%2Fb"      stays                an escaped slash cuts nothing (section 2.2)
//   "/a/../../b"       becomes "/../b"      it leads above the root
//
// Nothing else changes: all other escapes stay as sent. RFC 3986 would drop the ".." segments that
// lead above the root. They stay, at the front, because a client that sends them means a file outside
// of what is served: Router and FileHandler answer 400.
//
// Thread-safety: pure functions.

#ifndef ROBUSTO_HTTP_MESSAGE_NORMALIZE_PATH_H_
#define ROBUSTO_HTTP_MESSAGE_NORMALIZE_PATH_H_

#include <string>

#include "absl/strings/string_view.h"

namespace robusto {

// Whether `path`, which begins with '/', has neither empty segments, other than a last one, nor dot
// segments. Nearly all paths are like that, and then nothing needs to be copied.
[[nodiscard]] bool IsNormalPath(absl::string_view path);

// Writes the normal form of `path`, which begins with '/', to *out. It is never longer than `path`,
// unless that ends with "..": "/.." becomes "/../".
void NormalizePath(absl::string_view path, std::string* out);

// Whether a normal path leads above the root.
[[nodiscard]] inline bool LeavesRoot(absl::string_view normal_path) {
  return normal_path.substr(0, 4) == "/../";
}

}  // namespace robusto

#endif  // ROBUSTO_HTTP_MESSAGE_NORMALIZE_PATH_H_
