// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// RootDirectory opens files below one directory and nothing outside of it. Not realpath(3) and a
// look at the prefix: between the look and the open a symbolic link can be put in the way. Here the
// kernel resolves and opens in one step, openat2(2) with RESOLVE_BENEATH; where there is none
// (before Linux 5.6, or behind a seccomp filter that does not know it), the path is walked a
// segment at a time, each opened without following links relative to the descriptor of the one
// before.
//
// Symbolic links are followed as long as they stay below the root: relative ones that never climb
// above it, and absolute ones that begin with the root's own path. The root is the directory that
// was there at Create, also when it is renamed or replaced later.
//
// Thread-safety: const methods, from any thread. They block as the file system does.

#ifndef ROBUSTO_HTTP_FILES_ROOT_DIRECTORY_H_
#define ROBUSTO_HTTP_FILES_ROOT_DIRECTORY_H_

#include <fcntl.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {

class RootDirectory {
 public:
  struct Options {
    // Follow symbolic links wherever they lead. What they lead to is then served.
    bool follow_outside_symlinks = false;
    // False: walk segment by segment although the kernel has openat2. For tests.
    bool use_openat2 = true;
  };

  // A descriptor, or the errno that says why not.
  struct Opened {
    UniqueFd fd;
    int error = 0;
  };

  // Flags for a file to be read, whatever it turns out to be. O_NONBLOCK: a FIFO opens at once and
  // is then seen to be one. O_NOCTTY: a terminal does not become ours.
  static constexpr int kReadFile = O_RDONLY | O_NONBLOCK | O_NOCTTY;

  // NotFound, PermissionDenied or FailedPrecondition with the path in the message when `path`
  // cannot be opened as a directory. A relative path is one of the current directory of now.
  static absl::StatusOr<RootDirectory> Create(const std::string& path, const Options& options);

  RootDirectory(RootDirectory&&) = default;
  RootDirectory& operator=(RootDirectory&&) = default;

  // Opens `path` with open(2)'s `flags`; O_CLOEXEC is added. `path` is relative to the root, "."
  // for the root itself; ".." in it cannot get out but is better refused before. The error is EXDEV
  // when a symbolic link leaves the root.
  Opened Open(const std::string& path, int flags) const;

 private:
  RootDirectory(UniqueFd root, std::string real_path, const Options& options);

  Opened OpenBeneath(const std::string& path, int flags) const;
  Opened Walk(absl::string_view path, int flags) const;

  // Constant after construction.
  UniqueFd root_;
  std::string real_path_;  // without a slash at its end: "" for "/"
  Options options_;
  bool has_openat2_ = false;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_ROOT_DIRECTORY_H_
