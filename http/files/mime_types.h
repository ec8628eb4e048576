// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The Content-Type of a file, by the extension of its name. Compiled in, not read from
// /etc/mime.types: what a server answers must not depend on what else is installed.
//
// Text is said to be UTF-8, except XML and its kin, which say their encoding themselves. A
// compressed file is what it is ("a.tar.gz" is application/gzip), never a Content-Encoding: a
// client that saved the decoded bytes would not have the file.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_FILES_MIME_TYPES_H_
#define ROBUSTO_HTTP_FILES_MIME_TYPES_H_

#include "absl/strings/string_view.h"

namespace robusto {

// The type for a file name without directories: by what is after its last dot, in upper or lower
// case. "application/octet-stream" when that is not known, or there is no dot but a leading one
// (".png"). The view is good for ever.
absl::string_view MimeType(absl::string_view file_name);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_MIME_TYPES_H_
