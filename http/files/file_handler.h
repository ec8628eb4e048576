// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// FileHandler serves the files below a directory, and nothing that is not below it (RootDirectory
// says how that is kept).
//
//   FileHandlerOptions options;
//   options.root = "/srv/www";
//   absl::StatusOr<FileHandler> files = FileHandler::Create(options);
//   if (!files.ok()) ...
//   Handler handler = *files;
//
// What is answered:
//   200  a regular file, by sendfile, with Content-Type, Last-Modified and ETag; the index of a
//        directory, or its listing
//   204  OPTIONS, with Allow, also for "*"
//   206  a part of a file: GET with a Range that asks for parts that can be had, and If-Range, if
//        any, fits. Several parts are multipart/byteranges: http/semantics/byte_range.h says how
//        many, and how they are joined.
//   301  a directory without '/' at its end: to the path with it, the query kept. The Location is
//        relative ("dir/"), and so right behind a proxy that removes a prefix.
//   304, 412  conditional requests: http/semantics/preconditions.h
//   400  a path with a malformed escape, a NUL, or ".." segments that lead above the root. Other dot
//        segments and repeated slashes are resolved before: http/message/normalize_path.h.
//   403  it is there and is not served: permission denied, a symbolic link out of the root, neither
//        file nor directory (a FIFO, a socket, a device), a directory without index when listings
//        are off
//   404  it is not there: also an encoded slash (no name has one), names too long, symbolic links
//        that lead nowhere or in a circle. A backslash is a character like others.
//   405  other methods that RFC 9110 and RFC 5789 define;  501  methods that they do not
//   406  with `precompressed` alone: the client refuses the file as it is, and what it accepts is
//        not there
//   416  a Range of which nothing can be had, with the file's length in Content-Range; never for an
//        empty file
//   503  out of descriptors or memory;  500  other errors of the file system
//
// An ETag is weak, and the date no stronger, for the two seconds in which another write might leave
// it as it is; If-Range, which wants a strong one, then fails and the whole file is sent. Times that
// tell nothing of a file are not used: http/files/entity_tag.h.
//
// Names that begin with a dot are files like others unless hide_dot_files: a copy of the tree is to
// be complete, and what must not be seen is better not put below the root.
//
// The length is the one that the file has when it is opened. When it shrinks while it is sent, the
// client sees a body cut off (ResponseWriter::WriteFile).
//
// Thread-safety: copies share what they serve; calls from any number of threads. A call blocks as
// the file system does, never on a FIFO or device.

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
  // The directory to serve. When this path comes to name another directory, because it is a symbolic
  // link that is pointed at the next release, or was renamed, that one is served from then on:
  // root_follow_interval says how soon. Requests under way keep what they have opened.
  std::string root;
  // How often, at most, `root` is looked at for that.
  absl::Duration root_follow_interval = absl::Milliseconds(100);
  // The file that stands for its directory; empty for none. A name, without '/'.
  std::string index = "index.html";
  // Answer for a directory without index with a page of links to what would be served. It lists some
  // 15,000 entries at most (http/files/directory_entries.h), because a client may leave it unread.
  bool list_directories = false;
  // Also serve what symbolic links out of the root lead to.
  bool follow_outside_symlinks = false;
  // Answer 404 for every path with a segment that begins with '.', and leave these out of listings.
  // ".well-known" (RFC 8615) excepted.
  bool hide_dot_files = false;
  // Send FILE.br or FILE.gz, where there is one beside FILE, to a client that prefers it
  // (Accept-Encoding, RFC 9110 section 12.5.3), with Content-Encoding, the Content-Type of FILE,
  // and ETag, Content-Length and ranges of its own; Vary: Accept-Encoding is then in every answer
  // for a file but 412. One that is older than FILE by a second or more is not used. It should be
  // put in place by rename(2): half of it is served otherwise. If-Range holds for tags alone, as a
  // file and its compressed form often have one date. False: Accept-Encoding is not looked at, which
  // saves two calls of open(2) for files that mostly do not exist.
  bool precompressed = false;
  // The value of Cache-Control (RFC 9111 section 5.2), such as "max-age=3600" or "no-cache", in every
  // 200, 206 and 304 for a file; empty: no such field. A listing has none, as it has no validator.
  std::string cache_control;
  // False: do without openat2(2), as on Linux before 5.6. For tests.
  bool use_openat2 = true;
  // Told, in one line, of a request that got 500 or 503: what the system said. Once in ten seconds at
  // the most, as these come in masses; by the thread that calls the handler. Null: nobody is told.
  std::function<void(absl::string_view)> on_warning;
  // The time of day, for tests; null for the system's.
  std::function<std::time_t()> clock;
};

class FileHandler {
 public:
  // InvalidArgument for an index that is no file name, and a cache_control that cannot be the value
  // of a field (a control character, or a space at an end of it); otherwise RootDirectory::Create's errors.
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
