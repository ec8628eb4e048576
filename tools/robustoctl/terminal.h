// Copyright 2026 The robusto authors.
// SPDX-License-Identifier: Apache-2.0
//
// Terminal: a full-screen program's terminal. It takes the alternate screen and single keys, and
// gives everything back when it goes, also on a signal and while the program is stopped by Ctrl-Z.
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
  // Whether stdout is a terminal that can be drawn on.
  static bool Usable();
  static bool WantsColour();  // no NO_COLOR in the environment (no-color.org)
  static bool SpeaksUtf8();   // by the locale

  // Blocks the signals that Wait reports, in this thread and those that it starts.
  static void BlockSignals();

  Terminal();
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  // Takes the screen and the keys. Before it, Wait reports signals and Wake only.
  void Enter();

  size_t columns() const { return columns_; }
  size_t rows() const { return rows_; }

  // Lines parted by "\n", at most rows() of at most columns() columns.
  void Show(absl::string_view screen);

  enum Kind {
    kKey,     // value: the key
    kRedraw,  // the size changed, or the screen was somebody else's for a while
    kWoken,   // by Wake
    kSignal,  // value: SIGINT, SIGTERM or SIGHUP
    kHangUp,  // the terminal is gone
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

  const int signals_;    // a signalfd
  const int wakes_;      // an eventfd
  termios before_ = {};  // how the keys were; has_keys_, which is initialised next, reads it
  const bool has_keys_;
  bool entered_ = false;
  size_t columns_ = 80;
  size_t rows_ = 24;
};

}  // namespace robusto

#endif  // ROBUSTO_TOOLS_ROBUSTOCTL_TERMINAL_H_
