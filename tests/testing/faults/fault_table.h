// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// FaultTable: what a test and the server under test share: which system calls are to fail, how, and
// how often that has happened. The test (tests/integration/fault_table.py, which has the same layout)
// writes the rules; the library that is loaded before the server's (faults.cc) follows and counts
// them.
//
// A file, whose path is in the environment variable ROBUSTO_FAULTS, mapped by both.

#ifndef ROBUSTO_TESTS_TESTING_FAULTS_FAULT_TABLE_H_
#define ROBUSTO_TESTS_TESTING_FAULTS_FAULT_TABLE_H_

#include <cstdint>

namespace robusto {

enum FaultAction : int32_t {
  kFaultOff = 0,
  kFaultFail = 1,   // returns an error without having done anything
  kFaultShort = 2,  // goes through with at most `bytes`
};

struct FaultRule {
  int32_t action;  // FaultAction; written last
  int32_t error;   // the errno of kFaultFail
  // Which calls it is about: all that are given must be so.
  char function[16];    // "accept4"; see faults.cc for all of them
  char descriptor[64];  // part of what /proc/self/fd says it is: "eventfd", "/access.log"
  char thread[16];      // how the calling thread's name begins
  int32_t port;         // of the socket's own end
  int32_t every;        // each such call of those; at least 1
  int64_t skip;         // so many go through first
  int64_t left;         // how many are still to have the fault; below 0: all
  int64_t bytes;        // of kFaultShort
  // Counted by the library.
  int64_t matched;    // calls that the rule is about
  int64_t delivered;  // of these, with the fault
};

constexpr int kFaultRules = 16;

struct FaultTable {
  int64_t loaded;  // processes that have found the table
  // Added to what the clocks say. `clocks` is set before the process begins when either will be:
  // waits that follow a clock are then cut into slices, so that a jump reaches them.
  int64_t clocks;
  int64_t wall_offset_ns;
  int64_t monotonic_offset_ns;
  int64_t wall_reads;       // that had an offset
  int64_t monotonic_reads;  // likewise
  FaultRule rules[kFaultRules];
};

static_assert(sizeof(FaultRule) == 152 && sizeof(FaultTable) == 48 + kFaultRules * 152,
              "fault_table.py has this layout");

}  // namespace robusto

#endif  // ROBUSTO_TESTS_TESTING_FAULTS_FAULT_TABLE_H_
