// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/directory_entries.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "absl/strings/str_cat.h"

namespace robusto {
namespace {

enum class Kind { kFile, kDirectory, kOther };

Kind KindOf(mode_t mode) {
  if (S_ISDIR(mode)) return Kind::kDirectory;
  return S_ISREG(mode) ? Kind::kFile : Kind::kOther;
}

// The kind of the file that a request for `path` would find. Sets *error when it cannot be determined.
Kind Resolve(const RootDirectory& root, const std::string& path, int* error) {
  const RootDirectory::Opened target = root.Open(path, O_PATH);
  // Out of descriptors or memory, an error is better than a page without some of the files.
  if (target.error == EMFILE || target.error == ENFILE || target.error == ENOMEM ||
      target.error == EAGAIN) {
    *error = target.error;
  }
  struct stat info;
  if (!target.fd.valid() || ::fstat(target.fd.get(), &info) != 0) return Kind::kOther;
  return KindOf(info.st_mode);
}

Kind KindOf(const RootDirectory& root, const std::string& directory, const dirent& entry,
            int* error) {
  switch (entry.d_type) {
    case DT_DIR:
      return Kind::kDirectory;
    case DT_REG:
      return Kind::kFile;
    case DT_LNK:
    case DT_UNKNOWN:  // not all file systems report it
      return Resolve(root, absl::StrCat(directory, "/", entry.d_name), error);
    default:
      return Kind::kOther;
  }
}

}  // namespace

bool DirectoryEntries::Add(DirectoryEntry entry) {
  if (text_.size() + entry.name.size() + 2 > kMaxNameBytes) {
    complete_ = false;
    return false;
  }
  begins_.push_back(static_cast<uint32_t>(text_.size()));
  text_.push_back(entry.is_directory ? '/' : '-');
  text_.append(entry.name.data(), entry.name.size());
  text_.push_back('\0');
  return true;
}

void DirectoryEntries::Sort() {
  // A name holds no NUL, so that each record ends at its own one.
  std::sort(begins_.begin(), begins_.end(), [this](uint32_t a, uint32_t b) {
    return absl::string_view(text_.c_str() + a + 1) < absl::string_view(text_.c_str() + b + 1);
  });
  text_.shrink_to_fit();
  begins_.shrink_to_fit();
}

DirectoryEntry DirectoryEntries::operator[](size_t i) const {
  const char* const record = text_.c_str() + begins_[i];
  return {record + 1, *record == '/'};
}

int ReadDirectory(const RootDirectory& root, const std::string& path,
                  const std::function<bool(absl::string_view)>& is_hidden,
                  DirectoryEntries* entries) {
  RootDirectory::Opened opened = root.Open(path, O_RDONLY | O_DIRECTORY);
  if (!opened.fd.valid()) return opened.error;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::fdopendir(opened.fd.get()), &::closedir);
  if (directory == nullptr) return errno;
  opened.fd.release();  // closedir closes it

  while (true) {
    errno = 0;
    const dirent* const entry = ::readdir(directory.get());
    if (entry == nullptr && errno != 0) return errno;
    if (entry == nullptr) break;
    const absl::string_view name = entry->d_name;
    if (name == "." || name == ".." || is_hidden(name)) continue;
    int error = 0;
    const Kind kind = KindOf(root, path, *entry, &error);
    if (error != 0) return error;
    if (kind == Kind::kOther) continue;
    if (!entries->Add({name, kind == Kind::kDirectory})) break;
  }
  entries->Sort();
  return 0;
}

}  // namespace robusto
