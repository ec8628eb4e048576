// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// The testbed: a server of test handlers (tools/testbed/test_handlers.h) with the same flags as the
// server.
//
//   testbed --listen=127.0.0.1:8080 --min_threads=4
//   curl 'http://127.0.0.1:8080/sleep?ms=100'

#include "robusto/tools/command_line/command_line.h"
#include "robusto/tools/server/flag_groups.h"
#include "robusto/tools/server/serve.h"
#include "robusto/tools/testbed/test_handlers.h"

int main(int argc, char** argv) {
  robusto::ParseCommandLine(
      argc, argv,
      "Serves handlers for trying robusto: /plaintext, /echo, /bytes?n=, /stream?chunks=&size=,\n"
      "/sleep?ms=, /burn?us=, /throw, /cut?n=, /promise?n=&made= and /hang.",
      robusto::ServerFlagGroups());
  return robusto::Serve("testbed", robusto::TestHandler());
}
