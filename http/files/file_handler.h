// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// FileHandler serves the files below a directory and nothing outside of it (RootDirectory makes sure
// of that).
//
//   FileHandlerOptions options;
//   options.root = "/srv/www";
//   absl::StatusOr<FileHandler> files = FileHandler::Create(options);
//   if (!files.ok()) ...
//   Handler handler = *files;
//
// Responses:
//   200  a regular file, by sendfile, with Content-Type, Last-Modified and ETag; the index of a
//        directory, or its listing
//   204  OPTIONS, with Allow, also for "*"
//   206  parts of a file: GET with a satisfiable Range, if an If-Range matches or there is none.
//        Several parts are sent as multipart/byteranges; http/semantics/byte_range.h has the limit.
//   301  a directory without '/' at its end: to the path with it, and with the query. The Location is
//        relative ("dir/"), so that it is right behind a proxy that removes a prefix.
//   304, 412  conditional requests: http/semantics/preconditions.h
//   400  a path with a malformed escape, a NUL, or ".." segments that lead above the root. Other dot
//        segments and repeated slashes are resolved: http/message/normalize_path.h.
//   403  a file that exists and is not served: permission denied, a symbolic link that leaves the
//        root, a FIFO, socket or device, a directory without index when listings are off
//   404  a file that does not exist; also for an encoded slash (no name has one), names that are too
//        long, and symbolic links that are broken or in a loop. A backslash is an ordinary character.
//   405  other methods that RFC 9110 and RFC 5789 define;  501  methods that they do not
//   406  with `precompressed` only: the client refuses the uncompressed file, and there is none that it
//        accepts
//   416  an unsatisfiable Range, with the file's length in Content-Range; never for an empty file
//   503  out of descriptors or memory;  500  other errors of the file system
//
// An ETag is weak, and the date no stronger, for two seconds after a write, in which another write
// might not change them. If-Range, which needs a strong validator, then fails and the whole file is
// sent. Times that tools set are handled with care: http/files/entity_tag.h.
//
// Names that begin with a dot are ordinary files unless hide_dot_files is set: a copy of the tree
// should be complete, and secrets do not belong below the root.
//
// Content-Length is the size of the file when it is opened. If it shrinks while it is sent, the
// client sees a body that is cut off (ResponseWriter::WriteFile).
//
// Thread-safety: copies share their state; calls from any thread. A call blocks as the file system
// does, but never on a FIFO or device.

#ifndef ROBUSTO_HTTP_FILES_FILE_HANDLER_H_
#define ROBUSTO_HTTP_FILES_FILE_HANDLER_H_

#include <ctime>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "robusto/http/api/handler.h"
#include "robusto/http/message/request.h"
#include "robusto/http/message/response.h"

namespace robusto {

struct FileHandlerOptions {
  // The directory to serve. If the path later names another directory, because a symbolic link was
  // switched to the next release or a directory was renamed, that one is served after
  // root_follow_interval at the latest. Requests in progress keep the files that they have opened.
  std::string root;
  // How often, at most, `root` is checked for that.
  absl::Duration root_follow_interval = absl::Milliseconds(100);
  // The name of the file that is served for its directory, without '/'; empty for none.
  std::string index = "index.html";
  // Serve a page of links for a directory without index. It lists some 15,000 entries at most
  // (http/files/directory_entries.h), because they are held until the client has read the page.
  bool list_directories = false;
  // Also serve the targets of symbolic links that leave the root.
  bool follow_outside_symlinks = false;
  // Answer 404 for every path with a segment that begins with '.', except ".well-known" (RFC 8615),
  // and leave such names out of listings.
  bool hide_dot_files = false;
  // Send FILE.br or FILE.gz, if it exists beside FILE, to clients that prefer it (Accept-Encoding, RFC
  // 9110 section 12.5.3), with Content-Encoding, the Content-Type of FILE, and its own ETag,
  // Content-Length and ranges. Every response for a file except 412 then has Vary: Accept-Encoding. A
  // compressed file that is older than FILE by a second or more is not used. It should be put in place
  // by rename(2), because an incomplete one is served as it is. If-Range works with tags only, because
  // a file and its compressed form often have the same date. False: Accept-Encoding is ignored, which
  // saves two calls of open(2) for files that usually do not exist.
  bool precompressed = false;
  // The value of Cache-Control (RFC 9111 section 5.2), such as "max-age=3600" or "no-cache", in every
  // 200, 206 and 304 for a file; empty: no such field. A listing has none, as it has no validator.
  std::string cache_control;
  // False: do not use openat2(2), as on Linux before 5.6. For tests.
  bool use_openat2 = true;
  // Called with one line for a request that got 500 or 503, with the system's error. At most once in
  // ten seconds, because such errors come in masses, on the thread that calls the handler. May be null.
  std::function<void(absl::string_view)> on_warning;
  // The time of day, for tests; null for the system's.
  std::function<std::time_t()> clock;
};

class FileHandler {
 public:
  // InvalidArgument for an index that is not a file name, and for a cache_control that is not a field
  // value (with a control character, or a space at its begin or end); otherwise the errors of
  // RootDirectory::Create.
  static absl::StatusOr<FileHandler> Create(FileHandlerOptions options);

  void operator()(const Request& request, ResponseWriter& response) const;
  // The head check (http/api/handler.h): a method that is not served is refused before its body is
  // read.
  HeadDecision OnHead(const Request& request, ResponseWriter& response) const;

 private:
  struct Shared;
  class Call;

  explicit FileHandler(std::shared_ptr<const Shared> shared);

  std::shared_ptr<const Shared> shared_;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_FILE_HANDLER_H_
