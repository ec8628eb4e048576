// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ReadErrorPages: pages of one's own in place of the server's plain text, from a directory:
//
//   404.html    for that status, from 400 to 599
//   4xx.html    for those from 400 to 499 that have no page of their own; 5xx.html likewise
//
// They are read once, and are sent as text/html (charset=utf-8) for all that the server and its
// handlers answer by ResponseWriter::Error. A page that wants an image or a style sheet should have
// it inside: a server that answers 503 does so for those, too.
//
// Thread-safety: what is returned can be called from any thread.

#ifndef ROBUSTO_HTTP_FILES_ERROR_PAGES_H_
#define ROBUSTO_HTTP_FILES_ERROR_PAGES_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "robusto/http/message/response.h"

namespace robusto {

// Each is sent from memory, by the event loop too.
constexpr size_t kMaxErrorPageBytes = 64 * 1024;

// For ServerOptions::error_page. Blocks while it reads. Unavailable when the directory or a page
// cannot be read, InvalidArgument for a page that is too large; both name it. What is there under
// any other name is ignored, and told to `on_warning` (which may be null).
absl::StatusOr<ErrorPage> ReadErrorPages(const std::string& directory,
                                         const std::function<void(absl::string_view)>& on_warning);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_ERROR_PAGES_H_
