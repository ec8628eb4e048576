// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// DirectoryEntries: the names in a directory, packed into one string. A listing keeps them until its
// client has taken the whole page, so that their memory is bounded: a directory of a million names
// is listed in part, and complete() says so.
//
// Thread-safety: none; one thread at a time.

#ifndef ROBUSTO_HTTP_FILES_DIRECTORY_ENTRIES_H_
#define ROBUSTO_HTTP_FILES_DIRECTORY_ENTRIES_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "robusto/http/files/root_directory.h"

namespace robusto {

struct DirectoryEntry {
  absl::string_view name;
  bool is_directory = false;
};

class DirectoryEntries {
 public:
  // 512 KiB of names are some 15,000 of ordinary length: as many as a page can usefully show.
  static constexpr size_t kMaxNameBytes = 512 * 1024;

  // Adds an entry, or returns false when there is no room for it; the entries are then not complete.
  bool Add(DirectoryEntry entry);
  // By the bytes of the names, which are all different.
  void Sort();

  size_t size() const { return begins_.size(); }
  bool complete() const { return complete_; }
  // Good until the next Add.
  DirectoryEntry operator[](size_t i) const;

 private:
  std::string text_;              // for each entry '/' or '-', its name and NUL
  std::vector<uint32_t> begins_;  // where each entry begins in text_
  bool complete_ = true;
};

// Adds the regular files and directories in the directory `path` below `root`, and the symbolic links
// to such, unless `is_hidden` says true of a name. Sorted. Stops when there is no room for more: then
// the entries are those that the file system names first. Returns 0, or the errno that says why the
// directory cannot be read. Blocks as the file system does.
[[nodiscard]] int ReadDirectory(const RootDirectory& root, const std::string& path,
                                const std::function<bool(absl::string_view)>& is_hidden,
                                DirectoryEntries* entries);

}  // namespace robusto

#endif  // ROBUSTO_HTTP_FILES_DIRECTORY_ENTRIES_H_
