// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// EntityTag: the ETag of a file (RFC 9110 section 8.8.3), made of its size and its times.
//
//   "1856e2c1b2a3d400-1c8"                   modified in nanoseconds, size
//   "1856e2c1b2a3d400-1c8-1856e2c50a1f9c37"  and when the file was changed on this machine
//
// The time of modification alone is enough where a write has set it. Tools that unpack or build a
// release set it, too: to whole seconds, often the same ones for every release (SOURCE_DATE_EPOCH).
// Then two versions of one size would have one tag, and clients would keep the old version. The time
// of the change (st_ctim) cannot be set, and is added to a time in whole seconds. The price is that
// servers of one tree differ in such tags; to have them agree, keep the fractions (rsync -a, cp -a).
// The inode is not used, because it differs between servers in all cases.
//
// Thread-safety: const methods, from any thread.

#ifndef ROBUSTO_HTTP_FILES_ENTITY_TAG_H_
#define ROBUSTO_HTTP_FILES_ENTITY_TAG_H_

#include <sys/stat.h>

#include <cstddef>
#include <ctime>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace robusto {

// Whether a write after `now` would show in the time of modification. As long as it might fall into
// the same tick of the file system's clock as the last one, no validator made of that time is
// strong (section 8.8.1).
[[nodiscard]] bool IsSettled(const struct stat& file, std::time_t now);

// The value of Last-Modified: never later than `now`, also when a file comes from the future
// (section 8.8.2.1). nullopt for a time before February 1980, which build tools and archives write
// in the place of a time (0 and 1 of Unix, the first days that zip and jar know), and which would
// make a new version look unmodified.
[[nodiscard]] absl::optional<std::time_t> LastModified(const struct stat& file, std::time_t now);

class EntityTag {
 public:
  // Strong if the file is settled, else weak (W/). `suffix` has at most 8 characters that need no
  // escape. It distinguishes the representations of one file, which may have the same time and size.
  EntityTag(const struct stat& file, std::time_t now, absl::string_view suffix = {});

  // As it is on the wire, with its quotes.
  absl::string_view view() const { return {text_, size_}; }

 private:
  char text_[64];
  size_t size_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_ENTITY_TAG_H_
