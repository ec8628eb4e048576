// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// robustoctl: the operator's view of a running robusto server, and his hand on it, over gRPC.
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
  return absl::StrCat("there is no command \"", name, "\"; there are ",
                      absl::StrJoin(Commands(), ", ",
                                    [](std::string* out, const Command& command) {
                                      absl::StrAppend(out, command.name);
                                    }),
                      " and help");
}

// The flags' names are written with "_" or "-": --token-file is --token_file.
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

// A flag that the command would not look at is a mistake, and perhaps a bad one: `drain --dry_run`.
// Returns its name; empty: there is none.
std::string ForeignFlag(const Command& command, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (!absl::StartsWith(argument, "-")) continue;
    absl::string_view name = argument;
    name = name.substr(name.find_first_not_of('-'));
    name = name.substr(0, name.find('='));
    for (const Command& other : Commands()) {
      for (const absl::string_view flag : other.flags) {
        // Abseil takes --noNAME for a flag that is true or false.
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
  // What gRPC logs about a connection comes with its error, once, in words for people.
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
    Remark(absl::StrCat(command.name, ": the output cannot be written"));
    return kExitPartly;
  }
  return *result;
}

int Main(int argc, char** argv) {
  std::vector<std::string> arguments = WithUnderscores(argc, argv);
  if (AsksForHelp(arguments)) {
    // `robustoctl resize --help` is about resize; flags before it do not matter.
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
    // No command is no error, but neither is it what a script wants.
    Print(Help());
    return arguments.size() == 1 ? kExitOk : kExitUsage;
  }
  const std::string name = words[0];
  words.erase(words.begin());
  if (name == "help") return PrintHelp(words);
  const Command* const command = FindCommand(name);
  if (command == nullptr) return Usage(UnknownCommand(name));
  if (const std::string flag = ForeignFlag(*command, arguments); !flag.empty()) {
    return Usage(absl::StrCat(name, ": it has no --", flag, "; see robustoctl help ", name));
  }
  if (words.size() > command->most_arguments) {
    return Usage(absl::StrCat(name, ": \"", words[command->most_arguments],
                              "\" is too many; see robustoctl help ", name));
  }
  return Run(*command, std::move(words));
}

}  // namespace
}  // namespace robusto

int main(int argc, char** argv) { return robusto::Main(argc, argv); }
