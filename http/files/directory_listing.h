// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// DirectoryListing: a directory as an HTML page of links. File names are bytes, and a hostile one must
// be able to do nothing: links are percent-encoded down to letters, digits and "-._~", what is shown
// is escaped, and bytes that are not UTF-8 are shown as U+FFFD while the link keeps them.
//
// The page is a BodySource: it is made piece by piece as its client takes it, so that a client that
// does not read holds the names and one piece, and not the page, which may be ten times as large.
//
// Thread-safety: none; one thread at a time.

#ifndef ROBUSTO_HTTP_FILES_DIRECTORY_LISTING_H_
#define ROBUSTO_HTTP_FILES_DIRECTORY_LISTING_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "robusto/http/files/directory_entries.h"

namespace robusto {

class DirectoryListing {
 public:
  static constexpr size_t kPieceBytes = 64 * 1024;

  // The page for the directory at `path`, decoded ("/a/b/"), with `entries` in their order; links are
  // relative to it. There is a link to the parent, "../", except at "/". Entries that are not
  // complete are followed by a note.
  DirectoryListing(absl::string_view path, DirectoryEntries entries);

  // Appends the next piece. False: that was the last one.
  bool operator()(std::string* piece);

 private:
  void AppendBegin(std::string* piece) const;
  void AppendEnd(std::string* piece) const;

  std::string path_;
  DirectoryEntries entries_;
  bool begun_ = false;
  size_t next_ = 0;
};

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_DIRECTORY_LISTING_H_
