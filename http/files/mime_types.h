// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The Content-Type of a file, by the extension of its name. The table is compiled in, not read from
// /etc/mime.types, because a response must not depend on what else is installed.
//
// Text types have charset=utf-8, except XML and its relatives, which declare their encoding
// themselves. A compressed file has its own type ("a.tar.gz" is application/gzip) and no
// Content-Encoding, because a client that saved the decoded bytes would not have the file.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_FILES_MIME_TYPES_H_
#define ROBUSTO_HTTP_FILES_MIME_TYPES_H_

#include "absl/strings/string_view.h"

namespace robusto {

// The type for a file name without directories, by the part after its last dot, in upper or lower
// case. "application/octet-stream" for an unknown extension, and when the only dot is a leading one
// (".png"). The view is valid for ever.
absl::string_view MimeType(absl::string_view file_name);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_MIME_TYPES_H_
