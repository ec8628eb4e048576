// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/error_pages.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {
namespace {

// By status; by its first digit for those of a class.
using Pages = std::map<int, std::string>;

// The key of a page with this name; 0: it is none.
int KeyOf(absl::string_view name) {
  if (!absl::ConsumeSuffix(&name, ".html") || name.size() != 3) return 0;
  if (name[0] != '4' && name[0] != '5') return 0;
  if (name.substr(1) == "xx") return name[0] - '0';
  int key = 0;
  for (const char c : name) {
    if (c < '0' || c > '9') return 0;
    key = key * 10 + (c - '0');
  }
  return key;
}

absl::Status SystemError(const std::string& path, int error) {
  return absl::UnavailableError(absl::StrCat("\"", path, "\": ", std::strerror(error)));
}

absl::StatusOr<std::string> ReadPage(const std::string& path) {
  // O_NONBLOCK: a FIFO must not hold the start up.
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info;
  if (!fd.valid() || fstat(fd.get(), &info) != 0) return SystemError(path, errno);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", path, "\" is no file"));
  }
  std::string page(kMaxErrorPageBytes + 1, '\0');
  size_t size = 0;
  while (size < page.size()) {
    const ssize_t n = read(fd.get(), &page[size], page.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(path, errno);
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  if (size > kMaxErrorPageBytes) {
    return absl::InvalidArgumentError(absl::StrCat("\"", path, "\" is too large; a page may have ",
                                                   kMaxErrorPageBytes, " bytes"));
  }
  page.resize(size);
  page.shrink_to_fit();
  return page;
}

}  // namespace

absl::StatusOr<ErrorPage> ReadErrorPages(const std::string& directory,
                                         const std::function<void(absl::string_view)>& on_warning) {
  const std::unique_ptr<DIR, int (*)(DIR*)> open_directory(opendir(directory.c_str()), &closedir);
  if (open_directory == nullptr) return SystemError(directory, errno);
  const auto pages = std::make_shared<Pages>();
  for (;;) {
    errno = 0;
    const dirent* const entry = readdir(open_directory.get());
    if (entry == nullptr && errno != 0) return SystemError(directory, errno);
    if (entry == nullptr) break;
    const absl::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    const std::string path = absl::StrCat(directory, "/", name);
    const int key = KeyOf(name);
    if (key == 0) {
      if (on_warning) {
        on_warning(absl::StrCat("\"", path,
                                "\" is ignored; error pages have names like 404.html, "
                                "4xx.html or 5xx.html"));
      }
      continue;
    }
    absl::StatusOr<std::string> page = ReadPage(path);
    if (!page.ok()) return page.status();
    pages->emplace(key, *std::move(page));
  }
  return ErrorPage([pages](int status, absl::string_view, ResponseWriter& response) {
    auto page = pages->find(status);
    if (page == pages->end()) page = pages->find(status / 100);
    if (page == pages->end()) return;
    response.SetHeader("Content-Type", "text/html; charset=utf-8");
    response.Write(page->second);
  });
}

}  // namespace robusto
