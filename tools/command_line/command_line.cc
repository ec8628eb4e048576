// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/command_line/command_line.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "robusto/tools/command_line/exit_usage.h"

namespace robusto {
namespace {

constexpr size_t kHelpWidth = 80;

void PrintHelp(absl::string_view program, absl::string_view about) {
  std::string text = absl::StrCat("usage: ", program, " [--flag=value ...]\n\n", about, "\n\n");
  // Flags that Abseil's own libraries define are not the program's.
  std::map<std::string, const absl::CommandLineFlag*> flags;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    if (!absl::StrContains(flag->Filename(), "absl/")) flags[std::string(name)] = flag;
  }
  for (const auto& [name, flag] : flags) {
    absl::StrAppend(&text, "  --", name, "=", flag->DefaultValue(), "\n", WrapHelp(flag->Help(), 6),
                    "\n");
  }
  absl::StrAppend(&text, "\nDurations are written as 500ms, 10s, 1h30m or inf.\n");
  std::fputs(text.c_str(), stdout);
}

}  // namespace

std::string WrapHelp(absl::string_view text, size_t indent) {
  std::string out;
  size_t column = kHelpWidth;
  for (absl::string_view word : absl::StrSplit(text, ' ')) {
    if (column + 1 + word.size() > kHelpWidth) {
      absl::StrAppend(&out, out.empty() ? "" : "\n", std::string(indent, ' '), word);
      column = indent + word.size();
    } else {
      absl::StrAppend(&out, " ", word);
      column += 1 + word.size();
    }
  }
  return out;
}

std::vector<std::string> ParseFlags(int argc, char** argv) {
  // Abseil says what is wrong and exits with 1, which scripts cannot tell from a program that ran
  // and failed.
  static bool parsing;
  parsing = true;
  std::atexit([] {
    if (!parsing) return;
    std::fflush(nullptr);
    _exit(kExitUsage);
  });
  const std::vector<char*> rest = absl::ParseCommandLine(argc, argv);
  parsing = false;
  return std::vector<std::string>(rest.begin() + 1, rest.end());
}

void ParseCommandLine(int argc, char** argv, absl::string_view about) {
  const absl::string_view path = argv[0];
  const absl::string_view program = path.substr(path.rfind('/') + 1);
  for (int i = 1; i < argc; ++i) {
    const absl::string_view argument = argv[i];
    if (argument == "--") break;
    if (argument == "--help" || argument == "-help" || argument == "-h") {
      PrintHelp(program, about);
      std::exit(0);
    }
  }
  const std::vector<std::string> rest = ParseFlags(argc, argv);
  if (!rest.empty()) {
    std::fprintf(stderr, "%s: \"%s\" is not a flag; see --help\n", std::string(program).c_str(),
                 rest[0].c_str());
    std::exit(kExitUsage);
  }
}

std::string FromWhereTyped(const std::string& path) {
  const char* typed_in = std::getenv("BUILD_WORKING_DIRECTORY");
  if (typed_in == nullptr || (!path.empty() && path[0] == '/')) return path;
  return absl::StrCat(typed_in, "/", path);
}

}  // namespace robusto
