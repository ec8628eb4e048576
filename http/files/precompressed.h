// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Files compressed beforehand: FILE.br and FILE.gz beside FILE, which a client that takes the
// coding gets in its place.
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

// A file, open, in one of its forms.
struct Representation {
  UniqueFd fd;
  struct stat info;
  ContentCoding coding = ContentCoding::kIdentity;
};

// What the entity tag of a representation ends with, so that it is another's never.
absl::string_view TagSuffix(ContentCoding coding);

// Puts in place of `file`, which is `path` below `root` as it is, the representation that `request`
// prefers of those that there are. False when it accepts none: 406 (RFC 9110 section 12.5.3).
//
// A file beside it is not used if it is no regular file, cannot be opened by the rules of the root,
// is empty, which no compressed file is, or is older than the file by a second or more: it was made
// of an earlier version.
bool ChooseRepresentation(const Request& request, const RootDirectory& root,
                          const std::string& path, Representation* file);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_PRECOMPRESSED_H_
