// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/error_pages.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "robusto/http/io/unique_fd.h"

namespace robusto {
namespace {

// The key of the page with this name; 0 when no page has such a name.
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
  // O_NONBLOCK: the open of a FIFO would wait for a writer.
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat info;
  if (!fd.valid() || fstat(fd.get(), &info) != 0) return SystemError(path, errno);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat("\"", path, "\" is not a regular file"));
  }
  std::string page(ErrorPages::kMaxPageBytes + 1, '\0');
  size_t size = 0;
  while (size < page.size()) {
    const ssize_t n = read(fd.get(), &page[size], page.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return SystemError(path, errno);
    if (n == 0) break;
    size += static_cast<size_t>(n);
  }
  if (size > ErrorPages::kMaxPageBytes) {
    return absl::InvalidArgumentError(absl::StrCat("\"", path, "\" is too large; a page may have ",
                                                   ErrorPages::kMaxPageBytes, " bytes"));
  }
  page.resize(size);
  page.shrink_to_fit();
  return page;
}

}  // namespace

absl::StatusOr<std::shared_ptr<ErrorPages>> ErrorPages::Read(
    std::string directory, std::function<void(absl::string_view)> on_warning) {
  std::shared_ptr<ErrorPages> pages(new ErrorPages(std::move(directory), std::move(on_warning)));
  const absl::Status status = pages->Reload();
  if (!status.ok()) return status;
  return pages;
}

ErrorPages::ErrorPages(std::string directory, std::function<void(absl::string_view)> on_warning)
    : directory_(std::move(directory)), on_warning_(std::move(on_warning)) {}

absl::Status ErrorPages::Reload() {
  absl::StatusOr<Pages> pages = ReadDirectory();
  if (!pages.ok()) return pages.status();
  auto made = std::make_shared<const Pages>(*std::move(pages));
  absl::MutexLock lock(&mu_);
  pages_.swap(made);
  return absl::OkStatus();
}

ErrorPage ErrorPages::page() {
  return [self = shared_from_this()](int status, absl::string_view, ResponseWriter& response) {
    const std::shared_ptr<const Pages> pages = self->pages();
    auto page = pages->find(status);
    if (page == pages->end()) page = pages->find(status / 100);
    if (page == pages->end()) return;
    response.SetHeader("Content-Type", "text/html; charset=utf-8");
    response.Write(page->second);
  };
}

std::shared_ptr<const ErrorPages::Pages> ErrorPages::pages() const {
  absl::MutexLock lock(&mu_);
  return pages_;
}

absl::StatusOr<ErrorPages::Pages> ErrorPages::ReadDirectory() const {
  const std::unique_ptr<DIR, int (*)(DIR*)> open_directory(opendir(directory_.c_str()), &closedir);
  if (open_directory == nullptr) return SystemError(directory_, errno);
  Pages pages;
  for (;;) {
    errno = 0;
    const dirent* const entry = readdir(open_directory.get());
    if (entry == nullptr && errno != 0) return SystemError(directory_, errno);
    if (entry == nullptr) return pages;
    const absl::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    const std::string path = absl::StrCat(directory_, "/", name);
    const int key = KeyOf(name);
    if (key == 0) {
      if (on_warning_) {
        on_warning_(absl::StrCat("\"", path,
                                 "\" is ignored; error pages have names like 404.html, "
                                 "4xx.html or 5xx.html"));
      }
      continue;
    }
    absl::StatusOr<std::string> page = ReadPage(path);
    if (!page.ok()) return page.status();
    pages.emplace(key, *std::move(page));
  }
}

}  // namespace robusto
