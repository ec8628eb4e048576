// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// RootDirectory opens files below one directory and nothing outside of it. Checking the prefix of
// realpath(3) would not do: a symbolic link can be created between the check and the open. Here the
// kernel resolves and opens in one step, by openat2(2) with RESOLVE_BENEATH. Without openat2 (before
// Linux 5.6, or behind a seccomp filter that does not know it), the path is walked one segment at a
// time; each segment is opened relative to the descriptor of the one before, without following links.
//
// Symbolic links are followed as long as they stay below the root: relative ones that never climb
// above it, and absolute ones that begin with the root's own path.
//
// The root is the directory that its path named at Create, or when FollowPath last looked. So a
// release can be deployed by pointing a symbolic link at another directory, or by renaming.
//
// Thread-safety: const methods, from any thread. They block as the file system does.

#ifndef ROBUSTO_HTTP_FILES_ROOT_DIRECTORY_H_
#define ROBUSTO_HTTP_FILES_ROOT_DIRECTORY_H_

#include <fcntl.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {

class RootDirectory {
 public:
  struct Options {
    // Follow symbolic links wherever they lead. Their targets are then served.
    bool follow_outside_symlinks = false;
    // False: walk segment by segment although the kernel has openat2. For tests.
    bool use_openat2 = true;
    // How often, at most, FollowPath looks at the path.
    absl::Duration follow_interval = absl::Milliseconds(100);
  };

  // A descriptor, or the errno of the failure.
  struct Opened {
    UniqueFd fd;
    int error = 0;
  };

  // Flags to open a file for reading, whatever its type is. O_NONBLOCK: opening a FIFO does not wait
  // for a writer. O_NOCTTY: a terminal does not become the controlling terminal.
  static constexpr int kReadFile = O_RDONLY | O_NONBLOCK | O_NOCTTY;

  // NotFound, PermissionDenied or FailedPrecondition with the path in the message when `path`
  // cannot be opened as a directory. A relative path is one of the current directory at this time.
  static absl::StatusOr<RootDirectory> Create(const std::string& path, const Options& options);

  RootDirectory(RootDirectory&&) = default;
  RootDirectory& operator=(RootDirectory&&) = default;

  // Makes the root the directory that its path names now, unless that was done within
  // follow_interval. When the path names none, or it cannot be opened, the root stays. Costs a look
  // at a coarse clock, and stat(2) when the interval is over; by one thread at a time, so that a
  // file system that stalls does not hold all of them. What is opened already stays open.
  void FollowPath() const;

  // Opens `path` with open(2)'s `flags`; O_CLOEXEC is added. `path` is relative to the root, "."
  // for the root itself. ".." in it cannot leave the root. The error is EXDEV when a symbolic link
  // leaves the root.
  Opened Open(const std::string& path, int flags) const;

 private:
  // What FollowPath changes. The descriptor itself keeps its number: another directory is put in its
  // place (dup3(2) does that atomically), so that Open needs no lock to read it.
  struct Current {
    std::atomic<int64_t> next_look_ns{
        0};  // kLooking while one thread looks; relaxed: orders nothing
    absl::Mutex mu;
    std::string real_path ABSL_GUARDED_BY(mu);  // without a slash at its end: "" for "/"
    dev_t device ABSL_GUARDED_BY(mu) = 0;
    ino_t inode ABSL_GUARDED_BY(mu) = 0;
  };

  RootDirectory(UniqueFd root, std::string path, const Options& options);

  // Puts the directory that the path names in the place of the root, if it is another one.
  void Reopen() const ABSL_LOCKS_EXCLUDED(current_->mu);
  std::string RealPath() const ABSL_LOCKS_EXCLUDED(current_->mu);
  Opened OpenBeneath(const std::string& path, int flags) const;
  Opened Walk(absl::string_view path, int flags) const;

  // Constant after construction.
  UniqueFd root_;
  std::string path_;  // absolute
  Options options_;
  bool has_openat2_ = false;

  std::unique_ptr<Current> current_;  // never null, so that a RootDirectory can be moved
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_ROOT_DIRECTORY_H_
