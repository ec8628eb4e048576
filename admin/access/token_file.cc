// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/admin/access/token_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace robusto {
namespace {

constexpr size_t kMinTokenBytes = 16;
constexpr size_t kMaxTokenBytes = 1024;

// Does not branch on the bytes. The length of a token is not secret.
bool SameBytes(absl::string_view a, absl::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  const size_t size = std::min(a.size(), b.size());
  for (size_t i = 0; i < size; ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

bool SameFile(const struct stat& a, const struct stat& b) {
  const auto same_time = [](const timespec& x, const timespec& y) {
    return x.tv_sec == y.tv_sec && x.tv_nsec == y.tv_nsec;
  };
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         same_time(a.st_mtim, b.st_mtim) && same_time(a.st_ctim, b.st_ctim);
}

}  // namespace

absl::string_view AdminRoleName(AdminRole role) {
  return role == AdminRole::kOperator ? "operator" : "read-only";
}

absl::StatusOr<std::unique_ptr<TokenFile>> TokenFile::Open(
    std::string path, std::function<void(absl::string_view)> on_warning) {
  std::unique_ptr<TokenFile> file(new TokenFile(std::move(path), std::move(on_warning)));
  absl::MutexLock lock(&file->mu_);
  if (absl::Status status = file->Read(); !status.ok()) return status;
  return file;
}

bool TokenFile::Changed() const {
  struct stat now = {};
  if (stat(path_.c_str(), &now) != 0) now = {};
  return !SameFile(now, seen_);
}

absl::Status TokenFile::Read() {
  entries_.clear();
  // Before the content is read: a change in between is noticed by the next Changed.
  seen_ = {};
  if (stat(path_.c_str(), &seen_) != 0) seen_ = {};
  std::ifstream in(path_);
  std::ostringstream content;
  if (!in || !(content << in.rdbuf())) {
    return absl::NotFoundError(absl::StrCat(
        path_, ": cannot read: ", errno != 0 ? std::strerror(errno) : "the file is empty"));
  }
  std::vector<Entry> entries;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(content.str(), '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    const bool known = words[0] == "operator" || words[0] == "read-only";
    const bool visible =
        words.size() == 2 && std::all_of(words[1].begin(), words[1].end(), absl::ascii_isgraph);
    // The message must not show the line, which may hold a token.
    if (!known || !visible || words[1].size() < kMinTokenBytes ||
        words[1].size() > kMaxTokenBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat(path_, ":", number,
                       ": expected \"operator TOKEN\" or \"read-only TOKEN\", with a token of ",
                       kMinTokenBytes, " to ", kMaxTokenBytes, " visible characters"));
    }
    entries.push_back(
        {words[0] == "operator" ? AdminRole::kOperator : AdminRole::kReadOnly, words[1]});
  }
  if (entries.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path_, ": the file holds no token"));
  }
  entries_ = std::move(entries);
  return absl::OkStatus();
}

absl::optional<AdminRole> TokenFile::Find(absl::string_view token) {
  std::string warning;
  absl::optional<AdminRole> role;
  {
    absl::MutexLock lock(&mu_);
    if (Changed()) {
      const absl::Status status = Read();
      if (!status.ok()) {
        warning = absl::StrCat(status.message(), "; all tokens are rejected until it is fixed");
      }
    }
    for (const Entry& entry : entries_) {
      if (SameBytes(entry.token, token)) role = entry.role;
    }
  }
  if (!warning.empty() && on_warning_) on_warning_(warning);
  return role;
}

}  // namespace robusto
