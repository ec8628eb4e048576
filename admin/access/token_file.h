// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// TokenFile: the bearer tokens that the admin service accepts, and the role of each.
//
// Each line holds a role and a token; a line that begins with # is a comment:
//
//   # made with: openssl rand -hex 32
//   operator  5f0c...
//   read-only 91ab...
//
// A token has at least 16 visible characters. The file is read again when it has changed, so removing
// a line revokes its token. While the file is missing or invalid, all tokens are rejected: otherwise a
// typing error in one line would keep a token alive that another line has removed.
//
// Thread-safety: all methods.
// Lock order: mu_ is a leaf, held while the file is read.

#ifndef ROBUSTO_ADMIN_ACCESS_TOKEN_FILE_H_
#define ROBUSTO_ADMIN_ACCESS_TOKEN_FILE_H_

#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/optional.h"

namespace robusto {

enum class AdminRole : uint8_t { kReadOnly, kOperator };

// "read-only", "operator".
absl::string_view AdminRoleName(AdminRole role);

class TokenFile {
 public:
  // Reads the file. InvalidArgument if it is invalid, NotFound if it cannot be read. When that happens
  // later, `on_warning` (may be null) is called with the reason.
  static absl::StatusOr<std::unique_ptr<TokenFile>> Open(
      std::string path, std::function<void(absl::string_view)> on_warning);

  // The role of a token; nullopt if it is not in the file. Compares in constant time, so the duration
  // does not reveal how much of a guessed token is correct.
  absl::optional<AdminRole> Find(absl::string_view token) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  struct Entry {
    AdminRole role;
    std::string token;
  };

  TokenFile(std::string path, std::function<void(absl::string_view)> on_warning)
      : path_(std::move(path)), on_warning_(std::move(on_warning)) {}

  absl::Status Read() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool Changed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  // Constant after construction.
  const std::string path_;
  const std::function<void(absl::string_view)> on_warning_;

  absl::Mutex mu_;
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mu_);
  struct stat seen_ ABSL_GUARDED_BY(mu_) = {};  // all zero: the file did not exist
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_ACCESS_TOKEN_FILE_H_
