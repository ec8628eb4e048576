// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/entity_tag.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace robusto {
namespace {

// Two seconds is the coarsest clock of a file system in use (FAT).
constexpr std::time_t kSettled = 2;
// The 2nd of February 1980, UTC: past the times of zip (1980-01-01) and of reproducible jar files
// (1980-02-01) in every time zone.
constexpr std::time_t kFirstMeaningfulTime = 318297600;

// Hexadecimal, in nanoseconds. Times that do not fit wrap around, which a tag may.
char* AppendTime(const timespec& time, char* at) {
  const uint64_t nanoseconds =
      static_cast<uint64_t>(time.tv_sec) * 1000000000u + static_cast<uint64_t>(time.tv_nsec);
  return std::to_chars(at, at + 16, nanoseconds, 16).ptr;
}

}  // namespace

bool IsSettled(const struct stat& file, std::time_t now) {
  return file.st_mtim.tv_sec + kSettled <= now;
}

absl::optional<std::time_t> LastModified(const struct stat& file, std::time_t now) {
  if (file.st_mtim.tv_sec < kFirstMeaningfulTime) return absl::nullopt;
  return std::min<std::time_t>(file.st_mtim.tv_sec, now);
}

EntityTag::EntityTag(const struct stat& file, std::time_t now, absl::string_view suffix) {
  char* at = text_;
  if (!IsSettled(file, now)) {
    *at++ = 'W';
    *at++ = '/';
  }
  *at++ = '"';
  at = AppendTime(file.st_mtim, at);
  *at++ = '-';
  at = std::to_chars(at, at + 16, static_cast<uint64_t>(file.st_size), 16).ptr;
  if (file.st_mtim.tv_nsec == 0) {
    *at++ = '-';
    at = AppendTime(file.st_ctim, at);
  }
  at += suffix.copy(at, 8);
  *at++ = '"';
  size_ = static_cast<size_t>(at - text_);
}

}  // namespace robusto
