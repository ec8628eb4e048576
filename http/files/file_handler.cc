// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/http/files/file_handler.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "robusto/http/files/directory_entries.h"
#include "robusto/http/files/directory_listing.h"
#include "robusto/http/files/file_path.h"
#include "robusto/http/files/file_response.h"
#include "robusto/http/files/mime_types.h"
#include "robusto/http/files/precompressed.h"
#include "robusto/http/files/root_directory.h"
#include "robusto/http/message/grammar.h"
#include "robusto/http/message/uri.h"
#include "robusto/queue/monotonic_clock.h"
#include "robusto/workers/option_error.h"
#include "robusto/workers/warning_limiter.h"

namespace robusto {
namespace {

constexpr absl::Duration kWarningInterval = absl::Seconds(10);

int StatusOfErrno(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case EINVAL:  // a name that this file system cannot have
    case EILSEQ:
    case ESTALE:
      return 404;
    case EACCES:
    case EPERM:
    case EXDEV:  // RootDirectory: out of the root
    case ENXIO:  // a socket, or a device without a driver
    case ENODEV:
      return 403;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
      return 503;
    default:
      return 500;
  }
}

// Whether `text` is empty or a field value as this server would write it (RFC 9110 section 5.5).
bool IsFieldContent(absl::string_view text) {
  const char* const end = text.data() + text.size();
  if (FindNonValueChar(text.data(), end) != end) return false;
  return text.empty() ||
         (!IsOptionalWhiteSpace(text.front()) && !IsOptionalWhiteSpace(text[text.size() - 1]));
}

// Whether the file does not exist, as opposed to a file that may not be served.
bool IsAbsent(int error) { return StatusOfErrno(error) == 404; }

// Answers methods that ask for no file. False: the method asks for one.
bool AnswerMethod(Method method, ResponseWriter& response) {
  switch (method) {
    case Method::kGet:
    case Method::kHead:
      return false;
    case Method::kOptions:
      // RFC 9110 section 9.3.7. The same for every path: it asks what the server can do, and load
      // balancers use it as a probe.
      response.SetStatus(204);
      break;
    case Method::kPost:
    case Method::kPut:
    case Method::kDelete:
    case Method::kConnect:
    case Method::kTrace:
    case Method::kPatch:
      response.Error(405);
      break;
    case Method::kOther:
      response.Error(501);  // section 9.1: not known, as opposed to not allowed here
      break;
  }
  response.SetHeader("Allow", "GET, HEAD, OPTIONS");
  return true;
}

}  // namespace

struct FileHandler::Shared {
  Shared(FileHandlerOptions its_options, RootDirectory its_root)
      : options(std::move(its_options)), root(std::move(its_root)) {}

  FileHandlerOptions options;
  RootDirectory root;
  mutable WarningLimiter warnings{1, kWarningInterval};
};

// The handling of one request.
class FileHandler::Call {
 public:
  Call(const Shared& shared, const Request& request, ResponseWriter& response, std::string& path)
      : shared_(shared),
        options_(shared.options),
        root_(shared.root),
        request_(request),
        response_(response),
        path_(path),
        now_(options_.clock ? options_.clock() : std::time(nullptr)) {}

  void Run();

 private:
  // Serves path_, which the request names without a '/' at its end.
  void ServeNamed();
  void ServeDirectory();
  void ServeListing();
  void ServeFile(UniqueFd fd, const struct stat& info);
  void RedirectToDirectory();
  void Fail(int error);

  const Shared& shared_;
  const FileHandlerOptions& options_;
  const RootDirectory& root_;
  const Request& request_;
  ResponseWriter& response_;
  std::string& path_;  // decoded, relative to the root: "a/b", "." for the root itself
  const std::time_t now_;
};

void FileHandler::Call::Run() {
  bool names_directory;
  const FilePathError error =
      DecodeFilePath(request_.path(), options_.hide_dot_files, &path_, &names_directory);
  if (error.status != 0) return response_.Error(error.status, error.detail);
  if (names_directory) {
    ServeDirectory();
  } else {
    ServeNamed();
  }
}

void FileHandler::Call::Fail(int error) {
  const int status = StatusOfErrno(error);
  response_.Error(status);
  if (status == 503) response_.SetHeader("Retry-After", "1");
  if (status >= 500 && options_.on_warning &&
      shared_.warnings.Admit(MonotonicNanos()).has_value()) {
    options_.on_warning(absl::StrCat(request_.peer(), ": ", request_.method_name(), " ",
                                     request_.target(), ": ", status, ": ", std::strerror(error)));
  }
}

void FileHandler::Call::ServeNamed() {
  RootDirectory::Opened file = root_.Open(path_, RootDirectory::kReadFile);
  if (!file.fd.valid()) return Fail(file.error);
  struct stat info;
  if (::fstat(file.fd.get(), &info) != 0) return Fail(errno);
  if (S_ISREG(info.st_mode)) return ServeFile(std::move(file.fd), info);
  if (S_ISDIR(info.st_mode)) return RedirectToDirectory();
  response_.Error(403);
}

