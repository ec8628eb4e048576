// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The server: serves a directory over HTTP/1.1 through a worker pool.
//
//   server --root=/srv/www --listen=127.0.0.1:8080

#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "robusto/http/files/file_handler.h"
#include "robusto/tools/command_line/command_line.h"
#include "robusto/tools/server/flag_groups.h"
#include "robusto/tools/server/serve.h"
#include "robusto/workers/option_error.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::string, root, ".", "directory to serve; relative to the directory of the command");
ABSL_FLAG(std::string, index, "index.html", "file to serve for a directory; empty: none");
ABSL_FLAG(bool, list_directories, false, "list the files of a directory that has no index file");
ABSL_FLAG(bool, hide_dot_files, false,
          "answer 404 for names that begin with a dot, except .well-known");
ABSL_FLAG(std::string, cache_control, "",
          "value of Cache-Control for files, such as max-age=3600; empty: no such field");
ABSL_FLAG(bool, precompressed, false,
          "send FILE.br or FILE.gz in place of FILE, unless it is older, to clients that accept "
          "the coding");
ABSL_FLAG(bool, follow_outside_symlinks, false, "follow symbolic links that lead out of the root");

namespace robusto {
namespace {

int Main(int argc, char** argv) {
  ParseCommandLine(
      argc, argv,
      "Serves a directory over HTTP/1.1 through a pool of worker threads. The first line on\n"
      "stdout has the addresses; SIGTERM and SIGINT stop the server gracefully.",
      ServerFlagGroups());
  FileHandlerOptions files;
  files.root = ResolveInvocationPath(absl::GetFlag(FLAGS_root));
  files.index = absl::GetFlag(FLAGS_index);
  files.hide_dot_files = absl::GetFlag(FLAGS_hide_dot_files);
  files.list_directories = absl::GetFlag(FLAGS_list_directories);
  files.cache_control = absl::GetFlag(FLAGS_cache_control);
  files.precompressed = absl::GetFlag(FLAGS_precompressed);
  files.follow_outside_symlinks = absl::GetFlag(FLAGS_follow_outside_symlinks);
  files.on_warning = [](absl::string_view text) { spdlog::warn("{}", std::string(text)); };
  absl::StatusOr<FileHandler> handler = FileHandler::Create(files);
  if (!handler.ok()) {
    const absl::Status status = InTermsOfFlags(
        handler.status(), [](absl::string_view option) { return std::string(option); });
    return Refuse("server", status.message());
  }

  return Serve("server", *std::move(handler), absl::StrCat("root ", files.root));
}

}  // namespace
}  // namespace robusto

int main(int argc, char** argv) { return robusto::Main(argc, argv); }
