// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Makes sure that descriptors 0, 1 and 2 exist in a program that links this file: opens /dev/null for each that is
// closed.
//
// A program that is started with one of them closed (`server 2>&-`, some supervisors) gets that number for the first
// file or socket that it opens. A message for stderr would then be written into a client's connection, or into a file.
//
// This has to happen before main, because gRPC's library opens an eventfd when it is loaded. The dynamic loader
// calls what is in .preinit_array before any library's initialisation; only an executable may have that section.

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "robusto/tools/command_line/exit_usage.h"

namespace {

void EnsureStandardDescriptors() {
  for (;;) {
    // System calls of their own: a sanitizer's wrappers may not be ready yet. open(2) takes the lowest free number, so
    // the gaps are filled from below. Not close-on-exec: programs that this one starts need the descriptors, too.
    const long fd = syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR);
    // Without /dev/null there is nowhere to report it, either.
    if (fd < 0) _exit(robusto::kExitUsage);
    if (fd > STDERR_FILENO) {
      syscall(SYS_close, fd);
      return;
    }
  }
}

__attribute__((section(".preinit_array"),
               used)) void (*const kBeforeLibraries)() = &EnsureStandardDescriptors;

}  // namespace
