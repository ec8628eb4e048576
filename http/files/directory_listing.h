// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// A directory as an HTML page of links. File names are bytes, and a hostile one must be able to do
// nothing: links are percent-encoded down to letters, digits and "-._~", what is shown is escaped,
// and bytes that are not UTF-8 are shown as U+FFFD while the link keeps them.
//
// Thread-safety: all functions.

#ifndef ROBUSTO_HTTP_FILES_DIRECTORY_LISTING_H_
#define ROBUSTO_HTTP_FILES_DIRECTORY_LISTING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace robusto {

struct DirectoryEntry {
  std::string name;
  bool is_directory = false;  // shown and linked with a '/' at its end
};

// The page for the directory at `path`, decoded ("/a/b/"), with its entries in the order of the
// bytes of their names; links are relative to it. There is a link to the parent, "../", except at
// "/".
std::string RenderDirectoryListing(absl::string_view path, std::vector<DirectoryEntry> entries);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_DIRECTORY_LISTING_H_
