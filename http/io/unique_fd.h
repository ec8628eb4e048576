// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// UniqueFd owns a file descriptor and closes it when it goes: what std::unique_ptr is to a pointer.
// Thread-safety: none, like unique_ptr. Move-only.

#ifndef ROBUSTO_HTTP_IO_UNIQUE_FD_H_
#define ROBUSTO_HTTP_IO_UNIQUE_FD_H_

#include <unistd.h>

#include <utility>

namespace robusto {

class UniqueFd {
 public:
  UniqueFd() = default;
  // Takes ownership of `fd`; negative means none.
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.fd_, -1));
    return *this;
  }
  ~UniqueFd() { reset(); }

  bool valid() const { return fd_ >= 0; }
  int get() const { return fd_; }
  // Gives the descriptor away: the caller closes it.
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1) {
    // Not retried on EINTR: Linux has freed the number by then (close(2)).
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }

 private:
  int fd_ = -1;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_IO_UNIQUE_FD_H_
