// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Output of the commands: results on stdout, progress and remarks on stderr.
//
// Thread-safety: none.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_OUTPUT_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_OUTPUT_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"

namespace robusto {

// Prints to stdout and flushes, so that a pipe receives each line at once.
void Print(absl::string_view text);
// Prints JSON on one line. Includes fields that are 0, so that scripts need not know defaults.
void PrintJson(const google::protobuf::Message& message);
// Prints "robustoctl: " and the text as a line on stderr.
void Remark(absl::string_view text);

// Whether stdout has reported no write error.
bool OutputArrived();

// The number of columns of the terminal on stdout; 0 if stdout is not a terminal.
size_t OutputWidth();

// Progress on stderr: on a terminal one line that is overwritten, otherwise at most one line a second.
class Progress {
 public:
  ~Progress() { Clear(); }
  void Show(const std::string& text);
  // Removes the line from the terminal, before other output.
  void Clear();

 private:
  bool shown_ = false;
  std::string last_;
  absl::Time last_time_ = absl::InfinitePast();
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_OUTPUT_H_
