// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/entity_tag.h"

#include <charconv>
#include <cstdint>

namespace robusto {
namespace {

// Two seconds is the coarsest clock of a file system in use (FAT).
constexpr std::time_t kSettled = 2;

}  // namespace

bool IsSettled(const struct stat& file, std::time_t now) {
  return file.st_mtim.tv_sec + kSettled <= now;
}

EntityTag::EntityTag(const struct stat& file, std::time_t now, absl::string_view suffix) {
  char* at = text_;
  if (!IsSettled(file, now)) {
    *at++ = 'W';
    *at++ = '/';
  }
  const uint64_t nanoseconds = static_cast<uint64_t>(file.st_mtim.tv_sec) * 1000000000u +
                               static_cast<uint64_t>(file.st_mtim.tv_nsec);
  *at++ = '"';
  at = std::to_chars(at, at + 16, nanoseconds, 16).ptr;
  *at++ = '-';
  at = std::to_chars(at, at + 16, static_cast<uint64_t>(file.st_size), 16).ptr;
  at += suffix.copy(at, 8);
  *at++ = '"';
  size_ = static_cast<size_t>(at - text_);
}

}  // namespace robusto
