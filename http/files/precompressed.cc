// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/precompressed.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace robusto {
namespace {

absl::string_view Extension(ContentCoding coding) {
  return coding == ContentCoding::kBrotli ? ".br" : ".gz";
}

// In whole seconds: compressors and archives copy a file's time without the fraction (brotli -k,
// pigz -k, tar), so that what they make seems older by it.
bool IsOlder(const struct stat& a, const struct stat& b) {
  return a.st_mtim.tv_sec < b.st_mtim.tv_sec;
}

}  // namespace

absl::string_view TagSuffix(ContentCoding coding) {
  switch (coding) {
    case ContentCoding::kBrotli:
      return "-br";
    case ContentCoding::kGzip:
      return "-gz";
    case ContentCoding::kIdentity:
      break;
  }
  return {};
}

bool ChooseRepresentation(const Request& request, const RootDirectory& root,
                          const std::string& path, Representation* file) {
  for (ContentCoding coding : PreferredCodings(request)) {
    if (coding == ContentCoding::kIdentity) return true;
    RootDirectory::Opened opened =
        root.Open(absl::StrCat(path, Extension(coding)), RootDirectory::kReadFile);
    struct stat info;
    if (!opened.fd.valid() || ::fstat(opened.fd.get(), &info) != 0) continue;
    if (!S_ISREG(info.st_mode) || info.st_size == 0 || IsOlder(info, file->info)) continue;
    *file = Representation{std::move(opened.fd), info, coding};
    return true;
  }
  return false;
}

}  // namespace robusto
