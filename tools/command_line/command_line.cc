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
#include "absl/strings/strip.h"
#include "robusto/tools/command_line/exit_usage.h"
#include "robusto/tools/command_line/flag_errors.h"
#include "robusto/tools/command_line/version.h"

namespace robusto {
namespace {

constexpr size_t kHelpWidth = 80;

using Flags = std::map<std::string, const absl::CommandLineFlag*>;

void AppendFlags(const Flags& flags, std::string* text) {
  for (const auto& [name, flag] : flags) {
    absl::StrAppend(text, "  --", name, "=", flag->DefaultValue(), "\n", WrapHelp(flag->Help(), 6),
                    "\n");
  }
}

// Flags whose source file is not in `groups` come last.
void PrintHelp(absl::string_view program, absl::string_view about,
               const std::vector<FlagGroup>& groups, bool all) {
  std::vector<Flags> grouped(groups.size() + 1);
  Flags of_abseil;
  for (const auto& [name, flag] : absl::GetAllFlags()) {
    const std::string file = flag->Filename();
    // Those of Abseil's own libraries are for the command line itself.
    if (absl::StrContains(file, "absl/")) {
      of_abseil[std::string(name)] = flag;
      continue;
    }
    size_t group = 0;
    while (group < groups.size() && !absl::EndsWith(file, groups[group].file)) ++group;
    grouped[group][std::string(name)] = flag;
  }
  std::string text = absl::StrCat("usage: ", program, " [--flag=value ...]\n\n", about, "\n");
  for (size_t i = 0; i < grouped.size(); ++i) {
    if (grouped[i].empty()) continue;
    absl::StrAppend(&text, "\n", i < groups.size() ? groups[i].title : "Other", ":\n\n");
    AppendFlags(grouped[i], &text);
  }
  if (all) {
    text += "\nThe command line itself:\n\n";
    AppendFlags(of_abseil, &text);
  }
  text +=
      "\nDurations have the form 500ms, 10s, 1h30m or inf. Sizes are bytes, or have the form\n"
      "64K, 1M or 2G. --flagfile=FILE reads flags from a file, one a line, and\n"
      "--fromenv=NAME,... reads them from the environment variables FLAGS_NAME.\n"
      "--version prints the version; --help=all lists all flags.\n";
  std::fputs(text.c_str(), stdout);
}

absl::string_view ProgramName(const char* path) {
  const absl::string_view text = path;
  return text.substr(text.rfind('/') + 1);
}

// Whether `argument` is --NAME or -NAME.
bool IsFlag(absl::string_view argument, absl::string_view name) {
  return absl::ConsumePrefix(&argument, "-") &&
         (argument == name || (absl::ConsumePrefix(&argument, "-") && argument == name));
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
  const absl::string_view program = ProgramName(argv[0]);
  const std::vector<absl::string_view> arguments(argv + 1, argv + argc);
  for (const absl::string_view argument : arguments) {
    if (argument == "--") break;
    if (IsFlag(argument, "version")) {
      std::fputs(VersionText(program).c_str(), stdout);
      std::exit(0);
    }
  }
  if (const std::string error = FindFlagError(arguments); !error.empty()) {
    std::fprintf(stderr, "%s: %s\n", std::string(program).c_str(), error.c_str());
    std::exit(kExitUsage);
  }
  // What is left for Abseil to find is in a --flagfile or in the environment. It reports the error and exits with 1, which
  // scripts cannot tell from a program that ran and failed.
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

void ParseCommandLine(int argc, char** argv, absl::string_view about,
                      const std::vector<FlagGroup>& groups) {
  const absl::string_view program = ProgramName(argv[0]);
  for (int i = 1; i < argc; ++i) {
    const absl::string_view argument = argv[i];
    if (argument == "--") break;
    const bool all = argument == "--help=all";
    if (all || IsFlag(argument, "help") || argument == "-h") {
      PrintHelp(program, about, groups, all);
      std::exit(0);
    }
  }
  const std::vector<std::string> rest = ParseFlags(argc, argv);
  if (!rest.empty()) {
    std::fprintf(
        stderr,
        "%s: unexpected argument \"%s\"; flags have the form --flag=value, and --help lists them\n",
        std::string(program).c_str(), rest[0].c_str());
    std::exit(kExitUsage);
  }
}

std::string ResolveInvocationPath(const std::string& path) {
  const char* typed_in = std::getenv("BUILD_WORKING_DIRECTORY");
  if (typed_in == nullptr || (!path.empty() && path[0] == '/')) return path;
  return absl::StrCat(typed_in, "/", path);
}

}  // namespace robusto
