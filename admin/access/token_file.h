// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// TokenFile: the bearer tokens that the admin service knows, and what each may do.
//
// One line each, the role and the token; a line that begins with # is a comment:
//
//   # made with: openssl rand -hex 32
//   operator  5f0c...
//   read-only 91ab...
//
// A token has 16 visible characters or more. The file is read again when it has changed, so that a
// token is revoked by taking its line out. While the file is missing or has an error nobody gets
// in: the alternative is that a token lives on because of a slip in the line below it.
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
  // Reads the file. InvalidArgument when it has an error, NotFound when it cannot be read.
  // `on_warning` (may be null) is told when that happens later.
  static absl::StatusOr<std::unique_ptr<TokenFile>> Open(
      std::string path, std::function<void(absl::string_view)> on_warning);

  // The role of a token; nullopt when it is not in the file. Takes as long for a token that is
  // nearly right as for one that is all wrong.
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
  struct stat seen_ ABSL_GUARDED_BY(mu_) = {};  // all zero: the file was not there
};

}  // namespace robusto

#endif  // ROBUSTO_ADMIN_ACCESS_TOKEN_FILE_H_
