// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The server: serves a directory over HTTP/1.1 through a worker pool.
//
//   server --root=/srv/www --listen=127.0.0.1:8080

#include <string>

#include "absl/flags/flag.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "robusto/http/files/file_handler.h"
#include "robusto/tools/command_line/command_line.h"
#include "robusto/tools/server/serve.h"
#include "spdlog/spdlog.h"

ABSL_FLAG(std::string, root, ".", "directory to serve; relative to where the command was typed");
ABSL_FLAG(std::string, index, "index.html", "file that stands for its directory; empty: none does");
ABSL_FLAG(bool, list_directories, false,
          "answer for a directory without index with a list of its files");
ABSL_FLAG(bool, hide_dot_files, false,
          "answer 404 for names that begin with a dot, except .well-known");
ABSL_FLAG(std::string, cache_control, "",
          "value of Cache-Control for files, such as max-age=3600; empty: no such field");
ABSL_FLAG(bool, precompressed, false,
          "send FILE.br or FILE.gz beside FILE, if no older, to clients that accept the coding");
ABSL_FLAG(bool, follow_outside_symlinks, false,
          "also serve what symbolic links out of the root lead to");

namespace robusto {
namespace {

int Main(int argc, char** argv) {
  ParseCommandLine(argc, argv,
                   "Serves a directory over HTTP/1.1 through a pool of worker threads.\n"
                   "The first line on stdout says where it listens; SIGTERM and SIGINT stop it "
                   "gracefully.");
  FileHandlerOptions files;
  files.root = FromWhereTyped(absl::GetFlag(FLAGS_root));
  files.index = absl::GetFlag(FLAGS_index);
  files.hide_dot_files = absl::GetFlag(FLAGS_hide_dot_files);
  files.list_directories = absl::GetFlag(FLAGS_list_directories);
  files.cache_control = absl::GetFlag(FLAGS_cache_control);
  files.precompressed = absl::GetFlag(FLAGS_precompressed);
  files.follow_outside_symlinks = absl::GetFlag(FLAGS_follow_outside_symlinks);
  files.on_warning = [](absl::string_view text) { spdlog::warn("{}", std::string(text)); };
  absl::StatusOr<FileHandler> handler = FileHandler::Create(files);
  if (!handler.ok()) {
    return Refuse("server", absl::StrCat("--", handler.status().message()));
  }

  return Serve("server", *std::move(handler));
}

}  // namespace
}  // namespace robusto

int main(int argc, char** argv) { return robusto::Main(argc, argv); }
