// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/commands.h"

#include "robusto/tools/robustoctl/call_commands.h"
#include "robusto/tools/robustoctl/top_command.h"
#include "robusto/tools/robustoctl/watch_commands.h"

namespace robusto {

const std::vector<Command>& Commands() {
  static const auto& commands = *new std::vector<Command>{
      {"stats",
       "",
       "print the statistics of the pool",
       "Prints workers, queue, request counts by outcome, and the distributions of queue wait and\n"
       "service time. With --interval it prints one line now and one per interval, with the rates\n"
       "since the previous line; WAIT and SERVICE are then means.",
       {"interval"},
       0,
       &RunStats},
      {"workers",
       "",
       "list all workers, longest-running task first",
       "`robustoctl cancel` accepts TASK or REQUEST ID. DONE, FAILED and BUSY count from the start "
       "of\n"
       "the worker.",
       {},
       0,
       &RunWorkers},
      {"top",
       "",
       "show statistics and workers live",
       "Keys: q quits, p pauses, a, w and d sort the workers by age, number and completed "
       "requests,\n"
       "i hides idle workers. \"now\" is the mean since the previous update; p50, p99 and max are "
       "of\n"
       "the last 10 or 60 seconds. Set NO_COLOR to disable colours. If stdout is not a terminal, "
       "the\n"
       "output is that of `robustoctl stats --interval=1s`.",
       {"interval"},
       0,
       &RunTop},
      {"resize",
       "MIN MAX",
       "set the bounds of the number of workers",
       "MAX is a number, or \"none\" for no limit. Running requests are not disturbed. With only "
       "--min\n"
       "or only --max, the other bound stays unchanged.\n\n"
       "  robustoctl resize 4 32\n"
       "  robustoctl resize --dry_run 4 32\n"
       "  robustoctl resize --max=64\n"
       "  robustoctl resize --revert_after=5m 4 8    # then: robustoctl confirm",
       {"min", "max", "dry_run", "if_generation", "revert_after"},
       2,
       &RunResize},
      {"confirm",
       "[GENERATION]",
       "keep the bounds of a resize with --revert_after",
       "GENERATION is the number that the resize printed; without it the pending resize is "
       "confirmed.",
       {},
       1,
       &RunConfirm},
      {"grow",
       "COUNT",
       "start more workers, up to the maximum",
       "The exit code is 1 if fewer than COUNT were started.",
       {},
       1,
       &RunGrow},
      {"shrink",
       "COUNT",
       "retire workers, down to the minimum",
       "Idle workers exit now, busy ones after their request. The exit code is 1 if fewer than "
       "COUNT\n"
       "were retired.",
       {},
       1,
       &RunShrink},
      {"cancel",
       "ID",
       "cancel one running request",
       "ID is TASK or REQUEST ID of `robustoctl workers`. The request is cancelled gently, and "
       "after\n"
       "--firm_after its connection is shut down. A handler that does not use its connection "
       "keeps\n"
       "running.",
       {"firm_after"},
       1,
       &RunCancel},
      {"drain",
       "",
       "refuse new requests and finish the accepted ones",
       "`robustoctl resume` ends the drain. With --wait the command returns when no request is "
       "left;\n"
       "the exit code is 1 if the pool was resumed before that, and 7 after --timeout.",
       {"wait"},
       0,
       &RunDrain},
      {"resume", "", "accept new requests again after drain", "", {}, 0, &RunResume},
      {"stop",
       "",
       "stop the server after finishing the accepted requests",
       "Like SIGTERM: the server refuses new requests, finishes the accepted ones until\n"
       "--stop_timeout, and cancels the rest. Shows the progress and then the report; the exit "
       "code is\n"
       "1 if requests were lost. The stop continues if robustoctl is interrupted.",
       {"stop_timeout"},
       0,
       &RunStop},
      {"events",
       "",
       "list the decisions of the pool with their reasons",
       "The server keeps the newest 1024 events. To continue after an interruption, pass the last\n"
       "number received, plus 1, as --since.",
       {"follow", "since"},
       0,
       &RunEvents},
  };
  return commands;
}

const Command* FindCommand(absl::string_view name) {
  for (const Command& command : Commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

}  // namespace robusto
