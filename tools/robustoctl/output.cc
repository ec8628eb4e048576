// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0

#include "robusto/tools/robustoctl/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/util/json_util.h"

namespace robusto {
namespace {

// protobuf 26 renamed the option.
template <typename Options>
auto PrintZeros(Options* options, int)
    -> decltype(options->always_print_fields_with_no_presence, void()) {
  options->always_print_fields_with_no_presence = true;
}
template <typename Options>
auto PrintZeros(Options* options, long)
    -> decltype(options->always_print_primitive_fields, void()) {
  options->always_print_primitive_fields = true;
}

}  // namespace

void Print(absl::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void PrintJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  PrintZeros(&options, 0);
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) {
    // Only a server other than robusto sends a timestamp or duration out of protobuf's range.
    Remark("cannot convert the server's answer to JSON");
    return;
  }
  Print(absl::StrCat(text, "\n"));
}

void Remark(absl::string_view text) {
  std::fputs(absl::StrCat("robustoctl: ", text, "\n").c_str(), stderr);
}

bool OutputArrived() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

size_t OutputWidth() {
  winsize size = {};
  if (isatty(STDOUT_FILENO) == 0) return 0;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

void Progress::Clear() {
  if (shown_ && isatty(STDERR_FILENO) != 0) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

void Progress::Show(const std::string& text) {
  if (text == last_) return;
  if (isatty(STDERR_FILENO) != 0) {
    std::fputs(absl::StrCat("\r", text, "\x1b[K").c_str(), stderr);
  } else {
    // Do not fill a log with ten lines a second.
    if (absl::Now() - last_time_ < absl::Seconds(1)) return;
    std::fputs(absl::StrCat(text, "\n").c_str(), stderr);
  }
  std::fflush(stderr);
  shown_ = true;
  last_ = text;
  last_time_ = absl::Now();
}

}  // namespace robusto