void FileHandler::Call::ServeDirectory() {
  const size_t size = path_.size();
  if (!options_.index.empty()) {
    absl::StrAppend(&path_, "/", options_.index);
    RootDirectory::Opened index = root_.Open(path_, RootDirectory::kReadFile);
    if (!index.fd.valid() && !IsAbsent(index.error)) return Fail(index.error);
    struct stat info;
    if (index.fd.valid()) {
      if (::fstat(index.fd.get(), &info) != 0) return Fail(errno);
      if (S_ISREG(info.st_mode)) return ServeFile(std::move(index.fd), info);
    }
    path_.resize(size);
  }
  if (options_.list_directories) return ServeListing();
  const RootDirectory::Opened directory = root_.Open(path_, O_PATH | O_DIRECTORY);
  if (!directory.fd.valid()) return Fail(directory.error);
  response_.Error(403);
}

void FileHandler::Call::ServeListing() {
  DirectoryEntries entries;
  const int error = ReadDirectory(
      root_, path_,
      [this](absl::string_view name) { return options_.hide_dot_files && IsDotFile(name); },
      &entries);
  if (error != 0) return Fail(error);
  DirectoryListing page(path_ == "." ? "/" : absl::StrCat("/", path_, "/"), std::move(entries));
  response_.SetHeader("Content-Type", "text/html; charset=utf-8");
  std::string first;
  if (!page(&first)) return response_.Write(first);
  response_.Stream([page = std::move(page), first = std::move(first)](std::string* piece) mutable {
    if (first.empty()) return page(piece);
    piece->swap(first);
    return true;
  });
}

void FileHandler::Call::ServeFile(UniqueFd fd, const struct stat& info) {
  ServedFile file;
  file.representation.fd = std::move(fd);
  file.representation.info = info;
  file.negotiated = options_.precompressed;
  if (file.negotiated && !ChooseRepresentation(request_, root_, path_, &file.representation)) {
    response_.Error(406);
    return SetVary(file.negotiated, response_);
  }
  // After the last slash; npos + 1 is 0.
  file.content_type = MimeType(absl::string_view(path_).substr(path_.rfind('/') + 1));
  file.cache_control = options_.cache_control;
  RespondWithFile(request_, std::move(file), now_, response_);
}

void FileHandler::Call::RedirectToDirectory() {
  // Relative to the request (RFC 9110 section 10.2.2), so that it is right below a proxy's prefix,
  // too. The last segment is encoded anew: it has no slash, backslash or colon, so that no browser
  // takes it for a host or a scheme.
  std::string location;
  PercentEncodePath(absl::string_view(path_).substr(path_.rfind('/') + 1), &location);
  location.push_back('/');
  if (const absl::string_view query = request_.query(); !query.empty()) {
    location.push_back('?');
    PercentEncodeQuery(query, &location);
  }
  response_.Error(301);
  response_.SetHeader("Location", location);
}

absl::StatusOr<FileHandler> FileHandler::Create(FileHandlerOptions options) {
  if (!options.index.empty() && !IsFileName(options.index)) {
    return InvalidOption("index", options.index, "a file name without '/', or empty for none");
  }
  if (!IsFieldContent(options.cache_control)) {
    return InvalidOption("cache_control", absl::CHexEscape(options.cache_control),
                         "the value of a field, like max-age=3600, without control characters and "
                         "surrounding white space, or empty for none");
  }
  RootDirectory::Options root_options;
  root_options.follow_outside_symlinks = options.follow_outside_symlinks;
  root_options.use_openat2 = options.use_openat2;
  root_options.follow_interval = options.root_follow_interval;
  absl::StatusOr<RootDirectory> root = RootDirectory::Create(options.root, root_options);
  if (!root.ok()) return BlameOption(root.status(), "root", options.root);
  return FileHandler(std::make_shared<const Shared>(std::move(options), *std::move(root)));
}

FileHandler::FileHandler(std::shared_ptr<const Shared> shared) : shared_(std::move(shared)) {}

HeadDecision FileHandler::OnHead(const Request& request, ResponseWriter& response) const {
  return AnswerMethod(request.method(), response) ? HeadDecision::kRespond
                                                  : HeadDecision::kReadBody;
}

void FileHandler::operator()(const Request& request, ResponseWriter& response) const {
  if (AnswerMethod(request.method(), response)) return;
  shared_->root.FollowPath();
  // It keeps its memory between requests, so that a worker that has served a path of this length does
  // not allocate again.
  static thread_local std::string path;
  Call(*shared_, request, response, path).Run();
}

}  // namespace robusto
