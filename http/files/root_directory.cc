// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/root_directory.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <limits>
#include <memory>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/types/optional.h"
#include "robusto/http/io/server_clock.h"

namespace robusto {
namespace {

constexpr int kMaxLinks = 40;  // the kernel's own limit: path_resolution(7)
// Later than any time: no other thread begins to look.
constexpr int64_t kLooking = std::numeric_limits<int64_t>::max();

int OpenAt2(int directory, const char* path, int flags) {
  open_how how = {};
  how.flags = static_cast<decltype(how.flags)>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, directory, path, &how, sizeof(how)));
}

RootDirectory::Opened Failed(int error) { return {UniqueFd(), error}; }

RootDirectory::Opened OpenAt(int directory, const char* path, int flags) {
  int fd;
  do {
    fd = ::openat(directory, path, flags | O_CLOEXEC);
  } while (fd < 0 && errno == EINTR);  // a network file system may be interrupted
  return fd < 0 ? Failed(errno) : RootDirectory::Opened{UniqueFd(fd), 0};
}

// Without a slash at its end; nullopt with errno when there is none.
absl::optional<std::string> ResolvePath(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr),
                                                         &std::free);
  if (real == nullptr) return absl::nullopt;
  return std::string(real.get()) == "/" ? std::string() : std::string(real.get());
}

}  // namespace

absl::StatusOr<RootDirectory> RootDirectory::Create(const std::string& path,
                                                    const Options& options) {
  const auto fail = [&path](int error) {
    return absl::ErrnoToStatus(error, absl::StrCat("root \"", path, "\""));
  };
  Opened opened = OpenAt(AT_FDCWD, path.c_str(), O_PATH | O_DIRECTORY);
  if (!opened.fd.valid()) return fail(opened.error);
  // The path is looked at again later, and the current directory may be another one then.
  const bool absolute = absl::StartsWith(path, "/");
  const absl::optional<std::string> base = absolute ? std::string() : ResolvePath(".");
  if (!base.has_value()) return fail(errno);
  const absl::optional<std::string> real_path = ResolvePath(path);
  struct stat info;
  if (!real_path.has_value() || ::fstat(opened.fd.get(), &info) != 0) return fail(errno);
  RootDirectory root(std::move(opened.fd), absolute ? path : absl::StrCat(*base, "/", path),
                     options);
  {
    absl::MutexLock lock(&root.current_->mu);
    root.current_->real_path = *real_path;
    root.current_->device = info.st_dev;
    root.current_->inode = info.st_ino;
  }
  return root;
}

RootDirectory::RootDirectory(UniqueFd root, std::string path, const Options& options)
    : root_(std::move(root)),
      path_(std::move(path)),
      options_(options),
      current_(std::make_unique<Current>()) {
  // Old kernels return ENOSYS, and seccomp filters that are older than the call EPERM.
  if (options_.use_openat2) {
    has_openat2_ = UniqueFd(OpenAt2(root_.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC)).valid();
  }
}

void RootDirectory::FollowPath() const {
  const ServerClock clock;
  std::atomic<int64_t>& next = current_->next_look_ns;
  int64_t due = next.load(std::memory_order_relaxed);
  if (clock.CoarseNanos() < due) return;
  if (!next.compare_exchange_strong(due, kLooking, std::memory_order_relaxed)) return;
  Reopen();
  next.store(clock.After(options_.follow_interval), std::memory_order_relaxed);
}

void RootDirectory::Reopen() const {
  struct stat info;
  if (::stat(path_.c_str(), &info) != 0) return;
  {
    absl::MutexLock lock(&current_->mu);
    if (info.st_dev == current_->device && info.st_ino == current_->inode) return;
  }
  const Opened opened = OpenAt(AT_FDCWD, path_.c_str(), O_PATH | O_DIRECTORY);
  const absl::optional<std::string> real_path = ResolvePath(path_);
  if (!opened.fd.valid() || !real_path.has_value() || ::fstat(opened.fd.get(), &info) != 0) return;
  if (::dup3(opened.fd.get(), root_.get(), O_CLOEXEC) < 0) return;
  absl::MutexLock lock(&current_->mu);
  current_->real_path = *real_path;
  current_->device = info.st_dev;
  current_->inode = info.st_ino;
}

std::string RootDirectory::RealPath() const {
  absl::MutexLock lock(&current_->mu);
  return current_->real_path;
}

RootDirectory::Opened RootDirectory::Open(const std::string& path, int flags) const {
  if (options_.follow_outside_symlinks) return OpenAt(root_.get(), path.c_str(), flags);
  return has_openat2_ ? OpenBeneath(path, flags) : Walk(path, flags);
}

RootDirectory::Opened RootDirectory::OpenBeneath(const std::string& path, int flags) const {
  for (int attempt = 0; attempt < 4;) {
    const int fd = OpenAt2(root_.get(), path.c_str(), flags | O_CLOEXEC);
    if (fd >= 0) return {UniqueFd(fd), 0};
    if (errno == EINTR) continue;
    // EAGAIN: a rename during a ".." kept the kernel from checking it (openat2(2)).
    if (errno == EAGAIN) {
      ++attempt;
      continue;
    }
    // EXDEV is also the error for every absolute link: the kernel does not know the root's path.
    if (errno == EXDEV) break;
    return Failed(errno);
  }
  return Walk(path, flags);
}

// No system call here follows a link: a link is read, and its target is walked like the rest. ".."
// returns to the descriptor of the segment before and is never resolved by the kernel, so that a
// directory that is moved meanwhile leads nowhere else.
RootDirectory::Opened RootDirectory::Walk(absl::string_view path, int flags) const {
  if (path.size() >= PATH_MAX) return Failed(ENAMETOOLONG);  // as the kernel does
  absl::InlinedVector<UniqueFd, 16> below;  // the open directories from below the root to here
  std::string rest(path);
  size_t at = 0;
  int links = 0;
  while (true) {
    const int here = below.empty() ? root_.get() : below.back().get();
    at = rest.find_first_not_of('/', at);
    if (at == std::string::npos) return OpenAt(here, ".", flags);
    const size_t end = rest.find('/', at);
    const bool last = end == std::string::npos;
    const std::string segment = rest.substr(at, last ? end : end - at);
    at = last ? rest.size() : end;
    if (segment == ".") continue;
    if (segment == "..") {
      if (below.empty()) return Failed(EXDEV);
      below.pop_back();
      continue;
    }

    char link[PATH_MAX];
    const ssize_t size = ::readlinkat(here, segment.c_str(), link, sizeof(link));
    if (size >= 0) {
      if (++links > kMaxLinks) return Failed(ELOOP);
      absl::string_view target(link, static_cast<size_t>(size));
      if (!target.empty() && target.front() == '/') {
        if (!absl::ConsumePrefix(&target, RealPath()) ||
            !(target.empty() || target.front() == '/')) {
          return Failed(EXDEV);
        }
        below.clear();
      }
      rest = last ? std::string(target) : absl::StrCat(target, "/", rest.substr(end));
      at = 0;
      if (rest.size() >= PATH_MAX) return Failed(ENAMETOOLONG);
      continue;
    }
    if (errno != EINVAL) return Failed(errno);  // EINVAL: it exists and is not a link

    // O_NOFOLLOW: it may have become one since.
    if (last) return OpenAt(here, segment.c_str(), flags | O_NOFOLLOW);
    Opened directory = OpenAt(here, segment.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW);
    if (!directory.fd.valid()) return directory;
    below.push_back(std::move(directory.fd));
  }
}

}  // namespace robusto
