// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// ErrorPages: pages to send in place of the server's plain text, from a directory:
//
//   404.html    for that status, from 400 to 599
//   4xx.html    for those from 400 to 499 that have no page of their own; 5xx.html for 500 to 599
//
//   absl::StatusOr<std::shared_ptr<ErrorPages>> pages = ErrorPages::Read("/srv/errors", warn);
//   if (!pages.ok()) ...
//   options.error_page = (*pages)->page();
//   ...
//   absl::Status status = (*pages)->Reload();   // on SIGHUP
//
// They are sent as text/html (charset=utf-8) for all that the server and its handlers answer by
// ResponseWriter::Error. A page should have its images and style sheets inside: a server that answers
// 503 does so for those, too. Pages are in memory, because the event loop sends them as well.
//
// Thread-safety: all methods, and what page() returns.

#ifndef ROBUSTO_HTTP_FILES_ERROR_PAGES_H_
#define ROBUSTO_HTTP_FILES_ERROR_PAGES_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "robusto/http/message/response.h"

namespace robusto {

class ErrorPages : public std::enable_shared_from_this<ErrorPages> {
 public:
  static constexpr size_t kMaxPageBytes = 64 * 1024;

  // Reads the pages. Unavailable when the directory or a page cannot be read, InvalidArgument for a
  // page that is too large; both name it. Files of other names are ignored, and `on_warning`, which
  // may be null, is called with a line for each. Blocks as the file system does.
  static absl::StatusOr<std::shared_ptr<ErrorPages>> Read(
      std::string directory, std::function<void(absl::string_view)> on_warning);

  // Reads the directory that the path names now, in the same way. After an error the pages stay as
  // they are.
  absl::Status Reload() ABSL_LOCKS_EXCLUDED(mu_);

  // For ServerOptions::error_page: sends what was read last. It keeps this object alive.
  ErrorPage page();

 private:
  // By status, and by its first digit for those of a class.
  using Pages = std::map<int, std::string>;

  ErrorPages(std::string directory, std::function<void(absl::string_view)> on_warning);

  absl::StatusOr<Pages> ReadDirectory() const;
  std::shared_ptr<const Pages> pages() const ABSL_LOCKS_EXCLUDED(mu_);

  // Constant after construction.
  const std::string directory_;
  const std::function<void(absl::string_view)> on_warning_;

  mutable absl::Mutex mu_;
  std::shared_ptr<const Pages> pages_ ABSL_GUARDED_BY(mu_);
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_ERROR_PAGES_H_
