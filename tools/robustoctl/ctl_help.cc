// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/ctl_help.h"

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "robusto/tools/command_line/command_line.h"
#include "robusto/tools/robustoctl/human_text.h"

namespace robusto {
namespace {

constexpr absl::string_view kCommonFlags[] = {
    "address", "json",    "timeout",   "token_file", "token_in_clear",
    "tls",     "ca_file", "cert_file", "key_file",   "tls_name",
};

std::string FlagHelp(absl::string_view name) {
  const absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
  if (flag == nullptr) return "";
  return absl::StrCat("  --", name, flag->IsOfType<bool>() ? "" : "=...", "\n",
                      WrapHelp(flag->Help(), 6), "\n");
}

template <typename Names>
std::string FlagsHelp(const Names& names) {
  std::string text;
  for (const absl::string_view name : names) absl::StrAppend(&text, FlagHelp(name));
  return text;
}

}  // namespace

std::string Help() {
  std::string text =
      "usage: robustoctl [--flag=value ...] COMMAND [ARGUMENT ...]\n\n"
      "Watches and controls the worker pool of a running robusto server.\n\n";
  for (const Command& command : Commands()) {
    const std::string name =
        absl::StrCat(command.name, command.arguments.empty() ? "" : " ", command.arguments);
    absl::StrAppend(&text, "  ", FitLeft(name, 22), "  ", command.summary, "\n");
  }
  absl::StrAppend(&text, "  ", FitLeft("help COMMAND", 22), "  print the help of one command\n\n",
                  "Flags of every command:\n\n", FlagsHelp(kCommonFlags),
                  "\nDurations have the form 500ms, 10s or 1h30m.\n\nExit codes:\n\n",
                  ExitCodeHelp());
  return text;
}

std::string HelpFor(const Command& command) {
  std::string text = absl::StrCat("usage: robustoctl ", command.name);
  if (!command.flags.empty()) absl::StrAppend(&text, " [--flag=value ...]");
  if (!command.arguments.empty()) absl::StrAppend(&text, " ", command.arguments);
  absl::StrAppend(&text, "\n\n", command.name, ": ", command.summary, "\n");
  if (!command.details.empty()) absl::StrAppend(&text, "\n", command.details, "\n");
  if (!command.flags.empty()) absl::StrAppend(&text, "\n", FlagsHelp(command.flags));
  absl::StrAppend(&text, "\n`robustoctl help` lists the flags of every command.\n");
  return text;
}

}  // namespace robusto
