// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Precompressed files: FILE.br and FILE.gz beside FILE, which are sent instead of it to clients that
// accept the coding.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_FILES_PRECOMPRESSED_H_
#define ROBUSTO_HTTP_FILES_PRECOMPRESSED_H_

#include <sys/stat.h>

#include <string>

#include "absl/strings/string_view.h"
#include "robusto/http/files/root_directory.h"
#include "robusto/http/io/unique_fd.h"
#include "robusto/http/message/request.h"
#include "robusto/http/semantics/accept_encoding.h"

namespace robusto {

// An open file in one of its codings.
struct Representation {
  UniqueFd fd;
  struct stat info;
  ContentCoding coding = ContentCoding::kIdentity;
};

// The end of the entity tag of a representation, which keeps the tags of all codings different.
absl::string_view TagSuffix(ContentCoding coding);

// `file` is the uncompressed file `path` below `root`. Replaces it with the representation that
// `request` prefers of those that exist. False when the request accepts none: 406 (RFC 9110 section
// 12.5.3).
//
// A file beside it is not used if it is no regular file, cannot be opened by the rules of the root,
// is empty, which no compressed file is, or is older than the file by a second or more: it was made
// of an earlier version.
[[nodiscard]] bool ChooseRepresentation(const Request& request, const RootDirectory& root,
                                        const std::string& path, Representation* file);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_PRECOMPRESSED_H_
