// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// EntityTag: the ETag of a file (RFC 9110 section 8.8.3), "1856e2c1b2a3d400-1c8" for its time of
// modification in nanoseconds and its size. It changes with every write that changes one of them.
// Not the inode, which differs between servers of one tree.
//
// Thread-safety: const methods, from any thread.

#ifndef ROBUSTO_HTTP_FILES_ENTITY_TAG_H_
#define ROBUSTO_HTTP_FILES_ENTITY_TAG_H_

#include <sys/stat.h>

#include <cstddef>
#include <ctime>

#include "absl/strings/string_view.h"

namespace robusto {

// Whether a write after `now` would show in the time of modification. As long as it might fall into
// the same tick of the file system's clock as the last one, no validator made of that time is
// strong (section 8.8.1).
bool IsSettled(const struct stat& file, std::time_t now);

class EntityTag {
 public:
  // Strong if the file is settled, else weak (W/). `suffix`, of at most 8 characters that need no
  // escape, tells representations of one file from each other, which may be of the same time and
  // size.
  EntityTag(const struct stat& file, std::time_t now, absl::string_view suffix = {});

  // As it is on the wire, with its quotes.
  absl::string_view view() const { return {text_, size_}; }

 private:
  char text_[48];
  size_t size_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_ENTITY_TAG_H_
