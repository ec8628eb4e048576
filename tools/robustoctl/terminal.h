// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Terminal: a terminal for a full-screen program. It uses the alternate screen and single keys, and
// restores everything when it is destroyed, on a signal, and while Ctrl-Z suspends the program.
//
//   Terminal::BlockSignals();               // before the first thread
//   Terminal terminal;
//   terminal.Enter();
//   for (;;) {
//     terminal.Show(Render(terminal.columns(), terminal.rows()));
//     const Terminal::Event event = terminal.Wait();
//     if (event.kind == Terminal::kKey && event.value == 'q') break;
//   }
//
// Thread-safety: one thread; Wake from any.

#ifndef ROBUSTO_TOOLS_ROBUSTOCTL_TERMINAL_H_
#define ROBUSTO_TOOLS_ROBUSTOCTL_TERMINAL_H_

#include <termios.h>

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace robusto {

class Terminal {
 public:
  // Whether stdout is a terminal that supports full-screen output.
  static bool Usable();
  static bool WantsColour();  // NO_COLOR is not set in the environment (no-color.org)
  static bool SpeaksUtf8();   // according to the locale

  // Blocks the signals that Wait reports, in this thread and the threads that it starts.
  static void BlockSignals();

  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Switches to the alternate screen and single keys. Before that, Wait reports only signals and Wake.
  void Enter();

  size_t columns() const { return columns_; }
  size_t rows() const { return rows_; }

  // Shows lines separated by "\n": at most rows() lines of at most columns() columns.
  void Show(absl::string_view screen);

  enum Kind {
    kKey,     // value: the key
    kRedraw,  // the size changed, or the program was suspended
    kWoken,   // Wake was called
    kSignal,  // value: SIGINT, SIGTERM or SIGHUP
    kHangUp,  // the terminal was closed
  };
  struct Event {
    Kind kind;
    int value;
  };
  Event Wait();
  void Wake();

 private:
  void TakeScreen();
  void Leave();
  void ReadSize();
  void Suspend();

  const int signals_;  // a signalfd
  const int wakes_;    // an eventfd
  termios before_ =
      {};  // the original mode; set by the initialiser of has_keys_, so it must precede it
  const bool has_keys_;
  bool entered_ = false;
  size_t columns_ = 80;
  size_t rows_ = 24;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_TERMINAL_H_
