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
       "the pool in numbers",
       "Prints the workers, the queue, what became of all requests, and how long they waited and\n"
       "were handled. With --interval it prints a line now and one per interval, with what\n"
       "happened in between; WAIT and SERVICE are then means.",
       {"interval"},
       0,
       &RunStats},
      {"workers",
       "",
       "every worker and what it does, longest-running first",
       "TASK and REQUEST ID are what `robustoctl cancel` takes. DONE, FAILED and BUSY are the\n"
       "worker's own since it was started.",
       {},
       0,
       &RunWorkers},
      {"top",
       "",
       "a live screen of both",
       "Keys: q quits, p pauses, a, w and d sort the workers by age, number and requests done, i\n"
       "hides the idle ones. \"now\" is the mean since the last line; p50, p99 and max are since\n"
       "the server's start. Set NO_COLOR for no colours. On what is no terminal it is `robustoctl\n"
       "stats --interval=1s`.",
       {"interval"},
       0,
       &RunTop},
      {"resize",
       "MIN MAX",
       "set the least and the most workers",
       "MAX is a number, or \"none\" for no limit. Nothing that runs is disturbed. With --min or\n"
       "--max alone the other bound stays as it is.\n\n"
       "  robustoctl resize 4 32\n"
       "  robustoctl resize --dry_run 4 32\n"
       "  robustoctl resize --max=64\n"
       "  robustoctl resize --revert_after=5m 4 8    # and then: robustoctl confirm",
       {"min", "max", "dry_run", "if_generation", "revert_after"},
       2,
       &RunResize},
      {"confirm",
       "[GENERATION]",
       "keep the bounds of a resize that had --revert_after",
       "GENERATION is what that resize printed; without it, whichever waits is confirmed.",
       {},
       1,
       &RunConfirm},
      {"grow",
       "COUNT",
       "start more workers, up to the most there may be",
       "Exits with 1 when fewer than COUNT could be started.",
       {},
       1,
       &RunGrow},
      {"shrink",
       "COUNT",
       "retire workers, down to the least there may be",
       "Idle workers go now, busy ones after their request. Exits with 1 when fewer than COUNT\n"
       "could go.",
       {},
       1,
       &RunShrink},
      {"cancel",
       "ID",
       "ask one running request to give up",
       "ID is TASK or REQUEST ID of `robustoctl workers`. It is asked gently, and after\n"
       "--firm_after its connection is shut down; a handler that does not look at its connection\n"
       "runs on.",
       {"firm_after"},
       1,
       &RunCancel},
      {"drain",
       "",
       "refuse new requests and finish those there are",
       "`robustoctl resume` takes it back. With --wait it returns when nothing is left, or with 1\n"
       "when somebody resumed before, or with 7 after --timeout.",
       {"wait"},
       0,
       &RunDrain},
      {"resume", "", "take new requests again after drain", "", {}, 0, &RunResume},
      {"stop",
       "",
       "end the server, finishing what it has",
       "As SIGTERM does: it refuses new requests, finishes those there are until --stop_timeout,\n"
       "and cancels the rest. Shows the progress and then the report; exits with 1 when requests\n"
       "were lost. The stop goes on when robustoctl is interrupted.",
       {"stop_timeout"},
       0,
       &RunStop},
      {"events",
       "",
       "what the pool decided, and why",
       "Growing, shrinking, refusing, cancelling: the newest 1024 are kept. To go on after a "
       "break,\n"
       "--since takes the last number seen, plus 1.",
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
