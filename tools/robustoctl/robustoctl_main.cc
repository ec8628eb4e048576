// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// robustoctl: the command-line client of the admin service.
//
//   robustoctl stats
//   robustoctl --address=10.0.0.7:50051 --tls --token_file=ops.token resize 4 32

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "robusto/tools/command_line/command_line.h"
#include "robusto/tools/robustoctl/admin_client.h"
#include "robusto/tools/robustoctl/commands.h"
#include "robusto/tools/robustoctl/ctl_flags.h"
#include "robusto/tools/robustoctl/ctl_help.h"
#include "robusto/tools/robustoctl/exit_code.h"
#include "robusto/tools/robustoctl/output.h"
#include "robusto/tools/robustoctl/top_command.h"

namespace robusto {
namespace {

int Usage(absl::string_view why) {
  Remark(why);
  return kExitUsage;
}

std::string UnknownCommand(absl::string_view name) {
  return absl::StrCat("unknown command \"", name, "\"; the commands are ",
                      absl::StrJoin(Commands(), ", ",
                                    [](std::string* out, const Command& command) {
                                      absl::StrAppend(out, command.name);
                                    }),
                      " and help");
}

// Flag names may be written with "-" instead of "_": --token-file is --token_file.
std::vector<std::string> WithUnderscores(int argc, char** argv) {
  std::vector<std::string> arguments(argv, argv + argc);
  for (std::string& argument : arguments) {
    if (argument == "--") break;
    if (!absl::StartsWith(argument, "--")) continue;
    for (size_t i = 2; i < argument.size() && argument[i] != '='; ++i) {
      if (argument[i] == '-') argument[i] = '_';
    }
  }
  return arguments;
}

bool HasFlag(const Command& command, absl::string_view flag) {
  return std::find(command.flags.begin(), command.flags.end(), flag) != command.flags.end();
}

// Finds a flag that the command ignores, which is a mistake and can be a dangerous one: `drain --dry_run`.
// Returns its name, or an empty string.
std::string ForeignFlag(const Command& command, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (!absl::StartsWith(argument, "-")) continue;
    absl::string_view name = argument;
    name = name.substr(name.find_first_not_of('-'));
    name = name.substr(0, name.find('='));
    for (const Command& other : Commands()) {
      for (const absl::string_view flag : other.flags) {
        // Abseil accepts --noNAME for boolean flags.
        const bool named = name == flag || name == absl::StrCat("no", flag);
        if (named && !HasFlag(command, flag)) return std::string(flag);
      }
    }
  }
  return "";
}

bool AsksForHelp(const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (argument == "--help" || argument == "-help" || argument == "-h") return true;
  }
  return false;
}

int PrintHelp(const std::vector<std::string>& words) {
  if (words.empty()) {
    Print(Help());
    return kExitOk;
  }
  const Command* const command = FindCommand(words[0]);
  if (command == nullptr) return Usage(UnknownCommand(words[0]));
  Print(HelpFor(*command));
  return kExitOk;
}

int Run(const Command& command, std::vector<std::string> arguments) {
  const absl::StatusOr<CtlFlags> flags = CtlFlagsFromCommandLine();
  if (!flags.ok()) return Usage(flags.status().message());
  // gRPC would log connection errors itself; they are part of the command's own error message.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  if (command.run == &RunTop) PrepareTop();
  const absl::StatusOr<std::unique_ptr<AdminClient>> client = AdminClient::Create(flags->client);
  if (!client.ok()) return Usage(client.status().message());
  const CommandResult result = command.run({client->get(), *flags, std::move(arguments)});
  if (!result.ok()) {
    std::fputs(absl::StrCat(FailureText(command.name, flags->client.address, result.status()), "\n")
                   .c_str(),
               stderr);
    return ExitCodeFor(result.status());
  }
  if (!OutputArrived()) {
    Remark(absl::StrCat(command.name, ": cannot write the output"));
    return kExitPartly;
  }
  return *result;
}

int Main(int argc, char** argv) {
  std::vector<std::string> arguments = WithUnderscores(argc, argv);
  if (AsksForHelp(arguments)) {
    // `robustoctl resize --help` prints the help of resize, wherever other flags stand.
    std::vector<std::string> words;
    for (size_t i = 1; i < arguments.size(); ++i) {
      if (FindCommand(arguments[i]) != nullptr) words.push_back(arguments[i]);
    }
    return PrintHelp(words);
  }
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(&argument[0]);
  pointers.push_back(nullptr);
  std::vector<std::string> words = ParseFlags(argc, pointers.data());
  if (words.empty()) {
    // `robustoctl` alone asks for help; flags without a command are a mistake.
    Print(Help());
    return arguments.size() == 1 ? kExitOk : kExitUsage;
  }
  const std::string name = words[0];
  words.erase(words.begin());
  if (name == "help") return PrintHelp(words);
  const Command* const command = FindCommand(name);
  if (command == nullptr) return Usage(UnknownCommand(name));
  if (const std::string flag = ForeignFlag(*command, arguments); !flag.empty()) {
    return Usage(absl::StrCat(name, ": --", flag,
                              " does not apply to this command; see robustoctl help ", name));
  }
  if (words.size() > command->max_arguments) {
    return Usage(absl::StrCat(name, ": unexpected argument \"", words[command->max_arguments],
                              "\"; see robustoctl help ", name));
  }
  return Run(*command, std::move(words));
}

}  // namespace
}  // namespace robusto

int main(int argc, char** argv) { return robusto::Main(argc, argv); }
