// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// What the commands print, and where: results to stdout, progress and remarks to stderr.
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

// At once, so that a pipe gets each line as it comes.
void Print(absl::string_view text);
// As JSON, on one line. Fields that are 0 are there too, so that scripts need not know defaults.
void PrintJson(const google::protobuf::Message& message);
// A line on stderr, after "robustoctl: ".
void Remark(absl::string_view text);

// Whether all that was printed has arrived, as far as stdout says.
bool OutputArrived();

// Columns of the terminal that stdout is; 0 when it is none.
size_t OutputWidth();

// What goes on, on stderr: on a terminal one line that is written over, else a line now and then.
class Progress {
 public:
  ~Progress() { Clear(); }
  void Show(const std::string& text);
  // Takes the line off the terminal, before something else is printed.
  void Clear();

 private:
  bool shown_ = false;
  std::string last_;
  absl::Time last_time_ = absl::InfinitePast();
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_OUTPUT_H_
